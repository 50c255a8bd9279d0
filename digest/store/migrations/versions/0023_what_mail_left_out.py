"""What mail left out: links that were set aside, mails that could not be read, when one last looked."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "set_aside_link",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("mailbox", sa.String(32), primary_key=True),
        sa.Column("url", sa.Text(), nullable=False, server_default=""),
        sa.Column("title", sa.Text(), nullable=False, server_default=""),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, server_default=""),
        sa.Column("mailed", sa.DateTime(), nullable=False),
        sa.Column("found_at", sa.DateTime(), nullable=False),
    )
    op.create_index(
        "ix_set_aside_link_found_at", "set_aside_link", ["found_at"]
    )
    for name in ("unread", "place"):
        column = sa.Column(name, sa.Text(), nullable=False, server_default="")
        op.add_column("read_mail", column)
    op.add_column("mailbox", sa.Column("last_look", sa.DateTime()))
    op.add_column(
        "mailbox",
        sa.Column("links", sa.JSON(), nullable=False, server_default="{}"),
    )
    # literally as the query has it: both databases use a partial index only then
    is_mailed = sa.text("mailed IS NOT NULL")
    op.create_index(
        "ix_article_mailed",
        "article",
        ["feed", "outlet"],
        sqlite_where=is_mailed,
        postgresql_where=is_mailed,
    )
