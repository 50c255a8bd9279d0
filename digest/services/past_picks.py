"""What past editions carried, and what that says of the editor."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from digest.model import Belongs, Proposal
from digest.relevance import Fingerprint, Look, look
from digest.relevance.evaluation import Offer, Week

if TYPE_CHECKING:
    from digest.store import Store
    from digest.store.analyses import Read

#: Past picks are compared with new articles for so long: “already ran in the edition of …”.
REMEMBERED = timedelta(days=90)
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Ran:
    """An article as it ran."""

    article: int
    section: str
    edition: date


class Past:
    """All editions but the one that is being made."""

    def __init__(self, store: "Store", but: date | None = None) -> None:
        self._store = store
        self._but = but

    @cached_property
    def ran(self) -> dict[int, date]:
        """In which edition each article (id) ran last."""
        newest = max((r.edition for r in self._picks), default=date.min)
        recent = [r for r in self._picks if newest - r.edition <= REMEMBERED]
        return {r.article: r.edition for r in recent}

    @cached_property
    def weeks(self) -> list[Week]:
        """The approved editions, as they were offered and as they became."""
        approved = set(self._store.editions.approved()) - {self._but}
        offered: dict[date, list[Proposal]] = {d: [] for d in sorted(approved)}
        for p in self._store.judgements.proposals():
            if p.edition in approved:
                offered[p.edition].append(p)
        picks = [r for r in self._picks if r.edition in approved]
        ids = {r.article for r in picks} | {
            p.article for some in offered.values() for p in some
        }
        read = {r.article.id: r for r in self._store.judgements.read(NEVER, also=ids)}
        return [
            _week(day, some, [r for r in picks if r.edition == day], read)
            for day, some in offered.items()
        ]

    @cached_property
    def _picks(self) -> list[Ran]:
        """Every pick of every edition whose article is stored, the oldest edition first."""
        found = [c for c in carried(self._store) if c[2] != self._but]
        ids = self._store.articles.named({k for k, _, _ in found})
        return [Ran(ids[k], section, day) for k, section, day in found if k in ids]


def carried(store: "Store") -> Iterator[tuple[str, str, date]]:
    """Yield every story that editions carry, as key, section and edition; the oldest first.

    Those of an edition that was given up ran nowhere.
    """
    from digest.collect import key
    from digest.edition import load

    for day in sorted(set(store.editions.dates()) - store.halts.given_up()):
        for section in load(store.editions.source(day) or "").sections:
            yield from ((key(p.url), section.key, day) for p in section.picks)


def _week(
    day: date,
    offered: Sequence[Proposal],
    picks: Sequence[Ran],
    read: dict[int, "Read"],
) -> Week:
    """Tell what became of each offer; another paper's report of the same story is as good."""
    stories = {story for r in picks for story in _names(read.get(r.article), r.article)}
    offers = [
        Offer(
            _look(read[p.article], p.section),
            p.rules,
            p.in_draft,
            bool(stories & _names(read[p.article], p.article)),
        )
        for p in offered
        if p.article in read
    ]
    known = {name for p in offered for name in _names(read.get(p.article), p.article)}
    added = [
        _look(read[r.article], r.section)
        for r in picks
        if r.article in read and not known & _names(read[r.article], r.article)
    ]
    return Week(day, tuple(offers), tuple(added))


def _names(read: "Read | None", article: int) -> set[int]:
    """Return the ids by which an article and its story are known."""
    belongs = (read.belongs if read else None) or Belongs(article, article)
    return {article, belongs.story}


def _look(read: "Read", section: str) -> Look:
    seen = look(read.article, read.reading, Fingerprint.from_bytes(read.print_))
    return Look(section, seen.fingerprint, seen.language, seen.outlet, seen.topics)
