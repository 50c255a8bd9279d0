"""Confirmations bound to an address and one use, mails that are tried again, sessions that end."""

import sqlalchemy as sa
from alembic import op

from digest.store.tables import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

#: A reader's number is in the links of every mail they got. SQLite gives the highest number out
#: again once its row is deleted (sqlite.org/autoinc.html); a sequence of PostgreSQL does not.
STAYS = """
CREATE TRIGGER subscriber_stays BEFORE DELETE ON subscriber BEGIN
    SELECT RAISE(ABORT, 'a reader''s number is in the links of mails that left, so that the row
stays; to forget a person use `digest subscribers erase`');
END
"""


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def upgrade() -> None:
    op.add_column("pending", _text("nonce"))
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=320), nullable=False),
        _text("name"),
        _text("source"),
        sa.Column("subscriber", sa.Integer()),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("good_until", UtcDateTime(), nullable=False),
        sa.Column("next_try", UtcDateTime(), nullable=False),
        sa.Column("claimed_at", UtcDateTime()),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        _text("detail"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_state"), "notice", ["state"])
    op.create_table(
        "staff_session",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("staff", sa.Integer(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff"], ["staff.id"], name=op.f("fk_staff_session_staff")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
    )
    op.create_index(op.f("ix_staff_session_staff"), "staff_session", ["staff"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(STAYS)
