"""Lanes of a send, what is kept of a pruned one, articles' text packed."""

import zlib

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

AT_ONCE = 500


def upgrade() -> None:
    op.add_column("chunk", sa.Column("lane", sa.Integer()))
    op.add_column("sending", sa.Column("kept", sa.JSON()))
    op.add_column(
        "article",
        sa.Column(
            "packed", sa.LargeBinary(), nullable=False, server_default=""
        ),
    )
    _pack(op.get_bind())
    op.execute("ALTER TABLE article DROP COLUMN text")
    op.execute("ALTER TABLE article RENAME COLUMN packed TO text")


def _pack(c: sa.Connection) -> None:
    some = sa.text(
        "SELECT id, text FROM article WHERE id > :last AND text != '' ORDER BY id LIMIT :most"
    )
    keep = sa.text("UPDATE article SET packed = :packed WHERE id = :id")
    last = 0
    while rows := c.execute(some, {"last": last, "most": AT_ONCE}).all():
        c.execute(
            keep,
            [{"id": n, "packed": zlib.compress(t.encode())} for n, t in rows],
        )
        last = rows[-1].id
