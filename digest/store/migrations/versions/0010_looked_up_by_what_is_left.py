"""Indices of the few rows with open work, among millions that are done."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _some("ix_article_waiting", "article", ["id"], "read_at IS NULL")
    _some("ix_chunk_queued", "chunk", ["edition", "no"], "state = 'queued'")
    _some(
        "ix_delivery_own", "delivery", ["edition", "state"], "state IS NOT NULL"
    )


def _some(name: str, table: str, columns: list[str], which: str) -> None:
    only = sa.text(which)
    op.create_index(
        name, table, columns, sqlite_where=only, postgresql_where=only
    )
