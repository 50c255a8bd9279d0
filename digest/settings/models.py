"""Models of feeds.yaml: one for each of its sections, frozen.

Their docstrings and descriptions are part of the JSON Schema: editors show them, and errors quote
them as what was expected.
"""

from datetime import date
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr, model_validator

from digest.model import FOLLOWING, IN_THE_NEWS, ROOT_NEWSLETTER
from digest.settings.delivery import Delivery
from digest.settings.fields import (
    LANGUAGE_TAG,
    Mail,
    PublicUrl,
    Strict,
    Template,
    Text,
    TimeZone,
    Url,
    Weekday,
)
from digest.settings.theme import Theme

MIN_KEPT_DAYS = 90
MAX_EXCERPT_LENGTH = 2_000  #: characters
#: Days from one edition to the next, at most, without holidays.
LONGEST_GAP_DAYS = {
    "weekdays": 3,
    "weekly": 7,
    "every_two_weeks": 14,
    "monthly": 35,
    "by_hand": 92,
}
SECTION_KEY = r"^[a-z][a-z0-9_]*$"
#: Names of newsletters are parts of addresses, database values and folders' names.
NEWSLETTER_KEY = r"^[a-z][a-z0-9-]{0,31}$"
DATABASE = r"^(sqlite:///|postgresql\+psycopg://).+$"


class Organisation(Strict):
    """The organisation that articles are searched for."""

    name: Text = Field(
        description="the organisation's name as it runs in the press"
    )
    aliases: tuple[Text, ...] = Field(
        (), description="other names of the organisation"
    )
    people: tuple[Text, ...] = Field(
        (), description="full names of people who speak for it"
    )
    cases: tuple[Text, ...] = Field(
        (), description="case names, such as 'Example v. State'"
    )
    not_it: tuple[Text, ...] = Field(
        (),
        description="phrases with the name that mean something else, such as a longer name",
    )


class Topic(Strict):
    """One issue area."""

    name: Text = Field(description="the topic's name")
    any: tuple[Text, ...] = Field(
        (),
        description="phrases, one of which is enough; capitals matter only where given, and a * at "
        "the end stands for any ending",
    )
    all: tuple[Text, ...] = Field(
        (), description="phrases that must all be there"
    )
    none: tuple[Text, ...] = Field(
        (), description="phrases of which none may be there"
    )
    weights: dict[str, Annotated[float, Field(gt=0, le=10)]] = Field(
        {}, description="how much single phrases count, where that is not 1"
    )
    weight: float = Field(
        1, gt=0, le=10, description="how much the topic counts"
    )
    section: str = Field(
        FOLLOWING, description="the key of the section it feeds"
    )

    @model_validator(mode="after")
    def _has_phrases(self) -> "Topic":
        if not (self.any or self.all):
            raise ValueError("expected phrases under any or all")
        unknown = set(self.weights) - {*self.any, *self.all}
        if unknown:
            first = min(unknown)
            raise ValueError(
                f"expected weights of its own phrases, found {first!r}"
            )
        return self


class Outlet(Strict):
    """An outlet: a newspaper, broadcaster or site, with its feeds."""

    name: Text = Field(
        description="the outlet's name as it runs behind a headline"
    )
    homepage: Url = Field(description="the outlet's web address")
    feeds: tuple[Url, ...] = Field(
        description="addresses of its feeds", min_length=1
    )
    tier: int = Field(2, ge=1, le=3, description="1, 2 or 3; 1 matters most")
    language: str = Field(
        "en", pattern=LANGUAGE_TAG, description="a language tag such as en"
    )
    paywall: Literal["none", "metered", "hard"] = Field(
        "none", description="its paywall"
    )


class SectionRule(Strict):
    """One list of the edition."""

    key: str = Field(
        pattern=SECTION_KEY, description="a key such as in_the_news"
    )
    title: Text = Field(
        description="its title; {org} stands for the organisation"
    )
    size: int = Field(
        5, ge=1, le=50, description="how many stories a draft proposes"
    )
    topics: tuple[Text, ...] = Field(
        (),
        description="names of topics that it takes, in place of the section that each topic names",
    )


class Sender(Strict):
    """Name and address of the sender."""

    name: Text = Field(description="the sender's name")
    address: Mail = Field(description="the sender's mail address")


class InternalContent(Strict):
    """What an internal newsletter prints of each story, and a public one may not."""

    proof: bool = Field(
        default=True, description="true to print the sentence that proves it"
    )
    reasons: bool = Field(
        default=False, description="true to print why it was proposed"
    )
    quotes: bool = Field(
        default=True, description="true to print what our people say in it"
    )
    excerpt: int = Field(
        0,
        ge=0,
        le=MAX_EXCERPT_LENGTH,
        description="how many characters of the article's text are printed, also behind a paywall",
    )


class BlockPlaces(Strict):
    """Saved blocks that each edition has, by their names in the folder blocks/."""

    top: tuple[Text, ...] = Field((), description="blocks before everything")
    between: tuple[Text, ...] = Field(
        (), description="blocks after the first section"
    )
    end: tuple[Text, ...] = Field((), description="blocks after everything")


class Newsletter(Strict):
    """A newsletter: its sender, look, audience, and when its editions are sent."""

    key: str = Field(
        ROOT_NEWSLETTER,
        pattern=NEWSLETTER_KEY,
        description="a key such as weekly, which names it in commands and addresses",
    )
    title: Text = Field(description="the newsletter's title")
    sender: Sender = Field(description="name and address of the sender")
    reply_to: Mail = Field(description="the mail address for replies")
    postal_address: Text = Field(
        description="a postal address; bulk mail must carry one"
    )
    public_url: PublicUrl = Field(
        description="the web address where `digest serve` is reached"
    )
    count_links: bool = Field(
        default=False,
        description="true to count clicks on a story's link, never by whom",
    )
    subject: Template = Field(
        "{{ headline }}", description="a template for the subject"
    )
    preheader: Template = Field(
        "{{ org }} in the news, {{ date }}",
        description="a template for the preview line",
    )
    language: str = Field(
        "en", pattern=LANGUAGE_TAG, description="a language tag"
    )
    time_zone: TimeZone = Field(
        "UTC", description="a time zone such as America/New_York"
    )
    cadence: Literal[
        "weekdays", "weekly", "every_two_weeks", "monthly", "by_hand"
    ] = Field(
        "weekly",
        description="how often: weekdays (Monday to Friday), weekly, every_two_weeks, "
        "monthly (its first weekday), or by_hand",
    )
    weekday: Weekday = Field(
        "friday", description="the day an edition is dated"
    )
    hour: int = Field(
        9, ge=0, le=23, description="the hour of that day, 0 to 23"
    )
    starts: date | None = Field(
        None,
        description="the date of any one edition, from which every two weeks are counted",
    )
    holidays: tuple[date, ...] = Field(
        (), description="dates on which no edition is made"
    )
    window: Annotated[int, Field(ge=1, le=366)] | Literal["since_last"] = Field(
        7,
        description="how many days an edition covers, or since_last: from the edition before",
    )
    empty: Literal["skip", "send"] = Field(
        "skip",
        description="what is done with an edition that has nothing to report",
    )
    sections: tuple[str | SectionRule, ...] = Field(
        (),
        description="its own lists, or keys of the shared ones; without it, all shared ones",
    )
    audience: tuple[Text, ...] = Field(
        (),
        description="tags of subscribers who get it, which makes it internal; without it, "
        "those who subscribe to it",
    )
    two_people: bool | None = Field(
        None,
        description="true if two people must approve its editions; without it, as desk.two_people says",
    )
    layout: Literal["letter", "clips"] = Field(
        "letter",
        description="how it is laid out: letter, or clips (by topic, with proof and outlet first)",
    )
    internal: InternalContent | None = Field(
        None, description="what an internal newsletter prints of each story"
    )
    blocks: BlockPlaces = Field(
        default_factory=BlockPlaces,
        description="saved blocks that each edition has",
    )
    draft_ahead: int = Field(
        168,
        ge=0,
        le=720,
        description="hours before an edition is due that it is first proposed",
    )
    theme: Theme = Field(
        default_factory=Theme, description="how the newsletter looks"
    )

    @property
    def zone(self) -> ZoneInfo:
        """The newsletter's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def window_days(self) -> int:
        """How many days an edition covers, at most the usual ones if that is since the last."""
        if self.window == "since_last":
            return LONGEST_GAP_DAYS[self.cadence]
        return self.window

    @property
    def is_internal(self) -> bool:
        """Whether its audience are people with certain tags, and nobody else sees it."""
        return bool(self.audience)

    @model_validator(mode="after")
    def _keeps_internal_content_inside(self) -> Self:
        if self.internal and not self.is_internal:
            raise ValueError(
                "expected internal only where audience names tags: a public newsletter may not "
                "print these"
            )
        return self


class Collect(Strict):
    """Limits and timeouts of the collector."""

    every: int = Field(
        60,
        ge=1,
        le=10_080,
        description="minutes between polls of a feed, until its own pace is known",
    )
    per_host: int = Field(
        2, ge=1, le=32, description="requests to one host at a time"
    )
    spacing: float = Field(
        1,
        ge=0,
        le=60,
        description="seconds between the starts of two requests to one host",
    )
    at_once: int = Field(
        32, ge=1, le=512, description="requests at a time in all"
    )
    timeout: float = Field(
        30, gt=0, le=300, description="seconds for one request in all"
    )
    max_bytes: int = Field(
        10_000_000, ge=1000, description="largest body read, unpacked"
    )
    allow_loopback: bool = Field(
        default=False, description="true only to fetch from this machine itself"
    )


class Keep(Strict):
    """Retention of data that grows, in days; 0 is for ever."""

    deliveries: int = Field(
        0,
        ge=0,
        description="days that the recipients of an edition are stored; counts stay",
    )
    texts: int = Field(
        0,
        ge=0,
        description="days that articles' texts are kept; headlines stay",
    )

    @model_validator(mode="after")
    def _long_enough(self) -> "Keep":
        if (
            0 < self.deliveries < MIN_KEPT_DAYS
            or 0 < self.texts < MIN_KEPT_DAYS
        ):
            raise ValueError(
                f"expected 0, or at least {MIN_KEPT_DAYS} days: sends and stories still need them"
            )
        return self


class OpenId(Strict):
    """Logging in with the organisation's own accounts. The secret: OIDC_CLIENT_SECRET."""

    issuer: Url = Field(
        description="the provider's address, such as https://accounts.google.com"
    )
    client_id: Text = Field(description="the id of this desk at the provider")
    name: Text = Field(
        "your organisation",
        description="the provider's name on the login button",
    )


class DeskRules(Strict):
    """How many people must approve, and where a hosted desk is reached."""

    url: PublicUrl | None = Field(
        None, description="the web address of a hosted desk"
    )
    two_people: bool = Field(
        default=False, description="true if two people must approve an edition"
    )
    oidc: OpenId | None = Field(None, description="an OpenID Connect provider")


class Settings(Strict):
    """All of feeds.yaml."""

    organisation: Organisation = Field(description="the organisation")
    topics: tuple[Topic, ...] = Field((), description="the issue areas")
    outlets: tuple[Outlet, ...] = Field(
        description="the outlets to watch", min_length=1
    )
    sections: tuple[SectionRule, ...] = Field(
        (
            SectionRule(key=IN_THE_NEWS, title="{org} in the news", size=5),
            SectionRule(
                key=FOLLOWING, title="Other stories we’re following", size=5
            ),
        ),
        description="the lists of an edition, in order",
        min_length=1,
    )
    only_newsletter: Newsletter | None = Field(
        None,
        alias="newsletter",
        description="the newsletter, if there is one only",
    )
    listed_newsletters: tuple[Newsletter, ...] = Field(
        (),
        alias="newsletters",
        description="the newsletters, if there are several",
    )
    delivery: Delivery = Field(
        default_factory=Delivery, description="how mail is sent"
    )
    desk: DeskRules = Field(default_factory=DeskRules, description="the desk")
    collect: Collect = Field(
        default_factory=Collect, description="how feeds are polled"
    )
    keep: Keep = Field(
        default_factory=Keep, description="how long data that grows is kept"
    )
    extractor: Literal["combined", "newspaper3k"] = Field(
        "combined",
        description="which extractor reads the article of a page first",
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

    _chosen: Newsletter | None = PrivateAttr(None)
    _shared_sections: tuple[SectionRule, ...] = PrivateAttr(())

    @property
    def on_postgresql(self) -> bool:
        """Whether several machines, and several workspaces, may share the database."""
        return self.database.startswith("postgresql+psycopg:")

    @property
    def newsletters(self) -> tuple[Newsletter, ...]:
        """All newsletters, in the order of feeds.yaml."""
        if self.only_newsletter:
            return (self.only_newsletter,)
        return self.listed_newsletters

    @property
    def newsletter(self) -> Newsletter:
        """The newsletter that these settings are for: by default `weekly`, else the first."""
        return self._chosen or self._default_newsletter

    @property
    def _default_newsletter(self) -> Newsletter:
        for one in self.newsletters:
            if one.key == ROOT_NEWSLETTER:
                return one
        return self.newsletters[0]

    @property
    def needs_two_people(self) -> bool:
        """Whether two people must approve an edition of the newsletter."""
        if self.newsletter.two_people is None:
            return self.desk.two_people
        return self.newsletter.two_people

    def for_newsletter(self, key: str) -> Self:
        """Return these settings for one newsletter, with the sections that it has.

        Raises KeyError if there is none of that key.
        """
        by_key = {one.key: one for one in self.newsletters}
        return self.with_newsletter(by_key[key])

    def with_newsletter(self, newsletter: Newsletter) -> Self:
        """Return these settings for a newsletter that need not be in feeds.yaml."""
        shared_sections = self._shared_sections or self.sections
        sections = _sections_of(newsletter, shared_sections)
        scoped = self.model_copy(update={"sections": sections})
        scoped._chosen = newsletter
        scoped._shared_sections = shared_sections
        return scoped

    @model_validator(mode="after")
    def _shares_postgresql(self) -> "Settings":
        if self.workspace and not self.on_postgresql:
            raise ValueError(
                "expected a PostgreSQL database for a named workspace, found SQLite"
            )
        return self


def _sections_of(
    newsletter: Newsletter, shared_sections: tuple[SectionRule, ...]
) -> tuple[SectionRule, ...]:
    """Return the sections of a newsletter: its own, and shared ones that it names by key."""
    if not newsletter.sections:
        return shared_sections
    shared = {section.key: section for section in shared_sections}
    sections: list[SectionRule] = []
    for section in newsletter.sections:
        if isinstance(section, str):
            sections.append(shared[section])
        else:
            sections.append(section)
    return tuple(sections)
