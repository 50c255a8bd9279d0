"""Revisions of editions before each change; stories passed over on purpose."""

import sqlalchemy as sa
from alembic import op

from digest.store.tables import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition"], ["edition.date"], name=op.f("fk_revision_edition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
    )
    op.create_index(op.f("ix_revision_edition"), "revision", ["edition"])
    op.create_table(
        "rejection",
        sa.Column("edition", sa.Date(), nullable=False),
        sa.Column("article", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition"], ["edition.date"], name=op.f("fk_rejection_edition")
        ),
        sa.ForeignKeyConstraint(
            ["article"],
            ["article.id"],
            name=op.f("fk_rejection_article"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "edition", "article", name=op.f("pk_rejection")
        ),
    )
