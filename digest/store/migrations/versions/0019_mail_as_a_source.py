"""Mail as a source: which mails were read, how each mailbox fares, in which mail an article was."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "read_mail",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("mailbox", sa.String(32), nullable=False),
        sa.Column("read_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
    )
    op.create_index("ix_read_mail_seen_at", "read_mail", ["seen_at"])
    op.create_table(
        "mailbox",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("last_success", sa.DateTime()),
        sa.Column("last_mail", sa.DateTime()),
        sa.Column("mails", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("articles", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("error", sa.Text(), nullable=False, server_default=""),
    )
    op.add_column("article", sa.Column("mailed", sa.DateTime()))
