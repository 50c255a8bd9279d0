"""Sent contents, kept unchanged; publications; corrections."""

import sqlalchemy as sa
from alembic import op

from digest.store.tables import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def upgrade() -> None:
    op.add_column("edition", sa.Column("corrects", sa.Date()))
    op.create_table(
        "sent_content",
        sa.Column("edition", sa.Date(), nullable=False),
        _text("source"),
        _text("page"),
        sa.Column(
            "letter", sa.LargeBinary(), server_default="", nullable=False
        ),
        sa.Column("approved_hash", sa.String(length=64), nullable=False),
        sa.Column("approved_by", sa.String(length=200), nullable=False),
        sa.Column("approved_at", UtcDateTime(), nullable=False),
        _text("approved_second"),
        sa.ForeignKeyConstraint(
            ["edition"],
            ["sending.edition"],
            name=op.f("fk_sent_content_edition"),
        ),
        sa.PrimaryKeyConstraint("edition", name=op.f("pk_sent_content")),
    )
    op.create_table(
        "publication",
        sa.Column("edition", sa.Date(), nullable=False),
        sa.Column("published_at", UtcDateTime()),
        _text("published_by"),
        sa.Column("withdrawn_at", UtcDateTime()),
        _text("withdrawn_by"),
        _text("source"),
        _text("page"),
        sa.ForeignKeyConstraint(
            ["edition"], ["edition.date"], name=op.f("fk_publication_edition")
        ),
        sa.PrimaryKeyConstraint("edition", name=op.f("pk_publication")),
    )
    op.create_table(
        "page_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Date(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition"],
            ["edition.date"],
            name=op.f("fk_page_correction_edition"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_correction")),
    )
    op.create_index(
        op.f("ix_page_correction_edition"), "page_correction", ["edition"]
    )
    # What is known today of what was sent is what was approved last; no later approval alters it.
    op.execute(
        "INSERT INTO sent_content (edition, source, page, approved_hash, approved_by, approved_at,"
        " approved_second) SELECT a.edition, a.source, a.page, a.content_hash, a.by, a.at, a.second"
        " FROM approval a JOIN sending s ON s.edition = a.edition"
    )
