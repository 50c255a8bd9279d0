"""Wiring: one short method for each verb a user knows."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from digest.errors import NotFound
from digest.model import (
    Approval,
    Build,
    Edition,
    Judged,
    Outcome,
    Plan,
    Proof,
    Subscriber,
)
from digest.ports import Clock, Fetcher, Progress
from digest.settings import Settings, Workspace

if TYPE_CHECKING:
    from digest.collect import Report
    from digest.delivery import Tokens
    from digest.infra.job_queue import Jobs
    from digest.services.articles import Press
    from digest.services.draft_merge import Filled
    from digest.services.drafts import Filling
    from digest.services.editing import Desk
    from digest.services.feeds import FeedList, Watch
    from digest.services.manual_articles import Clips
    from digest.services.output_files import Files
    from digest.services.preflight import Checks, DomainCheck
    from digest.services.publishing import Publishing
    from digest.services.returned_mail import ReturnedMail
    from digest.services.sending import Dispatch
    from digest.services.signup import Joining
    from digest.services.staff import Staff
    from digest.services.status import House
    from digest.services.subscribers import Readers
    from digest.store import Store
    from digest.store.fillings import Snapshot
    from digest.store.subscribers import Imported

FetcherFactory = Callable[[Settings], AbstractContextManager[Fetcher]]


def now() -> datetime:
    """Return the time, aware, in UTC."""
    return datetime.now(UTC)


class App:
    """A working folder, ready to work. Use it in a `with`."""

    def __init__(
        self,
        workspace: Workspace,
        clock: Clock = now,
        fetcher: FetcherFactory | None = None,
    ) -> None:
        """Work in a folder; `fetcher` stands in for the network where a test replays a press."""
        self.workspace, self.settings, self.clock = workspace, workspace.settings, clock
        self._fetcher = fetcher
        self.filled: list[
            Filled
        ] = []  #: drafts that changed when press was judged last

    def __enter__(self) -> "App":
        return self

    def __exit__(self, *_: object) -> None:
        if "joining" in self.__dict__:
            self.joining.wait()
        if "store" in self.__dict__:
            self.store.close()

    @cached_property
    def store(self) -> "Store":
        """The database, opened when first needed."""
        from digest.store import Store

        return Store(
            self.settings.database, self.workspace.folder, self.settings.workspace
        )

    def copy_database(
        self, url: str, progress: Progress = lambda *_: None
    ) -> dict[str, int]:
        """Copy everything into the empty database at an address; return the rows of each table.

        Raises Busy while collecting or sending goes on, and DigestError if it is not empty.
        """
        with self.store.alone("collect"), self.store.alone("send"):
            return self.store.copy_to(url, self.workspace.folder, progress)

    # Press

    def collect(
        self,
        progress: Progress = lambda *_: None,
        *,
        everything: bool = False,
        feeds_only: bool = False,
    ) -> "Report":
        """Poll feeds, read new pages, judge what came, fill open drafts with it.

        `filled` says afterwards which drafts changed. Raises Busy if another collect runs.
        """
        report = self.watch.collect(
            progress, everything=everything, feeds_only=feeds_only
        )
        if not feeds_only:
            self.judge()
        return report

    def judge(self) -> None:
        """Judge what came, and fill open drafts with it; `filled` says which of them changed."""
        self.articles()
        self.filled = self.filling.fill_all()

    def articles(self, since: datetime | None = None) -> list[Judged]:
        """Judge and return the articles since a time (by default, of two windows), by section."""
        return self.press.judged(since)

    def earlier_headlines(self, articles: Iterable[int]) -> dict[int, list[str]]:
        """Return what articles (ids) were called before their outlet changed it, oldest first."""
        return self.store.articles.earlier_headlines(articles)

    @cached_property
    def press(self) -> "Press":
        """What was collected, as judged."""
        from digest.services.articles import Press

        return Press(self.settings, self.store, self.clock)

    @cached_property
    def clips(self) -> "Clips":
        """Articles that a person brings."""
        from digest.services.manual_articles import Clips

        return Clips(self.settings, self.store, self.press, self._fetch, self.clock)

    def desk(self, who: str) -> "Desk":
        """Return the editor's table, as a person sits down at it."""
        from digest.services.editing import Desk

        return Desk(
            self.settings, self.store, self.press, self.filling, self.clock, who
        )

    @cached_property
    def staff(self) -> "Staff":
        """Who works here."""
        from digest.services.staff import Staff

        return Staff(self.store, self.clock)

    @cached_property
    def watch(self) -> "Watch":
        """The outlets that are watched."""
        from digest.services.feeds import Watch

        return Watch(self.workspace, self.store, self._fetch, self.clock)

    @cached_property
    def feed_list(self) -> "FeedList":
        """The list of outlets and feeds in feeds.yaml."""
        from digest.services.feeds import FeedList

        return FeedList(self.workspace, self._fetch)

    # Editions

    @cached_property
    def filling(self) -> "Filling":
        """How drafts are proposed, and filled until their cut-off."""
        from digest.services.drafts import Filling

        return Filling(self.settings, self.store, self.press, self.clock)

    def draft(
        self, day: date | None = None, *, replace_it: bool = False, by: str = ""
    ) -> "Filled":
        """Propose and store an edition. Raises DigestError if there is one, unless `replace_it`."""
        return self.filling.draft(day, replace_it=replace_it, by=by)

    def draft_if_new(self) -> date:
        """Return the date of the edition being worked on, drafted if there is none yet."""
        return self.filling.draft_if_new()

    def edition(self, day: date | None = None) -> date:
        """Return the day asked for, or the newest edition's. Raises NotFound."""
        found = day or self.store.editions.latest()
        if found is None:
            raise NotFound("there is no edition yet; `digest draft` proposes one")
        self.source(found)
        return found

    def source(self, day: date) -> str:
        """Return the edition's Markdown. Raises NotFound."""
        text = self.store.editions.source(day)
        if text is None:
            known = ", ".join(map(str, self.store.editions.dates()[:5])) or "none"
            raise NotFound(f"there is no edition of {day}; there is {known}")
        return text

    def save(self, text: str, taken: "Snapshot | None" = None, by: str = "") -> Edition:
        """Store an edition given as Markdown. Raises EditionError with every problem's line.

        With `taken`, what it was made from, what came in meanwhile is kept: see `bring_back`.
        """
        from digest.edition import load

        edition = load(text)
        if taken is not None and edition.date == load(taken.source).date:
            return self.filling.bring_back(text, taken, by)
        self.store.editions.save(edition.date, text, self.clock())
        return edition

    def render(self, day: date) -> Build:
        """Render an edition in memory."""
        return self.render_text(self.source(day))

    def render_text(self, text: str) -> Build:
        """Render an edition given as Markdown. Raises EditionError with every problem's line."""
        from digest.edition import load
        from digest.infra.images import read
        from digest.render import build

        picture = partial(read, self.workspace.images)
        return build(load(text), text, self.settings, self.workspace.templates, picture)

    def build(self, day: date) -> list[Path]:
        """Write an edition into output/<date>/, a sent one as it left; return the files."""
        built = self.publishing.as_sent(day) or self.render(day)
        return self.files.edition(built, self.dispatch.due_at(day))

    # What the public sees

    @cached_property
    def publishing(self) -> "Publishing":
        """What anybody may read; publishing, withdrawing, correcting."""
        from digest.services.publishing import Publishing

        return Publishing(
            self.settings,
            self.workspace.templates,
            self.store,
            self.render_text,
            self.clock,
        )

    @cached_property
    def files(self) -> "Files":
        """What is written into the working folder."""
        from digest.services.output_files import Files

        return Files(self.workspace)

    @cached_property
    def checks(self) -> "Checks":
        """Checks an edition before it leaves."""
        from digest.collect import fetcher
        from digest.services.preflight import Checks

        fetch = self._fetcher or fetcher
        return Checks(self.settings, self.store, fetch, self.render, self.clock)

    @cached_property
    def domain_check(self) -> "DomainCheck":
        """The check of the sender's domain."""
        from digest.collect import fetcher
        from digest.services.preflight import DomainCheck

        return DomainCheck(self.settings, self._fetcher or fetcher)

    # Delivery

    @cached_property
    def dispatch(self) -> "Dispatch":
        """From a person's yes to the last delivery."""
        from digest.services.sending import Dispatch

        return Dispatch(
            self.workspace,
            self.store,
            self.render,
            lambda: self.tokens,
            self.clock,
            self.render_text,
        )

    def approve(self, day: date, by: str, seen: str = "") -> Approval:
        """Record a person's approval of the edition as it stands, whose content hash is `seen`."""
        return self.dispatch.approve(day, by, seen)

    def plan(self, day: date) -> Plan:
        """Return what a send would do."""
        return self.dispatch.plan(day)

    def send(
        self,
        day: date,
        progress: Callable[[int], None] = lambda _sent: None,
        to: str | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> Proof:
        """Hand an approved edition to every subscriber not yet served; return the proof.

        Workers do it if some are there.
        """
        if self.house.mailers():
            self.begin(day, to)
            if self.house.follow(day, progress, stop):
                return self.store.deliveries.proof(day)
        return self.dispatch.send(day, progress, to, stop)

    def begin(self, day: date, to: str | None = None) -> None:
        """Let workers send an approved edition; the audience is frozen when this returns."""
        self.dispatch.begin(day, to, self.jobs.submit)

    def test_send(self, day: date, address: str) -> Outcome:
        """Hand the edition to one address, outside the ledger; needs no approval."""
        return self.dispatch.test_send(day, address)

    # Subscribers

    @cached_property
    def readers(self) -> "Readers":
        """Those who get the newsletter."""
        from digest.services.subscribers import Readers

        return Readers(self.store, self.clock)

    def import_subscribers(self, people: Iterable[Subscriber]) -> "Imported":
        """Add subscribers; those who left stay gone."""
        return self.store.subscribers.add(people)

    def remove_subscriber(self, address: str) -> Subscriber:
        """Record that a person leaves. Raises NotFound."""
        person = self.readers.find(address)
        self.store.subscribers.leave(person.id, self.clock())
        return person

    @cached_property
    def joining(self) -> "Joining":
        """How people join."""
        from digest.services.signup import Joining

        return Joining(self.store, self.dispatch.notify, self.clock)

    def subscriber_of(self, token: str) -> Subscriber | None:
        """Return whose link this is; None if we did not make it, or they were forgotten."""
        who = self.tokens.read(token)
        return self.store.subscribers.get(who) if who else None

    def unsubscribe(self, token: str) -> bool:
        """Record the no of whoever the token belongs to; False if we did not make it."""
        who = self.tokens.read(token)
        if who is None:
            return False
        self.store.subscribers.leave(who, self.clock())
        return True

    @cached_property
    def tokens(self) -> "Tokens":
        """Signs and reads unsubscribe links."""
        from digest.delivery import Tokens

        return Tokens(self.store.subscribers.keys(self.clock()))

    @cached_property
    def returned_mail(self) -> "ReturnedMail":
        """What comes back: bounces, complaints, unsubscribe requests by mail."""
        from digest.services.returned_mail import ReturnedMail

        return ReturnedMail(self.workspace, self.store, lambda: self.tokens, self.clock)

    # Past one machine

    @cached_property
    def jobs(self) -> "Jobs":
        """The queue that workers take jobs from."""
        from digest.infra.job_queue import Jobs

        return Jobs(self.settings.database)

    @cached_property
    def house(self) -> "House":
        """Keeping it in order."""
        from digest.services.status import House

        # without PostgreSQL there is no queue, and the packages for one may be missing
        has_queue = self.settings.on_postgresql
        return House(
            self.settings, self.store, self.jobs if has_queue else None, self.clock
        )

    # Inside

    def _fetch(self) -> AbstractContextManager[Fetcher]:
        from digest.collect import fetcher

        return (self._fetcher or fetcher)(self.settings)
