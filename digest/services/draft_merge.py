"""Merging: a new proposal, made of the press of today, into an edition as it stands."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from digest.edition import Draft, Window, dump, load, pick_of, propose, window
from digest.edition.changes_by_people import (
    Base,
    all_picks,
    moved_in_steps,
    untouched_words,
)
from digest.edition.refill import Offered, Proposed, Refilled, refill
from digest.model import (
    APPROVED,
    WITHDRAWN,
    Article,
    Edition,
    Elsewhere,
    Pick,
    Proposal,
    Story,
)
from digest.services.articles import Press
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.store import Store


@dataclass(frozen=True, slots=True)
class Filled:
    """An edition after it was drafted or filled, and what that changed."""

    draft: Draft  #: with the edition as it stands
    came: tuple[Pick, ...] = ()
    went: tuple[Pick, ...] = ()  #: that the machine replaced
    is_changed: bool = False
    discarded: tuple[str, ...] = ()  #: persons' work that was replaced, in words
    story_of: Mapping[str, Story] | None = None  #: by the address of a story line

    @property
    def edition(self) -> Edition:
        """The edition as it stands."""
        return self.draft.edition

    @property
    def aside(self) -> tuple[tuple[Article, str], ...]:
        """What was set aside, with the reason."""
        return self.draft.aside

    @property
    def stories(self) -> Mapping[str, tuple[Story, ...]]:
        """The stories of each section, in order."""
        return self.draft.stories

    def runners_up(self, section: str) -> list[Story]:
        """Return the stories of a section that are not in the edition, the best first."""
        known = self.story_of or {}
        there = [known[p.url] for p in all_picks(self.edition) if p.url in known]
        return [s for s in self.draft.stories.get(section, ()) if s not in there]


class Merging:
    """Proposes anew, and merges it with what stands. Stores nothing."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        press: Press,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._store = store
        self._press = press
        self._clock = clock

    def covered(self, day: date) -> Window:
        """Return what an edition covers, with what came too late for the one before.

        An edition that was given up is none: what it covered is this one's.
        """
        covered = window(self._settings.newsletter, day)
        given_up = self._store.halts.given_up()
        dates = (
            d for d in self._store.editions.dates() if d < day and d not in given_up
        )
        before = max(dates, default=None)
        for skipped in given_up:
            if (before or date.min) < skipped < day:
                start = window(self._settings.newsletter, skipped).start
                covered = replace(covered, start=min(covered.start, start))
        if before is None:
            return covered
        closed = self._closed_at(before)
        is_last = covered.start - closed <= covered.end - covered.start
        return replace(
            covered, late_from=min(closed, covered.start) if is_last else covered.start
        )

    def cut_off(self, day: date) -> datetime:
        """Return until when an edition fills: its window's end, or when it leaves if earlier."""
        end = window(self._settings.newsletter, day).end
        by_hand = self._store.editions.scheduled(day)
        if by_hand:
            return min(end, by_hand[0])
        return end

    def _closed_at(self, day: date) -> datetime:
        """Return when an edition was filled no more: at its cut-off, or once it was approved.

        What came between an approval and a later one, of another text, was filled in nowhere.
        """
        given = self._store.editions.approval(day)
        if given is None:
            return self.cut_off(day)
        deeds = self._store.staff.deeds(day)
        withdrawn = max((d.at for d in deeds if d.what == WITHDRAWN), default=None)
        first = [
            d.at
            for d in deeds
            if d.what.startswith(APPROVED) and (withdrawn is None or d.at >= withdrawn)
        ]
        return min(given.at, self.cut_off(day), *first)

    def merged(self, day: date, base: Base, current: Edition, mark: str) -> "Made":
        """Propose anew, and merge it with what stands."""
        from digest.collect import untracked

        covered = self.covered(day)
        now = self._clock()
        stories = self._press.stories(covered.start, day, covered)
        draft = propose(stories, self._settings, day, covered, now, untracked)
        known = {p.article for p in self._store.judgements.proposals_of(day)}
        proposed = self._proposed(draft, known, untracked)
        newest = self._store.fillings.newest_change(day)
        versions = self._versions(day)
        base = replace(base, taken_out=(*base.taken_out, *versions.taken_out(current)))
        names = StoryNames(self._store, stories)
        story_of = names.of(_addresses(base, current, proposed))
        out = {names.of_article(n) for n in self._store.editions.rejected(day)}
        put_back = versions.put_back(current)
        moved = versions.moved(current)
        made = refill(base, current, proposed, story_of, out, put_back, moved)
        edition, new_base = self._worded(made, base, current)
        before, after = ({story_of[u] for u in urls_of(e)} for e in (current, edition))
        found = {u: names.story(name) for u, name in story_of.items()}
        filled = Filled(
            replace(draft, edition=edition),
            tuple(p for p in made.came if story_of[p.url] not in before),
            tuple(p for p in made.left if story_of[p.url] not in after),
            story_of={u: s for u, s in found.items() if s is not None},
        )
        return Made(filled, new_base, newest, tuple(draft.proposals()), mark, names)

    def _proposed(
        self, draft: Draft, known: set[int], tidy: Callable[[str], str]
    ) -> Proposed:
        sizes = {s.key: s.size for s in self._settings.sections}

        def offered(place: int, story: Story, size: int) -> Offered:
            is_new = not any(j.article.id in known for j in story.articles)
            return Offered(pick_of(story, self._settings, tidy), place < size, is_new)

        return Proposed(
            draft.edition,
            {
                key: tuple(offered(n, s, sizes[key]) for n, s in enumerate(stories))
                for key, stories in draft.stories.items()
            },
            sizes,
        )

    def _worded(
        self, made: Refilled, base: Base, current: Edition
    ) -> tuple[Edition, Base]:
        """Fill in subject and preview line by their templates, where no person changed them."""
        from digest.render import subject_line

        news = self._settings.newsletter
        templates = {"subject": news.subject, "preheader": news.preheader}
        free = untouched_words(base.edition, current)
        words: dict[str, Any] = {
            n: subject_line(t, made.edition, self._settings)
            for n, t in templates.items()
            if n in free
        }
        edition = replace(made.edition, **words)
        return edition, replace(made.base, edition=replace(made.base.edition, **words))

    def _versions(self, day: date) -> "_Versions":
        """Return what changes by persons there were since the edition was filled last."""
        stored = self._store.fillings.get(day)
        if stored is None:
            return _Versions(())
        rows = self._store.fillings.versions(day, stored.base["after_change"])
        return _Versions(tuple((load(source), base_of(base)) for source, base in rows))


@dataclass(frozen=True, slots=True)
class Made:
    """A merge, before it is stored."""

    filled: Filled
    base: Base
    newest_change: int  #: id of the newest change by a person that it knows of
    proposals: tuple[Proposal, ...]
    mark: str
    names: "StoryNames"


class StoryNames:
    """Names the story of an article or address: by its place among the stories of a week."""

    def __init__(self, store: "Store", stories: Sequence[Story]) -> None:
        self._store = store
        self._stories = stories
        self._by_article = {
            j.article.id: n for n, s in enumerate(stories) for j in s.articles
        }
        self._by_url: dict[str, Hashable] = {}

    def of(self, urls: set[str]) -> dict[str, Hashable]:
        """Return the name of the story of each address."""
        from digest.collect import key

        keys = {url: key(url) for url in urls}
        ids = self._store.articles.named(set(keys.values()))
        self._by_url = {
            u: self.of_article(ids[k]) if k in ids else k for u, k in keys.items()
        }
        return self._by_url

    def of_url(self, url: str) -> Hashable:
        """Return the name of the story of an address that `of` was asked for."""
        return self._by_url.get(url, url)

    def of_article(self, number: int) -> Hashable:
        """Return the name of the story of an article (id); one of before names itself."""
        place = self._by_article.get(number)
        if place is not None:
            return "story", place
        return "article", number

    def story(self, name: Hashable) -> Story | None:
        """Return the story of a name; None if it is none of the week."""
        match name:
            case ("story", int(place)):
                return self._stories[place]
        return None


@dataclass(frozen=True, slots=True)
class _Versions:
    """What an edition and its base were before each change by a person."""

    rows: tuple[tuple[Edition, Base], ...]

    def taken_out(self, current: Edition) -> list[tuple[str, Pick]]:
        """Return what a person had put in and has taken out again."""
        now = urls_of(current)
        found = dict[str, Pick]()
        for edition, base in self.rows:
            found |= {
                p.url: p
                for p in all_picks(edition)
                if p.url not in urls_of(base.edition)
            }
        return [("", pick) for url, pick in found.items() if url not in now]

    def moved(self, current: Edition) -> frozenset[str] | None:
        """Return addresses that a person moved; None if nothing is known of the steps."""
        steps = [edition for edition, _ in self.rows]
        if steps:
            return moved_in_steps([*steps, current])
        return None

    def put_back(self, current: Edition) -> set[str]:
        """Return addresses that a person had taken out and has put in again."""
        now = urls_of(current)
        return {
            u
            for e, base in self.rows
            for u in urls_of(base.edition) - urls_of(e)
            if u in now
        }


def _addresses(base: Base, current: Edition, proposed: Proposed) -> set[str]:
    taken_out = {p.url for _, p in base.taken_out}
    offered = {o.pick.url for some in proposed.offered.values() for o in some}
    return taken_out | offered | urls_of(base.edition) | urls_of(current)


def urls_of(edition: Edition) -> set[str]:
    """Return the addresses of an edition's stories."""
    return {p.url for p in all_picks(edition)}


def base_as_data(base: Base, newest_change: int) -> dict[str, Any]:
    """Return a base as JSON takes it, with the newest change (id) by a person that it knows of."""
    taken_out = [[section, asdict(pick)] for section, pick in base.taken_out]
    return {
        "edition": dump(base.edition),
        "taken_out": taken_out,
        "after_change": newest_change,
    }


def base_of(data: Mapping[str, Any]) -> Base:
    """Return the base that `base_as_data` made JSON of."""
    return Base(
        load(data["edition"]),
        tuple((section, _pick_of(p)) for section, p in data["taken_out"]),
    )


def _pick_of(data: Mapping[str, Any]) -> Pick:
    return Pick(**{**data, "also_in": tuple(Elsewhere(**e) for e in data["also_in"])})
