"""The outlets that are watched: how they fare, finding more, changing the list."""

import gc
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from operator import add
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from digest.collect.feeds.silence import DAYS, habit, silence
from digest.errors import DigestError, FetchError, NotFound
from digest.infra.time_format import minute
from digest.model import Feed
from digest.ports import Fetcher, Pool, Progress
from digest.settings import Outlet, Workspace

if TYPE_CHECKING:
    from digest.collect import Report
    from digest.settings.edit import NewFeed
    from digest.store import Store

#: How far back an outlet's habit is looked for.
KNOWN_FOR = timedelta(days=182)


@dataclass(frozen=True, slots=True)
class Health:
    """How one feed fares."""

    feed: Feed
    #: articles it usually gives; None while not a week of it is known
    a_week: float | None
    last_week: int  #: articles of the last seven days
    silence: str = ""  #: a sentence, if it gives nothing although it usually does


@dataclass(frozen=True, slots=True)
class Added:
    """What came of looking for feeds."""

    outlet: str
    url: str
    others: tuple[str, ...] = ()  #: further feeds of the site, not added


class FeedList:
    """The list of outlets and feeds in feeds.yaml: adding to it opens no database."""

    def __init__(
        self,
        workspace: Workspace,
        fetch: Callable[[], AbstractContextManager[Fetcher]],
    ) -> None:
        self._workspace = workspace
        self._fetch = fetch

    def add(self, url: str, outlet: str = "") -> Added:
        """Find the feeds of an address, and add the main one to feeds.yaml.

        Raises DigestError if the address cannot be had, NotFound if it has no feed.
        """
        from digest.collect.feeds.discovery import discover
        from digest.settings.edit import FeedsFile, NewFeed

        with self._fetch() as fetch:
            try:
                found = discover(url, fetch)
            except FetchError as e:
                raise DigestError(f"{url}: {e}") from None
        if not found:
            raise NotFound(
                f"{url}: no feed is declared there, linked to, or in one of the usual places; look "
                "on the site for “RSS” and give that address"
            )
        parts = urlsplit(url)
        home = f"{parts.scheme}://{parts.netloc}"
        name = outlet or found[0].site or parts.netloc.removeprefix("www.")
        file = FeedsFile(self._workspace.folder)
        whose = file.add(NewFeed(name, home, found[0].url))
        file.save()
        return Added(whose, found[0].url, tuple(f.url for f in found[1:]))

    def add_all(self, feeds: Iterable["NewFeed"]) -> list["NewFeed"]:
        """Add feeds to feeds.yaml; return those that were not there."""
        from digest.settings.edit import FeedsFile

        file = FeedsFile(self._workspace.folder)
        new = [f for f in feeds if file.add(f)]
        file.save()
        return new


class Watch:
    """The watched outlets of one working folder."""

    def __init__(
        self,
        workspace: Workspace,
        store: "Store",
        fetch: Callable[[], AbstractContextManager[Fetcher]],
        clock: Callable[[], datetime],
    ) -> None:
        self._workspace = workspace
        self._store = store
        self._fetch = fetch
        self._clock = clock

    def collect(
        self,
        progress: Progress = lambda *_: None,
        *,
        everything: bool = False,
        feeds_only: bool = False,
    ) -> "Report":
        """Poll feeds that are due (all, if `everything`), and read new articles' pages.

        Ctrl-C ends it early; what came is kept and reported. Raises Busy if another one runs.
        """
        from digest.collect import READERS, Run
        from digest.infra.process_pool import Processors

        settings = self._workspace.settings
        gc.freeze()  # what is loaded now stays; looking through it for garbage costs a tenth
        with (
            self._store.alone("collect"),
            self._fetch() as fetch,
            Processors() as pool,
        ):
            run = Run(self._store.collected, fetch, pool, self._clock(), progress)
            try:
                run.poll(settings, everything=everything)
                if not feeds_only:
                    run.read_pages(READERS[settings.extractor])
            except KeyboardInterrupt:
                run.report.stopped = True
        for outlet, said in self.silences().items():
            run.report[outlet].silence = said
        return run.report

    def waiting(self) -> list[str]:
        """Return addresses that may be asked now: of feeds that are due, and of unread pages."""
        from digest.collect.feeds.poll import due
        from digest.collect.feeds.schedule import address

        now = self._clock()
        shelf = self._store.collected
        feeds = due(self._outlets, shelf.feeds(), now, everything=False)
        return [address(feed, now) for feed, _ in feeds] + shelf.pages_waiting()

    def collect_some(
        self, fetch: Fetcher, pool: Pool, mine: Callable[[str], bool]
    ) -> "Report":
        """Do as `collect` does for some addresses, beside workers that do so for others.

        Raises Busy while `collect` itself runs.
        """
        from digest.collect import READERS, Run

        settings = self._workspace.settings
        with self._store.alone("collect", shared=True):
            run = Run(self._store.collected, fetch, pool, self._clock())
            run.poll(settings, is_own=mine)
            run.read_pages(READERS[settings.extractor], mine)
        return run.report

    def health(self) -> list[Health]:
        """Return how every feed in feeds.yaml fares, in its order."""
        known = self._store.collected.feeds()
        feeds = [
            (o, known.get(u) or Feed(u, o.name)) for o in self._outlets for u in o.feeds
        ]
        paces = self._paces([f.url for _, f in feeds])
        return [self._health(o, f, paces.get(f.url, Counter())) for o, f in feeds]

    def silences(self) -> dict[str, str]:
        """Return a sentence for each outlet that gives nothing although it usually does.

        Only feeds that have been without news for days are looked into: this runs after every
        collect.
        """
        now = self._clock()
        known = self._store.collected.feeds()
        quiet = {
            url
            for url, f in known.items()
            if f.last_new and (now - f.last_new).days >= DAYS
        }
        if quiet:
            paces = self._paces(sorted(quiet))
        else:
            paces = {}
        found = ((o.name, _silence(o, known, paces)) for o in self._outlets)
        return {name: said for name, said in found if said}

    def failing(self) -> list[str]:
        """Return a sentence for each feed that has not answered well for days."""
        now = self._clock()
        known = self._store.collected.feeds()
        bad = ((o, known.get(u)) for o in self._outlets for u in o.feeds)
        return [
            f"{o.name}: {f.url} has failed since {self._since(f.last_success)}: {f.error}"
            for o, f in bad
            if f
            and f.error
            and (not f.last_success or (now - f.last_success).days >= DAYS)
        ]

    def remove(self, url: str) -> str:
        """Remove a feed from feeds.yaml; its articles stay. Return its outlet."""
        from digest.settings.edit import FeedsFile

        file = FeedsFile(self._workspace.folder)
        outlet = file.remove(url)
        file.save()
        self._store.collected.forget_feed(url)
        return outlet

    @property
    def _outlets(self) -> Sequence[Outlet]:
        return self._workspace.settings.outlets

    def _paces(self, urls: Sequence[str]) -> dict[str, Counter[date]]:
        return self._store.collected.paces(urls, self._clock() - KNOWN_FOR)

    def _health(self, outlet: Outlet, feed: Feed, days: Counter[date]) -> Health:
        usual = habit(days)
        today = self._clock().date()
        heard = (feed.last_success or self._clock()).date()
        return Health(
            feed,
            usual.a_week if usual else None,
            sum(n for day, n in days.items() if (today - day).days < 7),
            silence(outlet.name, days, heard),
        )

    def _since(self, when: datetime | None) -> str:
        if when:
            return minute(when, self._workspace.settings.newsletter.zone)
        return "it was added"


def _silence(
    outlet: Outlet, known: dict[str, Feed], paces: dict[str, Counter[date]]
) -> str:
    """Return what is silent of an outlet: all of it, or one of its feeds."""
    mine = [known[u] for u in outlet.feeds if u in known]
    heard = [f.last_success.date() for f in mine if f.last_success]
    if not mine or not heard:
        return ""
    if all(f.url in paces for f in mine):
        every = reduce(add, (paces[f.url] for f in mine))
        if said := silence(outlet.name, every, max(heard)):
            return said
    return next(
        (
            said
            for f in mine
            if f.url in paces
            and f.last_success
            and (
                said := silence(
                    f"{outlet.name} ({f.url})", paces[f.url], f.last_success.date()
                )
            )
        ),
        "",
    )
