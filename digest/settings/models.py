"""What feeds.yaml may hold. The descriptions are what editors show and what errors expect."""

import re
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import idna
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from digest.model import FOLLOWING, IN_THE_NEWS
from digest.settings import rates
from digest.settings.theme import Theme

ADDRESS = re.compile(r"[^@\s<>\",;:\\()\[\]]+@[^@\s<>\",;:\\()\[\]]+\.[^@\s<>\",;:\\()\[\]]+")
DATABASE = r"^(sqlite:///|postgresql\+psycopg://).+$"
LANGUAGE_TAG = r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$"  # RFC 5646, as much of it as is in use
LONGEST_ADDRESS = 254  #: characters (RFC 5321, 4.5.3.1.3, less the angle brackets)
LONGEST_RETURN_PATH = 36  #: characters before its @; VERP adds 28 at most
LONGEST_PUBLIC_URL = 500  #: characters; with a token behind it, it stands on one line of a header
TEMPLATE_VARIABLES = frozenset({"org", "title", "date", "headline", "outlet"})


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or " " in value:
        raise ValueError("expected a web address such as https://example.org/feed")
    return value


def _public_address(value: str) -> str:
    """Return a web address as it may stand in a mail's header: ASCII (RFC 5891, RFC 3986)."""
    _web_address(value)
    if len(value) > LONGEST_PUBLIC_URL:
        raise ValueError(f"expected a web address of at most {LONGEST_PUBLIC_URL} characters")
    if value.isascii():
        return value
    parts = urlsplit(value)
    try:
        host = idna.encode(parts.hostname or "", uts46=True).decode()
    except idna.IDNAError:
        raise ValueError("expected a web address such as https://letter.example.org") from None
    netloc = host if parts.port is None else f"{host}:{parts.port}"
    path, query = (quote(part, safe="/%:@!$&'()*+,;=~?") for part in (parts.path, parts.query))
    return urlunsplit((parts.scheme, netloc, path, query, ""))


def _mail_address(value: str) -> str:
    """Return an address that every server takes: a domain's letters become ASCII (RFC 5891)."""
    local, _, domain = value.rpartition("@")
    try:
        plain = value if domain.isascii() else f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        plain = ""
    if not ADDRESS.fullmatch(plain):
        raise ValueError("expected a mail address such as press@example.org")
    if not plain.isascii():
        raise ValueError(
            "expected only ASCII letters before the @, since many servers take no others (RFC 6531)"
        )
    if len(plain) > LONGEST_ADDRESS:
        raise ValueError(f"expected a mail address of at most {LONGEST_ADDRESS} characters")
    return plain


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("expected a time zone such as America/New_York") from None
    return value


def _template(value: str) -> str:
    from jinja2 import Environment, TemplateSyntaxError, meta

    try:
        unknown = meta.find_undeclared_variables(Environment().parse(value)) - TEMPLATE_VARIABLES  # noqa: S701
    except TemplateSyntaxError as e:
        raise ValueError(f"expected a Jinja template ({e.message})") from None
    if unknown:
        known = ", ".join(sorted(TEMPLATE_VARIABLES))
        raise ValueError(f"expected only the variables {known}, not {', '.join(sorted(unknown))}")
    return value


Text = Annotated[str, Field(min_length=1)]
Url = Annotated[str, AfterValidator(_web_address)]
PublicUrl = Annotated[str, AfterValidator(_public_address)]
Mail = Annotated[str, AfterValidator(_mail_address)]
MailOrNone = Annotated[str, AfterValidator(lambda value: value and _mail_address(value))]
Rate = Annotated[str, AfterValidator(rates.checked)]
Template = Annotated[str, Field(min_length=1), AfterValidator(_template)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Strict(BaseModel):
    """Unknown keys are errors: a misspelt key must never be silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Organisation(Strict):
    """Whose press this is."""

    name: Text = Field(description="the organisation's name as it runs in the press")
    aliases: tuple[Text, ...] = Field((), description="other names that are it")
    people: tuple[Text, ...] = Field((), description="people who speak for it, by full name")
    cases: tuple[Text, ...] = Field((), description="case names, such as 'Example v. State'")
    not_it: tuple[Text, ...] = Field(
        (), description="phrases that hold the name but are not it, such as a longer name"
    )


class Topic(Strict):
    """One issue area."""

    name: Text = Field(description="the topic's name")
    any: tuple[Text, ...] = Field(
        (),
        description="phrases, one of which is enough; capitals matter only where given, and a * at "
        "the end stands for any ending",
    )
    all: tuple[Text, ...] = Field((), description="phrases that must all be there")
    none: tuple[Text, ...] = Field((), description="phrases of which none may be there")
    weights: dict[str, Annotated[float, Field(gt=0, le=10)]] = Field(
        {}, description="how much single phrases count, where that is not 1"
    )
    weight: float = Field(1, gt=0, le=10, description="how much the topic counts")
    section: str = Field(FOLLOWING, description="the key of the section it feeds")

    @model_validator(mode="after")
    def _has_phrases(self) -> "Topic":
        if not (self.any or self.all):
            raise ValueError("expected phrases under any or all")
        unknown = set(self.weights) - {*self.any, *self.all}
        if unknown:
            raise ValueError(f"expected weights of its own phrases, found {sorted(unknown)[0]!r}")
        return self


class Outlet(Strict):
    """Who publishes."""

    name: Text = Field(description="the outlet's name as it runs behind a headline")
    homepage: Url = Field(description="the outlet's web address")
    feeds: tuple[Url, ...] = Field(description="addresses of its feeds", min_length=1)
    tier: int = Field(2, ge=1, le=3, description="1, 2 or 3; 1 matters most")
    language: str = Field("en", pattern=LANGUAGE_TAG, description="a language tag such as en")
    paywall: Literal["none", "metered", "hard"] = Field("none", description="its paywall")


class SectionRule(Strict):
    """One list of the edition."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="a key such as in_the_news")
    title: Text = Field(description="its title; {org} stands for the organisation")
    size: int = Field(5, ge=1, le=50, description="how many stories a draft proposes")


class Sender(Strict):
    """Who the mail is from."""

    name: Text = Field(description="the sender's name")
    address: Mail = Field(description="the sender's mail address")


class Newsletter(Strict):
    """The newsletter itself."""

    title: Text = Field(description="the newsletter's title")
    sender: Sender = Field(description="name and address of the sender")
    reply_to: Mail = Field(description="the mail address that answers go to")
    postal_address: Text = Field(description="a postal address; bulk mail must carry one")
    public_url: PublicUrl = Field(description="the web address where `digest serve` is reached")
    count_links: bool = Field(
        False, description="true to count how often a story's link is followed, never by whom"
    )
    subject: Template = Field("{{ headline }}", description="a template for the subject")
    preheader: Template = Field(
        "{{ org }} in the news, {{ date }}", description="a template for the preview line"
    )
    language: str = Field("en", pattern=LANGUAGE_TAG, description="a language tag")
    time_zone: Annotated[str, AfterValidator(_time_zone)] = Field(
        "UTC", description="a time zone such as America/New_York"
    )
    weekday: Weekday = Field("friday", description="the day an edition is dated")
    hour: int = Field(9, ge=0, le=23, description="the hour of that day, 0 to 23")
    window: int = Field(7, ge=1, le=60, description="how many days of press an edition covers")
    draft_ahead: int = Field(
        168, ge=0, le=720, description="hours before an edition's hour that it is first proposed"
    )
    theme: Theme = Field(default_factory=Theme, description="how the newsletter looks")

    @property
    def zone(self) -> ZoneInfo:
        """The newsletter's time zone."""
        return ZoneInfo(self.time_zone)


class Smtp(Strict):
    """A mail server. Secrets come from the environment: SMTP_PASSWORD, DKIM_KEY (as PEM)."""

    host: Text = Field("localhost", description="the server's host name")
    port: int = Field(587, ge=1, le=65535, description="its port")
    security: Literal["starttls", "tls", "none"] = Field("starttls", description="how it encrypts")
    username: str = Field("", description="the account's name; empty for none")
    connections: int = Field(4, ge=1, le=32, description="connections at a time")
    rate: Rate = Field("600 a minute", description="messages at most, such as 600 a minute")
    dkim_selector: str = Field(
        "",
        description="name of the key in DKIM_KEY to sign mail with; empty if the server signs it",
    )
    return_path: MailOrNone = Field(
        "", description="the address that bounces go to; empty for the sender's own"
    )
    verp: bool = Field(
        False,
        description="true if the return path's server takes subaddresses (bounces+x@example.org), "
        "so that each message has a return path of its own",
    )
    verp_separator: Literal["+", "-", "="] = Field(
        "+", description="what stands between the return path's name and a subaddress"
    )

    @model_validator(mode="after")
    def _has_room_for_verp(self) -> "Smtp":
        if self.verp and not self.return_path:
            raise ValueError("expected a return_path where verp is true")
        local = self.return_path.rpartition("@")[0]
        if self.verp and len(local) > LONGEST_RETURN_PATH:
            raise ValueError(
                f"expected at most {LONGEST_RETURN_PATH} characters before the @ of a return_path "
                "with verp (RFC 5321 allows 64 in all)"
            )
        return self


class Bounces(Strict):
    """A mailbox that bounces come back to. Its password: IMAP_PASSWORD in the environment."""

    host: str = Field("", description="its IMAP server's host name; empty if none is read")
    port: int = Field(993, ge=1, le=65535, description="its port")
    security: Literal["tls", "starttls", "none"] = Field("tls", description="how it encrypts")
    username: str = Field("", description="the account's name")
    folder: Text = Field("INBOX", description="the folder that is read")
    handled: Literal["keep", "move", "delete"] = Field(
        "keep", description="what becomes of mail that was handled; keep: it stays, marked as read"
    )
    handled_folder: Text = Field("Handled", description="where handled mail is moved to")
    address: MailOrNone = Field(
        "",
        description="the mailbox's own address, which readers' mail programs may write to in order "
        "to unsubscribe; empty for newsletter.reply_to",
    )

    @model_validator(mode="after")
    def _has_an_account(self) -> "Bounces":
        if self.host and not self.username:
            raise ValueError("expected a username where host is given")
        return self


class Sendgrid(Strict):
    """SendGrid's API. Its key comes from the environment: SENDGRID_API_KEY."""

    host: Url = Field("https://api.sendgrid.com", description="the API's address")
    undo_minutes: int = Field(
        15,
        ge=0,
        le=4320,
        description="minutes that mail is kept back, so that what is uncertain can be taken back; "
        "0 to let it leave at once, else 11 or more",
    )
    at_once: int = Field(8, ge=1, le=8, description="requests at a time")
    rate: Rate = Field("60,000 a minute", description="messages at most, such as 600 a minute")
    webhook_key: str = Field(
        "", description="the public key of its signed Event Webhook; empty if that is not used"
    )

    @model_validator(mode="after")
    def _can_be_undone(self) -> "Sendgrid":
        if 0 < self.undo_minutes <= 10:
            raise ValueError("expected undo_minutes of 0, or more than the 10 SendGrid needs")
        return self


class Delivery(Strict):
    """How mail leaves."""

    transport: Literal["outbox", "smtp", "sendgrid"] = Field("outbox", description="a transport")
    fallback: Literal["", "smtp", "sendgrid"] = Field(
        "", description="a second transport, for what the first certainly did not take"
    )
    dkim_selectors: tuple[Text, ...] = Field(
        (), description="names of the keys your mail is signed with, for `digest doctor`"
    )
    smtp: Smtp = Field(default_factory=Smtp, description="the mail server")
    sendgrid: Sendgrid = Field(default_factory=Sendgrid, description="SendGrid")
    bounces: Bounces = Field(
        default_factory=Bounces, description="the mailbox that bounces come back to"
    )

    @model_validator(mode="before")
    @classmethod
    def _rates_are_of_a_transport(cls, told: Any) -> Any:
        if isinstance(told, dict) and "per_minute" in told:
            raise ValueError(
                "expected a transport's own rate instead of per_minute: "
                f"smtp: {{rate: {told['per_minute']} a minute}}"
            )
        return told

    @model_validator(mode="after")
    def _falls_back_on_another(self) -> "Delivery":
        if self.fallback and self.transport in ("outbox", self.fallback):
            raise ValueError("expected a fallback only where transport is the other of the two")
        return self


class Collect(Strict):
    """How polite and how patient the collector is."""

    every: int = Field(
        60, ge=1, le=10_080, description="minutes between polls of a feed, until its pace is learnt"
    )
    per_host: int = Field(2, ge=1, le=32, description="requests to one host at a time")
    spacing: float = Field(
        1, ge=0, le=60, description="seconds between the starts of two requests to one host"
    )
    at_once: int = Field(32, ge=1, le=512, description="requests at a time in all")
    timeout: float = Field(30, gt=0, le=300, description="seconds for one request in all")
    max_bytes: int = Field(10_000_000, ge=1000, description="largest body read, unpacked")
    allow_loopback: bool = Field(False, description="true only to fetch from this machine itself")


class Keep(Strict):
    """How long is kept what grows; 0 is for ever."""

    deliveries: int = Field(
        0, ge=0, description="days that it is known who got an edition; counts stay"
    )
    texts: int = Field(0, ge=0, description="days that articles' texts are kept; headlines stay")

    @model_validator(mode="after")
    def _long_enough(self) -> "Keep":
        if 0 < self.deliveries < 90 or 0 < self.texts < 90:
            raise ValueError("expected 0, or at least 90 days: sends and stories still need them")
        return self


class OpenId(Strict):
    """Logging in with the organisation's own accounts. The secret: OIDC_CLIENT_SECRET."""

    issuer: Url = Field(description="the provider's address, such as https://accounts.google.com")
    client_id: Text = Field(description="what the provider calls this desk")
    name: Text = Field("your organisation", description="what the button calls the provider")


class DeskRules(Strict):
    """Who says yes, and where a hosted desk is reached."""

    url: PublicUrl | None = Field(None, description="the web address of a hosted desk")
    two_people: bool = Field(False, description="true if two people must approve an edition")
    oidc: OpenId | None = Field(None, description="an OpenID Connect provider")


class Settings(Strict):
    """All of feeds.yaml."""

    organisation: Organisation = Field(description="whose press this is")
    topics: tuple[Topic, ...] = Field((), description="the issue areas")
    outlets: tuple[Outlet, ...] = Field(description="who publishes", min_length=1)
    sections: tuple[SectionRule, ...] = Field(
        (
            SectionRule(key=IN_THE_NEWS, title="{org} in the news", size=5),
            SectionRule(key=FOLLOWING, title="Other stories we’re following", size=5),
        ),
        description="the lists of an edition, in order",
        min_length=1,
    )
    newsletter: Newsletter = Field(description="the newsletter itself")
    delivery: Delivery = Field(default_factory=Delivery, description="how mail leaves")
    desk: DeskRules = Field(default_factory=DeskRules, description="the desk")
    collect: Collect = Field(default_factory=Collect, description="how feeds are polled")
    keep: Keep = Field(default_factory=Keep, description="how long is kept what grows")
    extractor: Literal["combined", "newspaper3k"] = Field(
        "combined", description="which reader finds the article in a page first"
    )
    database: str = Field(
        "sqlite:///digest.db",
        pattern=DATABASE,
        description="a database URL such as sqlite:///digest.db",
    )
    workspace: str = Field(
        "",
        pattern=r"^([a-z][a-z0-9_]{0,39})?$",
        description="a name such as chapter_berlin, where several share a PostgreSQL database",
    )

    @property
    def on_postgresql(self) -> bool:
        """Whether several machines, and several workspaces, may share the database."""
        return self.database.startswith("postgresql+psycopg:")

    @model_validator(mode="after")
    def _shares_postgresql(self) -> "Settings":
        if self.workspace and not self.on_postgresql:
            raise ValueError("expected a PostgreSQL database for a named workspace, found SQLite")
        return self
