"""Past picks: the stories that editions carried, and what editors made of each proposal.

All of it is of the newsletter that the store is for.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from digest.edition import due_moment
from digest.model import Proposal
from digest.relevance import Fingerprint, StoryFeatures, features_of
from digest.relevance.evaluation import OfferedStory, PastEdition

if TYPE_CHECKING:
    from digest.settings import Newsletter
    from digest.store import Store
    from digest.store.analyses import StoredAnalysis

#: For how long new articles are compared with past picks: “already ran in the edition of …”.
COMPARED_PERIOD = timedelta(days=90)
#: Offers that are learned from, those of the newest editions: what daily clips offer in a few months,
#: and a weekly in three years. More takes longer to learn than an editor waits.
MAX_OFFERS = 6000
EDITIONS_REMEMBERED = 1000  #: whose texts were read and need not be read again
NEVER = datetime.max.replace(tzinfo=UTC)
NOTHING_PENDING: Mapping[date, datetime] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class StoryLine:
    """A story line of a text."""

    key: str  #: of its address: see `digest.collect.key`
    section: str


@dataclass(frozen=True, slots=True)
class CarriedStory:
    """A story line of an edition."""

    key: str
    section: str
    edition: date


@dataclass(frozen=True, slots=True)
class Pick:
    """A stored article that an edition carries."""

    article: int
    section: str
    edition: date


@dataclass(frozen=True, slots=True)
class Run:
    """An article that readers got, or that an edition carries which is due later.

    A draft that was never sent did not run, nor did a rehearsal in the outbox.
    """

    edition: date
    out_at: (
        datetime  #: from when on the edition is out: what comes later is news
    )


class PastPicks:
    """All editions but the one that is being made."""

    def __init__(
        self,
        store: "Store",
        but: date | None = None,
        pending: Mapping[date, datetime] = NOTHING_PENDING,
    ) -> None:
        """`but` is the edition that is left out; `pending` those that are due later, and when."""
        self._store = store
        self._pending = pending
        self.but = but

    @cached_property
    def last_runs(self) -> dict[int, Run]:
        """In which edition each article (id) ran last, or is to run: see `Run`."""
        return find_last_runs(self._store, self._pending, self.but)

    @cached_property
    def approved_weeks(self) -> list[PastEdition]:
        """The approved editions, as they were offered and as they became; the oldest first.

        Those of long ago, beyond `MAX_OFFERS`, are left out.
        """
        approved = set(self._store.editions.list_approved_dates()) - {self.but}
        offered = _newest_offers(self._proposals_of(approved))
        picks = [pick for pick in self._picks if pick.edition in offered]
        articles = {pick.article for pick in picks}
        for proposals in offered.values():
            articles |= {proposal.article for proposal in proposals}
        analyses = {
            read.article.id: read
            for read in self._store.analyses.read_analyses(NEVER, also=articles)
        }
        weeks = []
        for day, proposals in offered.items():
            picks_of_day = [pick for pick in picks if pick.edition == day]
            weeks.append(_make_week(day, proposals, picks_of_day, analyses))
        return weeks

    def _proposals_of(
        self, editions: Collection[date]
    ) -> dict[date, list[Proposal]]:
        """Return what was proposed for editions, the oldest first."""
        proposals: dict[date, list[Proposal]] = {
            day: [] for day in sorted(editions)
        }
        for proposal in self._store.analyses.list_all_proposals():
            if proposal.edition in editions:
                proposals[proposal.edition].append(proposal)
        return proposals

    @cached_property
    def _picks(self) -> list[Pick]:
        """Every pick of every edition whose article is stored, the oldest edition first."""
        stories = [
            story
            for story in list_carried_stories(self._store)
            if story.edition != self.but
        ]
        return _find_articles(self._store, stories)


def list_carried_stories(store: "Store") -> Iterator[CarriedStory]:
    """Yield every story that editions carry, drafts as well; the oldest edition first.

    Stories of an edition that was given up do not count.
    """
    given_up = store.send_halts.list_given_up_editions()
    days = set(store.editions.list_dates()) - given_up
    yield from _list_stories_of(store, sorted(days))


def list_public_stories(store: "Store") -> Iterator[CarriedStory]:
    """Yield every story that ran, in an edition that was mailed or published; the oldest first."""
    public = store.publications.list_public_editions()
    yield from _list_stories_of(store, sorted(public))


def _list_stories_of(
    store: "Store", days: Iterable[date]
) -> Iterator[CarriedStory]:
    for day in days:
        for line in _list_lines(store.editions.get_source(day) or ""):
            yield CarriedStory(line.key, line.section, day)


def list_pending_editions(
    store: "Store", newsletter: "Newsletter", now: datetime
) -> dict[date, datetime]:
    """Return the editions of a newsletter that are due later, each with that moment."""
    given_up = store.send_halts.list_given_up_editions()
    due_moments = {
        day: due_moment(newsletter, day)
        for day in store.editions.list_dates()
        if day not in given_up
    }
    return {day: due for day, due in due_moments.items() if due > now}


def find_last_runs(
    store: "Store",
    pending: Mapping[date, datetime] = NOTHING_PENDING,
    but: date | None = None,
) -> dict[int, Run]:
    """Return the last run of each article (id), in another edition than `but`.

    No older edition is read than are compared.
    """
    moments = {**pending, **store.publications.list_public_editions()}
    out_at = {day: at for day, at in moments.items() if day != but}
    newest = max(out_at, default=date.min)
    days = [day for day in out_at if newest - day <= COMPARED_PERIOD]
    days.sort(key=lambda day: out_at[day])
    stories = list(_list_stories_of(store, days))
    return {
        pick.article: Run(pick.edition, out_at[pick.edition])
        for pick in _find_articles(store, stories)
    }


@lru_cache(EDITIONS_REMEMBERED)
def _list_lines(source: str) -> tuple[StoryLine, ...]:
    """Return the story lines of an edition's text."""
    from digest.collect import article_key
    from digest.edition import load_edition

    return tuple(
        StoryLine(article_key(pick.url), section.key)
        for section in load_edition(source).sections
        for pick in section.picks
    )


def _find_articles(
    store: "Store", stories: Sequence[CarriedStory]
) -> list[Pick]:
    """Return the stories whose articles are stored, in the same order."""
    ids = store.articles.find_article_ids({story.key for story in stories})
    return [
        Pick(ids[story.key], story.section, story.edition)
        for story in stories
        if story.key in ids
    ]


def _newest_offers(
    offered: Mapping[date, list[Proposal]],
) -> dict[date, list[Proposal]]:
    """Return the offers of the newest editions, as many as are learned from; the oldest first."""
    newest: dict[date, list[Proposal]] = {}
    number = 0
    for day in sorted(offered, reverse=True):
        number += len(offered[day])
        if newest and number > MAX_OFFERS:
            break
        newest[day] = offered[day]
    return dict(sorted(newest.items()))


def _make_week(
    day: date,
    proposals: Sequence[Proposal],
    picks: Sequence[Pick],
    analyses: Mapping[int, "StoredAnalysis"],
) -> PastEdition:
    """Return what became of each offer; another paper's report of the same story is as good."""
    picked = _names_of_all((pick.article for pick in picks), analyses)
    proposed = _names_of_all(
        (proposal.article for proposal in proposals), analyses
    )
    offers = []
    for proposal in proposals:
        read = analyses.get(proposal.article)
        if read is not None:
            was_picked = bool(picked & _names_of(proposal.article, analyses))
            own_look = _look_at(read, proposal.section)
            offers.append(
                OfferedStory(
                    own_look, proposal.rules, proposal.in_draft, was_picked
                )
            )
    added = []
    for pick in picks:
        read = analyses.get(pick.article)
        if read is not None and not proposed & _names_of(
            pick.article, analyses
        ):
            added.append(_look_at(read, pick.section))
    return PastEdition(day, tuple(offers), tuple(added))


def _names_of_all(
    articles: Iterable[int], analyses: Mapping[int, "StoredAnalysis"]
) -> set[int]:
    names: set[int] = set()
    for article in articles:
        names |= _names_of(article, analyses)
    return names


def _names_of(
    article: int, analyses: Mapping[int, "StoredAnalysis"]
) -> set[int]:
    """Return the ids that identify an article and its story."""
    read = analyses.get(article)
    if read is None or read.belongs is None:
        return {article}
    return {article, read.belongs.story}


def _look_at(read: "StoredAnalysis", section: str) -> StoryFeatures:
    """Return what an editor sees of an article, in a section."""
    fingerprint = Fingerprint.from_bytes(read.print_)
    return features_of(read.article, read.reading, fingerprint, section)
