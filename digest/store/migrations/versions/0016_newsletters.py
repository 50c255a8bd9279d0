"""Newsletters: an edition is named by its newsletter and its date; subscriptions to each.

Everything until now was of the one newsletter, whose key is `weekly`. PostgreSQL changes its tables
in place. SQLite cannot change a key: each table is renamed, made anew, filled and dropped.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

#: The tables that refer to another one by an edition: (table, other, its column, on deletion).
REFERENCES = (
    ("revision", "edition", "key", ""),
    ("filling", "edition", "key", ""),
    ("look", "edition", "key", ""),
    ("rejection", "edition", "key", ""),
    ("proposal", "edition", "key", "CASCADE"),
    ("approval", "edition", "key", ""),
    ("publication", "edition", "key", ""),
    ("page_correction", "edition", "key", ""),
    ("schedule", "edition", "key", ""),
    ("sending", "edition", "key", ""),
    ("sent_content", "sending", "edition", ""),
    ("chunk", "sending", "edition", ""),
)
REFERRING = tuple(reference[0] for reference in REFERENCES)
#: All tables with a column `edition`; those that others refer to before those.
OF_EDITIONS = (*REFERRING, "delivery", "follow", "audit")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _make_anew()
    else:
        _change_in_place()
    _add_subscriptions()


def _add_subscriptions() -> None:
    op.create_table(
        "subscription",
        sa.Column("subscriber", sa.Integer(), nullable=False),
        sa.Column("newsletter", sa.String(length=32), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("left_at", sa.DateTime()),
        sa.ForeignKeyConstraint(
            ["subscriber"],
            ["subscriber.id"],
            name=op.f("fk_subscription_subscriber"),
        ),
        sa.PrimaryKeyConstraint(
            "subscriber", "newsletter", name=op.f("pk_subscription")
        ),
    )
    # those who were erased have no address, and get nothing
    op.execute(
        "INSERT INTO subscription (subscriber, newsletter, since, left_at)"
        " SELECT id, 'weekly', consent_at, left_at FROM subscriber WHERE address <> ''"
    )
    for table in ("pending", "notice"):
        newsletters: sa.Column[str] = sa.Column(
            "newsletters",
            sa.JSON(),
            server_default='["weekly"]',
            nullable=False,
        )
        op.add_column(table, newsletters)


# PostgreSQL


def _change_in_place() -> None:
    for table in (*REFERRING, "delivery"):
        op.drop_constraint(f"fk_{table}_edition", table, type_="foreignkey")
    op.execute(
        'ALTER TABLE edition ADD COLUMN key TEXT COLLATE "C",'
        " ADD COLUMN newsletter VARCHAR(32) NOT NULL DEFAULT 'weekly',"
        f' ALTER COLUMN corrects TYPE TEXT COLLATE "C" USING {_key_of("corrects")}'
    )
    op.execute(f"UPDATE edition SET key = {_key_of('date')}")  # noqa: S608
    op.execute(
        "ALTER TABLE edition ALTER COLUMN newsletter DROP DEFAULT,"
        " DROP CONSTRAINT pk_edition, ADD CONSTRAINT pk_edition PRIMARY KEY (key)"
    )
    op.create_index("ix_edition_newsletter", "edition", ["newsletter", "date"])
    for table in OF_EDITIONS:
        op.execute(
            f'ALTER TABLE {table} ALTER COLUMN edition TYPE TEXT COLLATE "C"'
            f" USING {_key_of('edition')}"
        )
    for table, other, column, on_deletion in REFERENCES:
        op.create_foreign_key(
            f"fk_{table}_edition",
            table,
            other,
            ["edition"],
            [column],
            ondelete=on_deletion or None,
        )
    op.create_foreign_key(
        "fk_delivery_edition",
        "delivery",
        "chunk",
        ["edition", "chunk"],
        ["edition", "no"],
    )


def _key_of(column: str) -> str:
    return f"'weekly/' || to_char({column}, 'YYYY-MM-DD')"


# SQLite


def _make_anew() -> None:
    for table in ("edition", *OF_EDITIONS):
        op.rename_table(table, f"{table}_0015")
    indexes = (
        "ix_revision_edition",
        "ix_page_correction_edition",
        "ix_chunk_queued",
        "ix_delivery_chunk",
        "ix_delivery_own",
        "ix_audit_edition",
    )
    for index in indexes:
        op.execute(f"DROP INDEX {index}")
    _create_tables()
    op.execute(
        "INSERT INTO edition (key, newsletter, date, source, changed_at, corrects)"
        " SELECT 'weekly/' || date, 'weekly', date, source, changed_at, 'weekly/' || corrects"
        " FROM edition_0015"
    )
    for table in OF_EDITIONS:
        _fill(table)
    # made at last: filling a table is faster without
    _create_indexes()
    for table in reversed(("edition", *OF_EDITIONS)):
        op.drop_table(f"{table}_0015")


def _fill(table: str) -> None:
    """Copy all rows of a table."""
    others = [
        column["name"]
        for column in sa.inspect(op.get_bind()).get_columns(table)
        if column["name"] != "edition"
    ]
    names = ", ".join(f'"{name}"' for name in others)
    op.execute(
        f"INSERT INTO {table} (edition, {names})"  # noqa: S608
        f" SELECT 'weekly/' || edition, {names} FROM {table}_0015"
    )


def _create_indexes() -> None:
    op.create_index("ix_edition_newsletter", "edition", ["newsletter", "date"])
    for table in ("revision", "page_correction", "audit"):
        op.create_index(op.f(f"ix_{table}_edition"), table, ["edition"])
    op.create_index(
        "ix_chunk_queued",
        "chunk",
        ["edition", "no"],
        sqlite_where=sa.text("state = 'queued'"),
    )
    op.create_index("ix_delivery_chunk", "delivery", ["edition", "chunk"])
    op.create_index(
        "ix_delivery_own",
        "delivery",
        ["edition", "state"],
        sqlite_where=sa.text("state IS NOT NULL"),
    )


def _create_tables() -> None:
    op.create_table(
        "edition",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("newsletter", sa.String(length=32), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("corrects", sa.Text()),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_edition")),
    )
    _create_tables_of_drafts()
    _create_tables_of_people()
    _create_tables_of_approved()
    _create_tables_of_sends()
    _create_delivery()


def _create(
    table: str, keys: Sequence[str], *parts: sa.schema.SchemaItem
) -> None:
    """Create a table of editions with its key and its reference."""
    references = []
    for name, other, column, on_deletion in REFERENCES:
        if name == table:
            reference = sa.ForeignKeyConstraint(
                ["edition"],
                [f"{other}.{column}"],
                name=op.f(f"fk_{table}_edition"),
                ondelete=on_deletion or None,
            )
            references.append(reference)
    op.create_table(
        table,
        *parts,
        *references,
        sa.PrimaryKeyConstraint(*keys, name=op.f(f"pk_{table}")),
    )


def _edition() -> sa.Column[str]:
    return sa.Column("edition", sa.Text(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def _time(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(), nullable=False)


def _string(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _integer(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _of_article(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["article"],
        ["article.id"],
        name=op.f(f"fk_{table}_article"),
        ondelete="CASCADE",
    )


def _create_tables_of_drafts() -> None:
    _create(
        "revision",
        ["id"],
        _integer("id"),
        _edition(),
        sa.Column("source", sa.Text(), nullable=False),
        _string("what", 200),
        _time("at"),
        _text("by"),
        _text("target"),
        sa.Column("article", sa.Integer()),
        sa.Column("was_rejected", sa.Boolean()),
        sa.Column("base", sa.JSON()),
    )
    _create(
        "filling",
        ["edition"],
        _edition(),
        sa.Column("base", sa.JSON(), nullable=False),
        sa.Column("came", sa.JSON(), nullable=False),
        sa.Column("went", sa.JSON(), nullable=False),
        _text("mark"),
        _time("begun"),
        _time("filled"),
    )
    _create(
        "rejection",
        ["edition", "article"],
        _edition(),
        _integer("article"),
        _of_article("rejection"),
    )
    _create(
        "proposal",
        ["edition", "article"],
        _edition(),
        _integer("article"),
        _string("section", 100),
        _integer("place"),
        sa.Column("in_draft", sa.Boolean(), nullable=False),
        sa.Column("rules", sa.Float(), nullable=False),
        _of_article("proposal"),
    )


def _create_tables_of_people() -> None:
    _create(
        "look",
        ["edition", "who"],
        _edition(),
        _string("who", 200),
        _time("seen"),
        _time("present"),
    )
    _create(
        "audit",
        ["id"],
        _integer("id"),
        _time("at"),
        _string("who", 320),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("edition", sa.Text()),
    )
    _create(
        "follow",
        ["edition", "place"],
        _edition(),
        _integer("place"),
        _integer("number"),
    )


def _create_tables_of_approved() -> None:
    _create(
        "approval",
        ["edition"],
        _edition(),
        _string("content_hash", 64),
        _string("by", 200),
        _time("at"),
        _text("source"),
        _text("page"),
        _text("second"),
    )
    _create(
        "publication",
        ["edition"],
        _edition(),
        sa.Column("published_at", sa.DateTime()),
        _text("published_by"),
        sa.Column("withdrawn_at", sa.DateTime()),
        _text("withdrawn_by"),
        _text("source"),
        _text("page"),
    )
    _create(
        "page_correction",
        ["id"],
        _integer("id"),
        _edition(),
        _time("at"),
        _string("by", 200),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
    )
    _create(
        "schedule", ["edition"], _edition(), _time("at"), _string("by", 200)
    )


def _create_tables_of_sends() -> None:
    _create(
        "sending",
        ["edition"],
        _edition(),
        _string("content_hash", 64),
        _string("transport", 20),
        _time("frozen_at"),
        _text("halt"),
        _text("halted_by"),
        _text("segment"),
        _text("stopped"),
        sa.Column("again_at", sa.DateTime()),
        sa.Column("kept", sa.JSON()),
    )
    _create(
        "sent_content",
        ["edition"],
        _edition(),
        _text("source"),
        _text("page"),
        sa.Column(
            "letter", sa.LargeBinary(), server_default="", nullable=False
        ),
        _string("approved_hash", 64),
        _string("approved_by", 200),
        _time("approved_at"),
        _text("approved_second"),
    )
    _create(
        "chunk",
        ["edition", "no"],
        _edition(),
        _integer("no"),
        _string("state", 20),
        sa.Column("handing", sa.Boolean(), server_default="0", nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("claimed_at", sa.DateTime()),
        sa.Column("lane", sa.Integer()),
        _text("batch"),
        sa.Column("leaves_at", sa.DateTime()),
        _text("detail"),
    )


def _create_delivery() -> None:
    _create(
        "delivery",
        ["edition", "subscriber"],
        _edition(),
        _integer("subscriber"),
        _integer("chunk"),
        _string("address", 320),
        sa.Column("state", sa.String(length=20)),
        _text("detail"),
        sa.Column(
            "fate", sa.String(length=20), server_default="", nullable=False
        ),
        sa.Column("refused_at", sa.DateTime()),
        sa.ForeignKeyConstraint(
            ["edition", "chunk"],
            ["chunk.edition", "chunk.no"],
            name=op.f("fk_delivery_edition"),
        ),
        sa.ForeignKeyConstraint(
            ["subscriber"],
            ["subscriber.id"],
            name=op.f("fk_delivery_subscriber"),
        ),
    )
