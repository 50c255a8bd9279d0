"""Models of feeds.yaml: one for each of its sections, frozen.

Their docstrings and descriptions are part of the JSON Schema: editors show them, and errors quote
them as what was expected.
"""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, PrivateAttr, model_validator

from digest.model import FOLLOWING, IN_THE_NEWS, ROOT_NEWSLETTER, EditionKey
from digest.settings.delivery import Delivery
from digest.settings.fields import (
    LANGUAGE_TAG,
    PublicUrl,
    Strict,
    Text,
    Url,
)
from digest.settings.newsletters import (
    Newsletter,
    SectionRule,
    find_sections,
)
from digest.settings.sources import Sources

MIN_KEPT_DAYS = 90
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
    chapters: Literal["count", "ask", "leave_out"] = Field(
        "count",
        description="what becomes of chapters, the name with a place behind it: they count as the "
        "organisation, are shown as doubtful, or are left out",
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
        description="addresses of its feeds; [] if it comes by mail, in sheets or by hand"
    )
    tier: int = Field(2, ge=1, le=3, description="1, 2 or 3; 1 matters most")
    language: str = Field(
        "en", pattern=LANGUAGE_TAG, description="a language tag such as en"
    )
    paywall: Literal["none", "metered", "hard"] = Field(
        "none", description="its paywall"
    )


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
    sources: Sources = Field(
        default_factory=Sources,
        description="where articles come from beside feeds",
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
    def shared_sections(self) -> tuple[SectionRule, ...]:
        """The sections that all newsletters may have."""
        return self._shared_sections or self.sections

    @property
    def has_several_newsletters(self) -> bool:
        """Whether there is more than one newsletter."""
        return len(self.newsletters) > 1

    def key_edition(self, day: date) -> EditionKey:
        """Return the key of the newsletter's edition of a date."""
        return EditionKey(self.newsletter.key, day)

    def name_edition(self, day: date) -> str:
        """Return the name that people and commands give the newsletter's edition of a date.

        That is its date; where there are several newsletters, with this one's key in front.
        """
        if self.has_several_newsletters:
            return str(self.key_edition(day))
        return day.isoformat()

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
        shared_sections = self.shared_sections
        sections = find_sections(newsletter, shared_sections)
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
