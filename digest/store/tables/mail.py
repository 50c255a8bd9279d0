"""Tables of mail that is a source: what was read, and how reading each mailbox went."""

from sqlalchemy import JSON, Column, Integer, String, Table

from digest.store.tables.base import UtcDateTime, metadata
from digest.store.tables.base import text_column as _text

#: Mails that were read, by a hash of their Message-ID: neither sender nor subject is kept.
read_mail = Table(
    "read_mail",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("mailbox", String(32), nullable=False),
    Column("read_at", UtcDateTime, nullable=False),
    # when it was last in its mailbox; after a while it can be forgotten
    Column("seen_at", UtcDateTime, nullable=False, index=True),
    # why it could not be read, in a word, and where it is then; "" if it was read
    _text("unread"),
    _text("place"),
)

mailbox = Table(
    "mailbox",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("last_success", UtcDateTime),
    Column("last_mail", UtcDateTime),
    Column("mails", Integer, nullable=False, server_default="0"),
    Column("articles", Integer, nullable=False, server_default="0"),
    _text("error"),
    Column("last_look", UtcDateTime),
    # addresses in its mails, by what they were taken for
    Column("links", JSON, nullable=False, server_default="{}"),
)

#: Links of mails that were not taken and may be articles after all, for a while.
set_aside_link = Table(
    "set_aside_link",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("mailbox", String(32), primary_key=True),
    _text("url"),
    _text("title"),
    Column("kind", String(16), nullable=False),
    _text("reason"),
    Column("mailed", UtcDateTime, nullable=False),
    Column("found_at", UtcDateTime, nullable=False, index=True),
)
