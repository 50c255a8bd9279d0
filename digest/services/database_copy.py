"""Database copy: everything of a workspace into another, empty database."""

from pathlib import Path
from typing import TYPE_CHECKING

from digest.ports import Progress
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.store import Store


class DatabaseCopy:
    """Copies the database of one working folder."""

    def __init__(
        self, settings: Settings, store: "Store", folder: Path
    ) -> None:
        """A relative SQLite path is taken from `folder`."""
        self._settings = settings
        self._store = store
        self._folder = folder

    def copy_to(
        self, url: str, progress: Progress = lambda *_: None
    ) -> dict[str, int]:
        """Copy everything into the empty database at an address; return the rows of each table.

        Raises Busy while collecting or any newsletter's sending runs, and DigestError if it is not
        empty.
        """
        newsletters = {one.key for one in self._settings.newsletters}
        newsletters |= {
            key.newsletter for key in self._store.editions.list_keys()
        }
        with (
            self._store.hold_lock("collect"),
            self._store.hold_all_send_locks(sorted(newsletters)),
        ):
            return self._store.copy_database_to(url, self._folder, progress)
