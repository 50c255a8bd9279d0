"""What is new to whom: until when each person has seen what the machine filled in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from digest.store.fillings import Look

if TYPE_CHECKING:
    from digest.store import Store
    from digest.store.fillings import Filling as Stored

#: A person who shows no sign for so long has gone; what comes is new to them at their next visit.
VISIT_GAP = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class News:
    """What is new in an edition since a person last looked."""

    since: datetime
    #: false for who never did: all is new that came after the first draft
    has_looked: bool = True
    #: addresses of stories that the machine filled in
    came: frozenset[str] = frozenset()
    #: headline, outlet, url of what it replaced
    went: tuple[Mapping[str, str], ...] = ()


class Seen:
    """What the people of one workspace have seen of its editions in work."""

    def __init__(self, store: "Store", clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def news(self, day: date, who: str) -> News | None:
        """Return what is new to a person since they last looked; None if it is not filled.

        To who never looked all is new that came after the first draft.
        """
        stored = self._store.fillings.get(day)
        if stored is None:
            return None
        since = self._seen(day, who, stored)
        came = frozenset(url for url, at in stored.came.items() if _time(at) > since)
        went = tuple(one for one in stored.went if _time(one["at"]) > since)
        has_looked = self._store.fillings.looked(day, who) is not None
        return News(since, has_looked, came, went)

    def note_visit(self, day: date, who: str, shown: datetime) -> None:
        """Record that a person looks at what was shown to them at a time.

        What is new stays marked until they have gone: for VISIT_GAP, there was no sign of them.
        """
        stored = self._store.fillings.get(day)
        ledger = self._store.fillings
        if stored is None:
            return
        shown = min(shown, self._clock())
        before = ledger.looked(day, who)
        seen = self._seen(day, who, stored)
        if before:
            present = max(shown, before.present)
        else:
            present = shown
        ledger.note_look(day, who, Look(seen, present))

    def mark_seen(self, day: date, who: str, shown: datetime) -> None:
        """Record that a person has seen all that was shown to them at a time."""
        if self._store.fillings.get(day) is None:
            return
        shown = min(shown, self._clock())
        self._store.fillings.note_look(day, who, Look(shown, shown))

    def _seen(self, day: date, who: str, stored: "Stored") -> datetime:
        look = self._store.fillings.looked(day, who)
        if look is None:
            return stored.begun
        has_gone = self._clock() - look.present > VISIT_GAP
        if has_gone:
            return look.present
        return look.seen


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
