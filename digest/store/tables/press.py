"""Tables of feeds, articles, analyses and editions."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from digest.store.tables.base import (
    CompressedText,
    EditionRef,
    UtcDateTime,
    metadata,
    partial_index,
)
from digest.store.tables.base import text_column as _text

feed = Table(
    "feed",
    metadata,
    Column("url", String(2048), primary_key=True),
    Column("outlet", String(200), nullable=False),
    _text("etag"),
    _text("modified"),
    Column("next_poll", UtcDateTime),
    Column("last_success", UtcDateTime),
    Column("failures", Float, nullable=False, server_default="0"),
    _text("error"),
    _text("fingerprint"),
    Column("interval", Integer, nullable=False, server_default="0"),
    Column("good", Integer, nullable=False, server_default="0"),
    Column("last_full", UtcDateTime),
    Column("last_new", UtcDateTime),
    _text("problem"),
    _text("moved"),
    Column("moved_since", UtcDateTime),
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
    Column("published", UtcDateTime, index=True),
    Column("authors", JSON, nullable=False),
    Column("guid", Text, nullable=False, server_default="", index=True),
    _text("language"),
    Column("text", CompressedText, nullable=False, server_default=""),
    _text("unread"),
    _text("reader"),
    _text("image"),
    _text("section"),
    Column("first_seen", UtcDateTime, nullable=False, index=True),
    Column("read_at", UtcDateTime),
    _text("feed"),
    _text("label"),
    Column("tries", Integer, nullable=False, server_default="0"),
    _text("place"),
    _text("sent_by"),
    Column("mailed", UtcDateTime),
    partial_index("ix_article_waiting", "id", where="read_at IS NULL"),
    partial_index(
        "ix_article_mailed", "feed", "outlet", where="mailed IS NOT NULL"
    ),
)

#: Further keys that are known to name an article: its page said so.
alias = Table(
    "alias",
    metadata,
    Column("key", String(2048), primary_key=True),
    Column(
        "article",
        ForeignKey("article.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
)

#: Headlines that an article ran under before its outlet changed them.
headline = Table(
    "headline",
    metadata,
    Column("id", Integer, primary_key=True),
    Column(
        "article",
        ForeignKey("article.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("title", Text, nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

#: Analyses: what an article's own words say. What it is worth today is never stored.
judgement = Table(
    "judgement",
    metadata,
    Column(
        "article",
        ForeignKey("article.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column(
        "rules", String(16), nullable=False
    ),  # "" once the article has changed
    Column("detail", JSON, nullable=False),
    Column("print", LargeBinary, nullable=False),
    Column("copy_of", Integer),
    Column("story", Integer, index=True),
    # grows with every analysis and every change, by which caches of stories are invalidated
    Column("version", Integer, nullable=False, server_default="0", index=True),
)

#: Frequencies of words in all articles, as counted last. One row.
background = Table(
    "background",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("counts", JSON, nullable=False),
)

edition = Table(
    "edition",
    metadata,
    Column("key", EditionRef, primary_key=True),
    # the two parts of its key, by which the editions of a newsletter are found
    Column("newsletter", String(32), nullable=False),
    Column("date", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    # the edition whose recipients alone get it; null for most
    Column("corrects", EditionRef),
    Index("ix_edition_newsletter", "newsletter", "date"),
)

#: Editions as they were before each change, so that every change can be undone.
revision = Table(
    "revision",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("edition", ForeignKey("edition.key"), nullable=False, index=True),
    Column("source", Text, nullable=False),  # before the change
    Column("what", String(200), nullable=False),  # the change, in words
    Column("at", UtcDateTime, nullable=False),
    _text("by"),
    # the words that were changed; one burst of typing there is one change
    _text("target"),
    Column("article", Integer),  # passed over by this change, or no longer
    Column("was_rejected", Boolean),
    Column(
        "base", JSON(none_as_null=True)
    ),  # of the filling, before the change
)

#: The machine's version of an edition, beside the edition itself: the difference is people's work.
filling = Table(
    "filling",
    metadata,
    Column("edition", ForeignKey("edition.key"), primary_key=True),
    # the machine's edition, and what a person took out of it
    Column("base", JSON, nullable=False),
    Column(
        "came", JSON, nullable=False
    ),  # since the first draft: times by address
    Column("went", JSON, nullable=False),  # what the machine replaced, and when
    _text("mark"),  # changes whenever there may be something new to fill in
    Column("begun", UtcDateTime, nullable=False),
    Column("filled", UtcDateTime, nullable=False),
)

#: The time until which a person has seen an edition.
look = Table(
    "look",
    metadata,
    Column("edition", ForeignKey("edition.key"), primary_key=True),
    Column("who", String(200), primary_key=True),
    Column("seen", UtcDateTime, nullable=False),  # in visits before this one
    Column("present", UtcDateTime, nullable=False),  # the last sign of them
)

#: Stories that an editor passed over on purpose, by the article that stood for each.
rejection = Table(
    "rejection",
    metadata,
    Column("edition", ForeignKey("edition.key"), primary_key=True),
    Column(
        "article",
        ForeignKey("article.id", ondelete="CASCADE"),
        primary_key=True,
    ),
)

#: Proposals of drafts; the editor's choice is in the edition itself.
proposal = Table(
    "proposal",
    metadata,
    Column(
        "edition",
        ForeignKey("edition.key", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column(
        "article",
        ForeignKey("article.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("section", String(100), nullable=False),
    Column("place", Integer, nullable=False),
    Column("in_draft", Boolean, nullable=False),
    Column("rules", Float, nullable=False),
)

#: What a person said of what may name the organisation.
name_answer = Table(
    "name_answer",
    metadata,
    Column(
        "article",
        ForeignKey("article.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("name", String(200), primary_key=True),
    Column("doubt", String(1000), primary_key=True),
    Column("is_us", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

#: Articles that a person had to add.
missed = Table(
    "missed",
    metadata,
    Column(
        "article",
        ForeignKey("article.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("cause", String(40), nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

approval = Table(
    "approval",
    metadata,
    Column("edition", ForeignKey("edition.key"), primary_key=True),
    Column("content_hash", String(64), nullable=False),
    Column("by", String(200), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    _text("source"),
    _text("page"),
    _text("second"),  # a second person who approved the same content
)

#: Editions that a person made public, or took off the web.
publication = Table(
    "publication",
    metadata,
    Column("edition", ForeignKey("edition.key"), primary_key=True),
    # null: it is public since it was sent, or was withdrawn
    Column("published_at", UtcDateTime),
    _text("published_by"),
    Column("withdrawn_at", UtcDateTime),
    _text("withdrawn_by"),
    _text("source"),
    _text("page"),
)

#: Corrections of the web page of an edition that is public; the versions before stay reachable.
page_correction = Table(
    "page_correction",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("edition", ForeignKey("edition.key"), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(200), nullable=False),
    Column(
        "note", Text, nullable=False
    ),  # what was wrong, for readers of the page
    Column("source", Text, nullable=False),
    Column("page", Text, nullable=False),
)

#: Times at which a person wants an edition to be sent, instead of the newsletter's hour.
schedule = Table(
    "schedule",
    metadata,
    Column("edition", ForeignKey("edition.key"), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("by", String(200), nullable=False),
)

#: Images of editions that were approved or tried out, by a hash of their bytes: a mail shows them
#: for as long as it lies in a mailbox.
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
