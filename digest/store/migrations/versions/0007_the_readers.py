"""Tags, suppressions, signups, erased people; the provider's ids of hand-overs."""

import sqlalchemy as sa
from alembic import op

from digest.store.tables import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def upgrade() -> None:
    op.create_table(
        "tag",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("subscriber", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscriber"], ["subscriber.id"], name=op.f("fk_tag_subscriber")
        ),
        sa.PrimaryKeyConstraint("name", "subscriber", name=op.f("pk_tag")),
    )
    op.create_index(op.f("ix_tag_subscriber"), "tag", ["subscriber"])
    op.create_table(
        "suppression",
        sa.Column("folded", sa.String(length=320), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _text("detail"),
        sa.PrimaryKeyConstraint("folded", name=op.f("pk_suppression")),
    )
    op.create_table(
        "erased",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_erased")),
    )
    op.create_table(
        "pending",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("folded", sa.String(length=320), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        _text("name"),
        _text("source"),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending")),
        sa.UniqueConstraint("folded", name=op.f("uq_pending_folded")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.String(length=100), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    op.create_index(op.f("ix_event_at"), "event", ["at"])
    op.add_column(
        "delivery",
        sa.Column(
            "fate", sa.String(length=20), server_default="", nullable=False
        ),
    )
    op.add_column("sending", _text("segment"))
    op.add_column("chunk", _text("batch"))
    op.add_column("chunk", sa.Column("leaves_at", UtcDateTime()))
    op.add_column("chunk", _text("detail"))
