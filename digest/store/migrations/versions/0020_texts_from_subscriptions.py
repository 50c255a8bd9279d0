"""Texts from subscriptions: who sent an article's text that only they could open."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "article",
        sa.Column("sent_by", sa.Text(), nullable=False, server_default=""),
    )
