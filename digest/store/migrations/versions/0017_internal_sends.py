"""Internal sends: an edition that went to tags stays off the web, whatever its newsletter becomes."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "sending",
        sa.Column("internal", sa.Boolean(), server_default="0", nullable=False),
    )
