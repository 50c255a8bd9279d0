"""Analyses of articles, apart from their relevance; proposals and missed articles.

Judgements are worked out anew from the articles, so the old ones are simply dropped.
"""

import sqlalchemy as sa
from alembic import op

from digest.store.tables import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("judgement")
    op.create_table(
        "judgement",
        sa.Column("article", sa.Integer(), nullable=False),
        sa.Column("rules", sa.String(length=16), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("print", sa.LargeBinary(), nullable=False),
        sa.Column("copy_of", sa.Integer(), nullable=True),
        sa.Column("story", sa.Integer(), nullable=True),
        *_keys("judgement", "article"),
    )
    op.create_index(op.f("ix_judgement_story"), "judgement", ["story"])
    op.create_table(
        "background",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_background")),
    )
    op.create_table(
        "proposal",
        sa.Column("edition", sa.Date(), nullable=False),
        sa.Column("article", sa.Integer(), nullable=False),
        sa.Column("section", sa.String(length=100), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("in_draft", sa.Boolean(), nullable=False),
        sa.Column("rules", sa.Float(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition"],
            ["edition.date"],
            name=op.f("fk_proposal_edition"),
            ondelete="CASCADE",
        ),
        *_keys("proposal", "edition", "article"),
    )
    op.create_table(
        "missed",
        sa.Column("article", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        *_keys("missed", "article"),
    )


def _keys(table: str, *primary: str) -> tuple[sa.Constraint, sa.Constraint]:
    name = op.f(f"fk_{table}_article")
    return (
        sa.ForeignKeyConstraint(
            ["article"], ["article.id"], name=name, ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint(*primary, name=op.f(f"pk_{table}")),
    )
