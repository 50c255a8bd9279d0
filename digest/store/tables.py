"""The tables, in SQLAlchemy Core. A change here needs a new file in `migrations/versions`."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)


class Utc(TypeDecorator[datetime]):
    """An aware time, kept as UTC without its zone, since SQLite keeps none."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Refuse a time without a zone rather than guess one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give the time its zone back."""
        return value.replace(tzinfo=UTC) if value else None


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


feed = Table(
    "feed",
    metadata,
    Column("url", String(2048), primary_key=True),
    Column("outlet", String(200), nullable=False),
    _text("etag"),
    _text("modified"),
    Column("next_poll", Utc),
    Column("last_success", Utc),
    Column("failures", Float, nullable=False, server_default="0"),
    _text("error"),
    _text("fingerprint"),
    Column("interval", Integer, nullable=False, server_default="0"),
    Column("good", Integer, nullable=False, server_default="0"),
    Column("last_full", Utc),
    Column("last_new", Utc),
    _text("problem"),
    _text("moved"),
    Column("moved_since", Utc),
)

article = Table(
    "article",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(2048), nullable=False, unique=True),
    _text("url"),
    Column("outlet", String(200), nullable=False),
    _text("title"),
    _text("summary"),
    Column("published", Utc, index=True),
    Column("authors", JSON, nullable=False),
    Column("guid", Text, nullable=False, server_default="", index=True),
    _text("language"),
    _text("text"),
    _text("unread"),
    _text("reader"),
    _text("image"),
    _text("section"),
    Column("first_seen", Utc, nullable=False, index=True),
    Column("read_at", Utc),
    _text("feed"),
    _text("label"),
    Column("tries", Integer, nullable=False, server_default="0"),
)

#: Further keys that are known to name an article: its page said so.
alias = Table(
    "alias",
    metadata,
    Column("key", String(2048), primary_key=True),
    Column("article", ForeignKey("article.id", ondelete="CASCADE"), nullable=False, index=True),
)

#: Headlines that an article ran under before its outlet changed them.
headline = Table(
    "headline",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article", ForeignKey("article.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("until", Utc, nullable=False),
)

#: What an article's own words say; what it is worth today is never stored.
judgement = Table(
    "judgement",
    metadata,
    Column("article", ForeignKey("article.id", ondelete="CASCADE"), primary_key=True),
    Column("rules", String(16), nullable=False),  # "" once the article has changed
    Column("detail", JSON, nullable=False),
    Column("print", LargeBinary, nullable=False),
    Column("copy_of", Integer),
    Column("story", Integer, index=True),
    # counts on with every reading and forgetting, so that who keeps stories knows when to look
    Column("version", Integer, nullable=False, server_default="0", index=True),
)

#: How common words are in the press, as counted last. One row.
background = Table(
    "background",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("counts", JSON, nullable=False),
)

edition = Table(
    "edition",
    metadata,
    Column("date", Date, primary_key=True),
    Column("source", Text, nullable=False),
    Column("changed_at", Utc, nullable=False),
)

#: What an edition was before each change, so that every change can be undone.
revision = Table(
    "revision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("edition", ForeignKey("edition.date"), nullable=False, index=True),
    Column("source", Text, nullable=False),  # before the change
    Column("what", String(200), nullable=False),  # was changed, in words
    Column("at", Utc, nullable=False),
    _text("by"),
    _text("target"),  # the words that were changed; one burst of typing there is one change
    Column("article", Integer),  # that was passed over, or no more, by this change
    Column("was_rejected", Boolean),
)

#: Stories that an editor passed over on purpose, by the article that stood for each.
rejection = Table(
    "rejection",
    metadata,
    Column("edition", ForeignKey("edition.date"), primary_key=True),
    Column("article", ForeignKey("article.id", ondelete="CASCADE"), primary_key=True),
)

#: What drafts proposed; what the editor made of it stands in the edition itself.
proposal = Table(
    "proposal",
    metadata,
    Column("edition", ForeignKey("edition.date", ondelete="CASCADE"), primary_key=True),
    Column("article", ForeignKey("article.id", ondelete="CASCADE"), primary_key=True),
    Column("section", String(100), nullable=False),
    Column("place", Integer, nullable=False),
    Column("in_draft", Boolean, nullable=False),
    Column("rules", Float, nullable=False),
)

#: Clips that a person had to bring.
missed = Table(
    "missed",
    metadata,
    Column("article", ForeignKey("article.id", ondelete="CASCADE"), primary_key=True),
    Column("cause", String(40), nullable=False),
    Column("at", Utc, nullable=False),
)

approval = Table(
    "approval",
    metadata,
    Column("edition", ForeignKey("edition.date"), primary_key=True),
    Column("content_hash", String(64), nullable=False),
    Column("by", String(200), nullable=False),
    Column("at", Utc, nullable=False),
    _text("source"),
    _text("page"),
    _text("second"),  # who said yes to the same content as well
)

#: When a person wants an edition to leave, instead of at the newsletter's hour.
schedule = Table(
    "schedule",
    metadata,
    Column("edition", ForeignKey("edition.date"), primary_key=True),
    Column("at", Utc, nullable=False),
    Column("by", String(200), nullable=False),
)

#: The images of editions that were approved or tried out, by what names their very bytes: a mail
#: shows them for as long as it lies in a mailbox.
picture = Table(
    "picture",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("name", String(255), nullable=False),
    Column("media", String(40), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

subscriber = Table(
    "subscriber",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("folded", String(320), nullable=False, unique=True),
    Column("address", String(320), nullable=False),
    _text("name"),
    _text("consent_source"),
    Column("consent_at", Utc, nullable=False),
    Column("left_at", Utc),
)

sending = Table(
    "sending",
    metadata,
    Column("edition", ForeignKey("edition.date"), primary_key=True),
    Column("content_hash", String(64), nullable=False),
    Column("transport", String(20), nullable=False),
    Column("frozen_at", Utc, nullable=False),
    _text("halt"),  # paused or cancelled, by a person
    _text("halted_by"),
)

chunk = Table(
    "chunk",
    metadata,
    Column("edition", ForeignKey("sending.edition"), primary_key=True),
    Column("no", Integer, primary_key=True),
    Column("state", String(20), nullable=False),
    Column("handing", Boolean, nullable=False, server_default="0"),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("claimed_at", Utc),
)

#: `state` is null while the delivery shares its chunk's state, which is the usual case.
delivery = Table(
    "delivery",
    metadata,
    Column("edition", Date, primary_key=True),
    Column("subscriber", ForeignKey("subscriber.id"), primary_key=True),
    Column("chunk", Integer, nullable=False),
    Column("address", String(320), nullable=False),
    Column("state", String(20)),
    _text("detail"),
    ForeignKeyConstraint(["edition", "chunk"], ["chunk.edition", "chunk.no"]),
    Index("ix_delivery_chunk", "edition", "chunk"),
)

#: Keys that sign unsubscribe links live beside the addresses they protect, so that they are in
#: every backup: a link must work for as long as a mail can lie in somebody's mailbox.
signing_key = Table(
    "signing_key",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False),
    Column("created_at", Utc, nullable=False),
)

#: Who works at a hosted desk.
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
    Column("invited_until", Utc),
    Column("created_at", Utc, nullable=False),
)

#: Logins that failed, for as long as they count.
attempt = Table(
    "attempt",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("folded", String(320), nullable=False, index=True),
    Column("address", String(60), nullable=False, index=True),
    Column("at", Utc, nullable=False),
)

#: Who did what, where that outlives the edition it was done to.
audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Utc, nullable=False),
    Column("who", String(320), nullable=False),
    Column("what", Text, nullable=False),
    Column("edition", Date, index=True),
)
