"""Images of one edition: the public address of each, and which of them we serve."""

from collections.abc import Callable
from importlib.resources import files

from digest.errors import RenderError, UnsuitableImage
from digest.model import Picture
from digest.render.lead_body import Locate
from digest.settings import Settings

FOLDER = "images/"
#: Pixels of a picture in shapes/, each way: twice as many as it is shown with.
SHAPE_SIZE = 48


class EditionImages:
    """Finds an edition's images and remembers those of the working folder."""

    def __init__(
        self, find: Callable[[str], Picture], settings: Settings, markdown: str
    ) -> None:
        self._find = find
        self._markdown = markdown
        # those of an internal newsletter are reachable too, though nothing else of it is
        site_url = settings.newsletter.public_url.rstrip("/")
        self._base_url = f"{site_url}/{FOLDER}"
        self._used: dict[str, Picture] = {}

    @property
    def used_images(self) -> tuple[Picture, ...]:
        """The images of the working folder that were asked for, in order."""
        return tuple(self._used.values())

    def locate_image(self, src: str) -> tuple[str, int, int]:
        """Return an image's public address, its width and height in pixels.

        The size is 0, 0 if it is not known. The address names the image's bytes, so that it can
        change after no approval.
        """
        return self._locate(src, self._markdown, "")

    def locator_for(self, markdown: str, file: str) -> Locate:
        """Return `locate_image` for another text than the edition's; `file` names it in errors."""

        def locate(src: str) -> tuple[str, int, int]:
            return self._locate(src, markdown, file)

        return locate

    def locate_shape(self, shape: str) -> str:
        """Return the public address of a small picture of ours, which is served as the others are."""
        name = f"shape-{shape}.png"
        if name not in self._used:
            content = files("digest.render").joinpath("shapes", f"{shape}.png")
            self._used[name] = Picture(
                name, "image/png", SHAPE_SIZE, SHAPE_SIZE, content.read_bytes()
            )
        return f"{self._base_url}{self._used[name].key}/{name}"

    def _locate(
        self, src: str, markdown: str, file: str
    ) -> tuple[str, int, int]:
        if not src.startswith(FOLDER):
            return src, 0, 0
        name = src.removeprefix(FOLDER)
        if name not in self._used:
            self._used[name] = self._find_picture(name, markdown, file)
        picture = self._used[name]
        url = f"{self._base_url}{picture.key}/{name}"
        return url, picture.width, picture.height

    def _find_picture(self, name: str, markdown: str, file: str) -> Picture:
        try:
            return self._find(name)
        except UnsuitableImage as error:
            message = str(error)
            line = _line_that_shows(name, markdown)
            if line:
                message = f"{file}line {line}: {message}"
            raise RenderError(message) from error


def _line_that_shows(name: str, markdown: str) -> int:
    """Return the first line of a text that shows an image; 0 if none does."""
    for number, line in enumerate(markdown.split("\n"), start=1):
        if f"({FOLDER}{name}" in line:
            return number
    return 0
