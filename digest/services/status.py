"""Status: figures of feeds, drafts, sending and workers, for commands, pages and monitoring."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from digest.model import EditionState, Feed
from digest.services.drafts import Drafts
from digest.services.edition_states import EditionStates
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.infra.job_queue import JobQueue
    from digest.store import Store

FAILURES_SHOWN = 20
#: States of an edition that is approved as it is, or was sent or published so.
APPROVED_STATES = frozenset(EditionState) - {
    EditionState.DRAFT,
    EditionState.SECOND,
    EditionState.AGAIN,
}


class Status:
    """The state of one workspace's work, as one of its newsletters sees it. Reads only."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        drafts: Drafts,
        states: EditionStates,
        jobs: "JobQueue | None",
        clock: Callable[[], datetime],
        list_all: "Callable[[], Sequence[Status]]",
    ) -> None:
        """`list_all` returns the status of each newsletter, this one's among them."""
        self._list_all = list_all
        self._settings = settings
        self._store = store
        self._drafts = drafts
        self._states = states
        self._jobs = jobs
        self._clock = clock

    def describe_work(self) -> dict[str, Any]:
        """Return the state of workers, queues, feeds, the newest edition, and failures.

        Where there are several newsletters, "newsletters" has the editions of each.
        """
        feeds = self._store.feeds.get_feeds()
        status: dict[str, Any] = {
            "workspace": self._settings.workspace,
            **self._describe_feeds(feeds),
            **self.describe_editions(),
        }
        if self._settings.has_several_newsletters:
            status["newsletters"] = [
                one.describe_newsletter() for one in self._list_all()
            ]
        status["former_newsletters"] = self.list_former_newsletters()
        status["rates"] = self._describe_rates(feeds.values())
        status["notices"] = asdict(self._store.notices.get_figures())
        if self._jobs is not None:
            workspace = self._settings.workspace
            status["workers"] = self._jobs.connected_workers()
            status["queues"] = self._jobs.queue_figures()
            status["failures"] = self._store.job_failures.list_newest_failures(
                FAILURES_SHOWN, workspace
            )
        return status

    def describe_newsletter(self) -> dict[str, Any]:
        """Return the key and title of the newsletter, and its newest and next edition."""
        newsletter = self._settings.newsletter
        return {
            "newsletter": newsletter.key,
            "title": newsletter.title,
            **self.describe_editions(),
        }

    def describe_editions(self) -> dict[str, Any]:
        """Return the newest edition, the next one, and why the send of the newest has stopped."""
        edition = self._describe_edition()
        editions: dict[str, Any] = {
            "edition": edition,
            "next": self._describe_next_edition(),
        }
        if edition:
            rest = self._store.refused_deliveries.get_send_remainder(
                edition["date"]
            )
            editions["stopped"] = rest.stop_reason
        return editions

    def list_former_newsletters(self) -> list[dict[str, Any]]:
        """Return what is stored of newsletters whose key is not in feeds.yaml, or no more.

        Nobody gets these, also where a key was only mistyped or changed.
        """
        keys = {one.key for one in self._settings.newsletters}
        subscribers = self._store.subscriptions.count_by_newsletter()
        editions = Counter(
            edition.newsletter for edition in self._store.editions.list_keys()
        )
        return [
            {
                "newsletter": key,
                "subscribers": subscribers.get(key, 0),
                "editions": editions[key],
            }
            for key in sorted(subscribers.keys() | editions.keys())
            if key not in keys
        ]

    def count_mailed_since(self, moment: datetime) -> int:
        """Count the mails of the newest edition that were handed over since."""
        day = self._store.editions.get_latest_date()
        if day is None:
            return 0
        return self._store.deliveries.count_handed_over_since(day, moment)

    def describe_database(self) -> dict[str, Any]:
        """Return where the database is, its schema, its rows by table, and what endangers it."""
        return self._store.get_status()

    def check_database(self) -> None:
        """Read one value; raises the driver's error unless the database answers."""
        self._store.editions.get_latest_date()

    # Inside

    def _describe_feeds(self, stored: Mapping[str, Feed]) -> dict[str, Any]:
        """Return figures of the feeds in feeds.yaml, from how they are stored by address."""
        now = self._clock()
        urls = [
            url for outlet in self._settings.outlets for url in outlet.feeds
        ]
        feeds = [stored[url] for url in urls if url in stored]
        due_times = [
            feed.next_poll
            for feed in feeds
            if feed.next_poll and feed.next_poll < now
        ]
        never_polled = len(urls) - len(feeds)
        lag = now - min(due_times, default=now)
        successes = [feed.last_success for feed in feeds if feed.last_success]
        return {
            "feeds": len(urls),
            "feeds_due": len(due_times) + never_polled,
            "feeds_lag": lag.total_seconds(),
            "feeds_failing": sum(bool(feed.error) for feed in feeds),
            "last_poll": max(successes, default=None),
            "pages_waiting": len(self._store.feeds.list_waiting_pages()),
        }

    def _describe_next_edition(self) -> dict[str, Any] | None:
        """Return the next edition by its cadence: when workers propose it, and send it.

        None if editions are made by hand, and none is begun.
        """
        day = self._drafts.find_next_date()
        if day is None:
            return None
        state = None
        is_drafted = self._drafts.has_next_draft()
        if is_drafted:
            state = self._states.find_state(day)
        return {
            "date": day,
            "draft_at": self._drafts.next_draft_time(),
            "drafted": is_drafted,
            "approved": state in APPROVED_STATES,
            "state": state,
            "leaves_at": self._drafts.find_due(day),
        }

    def _describe_rates(self, feeds: Iterable[Feed]) -> dict[str, int]:
        """Return how much work was done in the last hour, and mailed in the last minute."""
        now = self._clock()
        hour_ago = now - timedelta(hours=1)
        polled = [
            feed
            for feed in feeds
            if feed.last_success and feed.last_success >= hour_ago
        ]
        minute_ago = now - timedelta(minutes=1)
        mailed = [
            one.count_mailed_since(minute_ago) for one in self._list_all()
        ]
        return {
            "feeds_an_hour": len(polled),
            "articles_an_hour": self._store.articles.count_articles_since(
                hour_ago
            ),
            "mails_a_minute": sum(mailed),
        }

    def _describe_edition(self) -> dict[str, Any] | None:
        """Return the newest edition with its deliveries by state; None if there is no edition."""
        day = self._store.editions.get_latest_date()
        if day is None:
            return None
        counts = self._store.deliveries.get_delivery_report(day).counts
        deliveries = {str(state): number for state, number in counts.items()}
        state = self._states.find_state(day)
        return {
            "date": day,
            "approved": state in APPROVED_STATES,
            "state": state,
            **deliveries,
        }
