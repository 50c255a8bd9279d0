"""The one place that knows the database."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from digest.store.analyses import Judgements
from digest.store.articles import Articles
from digest.store.calling_off import CallingOff
from digest.store.clicks import Follows
from digest.store.connections import acquire, of_workspace, power_problem, release
from digest.store.copy import Progress, copy, counts
from digest.store.deliveries import Deliveries
from digest.store.editions import Editions
from digest.store.feeds import Collected
from digest.store.fillings import Fillings
from digest.store.locks import Locks
from digest.store.login_attempts import Attempts
from digest.store.notices import Notices
from digest.store.provider_events import Events
from digest.store.publications import Publications
from digest.store.rate_limits import Failures, Rates, prepare
from digest.store.retention import Pruning
from digest.store.schema import HEAD, upgrade
from digest.store.second_tries import SecondTries
from digest.store.send_halts import Halts
from digest.store.sent_contents import SentContents
from digest.store.signups import Signups
from digest.store.staff import StaffBook
from digest.store.subscribers import Subscribers

__all__ = ["Store"]


class Store:
    """Everything of a workspace that outlives a command. Close it in the end."""

    def __init__(self, url: str, folder: Path, workspace: str = "") -> None:
        """Open and bring up to date; a relative SQLite path is taken from `folder`.

        `workspace` names one of several in a PostgreSQL database.
        """
        self._url = url
        self._all = acquire(url, folder)
        self._engine = engine = of_workspace(self._all, workspace)
        try:
            upgrade(self._all, workspace)
        except Exception:
            self.close()
            raise
        self.articles = Articles(engine)
        self.collected = Collected(engine)
        self.judgements = Judgements(engine)
        self.editions = Editions(engine)
        self.fillings = Fillings(engine)
        self.subscribers = Subscribers(engine)
        self.deliveries = Deliveries(engine)
        self.halts = Halts(engine)
        self.publications = Publications(engine)
        self.sent_contents = SentContents(engine)
        self.second_tries = SecondTries(engine)
        self.calling_off = CallingOff(engine)
        self.staff = StaffBook(engine)
        self.events = Events(engine)
        self.follows = Follows(engine)
        self.attempts = Attempts(engine)
        self.signups = Signups(engine)
        self.notices = Notices(engine)
        self.pruning = Pruning(engine)
        self.rates = Rates(self._all)
        self.failures = Failures(self._all)
        self._locks = Locks(engine, folder, workspace)

    def alone(self, work: str, *, among: bool = False) -> AbstractContextManager[None]:
        """Hold a lock for some work, with nobody else, or `among` others who say that too.

        Raises Busy at once if that cannot be.
        """
        return self._locks.alone(work, among=among)

    def prepare_shared(self) -> None:
        """Make the tables that workers need, where they are missing."""
        prepare(self._all)

    def status(self) -> dict[str, Any]:
        """Return where the database is (without its password), its schema, rows by table.

        `power` says why a power cut would lose what was committed; "" if it would not.
        """
        url = self._engine.url.render_as_string(hide_password=True)
        rows = counts(self._engine)
        power = power_problem(self._all)
        return {"url": url, "schema": HEAD, "rows": rows, "power": power}

    def copy_to(
        self, url: str, folder: Path, progress: Progress = lambda *_: None
    ) -> dict[str, int]:
        """Copy everything into the empty database at an address; return the rows of each table.

        Raises DigestError if it is not empty, or a row does not come back as it was.
        """
        target = Store(url, folder)
        try:
            return copy(self._engine, target._engine, progress)
        finally:
            target.close()

    def close(self) -> None:
        """Give every connection back."""
        release(self._url, self._all)
