"""The images of one edition: where readers fetch each, and which are our own to serve."""

from collections.abc import Callable

from digest.errors import PictureUnfit, RenderError
from digest.model import Picture
from digest.render.context import archive_url
from digest.settings import Settings

FOLDER = "images/"


class Pictures:
    """Finds an edition's images and remembers those of the working folder."""

    def __init__(
        self, find: Callable[[str], Picture], settings: Settings, markdown: str
    ) -> None:
        self._find = find
        self._markdown = markdown
        self._home = f"{archive_url(settings)}{FOLDER}"
        self._used: dict[str, Picture] = {}

    @property
    def used(self) -> tuple[Picture, ...]:
        """The images of the working folder that were asked for, in order."""
        return tuple(self._used.values())

    def locate(self, src: str) -> tuple[str, int, int]:
        """Return an image's address as readers fetch it, and its size; 0, 0 if that is not known.

        The address names the image's bytes, so that it can change after no approval.
        """
        if not src.startswith(FOLDER):
            return src, 0, 0
        name = src.removeprefix(FOLDER)
        if name not in self._used:
            self._used[name] = self._found(name)
        found = self._used[name]
        return f"{self._home}{found.key}/{name}", found.width, found.height

    def _found(self, name: str) -> Picture:
        try:
            return self._find(name)
        except PictureUnfit as e:
            lines = self._markdown.split("\n")
            at = next(
                (n for n, line in enumerate(lines, 1) if f"({FOLDER}{name}" in line), 0
            )
            raise RenderError(f"line {at}: {e}" if at else str(e)) from e
