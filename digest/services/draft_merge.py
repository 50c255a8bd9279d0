"""Draft merge: bring a new proposal into an edition, and keep people's changes."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from digest.edition import (
    Draft,
    dump_edition,
    load_edition,
    pick_of,
    propose_draft,
)
from digest.edition.changes_by_people import (
    Base,
    all_picks,
    moved_in_steps,
    untouched_words,
)
from digest.edition.refill import Offered, Proposed, Refilled, refill_edition
from digest.model import (
    Article,
    Edition,
    OtherOutlet,
    Pick,
    Proposal,
    Story,
)
from digest.services.article_texts import with_article_texts
from digest.services.articles import Articles
from digest.services.edition_times import EditionTimes
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
    #: persons' work that was replaced, in words
    discarded: tuple[str, ...] = ()
    #: by the address of a story line
    story_of: Mapping[str, Story] | None = None

    @property
    def edition(self) -> Edition:
        """The present edition."""
        return self.draft.edition

    @property
    def aside(self) -> tuple[tuple[Article, str], ...]:
        """Articles that were set aside, with the reason."""
        return self.draft.aside

    @property
    def stories(self) -> Mapping[str, tuple[Story, ...]]:
        """The stories of each section, in order."""
        return self.draft.stories

    def with_edition(self, edition: Edition) -> "Filled":
        """Return this with the edition as a person has changed it since."""
        return replace(self, draft=replace(self.draft, edition=edition))

    def runners_up(self, section: str) -> list[Story]:
        """Return the stories of a section that are not in the edition, the best first."""
        story_of = self.story_of or {}
        in_edition = [
            story_of[pick.url]
            for pick in all_picks(self.edition)
            if pick.url in story_of
        ]
        stories = self.draft.stories.get(section, ())
        return [story for story in stories if story not in in_edition]


class DraftMerge:
    """Makes new proposals, and merges them with the present edition. Stores nothing."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        press: Articles,
        times: EditionTimes,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._store = store
        self._press = press
        self._times = times
        self._clock = clock

    def merge_proposal(
        self, day: date, base: Base, current: Edition, mark: str
    ) -> "MergedDraft":
        """Make a new proposal, and merge it with the present edition."""
        from digest.collect import strip_trackers

        covered = self._times.find_covered_window(day)
        stories = with_article_texts(
            self._press.list_stories(covered.start, day, covered),
            self._settings.newsletter,
            self._store,
        )
        draft = propose_draft(
            stories, self._settings, day, covered, self._clock(), strip_trackers
        )
        proposed = self._proposed(day, draft, strip_trackers)
        newest_change = self._store.fillings.get_newest_change(day)
        versions = self._versions(day)
        taken_out = (*base.taken_out, *versions.taken_out(current))
        base = replace(base, taken_out=taken_out)
        names = StoryIndex(self._store, stories)
        story_of = names.name_urls(_addresses(base, current, proposed))
        rejected = {
            names.name_of_article(number)
            for number in self._store.editions.get_rejected_articles(day)
        }
        refilled = refill_edition(
            base,
            current,
            proposed,
            story_of,
            rejected,
            versions.put_back(current),
            versions.moved(current),
        )
        edition, new_base = self._fill_in_words(refilled, base, current)
        filled = _compare(
            replace(draft, edition=edition), refilled, current, names
        )
        proposals = tuple(draft.list_proposals())
        return MergedDraft(
            filled, new_base, newest_change, proposals, mark, names
        )

    def _proposed(
        self, day: date, draft: Draft, untracked: Callable[[str], str]
    ) -> Proposed:
        """Return what a draft offers each section, and which of it was not offered before."""
        offered_before = {
            proposal.article
            for proposal in self._store.analyses.list_proposals(day)
        }
        sizes = {
            section.key: section.size for section in self._settings.sections
        }
        offered: dict[str, tuple[Offered, ...]] = {}
        for key, stories in draft.stories.items():
            offers = []
            for place, story in enumerate(stories):
                articles = {judged.article.id for judged in story.articles}
                pick = pick_of(story, self._settings, untracked)
                is_new = not articles & offered_before
                offers.append(Offered(pick, place < sizes[key], is_new))
            offered[key] = tuple(offers)
        return Proposed(draft.edition, offered, sizes)

    def _fill_in_words(
        self, refilled: Refilled, base: Base, current: Edition
    ) -> tuple[Edition, Base]:
        """Fill in subject and preview line by their templates, where no person changed them."""
        from digest.render import subject_line

        newsletter = self._settings.newsletter
        templates = {
            "subject": newsletter.subject,
            "preheader": newsletter.preheader,
        }
        unchanged = untouched_words(base.edition, current)
        words: dict[str, Any] = {}
        for field, template in templates.items():
            if field in unchanged:
                line = subject_line(template, refilled.edition, self._settings)
                words[field] = line
        edition = replace(refilled.edition, **words)
        base_edition = replace(refilled.base.edition, **words)
        return edition, replace(refilled.base, edition=base_edition)

    def _versions(self, day: date) -> "_Versions":
        """Return the changes by persons since the edition was filled last."""
        filling = self._store.fillings.get_filling(day)
        if filling is None:
            return _Versions(())
        rows = self._store.fillings.list_versions(
            day, filling.base["after_change"]
        )
        versions = [
            (load_edition(source), base_of(base)) for source, base in rows
        ]
        return _Versions(tuple(versions))


@dataclass(frozen=True, slots=True)
class MergedDraft:
    """A merge, before it is stored."""

    filled: Filled
    base: Base
    newest_change: int  #: id of the newest change by a person that it takes in
    proposals: tuple[Proposal, ...]
    mark: str
    names: "StoryIndex"


class StoryIndex:
    """Names the story of an article or address: by its place among the stories of a week."""

    def __init__(self, store: "Store", stories: Sequence[Story]) -> None:
        self._store = store
        self._stories = stories
        self._place_of_article: dict[int, int] = {}
        for place, story in enumerate(stories):
            for judged in story.articles:
                self._place_of_article[judged.article.id] = place
        self._name_of_url: dict[str, Hashable] = {}

    def name_urls(self, urls: set[str]) -> dict[str, Hashable]:
        """Return the name of the story of each address."""
        from digest.collect import article_key

        keys = {url: article_key(url) for url in urls}
        ids = self._store.articles.find_article_ids(set(keys.values()))
        names: dict[str, Hashable] = {}
        for url, url_key in keys.items():
            names[url] = url_key
            if url_key in ids:
                names[url] = self.name_of_article(ids[url_key])
        self._name_of_url = names
        return names

    def name_of_url(self, url: str) -> Hashable:
        """Return the name of the story of an address that `name_urls` was asked for."""
        return self._name_of_url.get(url, url)

    def name_of_article(self, number: int) -> Hashable:
        """Return the name of the story of an article (id); an older one names itself."""
        place = self._place_of_article.get(number)
        if place is None:
            return ("article", number)
        return ("story", place)

    def stories_by_url(self) -> dict[str, Story]:
        """Return the stories of the week by the addresses that `name_urls` was asked for."""
        stories = {}
        for url, name in self._name_of_url.items():
            match name:
                case ("story", int(place)):
                    stories[url] = self._stories[place]
        return stories


@dataclass(frozen=True, slots=True)
class _Versions:
    """The edition and its base before each change by a person."""

    rows: tuple[tuple[Edition, Base], ...]

    def taken_out(self, current: Edition) -> list[tuple[str, Pick]]:
        """Return the stories that a person put in and took out again."""
        put_in: dict[str, Pick] = {}
        for edition, base in self.rows:
            machine_urls = urls_of(base.edition)
            for pick in all_picks(edition):
                if pick.url not in machine_urls:
                    put_in[pick.url] = pick
        current_urls = urls_of(current)
        return [
            ("", pick)
            for url, pick in put_in.items()
            if url not in current_urls
        ]

    def moved(self, current: Edition) -> frozenset[str] | None:
        """Return addresses that a person moved; None if the steps are not known."""
        if not self.rows:
            return None
        editions = [edition for edition, _ in self.rows]
        return moved_in_steps([*editions, current])

    def put_back(self, current: Edition) -> set[str]:
        """Return addresses that a person had taken out and has put in again."""
        taken_out: set[str] = set()
        for edition, base in self.rows:
            taken_out |= urls_of(base.edition) - urls_of(edition)
        return taken_out & urls_of(current)


def _compare(
    draft: Draft, refilled: Refilled, current: Edition, names: StoryIndex
) -> Filled:
    """Return a filled draft with what came and went: by story, whatever paper tells it."""
    stories_before = {names.name_of_url(url) for url in urls_of(current)}
    stories_now = {names.name_of_url(url) for url in urls_of(draft.edition)}
    came = [
        pick
        for pick in refilled.added
        if names.name_of_url(pick.url) not in stories_before
    ]
    went = [
        pick
        for pick in refilled.removed
        if names.name_of_url(pick.url) not in stories_now
    ]
    return Filled(
        draft, tuple(came), tuple(went), story_of=names.stories_by_url()
    )


def _addresses(base: Base, current: Edition, proposed: Proposed) -> set[str]:
    """Return the addresses of all stories that a merge is about."""
    urls = urls_of(base.edition) | urls_of(current)
    urls |= {pick.url for _, pick in base.taken_out}
    for offers in proposed.offered.values():
        urls |= {offer.pick.url for offer in offers}
    return urls


def urls_of(edition: Edition) -> set[str]:
    """Return the addresses of an edition's stories."""
    return {pick.url for pick in all_picks(edition)}


def base_as_data(base: Base, newest_change: int) -> dict[str, Any]:
    """Return a base as JSON data, with the newest change (id) by a person that it includes."""
    taken_out = [[section, asdict(pick)] for section, pick in base.taken_out]
    return {
        "edition": dump_edition(base.edition),
        "taken_out": taken_out,
        "after_change": newest_change,
    }


def base_of(data: Mapping[str, Any]) -> Base:
    """Return the base that `base_as_data` made JSON of."""
    taken_out = tuple(
        (section, _load_pick(pick)) for section, pick in data["taken_out"]
    )
    return Base(load_edition(data["edition"]), taken_out)


def _load_pick(data: Mapping[str, Any]) -> Pick:
    also_in = tuple(OtherOutlet(**other) for other in data["also_in"])
    quotes = tuple(data.get("our_quotes", ()))
    return Pick(**{**data, "also_in": also_in, "our_quotes": quotes})
