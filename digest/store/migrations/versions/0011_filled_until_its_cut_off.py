"""Fillings: the machine's stories of an edition, beside the present ones; visits of people.

A draft of before is taken to be the machine's as it was before its first change. One that was
approved, or written by hand, is not filled.
"""

import sqlalchemy as sa
from alembic import op

from digest.store.tables.base import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

DRAFTS = sa.text("""
    SELECT edition.date, edition.changed_at, COALESCE(
        (SELECT source FROM revision WHERE edition = edition.date ORDER BY revision.id LIMIT 1),
        edition.source) AS source
    FROM edition
    WHERE EXISTS (SELECT 1 FROM proposal WHERE proposal.edition = edition.date)
      AND NOT EXISTS (SELECT 1 FROM approval WHERE approval.edition = edition.date)
""").columns(date=sa.Date, changed_at=UtcDateTime, source=sa.Text)


def upgrade() -> None:
    filling = op.create_table(
        "filling",
        sa.Column(
            "edition",
            sa.Date,
            sa.ForeignKey("edition.date", name=op.f("fk_filling_edition")),
            primary_key=True,
        ),
        sa.Column("base", sa.JSON, nullable=False),
        sa.Column("came", sa.JSON, nullable=False),
        sa.Column("went", sa.JSON, nullable=False),
        sa.Column("mark", sa.Text, nullable=False, server_default=""),
        sa.Column("begun", UtcDateTime, nullable=False),
        sa.Column("filled", UtcDateTime, nullable=False),
    )
    op.create_table(
        "look",
        sa.Column(
            "edition",
            sa.Date,
            sa.ForeignKey("edition.date", name=op.f("fk_look_edition")),
            primary_key=True,
        ),
        sa.Column("who", sa.String(200), primary_key=True),
        sa.Column("seen", UtcDateTime, nullable=False),
        sa.Column("present", UtcDateTime, nullable=False),
    )
    op.add_column("revision", sa.Column("base", sa.JSON(none_as_null=True)))
    drafts = op.get_bind().execute(DRAFTS).all()
    rows = [
        {"edition": day, "begun": at, "filled": at, "came": {}, "went": []}
        | {"base": {"edition": source, "taken_out": [], "after_change": 0}}
        for day, at, source in drafts
    ]
    if rows:
        op.bulk_insert(filling, rows)
