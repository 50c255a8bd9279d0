"""Workers: the queue they take jobs from, and following a send that they make."""

import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from digest.errors import DigestError
from digest.model import ROOT_NEWSLETTER, DeliveryState, Job
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.infra.job_queue import JobQueue
    from digest.store import Store

SECONDS_BETWEEN_LOOKS = 1.0
#: Time without progress after which a person is told.
STALLED_AFTER_SECONDS = 120.0


def send_lanes(settings: Settings, day: date) -> str:
    """Return how the names of an edition's lanes begin in the queue."""
    edition = settings.key_edition(day)
    return f"send {settings.workspace} {edition.short_name} "


def newsletter_args(settings: Settings) -> dict[str, Any]:
    """Return the arguments by which a job names its workspace and newsletter.

    The newsletter `weekly` has none: so jobs look that were stored when there was no other.
    """
    arguments = {"workspace": settings.workspace}
    if settings.newsletter.key != ROOT_NEWSLETTER:
        arguments["newsletter"] = settings.newsletter.key
    return arguments


def edition_args(settings: Settings, day: date) -> dict[str, Any]:
    """Return the arguments by which a job names an edition."""
    return {**newsletter_args(settings), "day": day.isoformat()}


class Workers:
    """The workers of one workspace, as one of its newsletters uses them. None without PostgreSQL."""

    def __init__(
        self, settings: Settings, store: "Store", jobs: "JobQueue | None"
    ) -> None:
        """`jobs` is the queue; None without PostgreSQL."""
        self._settings = settings
        self._store = store
        self._jobs = jobs

    def prepare_tables(self) -> None:
        """Make the tables that workers need, where they are missing."""
        self._store.create_shared_tables()
        if self._jobs is not None:
            self._jobs.create_tables()

    def take_turn(self, name: str, seconds: float) -> None:
        """Take the turn of a name, which all workers together have once in so many seconds.

        Raises NotYet, with the seconds left, if another worker has had it.
        """
        turns = self._store.rate_limits.get_shared_pace(
            name, 60 / seconds, patient=1
        )
        turns.wait(1)

    def record_failure(
        self, workspace: str, task: str, message: str, now: datetime
    ) -> None:
        """Store the error of a workspace's task, and forget the oldest of many."""
        self._store.job_failures.note_failure(workspace, task, message, now)

    def list_mailers(self) -> list[str]:
        """Return the names of the workers that send mail."""
        if self._jobs is None:
            return []
        return [
            name
            for name in self._jobs.connected_workers()
            if "mail" in name.rpartition(" ")[2]
        ]

    def enqueue_jobs(self, connection: Any, jobs: Sequence[Job]) -> int:
        """Put jobs into the queue in a driver's transaction; return how many are new.

        Raises DigestError where there is no queue.
        """
        if self._jobs is None:
            raise DigestError(
                "workers need PostgreSQL; set `database` in feeds.yaml"
            )
        return self._jobs.add_jobs_in_transaction(connection, jobs)

    def follow_send(
        self,
        day: date,
        progress: Callable[[int], None],
        stop: Callable[[], bool],
    ) -> bool:
        """Wait until workers have sent an edition, a person halts it, or `stop` returns true.

        `progress` is called with the number of deliveries finished since the last call. Returns
        False if there are no workers any more. Raises DigestError if there is no progress.
        """
        settled = self._count_settled(day)
        settled_at = time.monotonic()
        while not (stop() or self._is_over(day)):
            if not self.list_mailers():
                return False
            time.sleep(SECONDS_BETWEEN_LOOKS)
            if self._waits_for_later(day):
                return True
            now_settled = self._count_settled(day)
            if now_settled != settled:
                progress(now_settled - settled)
                settled = now_settled
                settled_at = time.monotonic()
            if time.monotonic() - settled_at > STALLED_AFTER_SECONDS:
                raise DigestError(
                    f"workers have handed nothing over for {STALLED_AFTER_SECONDS:.0f} s; they "
                    "try on, and `digest status` says what is in their way"
                )
        progress(self._count_settled(day) - settled)
        return True

    def _is_over(self, day: date) -> bool:
        """Return whether an edition is sent, or halted."""
        is_complete = self._store.deliveries.is_complete(day)
        return bool(is_complete or self._store.send_halts.get_halt(day)[0])

    def _waits_for_later(self, day: date) -> bool:
        """Return whether all remaining deliveries were refused for now, and no lane is at work.

        Raises DigestError if the transport refused us: a person has to act.
        """
        rest = self._store.refused_deliveries.get_send_remainder(day)
        if not rest.stop_reason and not rest.next_try_at:
            return False
        if self._has_lanes_at_work(day):
            return False
        if (
            rest.stop_reason
        ):  # a person can send again, now that no lane is at work
            raise DigestError(rest.stop_reason)
        return True

    def _has_lanes_at_work(self, day: date) -> bool:
        """Return whether a lane of an edition's send waits for a worker, or is with one."""
        if self._jobs is None:
            return False
        return self._jobs.has_unfinished_job(send_lanes(self._settings, day))

    def _count_settled(self, day: date) -> int:
        """Count the deliveries of an edition that are neither queued nor being handed over."""
        counts = self._store.deliveries.get_delivery_report(day).counts
        unsettled = (DeliveryState.QUEUED, DeliveryState.CLAIMED)
        return sum(
            number for state, number in counts.items() if state not in unsettled
        )
