"""Refusals: why a provider stopped a send, the next try, and since when a delivery is refused."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "sending",
        sa.Column("stopped", sa.Text(), server_default="", nullable=False),
    )
    op.add_column("sending", sa.Column("again_at", sa.DateTime()))
    op.add_column("delivery", sa.Column("refused_at", sa.DateTime()))
