"""Keeping a workspace in order: how work stands, and what is forgotten with time."""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from digest.errors import DigestError
from digest.model import Feed, State
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.infra.job_queue import Jobs
    from digest.store import Store

SHOWN = 20  #: failures in a status
FOLLOWED = 1.0  #: seconds between two looks at a send that workers make
PATIENT = 120.0  #: seconds without any progress until we say so


def send_lanes(workspace: str, day: date) -> str:
    """Return how the names of an edition's lanes begin in the queue."""
    return f"send {workspace} {day} "


class House:
    """One workspace, looked at from outside."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        jobs: "Jobs | None",
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._store = store
        self._jobs = jobs
        self._clock = clock

    def prepare_workers(self) -> None:
        """Make the tables that workers need, where they are missing."""
        self._store.prepare_shared()
        if self._jobs is not None:
            self._jobs.prepare()

    def mailers(self) -> list[str]:
        """Return the workers that send mail, as far as there are any."""
        if self._jobs is None:
            return []
        return [
            name for name in self._jobs.workers() if "mail" in name.rpartition(" ")[2]
        ]

    def follow(
        self, day: date, progress: Callable[[int], None], stop: Callable[[], bool]
    ) -> bool:
        """Wait until workers have sent an edition, or a person halts it, or `stop` says so.

        False if there are no workers any more. Raises DigestError if nothing goes forward.
        """
        ledger = self._store.deliveries
        halts = self._store.halts
        before = self._settled(day)
        since = time.monotonic()
        while not (stop() or ledger.complete(day) or halts.halted(day)[0]):
            if not self.mailers():
                return False
            time.sleep(FOLLOWED)
            rest = self._store.second_tries.rest(day)
            lanes_work = self._has_lanes_at_work(day)
            if rest.stopped and not lanes_work:  # only then can a person send again
                raise DigestError(rest.stopped)
            if rest.again_at and not lanes_work:
                return True  # whoever is left was refused for now
            settled = self._settled(day)
            if settled != before:
                progress(settled - before)
                before = settled
                since = time.monotonic()
            if time.monotonic() - since > PATIENT:
                raise DigestError(
                    f"workers have handed nothing over for {PATIENT:.0f} s; they try on, and "
                    "`digest status` says what is in their way"
                )
        progress(self._settled(day) - before)
        return True

    def status(self) -> dict[str, Any]:
        """Return how work stands: workers, queues, feeds, the newest edition, failures."""
        known = self._store.collected.feeds()
        found: dict[str, Any] = {
            "workspace": self._settings.workspace,
            **self._press(known),
        }
        found["edition"] = self._edition()
        found["next"] = self._next()
        if edition := found["edition"]:
            found["stopped"] = self._store.second_tries.rest(edition["date"]).stopped
        found["rates"] = self._rates(known.values(), found["edition"])
        found["notices"] = asdict(self._store.notices.figures())
        if self._jobs is not None:
            own = self._settings.workspace
            found["workers"] = self._jobs.workers()
            found["queues"] = self._jobs.queues()
            found["failures"] = self._store.failures.newest(SHOWN, own)
        return found

    def wants_draft(self) -> bool:
        """Say whether it is time to propose the next edition, and nobody has."""
        return self.draft_at() <= self._clock() and not self.has_draft()

    def has_draft(self) -> bool:
        """Say whether there is a draft of the next edition."""
        day, _ = self._coming()
        return self._store.editions.source(day) is not None

    def draft_at(self) -> datetime:
        """Return from when on the next edition is proposed."""
        _, hour = self._coming()
        return hour - timedelta(hours=self._settings.newsletter.draft_ahead)

    def prune(self) -> dict[str, int]:
        """Forget what is older than the settings say; return how many rows of what."""
        keep = self._settings.keep
        now = self._clock()
        freed = {"deliveries": 0, "texts": 0}
        if keep.deliveries:
            before = (now - timedelta(days=keep.deliveries)).date()
            freed["deliveries"] = sum(
                map(self._forget, self._store.pruning.editions(before))
            )
        if keep.texts:
            freed["texts"] = self._store.pruning.texts(now - timedelta(days=keep.texts))
        return freed

    # Inside

    def _has_lanes_at_work(self, day: date) -> bool:
        """Say whether a worker has a lane of an edition's send to do, or does it."""
        if self._jobs is None:
            return False
        return self._jobs.waits(send_lanes(self._settings.workspace, day))

    def _settled(self, day: date) -> int:
        counts = self._store.deliveries.proof(day).counts
        return sum(
            n
            for state, n in counts.items()
            if state not in (State.QUEUED, State.CLAIMED)
        )

    def _forget(self, day: Any) -> int:
        store = self._store
        counts = {
            str(state): n for state, n in store.deliveries.proof(day).counts.items()
        }
        return store.pruning.deliveries(
            day, {"counts": counts, "fates": store.events.fates(day)}
        )

    def _press(self, known: Mapping[str, Feed]) -> dict[str, Any]:
        now = self._clock()
        own = [known[u] for o in self._settings.outlets for u in o.feeds if u in known]
        late = [f for f in own if f.next_poll and f.next_poll < now]
        number = sum(len(o.feeds) for o in self._settings.outlets)
        since = min((f.next_poll for f in late if f.next_poll), default=now)
        return {
            "feeds": number,
            "feeds_due": len(late) + number - len(own),  # what was never polled is due
            "feeds_lag": (now - since).total_seconds(),
            "feeds_failing": sum(bool(f.error) for f in own),
            "last_poll": max(
                (f.last_success for f in own if f.last_success), default=None
            ),
            "pages_waiting": len(self._store.collected.pages_waiting()),
        }

    def _next(self) -> dict[str, Any]:
        """Return the next edition by the weekly schedule: when workers propose it, and send it."""
        (day, hour) = self._coming()
        editions = self._store.editions
        by_hand = editions.scheduled(day)
        return {
            "date": day,
            "draft_at": self.draft_at(),
            "drafted": self.has_draft(),
            "approved": self._is_approved(day),
            "leaves_at": by_hand[0] if by_hand else hour,
        }

    def _coming(self) -> tuple[date, datetime]:
        from digest.edition import next_date, window

        day = next_date(self._settings.newsletter, self._clock())
        return day, window(self._settings.newsletter, day).end

    def _rates(
        self, feeds: Iterable[Feed], edition: dict[str, Any] | None
    ) -> dict[str, int]:
        store = self._store
        now = self._clock()
        hour = now - timedelta(hours=1)
        minute = now - timedelta(minutes=1)
        polled = (f.last_success for f in feeds)
        if edition:
            mailed = store.deliveries.handed_since(edition["date"], minute)
        else:
            mailed = 0
        return {
            "feeds_an_hour": sum(bool(at and at >= hour) for at in polled),
            "articles_an_hour": store.articles.since(hour),
            "mails_a_minute": mailed,
        }

    def _is_approved(self, day: date) -> bool:
        """Say whether an edition is approved as it reads now, by as many as must."""
        given = self._store.editions.approval(day)
        editions = self._store.editions
        if given is None or (self._settings.desk.two_people and not given.second):
            return False
        return editions.as_approved(day)[0] == editions.source(day)

    def _edition(self) -> dict[str, Any] | None:
        day = self._store.editions.latest()
        if day is None:
            return None
        counts = self._store.deliveries.proof(day).counts
        return {"date": day, "approved": self._is_approved(day)} | {
            str(state): n for state, n in counts.items()
        }
