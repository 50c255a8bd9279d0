"""Clips without an address: the page or minute at which an article stands."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "article",
        sa.Column("place", sa.Text(), nullable=False, server_default=""),
    )
