"""Feeds: poll them, report how they fare, add them to feeds.yaml and remove them."""

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import reduce
from operator import add
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.collect.feeds.faults import fault_of, reason_of_error
from digest.collect.feeds.silence import (
    MIN_SILENT_DAYS,
    describe_silence,
    find_habit,
)
from digest.errors import DigestError, FetchError, NotFound
from digest.infra.time_format import format_minute
from digest.model import Feed
from digest.ports import Fetcher, Pool, Progress
from digest.services.feed_health import (
    FeedFacts,
    FeedHealth,
    OutletHealth,
    assess_feed,
    is_silent_for_long,
)
from digest.settings import Outlet, Workspace

if TYPE_CHECKING:
    from digest.collect import CollectRun, FetcherFactory, Report
    from digest.settings.edit import NewFeed
    from digest.store import Store

#: How far back is looked for how often a feed usually gives articles.
HABIT_PERIOD = timedelta(days=182)
DAYS_OF_WEEK = 7
#: Good answers in a row up to which a feed is new here, and may have been silent for long already.
NEW_FEED_ANSWERS = 3

#: How many articles a feed gave on each day.
_Pace = Counter[date]


@dataclass(frozen=True, slots=True)
class AddedFeed:
    """Result of a search for feeds."""

    outlet: str
    url: str
    others: tuple[str, ...] = ()  #: further feeds of the site, not added
    is_empty: bool = False  #: whether it has no entries now


#: From how long before an edition is due every feed that answers well is polled once more: cron may
#: come once an hour, and a person wants to see what came before they approve.
LAST_LOOK = timedelta(hours=2)


class FeedList:
    """The list of outlets and feeds in feeds.yaml: adding to it opens no database."""

    def __init__(
        self,
        workspace: Workspace,
        open_fetcher: "FetcherFactory",
    ) -> None:
        self._workspace = workspace
        self._open_fetcher = open_fetcher

    def add_feed(self, url: str, outlet: str = "") -> AddedFeed:
        """Find the feeds of an address, and add the main one to feeds.yaml.

        Raises DigestError if the address cannot be fetched, NotFound if it has no feed.
        """
        from digest.collect.feeds.discovery import discover_feeds
        from digest.settings.edit import FeedsFile, NewFeed

        with self._open_fetcher(self._workspace.settings) as fetch:
            try:
                feeds = discover_feeds(url, fetch)
            except FetchError as error:
                raise DigestError(f"{url}: {error}") from None
        if not feeds:
            raise NotFound(
                f"{url}: no feed is declared there, linked to, or in one of the usual places; look "
                "on the site for “RSS” and give that address"
            )
        main_feed = feeds[0]
        host = urlsplit(main_feed.homepage or main_feed.url).netloc
        new_feed = NewFeed(
            outlet=outlet or main_feed.site or host.removeprefix("www."),
            homepage=main_feed.homepage,
            url=main_feed.url,
            is_named_by_person=outlet != "",
        )
        file = FeedsFile(self._workspace.folder)
        outlet_name = file.add_feed(new_feed)
        file.save_changes()
        others = tuple(feed.url for feed in feeds[1:])
        is_empty = main_feed.entries == 0
        return AddedFeed(outlet_name, main_feed.url, others, is_empty)

    def add_feeds(
        self,
        feeds: Sequence["NewFeed"],
        progress: Progress = lambda *_: None,
    ) -> list["NewFeed"]:
        """Add feeds to feeds.yaml; return those that were not there, with the outlets they went to."""
        from digest.settings.edit import FeedsFile

        file = FeedsFile(self._workspace.folder)
        new = []
        for done, feed in enumerate(feeds, 1):
            outlet = file.add_feed(feed)
            if outlet:
                new.append(replace(feed, outlet=outlet))
            progress("feeds", done, len(feeds))
        file.save_changes()
        return new


class Feeds:
    """The watched outlets of one working folder."""

    def __init__(
        self,
        workspace: Workspace,
        store: "Store",
        open_fetcher: "FetcherFactory",
        clock: Callable[[], datetime],
    ) -> None:
        self._workspace = workspace
        self._store = store
        self._open_fetcher = open_fetcher
        self._clock = clock

    def poll_feeds(
        self,
        progress: Progress = lambda *_: None,
        *,
        everything: bool = False,
        feeds_only: bool = False,
    ) -> "Report":
        """Poll feeds that are due (all, if `everything`), and read new articles' pages.

        Ctrl-C ends it early; what came is kept and reported. Raises Busy if another one runs.
        """
        from digest.collect import READERS

        settings = self._workspace.settings
        gc.freeze()  # loaded objects stay alive; a garbage collection of them would cost a tenth
        with self._open_run(progress) as run:
            run.poll_feeds(
                settings,
                everything=everything,
                last_look=self._last_look(),
            )
            run.read_mail(
                settings,
                self._store.mail,
                self._workspace.secrets.mail_passwords,
                self._workspace.folder,
            )
            if not feeds_only:
                run.read_pages(READERS[settings.extractor])
        for outlet, sentence in self.find_silences().items():
            run.report[outlet].silence = sentence
        return run.report

    def read_waiting_pages(
        self, progress: Progress = lambda *_: None
    ) -> "Report":
        """Read the pages that wait, and poll nothing. Raises Busy if a collection runs.

        Ctrl-C ends it early; what was read is kept, and the next collection goes on.
        """
        from digest.collect import READERS

        with self._open_run(progress) as run:
            run.read_pages(READERS[self._workspace.settings.extractor])
        return run.report

    def list_waiting_addresses(self) -> list[str]:
        """Return addresses that may be asked now: of feeds that are due, and of unread pages."""
        from digest.collect.feeds.poll import find_due_feeds
        from digest.collect.feeds.schedule import polling_address

        now = self._clock()
        collected = self._store.feeds
        due_feeds = find_due_feeds(
            self._outlets,
            collected.get_feeds(),
            now,
            everything=False,
            last_look=self._last_look(),
        )
        feed_addresses = [polling_address(feed, now) for feed, _ in due_feeds]
        return feed_addresses + collected.list_waiting_pages()

    def poll_assigned_feeds(
        self, fetch: Fetcher, pool: Pool, is_assigned: Callable[[str], bool]
    ) -> "Report":
        """Poll what is due of some addresses, beside workers that do so for others.

        Raises Busy while `poll_feeds` runs.
        """
        from digest.collect import READERS, CollectRun

        settings = self._workspace.settings
        with self._store.hold_lock("collect", shared=True):
            run = CollectRun(self._store.feeds, fetch, pool, self._clock())
            run.poll_feeds(
                settings, is_own=is_assigned, last_look=self._last_look()
            )
            run.read_pages(READERS[settings.extractor], is_assigned)
        return run.report

    def _last_look(self) -> datetime | None:
        """Return when the last look before the next edition of any newsletter began; None if not yet.

        A feed whose pace is slow may else be polled next when the edition is gone, and the clips of
        the morning would lack what it published the afternoon before.
        """
        from digest.edition import due_moment, next_date

        now = self._clock()
        begun: list[datetime] = []
        for newsletter in self._workspace.settings.newsletters:
            day = next_date(newsletter, now)
            if day is None:
                continue
            begins = due_moment(newsletter, day) - LAST_LOOK
            if begins <= now:
                begun.append(begins)
        return max(begun, default=None)

    def list_health(self) -> list[FeedHealth]:
        """Return how every feed in feeds.yaml fares, in its order."""
        return [
            health for outlet in self.list_outlets() for health in outlet.feeds
        ]

    def list_outlets(self) -> list[OutletHealth]:
        """Return how every outlet in feeds.yaml fares, in its order, with each of its feeds."""
        stored = self._store.feeds.get_feeds()
        urls = [url for outlet in self._outlets for url in outlet.feeds]
        paces = self._load_paces(urls)
        newest = self._store.feeds.get_newest_times(urls)
        outlets = []
        for outlet in self._outlets:
            feeds = []
            for url in outlet.feeds:
                feed = stored.get(url) or Feed(url, outlet.name)
                pace = paces.get(url, Counter())
                feeds.append(
                    self._health_of(outlet, feed, pace, newest.get(url))
                )
            outlets.append(
                OutletHealth(outlet.name, outlet.homepage, tuple(feeds))
            )
        return outlets

    def find_silences(self) -> dict[str, str]:
        """Return a sentence for each outlet that has published nothing for unusually long.

        Only feeds that are new here, or without news for days, are checked, since this runs after
        every collect.
        """
        feeds = self._store.feeds.get_feeds()
        checked = sorted(
            url for url, feed in feeds.items() if self._may_be_silent(feed)
        )
        paces: dict[str, _Pace] = {}
        newest: dict[str, datetime] = {}
        if checked:
            paces = self._load_paces(checked)
            newest = self._store.feeds.get_newest_times(checked)
        silences = {}
        for outlet in self._outlets:
            sentence = _silence_of(outlet, feeds, paces)
            if not sentence:
                sentence = self._describe_long_silence(outlet, feeds, newest)
            if sentence:
                silences[outlet.name] = sentence
        return silences

    def list_failing_feeds(self) -> list[str]:
        """Return a sentence for each feed that has not answered well for days."""
        feeds = self._store.feeds.get_feeds()
        sentences = []
        for outlet in self._outlets:
            for url in outlet.feeds:
                feed = feeds.get(url)
                if feed and self._has_failed_for_days(feed):
                    since = self._describe_time(feed.last_success)
                    fault = fault_of(reason_of_error(feed.error))
                    sentences.append(
                        f"{outlet.name}: {url} has failed since {since}: it {fault.one}"
                    )
        return sentences

    def remove_feed(self, url: str) -> str:
        """Remove a feed from feeds.yaml; its articles stay. Return its outlet."""
        from digest.settings.edit import FeedsFile

        file = FeedsFile(self._workspace.folder)
        outlet = file.remove_feed(url)
        file.save_changes()
        self._store.feeds.forget_feed(url)
        return outlet

    # Inside

    @contextmanager
    def _open_run(self, progress: Progress) -> Iterator["CollectRun"]:
        """Yield a collection that is the only one; Ctrl-C ends it, and its report says so.

        Raises Busy if another one runs.
        """
        from digest.collect import CollectRun
        from digest.infra.process_pool import Processors

        with (
            self._store.hold_lock("collect"),
            self._open_fetcher(self._workspace.settings) as fetch,
            Processors() as pool,
        ):
            run = CollectRun(
                self._store.feeds, fetch, pool, self._clock(), progress
            )
            try:
                yield run
            except KeyboardInterrupt:
                run.report.stopped = True

    @property
    def _outlets(self) -> Sequence[Outlet]:
        return self._workspace.settings.outlets

    def _load_paces(self, urls: Sequence[str]) -> dict[str, _Pace]:
        return self._store.feeds.count_articles_by_day(
            urls, self._clock() - HABIT_PERIOD
        )

    def _may_be_silent(self, feed: Feed) -> bool:
        """Return whether a feed has given nothing new for days, or is new itself."""
        if feed.last_new is None:
            return False
        if feed.good <= NEW_FEED_ANSWERS:
            return True
        return (self._clock() - feed.last_new).days >= MIN_SILENT_DAYS

    def _describe_long_silence(
        self,
        outlet: Outlet,
        feeds: Mapping[str, Feed],
        newest: Mapping[str, datetime],
    ) -> str:
        """Return a sentence if an outlet answers well and its newest article is months old."""
        if not outlet.feeds or not newest.keys() >= set(outlet.feeds):
            return ""
        if any(feeds[url].error for url in outlet.feeds):
            return ""
        newest_of_all = max(map(newest.__getitem__, outlet.feeds))
        if not is_silent_for_long(newest_of_all, self._clock()):
            return ""
        return f"{outlet.name} has had nothing new since {newest_of_all.date()}"

    def _has_failed_for_days(self, feed: Feed) -> bool:
        if not feed.error:
            return False
        if feed.last_success is None:
            return True
        return (self._clock() - feed.last_success).days >= MIN_SILENT_DAYS

    def _health_of(
        self,
        outlet: Outlet,
        feed: Feed,
        pace: _Pace,
        newest: datetime | None,
    ) -> FeedHealth:
        usual = find_habit(pace)
        articles_a_week = None
        if usual:
            articles_a_week = usual.a_week
        now = self._clock()
        last_week = sum(
            number
            for day, number in pace.items()
            if (now.date() - day).days < DAYS_OF_WEEK
        )
        last_success = (feed.last_success or now).date()
        silence = describe_silence(outlet.name, pace, last_success)
        facts = FeedFacts(feed, articles_a_week, last_week, silence, newest)
        return assess_feed(facts, now)

    def _describe_time(self, time: datetime | None) -> str:
        if time is None:
            return "it was added"
        return format_minute(time, self._workspace.settings.newsletter.zone)


def _silence_of(
    outlet: Outlet, feeds: Mapping[str, Feed], paces: Mapping[str, _Pace]
) -> str:
    """Return what is silent of an outlet: all of it, or one of its feeds; "" if nothing."""
    own_feeds = [feeds[url] for url in outlet.feeds if url in feeds]
    sentence = _silence_of_all(outlet.name, own_feeds, paces)
    if sentence:
        return sentence
    for feed in own_feeds:
        if feed.url in paces and feed.last_success:
            name = f"{outlet.name} ({feed.url})"
            sentence = describe_silence(
                name, paces[feed.url], feed.last_success.date()
            )
            if sentence:
                return sentence
    return ""


def _silence_of_all(
    name: str, feeds: Sequence[Feed], paces: Mapping[str, _Pace]
) -> str:
    """Return a sentence if all feeds of an outlet together are silent; "" if not."""
    successes = [
        feed.last_success.date() for feed in feeds if feed.last_success
    ]
    if not successes or not all(feed.url in paces for feed in feeds):
        return ""
    pace = reduce(add, (paces[feed.url] for feed in feeds))
    return describe_silence(name, pace, max(successes))
