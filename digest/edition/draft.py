"""From judged stories to a proposed edition."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.model import (
    NEEDS_A_PERSON,
    PAYWALLED,
    Article,
    Edition,
    Elsewhere,
    Judged,
    Pick,
    Place,
    Proposal,
    Section,
    Story,
)
from digest.settings import Newsletter, Settings

WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)

#: Labels, as the collector takes them off headlines, of what is not reporting.
OPINION = frozenset("opinion op-ed editorial commentary perspective column".split()) | {
    "guest essay"
}
ALSO_IN = 3  #: other outlets that a draft names behind a story; a person may add more

SHOWN = 15  #: runners-up of a section that an editor is shown


#: How long before the edition before was closed something may be published that no feed had yet: a
#: week, since a feed may fail from Monday to Saturday.
FEEDS_LAG = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time an edition covers: from `start` up to, not including, `end`.

    What was published before `start`, and first seen once the edition before was closed, had no
    chance in that one: it belongs to this.
    """

    start: datetime
    end: datetime
    #: when the edition before was closed; None if there is none
    late_from: datetime | None = None

    @property
    def reach(self) -> datetime:
        """The earliest time of publication that it may take from."""
        if self.late_from:
            return min(self.start, self.late_from - FEEDS_LAG)
        return self.start

    def holds(self, published: datetime, first_seen: datetime | None) -> bool:
        """Say whether an article is of this edition."""
        if published >= self.end or published < self.reach:
            return False
        if published >= self.start or self.late_from is None:
            return True
        return first_seen is not None and first_seen >= self.late_from


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed edition, all it was chosen from, and what was set aside with the reason."""

    edition: Edition
    #: by section, in order; the first of them are proposed
    stories: dict[str, tuple[Story, ...]]
    aside: tuple[tuple[Article, str], ...]

    def runners_up(self, section: str) -> tuple[Story, ...]:
        """Return the stories of a section that would come next."""
        proposed = next(len(s.picks) for s in self.edition.sections if s.key == section)
        return self.stories[section][proposed:]

    def proposals(self) -> Iterator[Proposal]:
        """Yield what was offered: what is in the draft, and as many runners-up as are shown."""
        for section in self.edition.sections:
            shown = self.stories[section.key][: len(section.picks) + SHOWN]
            for place, story in enumerate(shown):
                j = story.representative
                in_draft = place < len(section.picks)
                rules = j.judgement.rules
                yield Proposal(
                    self.edition.date, j.article.id, section.key, place, in_draft, rules
                )


@dataclass(frozen=True, slots=True)
class Known:
    """What a draft knows of outlets."""

    tidy: Callable[[str], str]
    paywalled: frozenset[str]  #: outlets that show little without a subscription
    #: of outlets that write in another language than the newsletter
    languages: dict[str, str]


def _known(settings: Settings, tidy: Callable[[str], str]) -> Known:
    ours = settings.newsletter.language.partition("-")[0]
    return Known(
        tidy,
        frozenset(o.name for o in settings.outlets if o.paywall == "hard"),
        {
            o.name: o.language
            for o in settings.outlets
            # where it is not given, English is a guess
            if "language" in o.model_fields_set and o.language.partition("-")[0] != ours
        },
    )


def next_date(newsletter: Newsletter, now: datetime) -> date:
    """Return the date of the edition being worked on: the next weekday of the newsletter."""
    local = now.astimezone(ZoneInfo(newsletter.time_zone))
    days = (WEEKDAYS.index(newsletter.weekday) - local.weekday()) % 7
    if days == 0 and local.hour >= newsletter.hour:
        days = 7
    return local.date() + timedelta(days=days)


def window(newsletter: Newsletter, day: date) -> Window:
    """Return what the edition of `day` covers, in the newsletter's own time zone."""
    zone = ZoneInfo(newsletter.time_zone)
    end = datetime.combine(day, time(newsletter.hour), zone)
    return Window(end - timedelta(days=newsletter.window), end)


def propose(
    stories: Iterable[Story],
    settings: Settings,
    day: date,
    covered: Window,
    now: datetime,
    tidy: Callable[[str], str] = str,
) -> Draft:
    """Fill each section with its first stories that have not run. The subject is left empty.

    `tidy` makes an article's address fit to print. Undated and future-dated articles, and those
    whose text ran before, are set aside and returned with the reason; nothing is dated by guess.
    """
    found = list(stories)
    fresh = [s for s in found if not s.ran and _within(s.representative, covered, now)]
    chosen = {
        r.key: tuple(s for s in fresh if _fits(s, r.key)) for r in settings.sections
    }
    known = _known(settings, tidy)
    sections = (
        Section(r.key, r.title, tuple(_pick(s, known) for s in chosen[r.key][: r.size]))
        for r in settings.sections
    )
    left = tuple(_set_aside(found, covered, now))
    return Draft(Edition(day, "", sections=tuple(sections)), chosen, left)


def _set_aside(
    stories: Iterable[Story], covered: Window, now: datetime
) -> Iterator[tuple[Article, str]]:
    for s in stories:
        if s.ran and _within(s.representative, covered, now):
            yield s.representative.article, ran_already(s.ran, now)
        for j in s.articles:
            if j.judgement.section and (why := aside(j, now)):
                yield j.article, why


def ran_already(edition: date, now: datetime) -> str:
    """Say in which edition a story ran, or is to run."""
    told = f"in the edition of {edition.day} {edition:%B %Y}"
    if edition < now.date():
        return f"already ran {told}"
    return f"already {told}"


def aside(j: Judged, now: datetime) -> str:
    """Return why an article can be in no edition; "" if it can. A person's filing goes first."""
    article = j.article
    if article.unread.startswith(NEEDS_A_PERSON):
        return (
            f"{article.unread}; `digest add` with the outlet's own address takes it in"
        )
    if _only_by_query(j) and not article.section:
        return (
            f"by query, {NEEDS_A_PERSON}: read it, then `digest add` it with --section"
        )
    if article.published is None:
        if article.section:
            return ""
        return "undated"
    if article.published > now:
        return "dated in the future"
    return ""


def _only_by_query(j: Judged) -> bool:
    places = {m.place for m in j.reading.mentions if m.counts}
    return places == {Place.QUERY}


def _within(j: Judged, covered: Window, now: datetime) -> bool:
    """Say whether an article is of this edition; one filed by hand may lack a date."""
    if aside(j, now):
        return False
    published = j.article.published
    return published is None or covered.holds(published, j.article.first_seen)


def _fits(story: Story, section: str) -> bool:
    j = story.representative
    return j.judgement.section == section and bool(j.article.url and j.article.title)


def pick_of(story: Story, settings: Settings, tidy: Callable[[str], str]) -> Pick:
    """Make a pick of a story as a draft would."""
    return _pick(story, _known(settings, tidy))


def _pick(story: Story, known: Known) -> Pick:
    """Make a pick of a story, with what is known of it: label, paywall, language, copies."""
    a = story.representative.article
    return Pick(
        a.title,
        known.tidy(a.url),
        a.outlet,
        opinion=a.label.casefold() in OPINION,
        paywall=a.outlet in known.paywalled or a.unread in PAYWALLED,
        language=known.languages.get(a.outlet, ""),
        also_in=tuple(_copies(story, known)),
    )


def _copies(story: Story, known: Known) -> Iterator[Elsewhere]:
    """Yield the other outlets that carry the text, each once."""
    told = {story.representative.article.outlet}
    for a in (j.article for j in story.copies):
        if a.outlet not in told and a.url and len(told) <= ALSO_IN:
            told.add(a.outlet)
            yield Elsewhere(a.outlet, known.tidy(a.url))
