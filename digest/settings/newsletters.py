"""Models of newsletters in feeds.yaml: sender, look, audience, sections, and when editions are sent.

Their docstrings and descriptions are part of the JSON Schema.
"""

from datetime import date
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Discriminator, Field, Tag, model_validator

from digest.model import ROOT_NEWSLETTER
from digest.settings.fields import (
    LANGUAGE_TAG,
    SINCE_LAST,
    Mail,
    PublicUrl,
    Strict,
    Template,
    Text,
    TimeZone,
    Weekday,
    Window,
)
from digest.settings.theme import ListStyle, Theme, allow_a_name_alone

MAX_EXCERPT_LENGTH = 2_000  #: characters
#: Days from one edition to the next, at most, without holidays.
LONGEST_GAP_DAYS = {
    "weekdays": 3,
    "weekly": 7,
    "every_two_weeks": 14,
    "monthly": 35,
    "by_hand": 92,
}
#: Marks in the paths of pydantic's errors, that feeds.yaml does not have.
SHARED_SECTION = "(shared section)"
OWN_SECTION = "(own section)"
SECTION_KEY = r"^[a-z][a-z0-9_]*$"
#: Names of newsletters are parts of addresses, database values and folders' names.
NEWSLETTER_KEY = r"^[a-z][a-z0-9-]{0,31}$"


def _tag_of_section(value: object) -> str:
    """Return which of both a newsletter's section is given as: a key, or a rule."""
    if isinstance(value, str):
        return SHARED_SECTION
    return OWN_SECTION


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
    style: ListStyle | None = Field(
        None,
        description="how its stories look: lines, outlets (first) or cards; without it, as the theme says",
    )
    intro: str = Field(
        "",
        max_length=600,
        description="a sentence or two between its title and its stories",
    )


KeyOrSection = Annotated[
    Annotated[str, Tag(SHARED_SECTION)]
    | Annotated[SectionRule, Tag(OWN_SECTION)],
    Discriminator(_tag_of_section),
]


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

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all of them."""
        return (*self.top, *self.between, *self.end)


class Newsletter(Strict):
    """A newsletter: its sender, look, audience, and when its editions are sent."""

    key: str = Field(
        ROOT_NEWSLETTER,
        pattern=NEWSLETTER_KEY,
        description="a key such as weekly, which names it in commands and addresses",
    )
    title: Text = Field(description="the newsletter's title")
    about: str = Field(
        "",
        description="a sentence that says what it is, for the page that lists the newsletters",
    )
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
    window: Window = Field(
        7,
        description="how many days an edition covers, or since_last: from the edition before; "
        "without it 7 for a weekly newsletter, since_last for any other",
    )
    empty: Literal["skip", "send"] = Field(
        "skip",
        description="what is done with an edition that has nothing to report",
    )
    sections: tuple[KeyOrSection, ...] = Field(
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
        default_factory=Theme,
        description="how the newsletter looks: plain, letter, clips or report, or keys that say more",
        json_schema_extra=allow_a_name_alone,
    )

    @model_validator(mode="before")
    @classmethod
    def _window_fits_cadence(cls, data: Any) -> Any:
        """Let a newsletter that is not weekly cover the time since its last edition, unless told."""
        if not isinstance(data, dict) or "window" in data:
            return data
        if data.get("cadence", "weekly") == "weekly":
            return data
        return {**data, "window": SINCE_LAST}

    @property
    def zone(self) -> ZoneInfo:
        """The newsletter's time zone."""
        return ZoneInfo(self.time_zone)

    @property
    def window_days(self) -> int:
        """How many days an edition covers, at most the usual ones if that is since the last."""
        if isinstance(self.window, str):
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


def find_sections(
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
