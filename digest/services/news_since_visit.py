"""News since a visit: until when each person has seen what was filled into a draft."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from digest.store.fillings import Look

if TYPE_CHECKING:
    from digest.store import Store
    from digest.store.fillings import Filling as Stored

#: A person who gives no sign for so long has gone; what comes is new to them at their next visit.
VISIT_GAP = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class NewsSinceVisit:
    """The changes of an edition since a person last looked."""

    since: datetime
    #: false for a person who never looked: all is new that came after the first draft
    has_looked: bool = True
    #: addresses of stories that were filled in
    came: frozenset[str] = frozenset()
    #: headline, outlet, url of the stories that these replaced
    went: tuple[Mapping[str, str], ...] = ()


class Visits:
    """Visits of each person of one workspace to its drafts."""

    def __init__(self, store: "Store", clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def find_news(self, day: date, person: str) -> NewsSinceVisit | None:
        """Return what is new to a person since they last looked; None if it is not filled.

        For a person who never looked, everything added since the first draft is new.
        """
        filling = self._store.fillings.get_filling(day)
        if filling is None:
            return None
        since = self._seen_until(day, person, filling)
        came = frozenset(
            url
            for url, time in filling.came.items()
            if _parse_time(time) > since
        )
        went = tuple(
            story for story in filling.went if _parse_time(story["at"]) > since
        )
        has_looked = self._store.fillings.get_look(day, person) is not None
        return NewsSinceVisit(since, has_looked, came, went)

    def note_visit(self, day: date, person: str, shown: datetime) -> None:
        """Record that a person looks at the edition as shown at a time.

        New stories stay marked until the visit has ended: no request for VISIT_GAP.
        """
        filling = self._store.fillings.get_filling(day)
        if filling is None:
            return
        present = min(shown, self._clock())
        before = self._store.fillings.get_look(day, person)
        if before:
            present = max(present, before.present)
        seen_until = self._seen_until(day, person, filling)
        self._store.fillings.save_look(day, person, Look(seen_until, present))

    def mark_seen(self, day: date, person: str, shown: datetime) -> None:
        """Record that a person has seen all that was shown to them at a time."""
        if self._store.fillings.get_filling(day) is None:
            return
        time = min(shown, self._clock())
        self._store.fillings.save_look(day, person, Look(time, time))

    def _seen_until(
        self, day: date, person: str, filling: "Stored"
    ) -> datetime:
        """Return the time until which a person has seen what was filled in."""
        look = self._store.fillings.get_look(day, person)
        if look is None:
            return filling.begun
        has_gone = self._clock() - look.present > VISIT_GAP
        if has_gone:
            return look.present
        return look.seen


def _parse_time(text: str) -> datetime:
    return datetime.fromisoformat(text)
