"""The press as it is judged: read, gathered and weighed, article by article as they come."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from digest.edition import Window
from digest.errors import NotFound
from digest.model import Belongs, Judged, Story
from digest.relevance import (
    Background,
    Fingerprint,
    Grouping,
    Rules,
    Taste,
    Trace,
    background,
    fingerprint,
    into_stories,
    trace,
    weigh,
)
from digest.relevance.evaluation import Evaluation, evaluate
from digest.services.past_picks import Past
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.store import Store
    from digest.store.analyses import Read

#: By how much the press of a language must have grown before common words are counted anew.
GROWN = 2
#: How many answers are kept: those of the edition in work, and of one or two looked back at.
KEPT = 3


@dataclass(frozen=True, slots=True)
class Why:
    """The whole reasoning about one article."""

    judged: Judged
    story: Story
    place: int  #: of its story in its section, from 1; 0 if it is in none
    of: int  #: stories in that section
    headlines: tuple[str, ...]  #: that it ran under before


class Press:
    """What was collected in one working folder, as judged."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock
        self._kept: dict[tuple[object, ...], tuple[object, list[Story]]] = {}
        self._judging = Lock()

    def judged(self, since: datetime | None = None) -> list[Judged]:
        """Return the articles since a time (by default, of two windows), by section, best first.

        What is new is read and joins its story; nothing else is done again.
        """
        return self._judged(since, Past(self._store))

    def stories(
        self,
        since: datetime | None = None,
        but: date | None = None,
        late: Window | None = None,
    ) -> list[Story]:
        """Return the stories since a time, in the order in which sections should take them.

        `but` is the edition that is being made, from which nothing is learned; `late` its window,
        if what it may take from before that time is wanted too. While nothing is new the same
        stories are given again, up to an hour old.
        """
        with self._judging:
            asked = (since, but, late)
            known, stories = self._kept.get(asked, (None, []))
            if known != self._mark(but):
                self._read_new(late.reach if late else since or self._earliest())
                mark = self._mark(but)  # what comes from here on is told from it
                stories = self._stories(since, but, late)
                self._kept = dict([*self._kept.items()][-KEPT:]) | {
                    asked: (mark, stories)
                }
            return stories

    def mark(self, since: datetime, but: date) -> str:
        """Read what is new; return what changes whenever the stories since a time may.

        That they grow older with every hour is left aside: it brings no news.
        """
        self._read_new(since)
        ledger = self._store.judgements
        dated = ledger.dated_between(since, self._clock())
        return repr((ledger.newest(), dated, self._store.editions.mark(but)))

    def _mark(self, but: date | None) -> tuple[object, ...]:
        """Return what changes whenever the stories may."""
        hour = self._clock().replace(minute=0, second=0, microsecond=0)
        return hour, *self._store.judgements.newest(), *self._store.editions.mark(but)

    def _stories(
        self, since: datetime | None, but: date | None, late: Window | None
    ) -> list[Story]:
        tiers = {o.name: o.tier for o in self._settings.outlets}
        past = Past(self._store, but)
        found = into_stories(self._judged(since, past, late), tiers)
        texts, events = self._companions(past.ran)
        return [_dated(s, texts, events) for s in found]

    def earlier_headlines(self, numbers: Iterable[int]) -> dict[int, list[str]]:
        """Return what articles (ids) were called before their outlet changed it, oldest first."""
        return self._store.articles.earlier_headlines(numbers)

    def why(self, number: int) -> Why:
        """Return all that is known about an article (id). Raises NotFound."""
        article = self._store.articles.get(number)
        if article is None:
            raise NotFound(
                f"there is no article {number}; `digest articles` lists them"
            )
        when = article.published or article.first_seen or self._clock()
        window = timedelta(days=self._settings.newsletter.window)
        stories = self.stories(min(when - window, self._clock() - 2 * window))
        story = next(
            s for s in stories if any(j.article.id == number for j in s.articles)
        )
        judged = next(j for j in story.articles if j.article.id == number)
        rivals = [s for s in stories if _section(s) == _section(story)]
        if _section(story):
            place = rivals.index(story) + 1
        else:
            place = 0
        earlier = self._store.articles.earlier_headlines([number]).get(number, [])
        return Why(judged, story, place, len(rivals), tuple(earlier))

    def evaluate(self) -> list[Evaluation]:
        """Say how well past editions would have been predicted, section by section."""
        weeks = [w for w in Past(self._store).weeks if w.offers]
        return evaluate(weeks, Background.of(self._store.judgements.background()))

    # Inside

    def _judged(
        self, since: datetime | None, past: Past, late: Window | None = None
    ) -> list[Judged]:
        start = since or self._earliest()
        self._read_new(late.reach if late else start)
        judged = self._weighed(start, past, late)
        order = {s.key: n for n, s in enumerate(self._settings.sections)}
        return sorted(
            judged,
            key=lambda j: (
                order.get(j.judgement.section, len(order)),
                -j.judgement.score,
                j.article.id,
            ),
        )

    def _earliest(self) -> datetime:
        return self._clock() - timedelta(days=2 * self._settings.newsletter.window)

    def _read_new(self, start: datetime) -> None:
        rules = Rules(self._settings)
        ledger = self._store.judgements
        for articles in ledger.texts(ledger.to_read(rules.mark, start)):
            read = ((a, rules.read(a), fingerprint(a).to_bytes()) for a in articles)
            ledger.save_read(rules.mark, read)

    def _weighed(
        self, start: datetime, past: Past, late: Window | None
    ) -> list[Judged]:
        found = self._store.judgements.read(
            late.reach if late else start, also=past.ran
        )
        prints = {r.article.id: Fingerprint.from_bytes(r.print_) for r in found}
        traces = [trace(r.article, prints[r.article.id]) for r in found]
        usual, anew = self._usual(traces)
        before = {r.article.id: r.belongs for r in found if r.belongs and not anew}
        belongs = self._gathered(traces, usual, before)
        taste = Taste((c for w in past.weeks for c in w.choices()), usual)
        recent = [r for r in found if r.since >= start or _is_late(r, late, past)]
        read = [(r.article, r.reading, prints[r.article.id]) for r in recent]
        return weigh(read, belongs, self._settings, taste, self._clock())

    def _usual(self, traces: Sequence[Trace]) -> tuple[Background, bool]:
        """Return how common words are, and whether that was counted anew just now."""
        known = Background.of(self._store.judgements.background())
        now = Counter(t.language for t in traces)
        if all(n < GROWN * known.articles.get(name, 0) for name, n in now.items()):
            return known, False
        usual = background(traces)
        self._store.judgements.save_background(usual.counts())
        return usual, True

    def _gathered(
        self, traces: Sequence[Trace], usual: Background, before: Mapping[int, Belongs]
    ) -> dict[int, Belongs]:
        new = {t.id for t in traces} - before.keys()
        if not new:
            return dict(before)
        belongs = Grouping(traces, usual).joined(new, before)
        moved = {n: b for n, b in belongs.items() if before.get(n) != b}
        self._store.judgements.save_stories(moved)
        return belongs

    def _companions(
        self, ran: Mapping[int, date]
    ) -> tuple[dict[int, date], dict[int, date]]:
        """Return in which edition each text, and each event, ran last."""
        belongs = self._store.judgements.belongings(ran)
        oldest_first = sorted(belongs, key=lambda number: ran[number])
        texts = {belongs[n].copy_of: ran[n] for n in oldest_first}
        events = {belongs[n].story: ran[n] for n in oldest_first}
        return texts, events


def _is_late(read: "Read", late: Window | None, past: Past) -> bool:
    """Say whether an article came too late for the edition before, and did not run in it."""
    if late is None or read.article.id in past.ran:
        return False
    return late.holds(read.since, read.article.first_seen)


def _dated(s: Story, texts: Mapping[int, date], events: Mapping[int, date]) -> Story:
    """Return a story with the edition it ran in; what came after that stands for it now."""
    followed = events.get(s.representative.belongs.story)
    if followed is None:
        return s
    news = [
        j for j in s.articles if j.belongs.copy_of not in texts and _after(j, followed)
    ]
    if not news:
        return replace(s, ran=followed)
    return Story((*news, *(j for j in s.articles if j not in news)), followed=followed)


def _after(j: Judged, edition: date) -> bool:
    return j.article.published is not None and j.article.published.date() > edition


def _section(story: Story) -> str:
    return story.representative.judgement.section
