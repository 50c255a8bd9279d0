"""The collector's data on feeds, and the other names of articles"""

import sqlalchemy as sa
from alembic import op

from digest.store.tables import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("feed") as feed:
        feed.alter_column("failures", type_=sa.Float(), existing_nullable=False)
        for name in ("fingerprint", "problem", "moved"):
            feed.add_column(
                sa.Column(name, sa.Text(), server_default="", nullable=False)
            )
        for name in ("interval", "good"):
            feed.add_column(
                sa.Column(
                    name, sa.Integer(), server_default="0", nullable=False
                )
            )
        for name in ("last_full", "last_new", "moved_since"):
            feed.add_column(sa.Column(name, UtcDateTime(), nullable=True))
    with op.batch_alter_table("article") as article:
        for name in ("feed", "label"):
            article.add_column(
                sa.Column(name, sa.Text(), server_default="", nullable=False)
            )
        article.add_column(
            sa.Column("tries", sa.Integer(), server_default="0", nullable=False)
        )
        article.create_index("ix_article_guid", ["guid"])
    op.create_table(
        "alias",
        sa.Column("key", sa.String(length=2048), nullable=False),
        sa.Column("article", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article"],
            ["article.id"],
            name=op.f("fk_alias_article"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_alias")),
    )
    op.create_index(op.f("ix_alias_article"), "alias", ["article"])
    op.create_table(
        "headline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("article", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article"],
            ["article.id"],
            name=op.f("fk_headline_article"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_headline")),
    )
    op.create_index(op.f("ix_headline_article"), "headline", ["article"])
