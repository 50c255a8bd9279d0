"""Workspaces: which working folders a worker serves, opened as they appear or change."""

import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from threading import Lock

from digest.app import App
from digest.errors import DigestError, NotOnThisWorker, SettingsError
from digest.infra.clock import utc_now
from digest.settings import Workspace, load_workspace

log = logging.getLogger("digest")


def find_workspace_folders(folder: Path) -> list[Path]:
    """Return the folder itself if it is a workspace, else those within it that are.

    Raises SettingsError if there are none.
    """
    if (folder / "feeds.yaml").exists():
        return [folder]
    folders = sorted(file.parent for file in folder.glob("*/feeds.yaml"))
    if not folders:
        raise SettingsError(
            [
                f"{folder}: found neither feeds.yaml nor folders with a feeds.yaml"
            ]
        )
    return folders


class Workspaces:
    """The workspaces of one installation, by name. They share one PostgreSQL database."""

    def __init__(
        self, folder: Path, clock: Callable[[], datetime] = utc_now
    ) -> None:
        """Raises SettingsError if no workspace can be read, or they are not on PostgreSQL."""
        self._folder = folder
        self._clock = clock
        self._apps: dict[str, App] = {}
        self._opening = Lock()
        self.refresh()
        if not self._apps:
            raise SettingsError(
                [
                    f"{folder}: no workspace can be opened; the log has the reasons"
                ]
            )
        settings = self.any_app().settings
        self.database = settings.database
        if not settings.on_postgresql:
            raise SettingsError(
                [
                    "database: workers need PostgreSQL; with SQLite, run `digest run` instead"
                ]
            )

    def __iter__(self) -> Iterator[tuple[str, App]]:
        return iter(list(self._apps.items()))

    def refresh(self) -> None:
        """Open workspaces that are new or changed; log and skip those with errors."""
        with self._opening:
            for folder in find_workspace_folders(self._folder):
                try:
                    self._open_folder(folder)
                except (SettingsError, DigestError) as error:
                    log.error("%s is skipped: %s", folder.name, error)

    def any_app(self) -> App:
        """Return one of the workspaces, for what they share."""
        return next(iter(self._apps.values()))

    def get_app(self, name: str) -> App:
        """Return a workspace by its name. Raises Elsewhere if it is not here."""
        if name not in self._apps:
            raise NotOnThisWorker(
                f"there is no workspace {name!r} in {self._folder}"
            )
        return self._apps[name]

    def record_failure(
        self, name: str, task: str, error: BaseException
    ) -> None:
        """Store the error of a workspace's task, for `digest status` and the desk."""
        message = str(error)
        if not isinstance(error, DigestError):
            message = f"{type(error).__name__}: {error}"
        self.any_app().workers.record_failure(name, task, message, utc_now())

    def close(self) -> None:
        """Close the connections of all workspaces."""
        for _, app in self:
            app.__exit__(None, None, None)

    def _open_folder(self, folder: Path) -> None:
        """Open a folder unless it is open and unchanged. Raises DigestError, SettingsError."""
        opened = self._opened_from(folder)
        if opened and not opened.workspace.has_changed():
            return
        workspace = load_workspace(folder)
        name = workspace.settings.workspace
        namesake = self._apps.get(name)
        if namesake and namesake is not opened:
            raise DigestError(
                f"workspace {name or '(none)'} is {namesake.workspace.folder.name} already; "
                "give each a name of its own"
            )
        self._check_database(workspace)
        # jobs that are running go on with the App that was there before
        self._apps[name] = App(workspace, self._clock)

    def _opened_from(self, folder: Path) -> App | None:
        for app in self._apps.values():
            if app.workspace.folder == folder:
                return app
        return None

    def _check_database(self, workspace: Workspace) -> None:
        databases = {app.settings.database for app in self._apps.values()}
        if databases and workspace.settings.database not in databases:
            raise DigestError(
                "its database is not that of the other workspaces; they must share one"
            )
