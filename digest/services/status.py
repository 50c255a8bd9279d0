"""Status: figures of feeds, drafts, sending and workers, for commands, pages and monitoring."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from digest.model import Feed
from digest.services.drafts import Filling
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.infra.job_queue import Jobs
    from digest.store import Store

FAILURES_SHOWN = 20


class Status:
    """How work stands in one workspace. Reads only."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        drafts: Filling,
        jobs: "Jobs | None",
        clock: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._store = store
        self._drafts = drafts
        self._jobs = jobs
        self._clock = clock

    def describe_work(self) -> dict[str, Any]:
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
            found["failures"] = self._store.failures.newest(FAILURES_SHOWN, own)
        return found

    # Inside

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
            "draft_at": self._drafts.next_draft_time(),
            "drafted": self._drafts.has_next_draft(),
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
