"""Store: the one package that knows the database."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from copy import copy as copy_shallowly
from pathlib import Path
from typing import Any

from digest.model import ROOT_NEWSLETTER
from digest.store.analyses import Analyses
from digest.store.articles import Articles
from digest.store.clicks import Clicks
from digest.store.connections import (
    acquire_engine,
    engine_of_workspace,
    power_problem,
    release_engine,
)
from digest.store.copy import (
    Progress,
    copy_database,
    count_rows,
    ignore_progress,
)
from digest.store.deliveries import Deliveries
from digest.store.editions import Editions
from digest.store.feeds import Feeds
from digest.store.fillings import Fillings
from digest.store.group_commit import GroupCommit
from digest.store.job_failures import JobFailures
from digest.store.locks import Locks
from digest.store.login_attempts import Attempts
from digest.store.mail import Mail
from digest.store.name_answers import NameAnswers
from digest.store.notices import Notices
from digest.store.provider_cancellation import ProviderCancellation
from digest.store.provider_events import ProviderEvents
from digest.store.publications import Publications
from digest.store.rate_limits import RateLimits
from digest.store.refused_deliveries import RefusedDeliveries
from digest.store.retention import Retention
from digest.store.schema import HEAD, is_up_to_date, upgrade_schema
from digest.store.send_halts import SendHalts
from digest.store.sent_contents import SentContents
from digest.store.signups import Signups
from digest.store.staff import StaffMembers
from digest.store.subscribers import Subscribers
from digest.store.subscriptions import Subscriptions
from digest.store.tables.shared import create_shared_tables

__all__ = ["Store"]


def is_database_ready(url: str, folder: Path, workspace: str = "") -> bool:
    """Return whether there is a database of this version's schema; makes and upgrades none."""
    if url.startswith("sqlite:///"):
        file = folder / url.removeprefix("sqlite:///")
        if not file.is_file():
            return False
    engine = acquire_engine(url, folder)
    try:
        return is_up_to_date(engine, workspace)
    finally:
        release_engine(url, engine)


class Store:
    """Everything of a workspace that outlives a command. Close it in the end.

    Editions, and all that belongs to them, are those of one newsletter; articles, feeds,
    subscribers and staff are shared by all.
    """

    def __init__(
        self,
        url: str,
        folder: Path,
        workspace: str = "",
        newsletter: str = ROOT_NEWSLETTER,
    ) -> None:
        """Open and bring up to date; a relative SQLite path is taken from `folder`.

        `workspace` names one of several in a PostgreSQL database.
        """
        self._url = url
        self._database_engine = acquire_engine(
            url, folder
        )  # sees all workspaces
        self._engine = engine_of_workspace(self._database_engine, workspace)
        try:
            upgrade_schema(self._database_engine, workspace)
        except Exception:
            self.close()
            raise
        self._folder = folder
        self._locks = Locks(self._engine, folder, workspace)
        self._group_commit = GroupCommit(self._engine)
        self._open_tables(newsletter)

    def for_newsletter(self, newsletter: str) -> "Store":
        """Return the store for another newsletter, by the same connections: do not close it."""
        other = copy_shallowly(self)
        other._open_tables(newsletter)
        return other

    def _open_tables(self, newsletter: str) -> None:
        """Make what reads and writes each group of tables, for one newsletter."""
        self.newsletter = newsletter
        self.articles = Articles(self._engine)
        self.feeds = Feeds(self._engine)
        self.mail = Mail(self._engine)
        self.analyses = Analyses(self._engine, newsletter)
        self.name_answers = NameAnswers(self._engine)
        self.editions = Editions(self._engine, newsletter)
        self.fillings = Fillings(self._engine, newsletter)
        self.subscribers = Subscribers(self._engine, newsletter)
        self.subscriptions = Subscriptions(self._engine)
        self.deliveries = Deliveries(
            self._engine, newsletter, self._group_commit
        )
        self.send_halts = SendHalts(self._engine, newsletter)
        self.publications = Publications(self._engine, newsletter)
        self.sent_contents = SentContents(self._engine, newsletter)
        self.refused_deliveries = RefusedDeliveries(self._engine, newsletter)
        self.provider_cancellation = ProviderCancellation(
            self._engine, newsletter
        )
        self.staff = StaffMembers(self._engine, newsletter)
        self.provider_events = ProviderEvents(self._engine, newsletter)
        self.clicks = Clicks(self._engine, newsletter)
        self.login_attempts = Attempts(self._engine)
        self.signups = Signups(self._engine, newsletter)
        self.notices = Notices(self._engine, newsletter)
        self.retention = Retention(self._engine)
        self.rate_limits = RateLimits(self._database_engine, self._folder)
        self.job_failures = JobFailures(self._database_engine)

    def hold_lock(
        self, work: str, *, shared: bool = False
    ) -> AbstractContextManager[None]:
        """Hold a lock for some work: alone, or `shared` with others who hold it so too.

        Raises Busy at once if that cannot be.
        """
        return self._locks.hold_lock(work, shared=shared)

    def hold_send_lock(
        self, *, shared: bool = False
    ) -> AbstractContextManager[None]:
        """Hold the lock of this newsletter's sends; those of another one go on meanwhile.

        Whoever changes what a send does or has done holds it. Raises Busy.
        """
        return self._locks.hold_lock("send", self.newsletter, shared=shared)

    @contextmanager
    def hold_all_send_locks(self, newsletters: Iterable[str]) -> Iterator[None]:
        """Hold the locks of the sends of all newsletters, by their keys. Raises Busy."""
        with ExitStack() as stack:
            for newsletter in newsletters:
                stack.enter_context(self._locks.hold_lock("send", newsletter))
            yield

    def create_shared_tables(self) -> None:
        """Create the tables that workers need, where they are missing."""
        create_shared_tables(self._database_engine)

    def get_status(self) -> dict[str, Any]:
        """Return where the database is (without its password), its schema, rows by table.

        `power` says why a power cut would lose what was committed; "" if it would not.
        """
        return {
            "url": self._engine.url.render_as_string(hide_password=True),
            "schema": HEAD,
            "rows": count_rows(self._engine),
            "power": power_problem(self._database_engine),
        }

    def copy_database_to(
        self, url: str, folder: Path, progress: Progress = ignore_progress
    ) -> dict[str, int]:
        """Copy everything into the empty database at an address; return the rows of each table.

        Raises DigestError if it is not empty, or a row does not come back as it was.
        """
        target = Store(url, folder)
        try:
            return copy_database(self._engine, target._engine, progress)
        finally:
            target.close()

    def close(self) -> None:
        """Release every connection."""
        release_engine(self._url, self._database_engine)
