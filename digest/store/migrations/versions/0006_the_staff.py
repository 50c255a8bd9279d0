"""Staff and audit entries; send times of editions, and halted sends."""

import sqlalchemy as sa
from alembic import op

from digest.store.tables import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def upgrade() -> None:
    op.add_column(
        "judgement",
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
    )
    op.create_index(op.f("ix_judgement_version"), "judgement", ["version"])
    op.add_column("revision", _text("by"))
    op.add_column("revision", _text("target"))
    op.add_column("revision", sa.Column("article", sa.Integer()))
    op.add_column("revision", sa.Column("was_rejected", sa.Boolean()))
    op.add_column("approval", _text("second"))
    op.add_column("sending", _text("halt"))
    op.add_column("sending", _text("halted_by"))
    op.create_table(
        "schedule",
        sa.Column("edition", sa.Date(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition"], ["edition.date"], name=op.f("fk_schedule_edition")
        ),
        sa.PrimaryKeyConstraint("edition", name=op.f("pk_schedule")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("folded", sa.String(length=320), nullable=False),
        sa.Column("name", sa.String(length=320), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        _text("password"),
        _text("stamp"),
        _text("totp"),
        sa.Column(
            "totp_used", sa.Integer(), server_default="0", nullable=False
        ),
        _text("subject"),
        _text("invited"),
        sa.Column("invited_until", UtcDateTime()),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("folded", name=op.f("uq_staff_folded")),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("folded", sa.String(length=320), nullable=False),
        sa.Column("address", sa.String(length=80), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
    )
    op.create_index(op.f("ix_attempt_folded"), "attempt", ["folded"])
    op.create_index(op.f("ix_attempt_address"), "attempt", ["address"])
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("who", sa.String(length=320), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("edition", sa.Date()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_edition"), "audit", ["edition"])
