"""Tables of subscribers, deliveries and staff."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    false,
)

from digest.store.tables.base import (
    CompressedText,
    EditionRef,
    UtcDateTime,
    metadata,
    partial_index,
)
from digest.store.tables.base import text_column as _text

subscriber = Table(
    "subscriber",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("folded", String(320), nullable=False, unique=True),
    Column("address", String(320), nullable=False),
    _text("name"),
    _text("consent_source"),
    Column("consent_at", UtcDateTime, nullable=False),
    Column("left_at", UtcDateTime),
)

#: Groups of subscribers; names in lower case.
tag = Table(
    "tag",
    metadata,
    Column("name", String(100), primary_key=True),
    Column(
        "subscriber", ForeignKey("subscriber.id"), primary_key=True, index=True
    ),
)

#: Who gets which newsletter, and who left it. An internal one, which goes to tags, needs no row.
subscription = Table(
    "subscription",
    metadata,
    Column("subscriber", ForeignKey("subscriber.id"), primary_key=True),
    Column("newsletter", String(32), primary_key=True),
    Column("since", UtcDateTime, nullable=False),
    Column("left_at", UtcDateTime),
)

#: Addresses that are never mailed, whatever any list says.
suppression = Table(
    "suppression",
    metadata,
    Column("folded", String(320), primary_key=True),
    Column("reason", String(20), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    _text("detail"),
    # made before 0014, when ß was folded to ss: holds for each address that it may have been for
    Column("old_folding", Boolean, server_default=false(), nullable=False),
)

#: People who were forgotten at their wish, by a hash that keeps imports from bringing them back.
erased = Table(
    "erased",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)

#: People who asked for mail and have not confirmed yet that it was them.
pending = Table(
    "pending",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("folded", String(320), nullable=False, unique=True),
    Column("address", String(320), nullable=False),
    _text("name"),
    _text("source"),
    Column("asked_at", UtcDateTime, nullable=False),
    _text(
        "nonce"
    ),  # is part of the confirmation's link; "" before links had one
    # which they asked for; before there were several, all asked for the one
    Column("newsletters", JSON, nullable=False, server_default='["weekly"]'),
)

#: Events of the provider that were taken in, so that none is twice.
event = Table(
    "event",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
)

#: Numbers of clicks on links, by the link's place among those of an edition.
follow = Table(
    "follow",
    metadata,
    Column("edition", EditionRef, primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
)

sending = Table(
    "sending",
    metadata,
    Column("edition", ForeignKey("edition.key"), primary_key=True),
    Column("content_hash", String(64), nullable=False),
    Column("transport", String(20), nullable=False),
    Column("frozen_at", UtcDateTime, nullable=False),
    _text("halt"),  # paused or cancelled, by a person
    _text("halted_by"),
    _text("segment"),  # the filter that its audience met
    # whether it went to tags, not to the public: then it is never shown on the web
    Column("internal", Boolean, nullable=False, server_default="0"),
    _text("stopped"),  # why the provider accepted no more, for a person to read
    # when what is left is tried again by itself, and not before
    Column("again_at", UtcDateTime),
    # its proof and fates, once its deliveries are pruned
    Column("kept", JSON(none_as_null=True)),
)

#: The content that an edition's audience was frozen with, and the approval that counted then.
#: Never changed.
sent_content = Table(
    "sent_content",
    metadata,
    Column("edition", ForeignKey("sending.edition"), primary_key=True),
    _text("source"),
    _text("page"),
    # JSON; "" if not kept then
    Column("letter", CompressedText, nullable=False, server_default=""),
    Column("approved_hash", String(64), nullable=False),
    Column("approved_by", String(200), nullable=False),
    Column("approved_at", UtcDateTime, nullable=False),
    _text("approved_second"),
)

chunk = Table(
    "chunk",
    metadata,
    Column("edition", ForeignKey("sending.edition"), primary_key=True),
    Column("no", Integer, primary_key=True),
    Column("state", String(20), nullable=False),
    Column("handing", Boolean, nullable=False, server_default="0"),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("claimed_at", UtcDateTime),
    # its lane of the edition, if workers send it
    Column("lane", Integer),
    # the provider's name of the hand-over, by which it can be cancelled
    _text("batch"),
    Column("leaves_at", UtcDateTime),  # until when the provider holds it back
    _text("detail"),  # the provider's answer for all of it
    partial_index("ix_chunk_queued", "edition", "no", where="state = 'queued'"),
)

#: `state` is null while the delivery shares its chunk's state, which is the usual case.
delivery = Table(
    "delivery",
    metadata,
    Column("edition", EditionRef, primary_key=True),
    Column("subscriber", ForeignKey("subscriber.id"), primary_key=True),
    Column("chunk", Integer, nullable=False),
    Column("address", String(320), nullable=False),
    Column("state", String(20)),
    _text("detail"),
    # its fate afterwards, by the provider's events
    Column("fate", String(20), nullable=False, server_default=""),
    Column(
        "refused_at", UtcDateTime
    ),  # when it was refused for now for the first time
    ForeignKeyConstraint(["edition", "chunk"], ["chunk.edition", "chunk.no"]),
    Index("ix_delivery_chunk", "edition", "chunk"),
    partial_index(
        "ix_delivery_own", "edition", "state", where="state IS NOT NULL"
    ),
)

#: Keys that sign unsubscribe links live beside the addresses they protect, so that they are in
#: every backup: a link must work for as long as a mail can lie in somebody's mailbox.
signing_key = Table(
    "signing_key",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

#: Members of staff of a hosted desk.
staff = Table(
    "staff",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("folded", String(320), nullable=False, unique=True),
    Column("name", String(320), nullable=False),
    Column("role", String(20), nullable=False),
    _text("password"),  # Argon2; "" until they have set one
    _text("stamp"),  # names the sessions that are good; a new one ends all
    _text("totp"),  # the secret of their second factor
    Column("totp_used", Integer, nullable=False, server_default="0"),
    _text("subject"),  # issuer and subject of their OpenID Connect identity
    _text("invited"),  # SHA-256 of what lets them set a password
    Column("invited_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
)

#: Attempts to log in or to subscribe, by name and source, for as long as they count.
attempt = Table(
    "attempt",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("folded", String(320), nullable=False, index=True),
    Column("address", String(80), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
)

#: Actions of staff; they outlive the edition that they concern.
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("who", String(320), nullable=False),
    Column("what", Text, nullable=False),
    Column("edition", EditionRef, index=True),
)
