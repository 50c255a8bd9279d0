"""Tables of sessions at the desk, and of mails to one person (confirmation, welcome)."""

from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Table

from digest.store.tables.base import UtcDateTime, metadata
from digest.store.tables.base import text_column as _text

#: Mails to one person (please confirm, welcome) that are to be handed over, or could not be.
#: A row whose mail was accepted is deleted; a given-up row has no address.
notice = Table(
    "notice",
    metadata,
    Column("id", Integer, primary_key=True),
    # which mail: confirm, welcome, welcome back
    Column("kind", String(20), nullable=False),
    # waiting, handing, given up
    Column("state", String(20), nullable=False, index=True),
    Column("address", String(320), nullable=False),
    _text("name"),
    _text("source"),
    Column("subscriber", Integer),  # recipient of a welcome
    Column("asked_at", UtcDateTime, nullable=False),
    Column(
        "good_until", UtcDateTime, nullable=False
    ),  # there is no use in mailing it later
    Column("next_try", UtcDateTime, nullable=False),
    Column("claimed_at", UtcDateTime),
    Column("tries", Integer, nullable=False, server_default="0"),
    _text("detail"),  # reason of the last failure
    # which it is about; the first of them is its sender
    Column("newsletters", JSON, nullable=False, server_default='["weekly"]'),
)

#: Sessions that are valid. Ending one deletes its row, so that its cookie is worth nothing any more.
staff_session = Table(
    "staff_session",
    metadata,
    Column("id", String(64), primary_key=True),  # SHA-256 of the cookie's value
    Column("staff", ForeignKey("staff.id"), nullable=False, index=True),
    Column("begun_at", UtcDateTime, nullable=False),
)
