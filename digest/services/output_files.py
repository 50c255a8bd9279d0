"""Output files: rendered editions, notices, images and rejected texts in the working folder."""

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

from digest.errors import DigestError
from digest.infra.durable_files import write_durably
from digest.model import (
    ROOT_NEWSLETTER,
    TOKEN_PLACEHOLDER,
    EditionKey,
    Picture,
    Recipient,
    RenderedEdition,
)
from digest.services.theme_previews import (
    ThemePreviews,
    pages_of,
    take_picture,
)
from digest.settings import Workspace

#: What a published page may show images from (templates/page.html), and one that is opened from a folder.
_PUBLISHED_IMAGES = "img-src https: http:;"
_IMAGES_OF_FOLDER = "img-src https: http: file:;"
EXAMPLE = Recipient(0, "reader@example.org", "example")


class OutputFiles:
    """The files of one working folder."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def write_edition(
        self, built: RenderedEdition, leaves: datetime
    ) -> list[Path]:
        """Write a rendered edition into its folder in output/; return the files.

        That is <date>/ for the root newsletter, and <key>/<date>/ for any other.
        """
        from digest.delivery import EncodedEmail

        contents = {
            "edition.mjml": built.mjml.encode(),
            "email.html": _with_example_token(
                self._with_near_images(built, built.html)
            ),
            "email.txt": _with_example_token(built.text),
            "index.html": self._with_near_images(built, built.page).encode(),
            "edition.md": built.markdown.encode(),
            "message.eml": EncodedEmail(built.letter, leaves).bytes_for(
                EXAMPLE
            ),
        }
        for picture in built.pictures:
            contents[f"images/{picture.key}/{picture.name}"] = picture.content
        return self._write_all(self._folder_of(built.edition.date), contents)

    def write_themes(
        self, editions: Mapping[str, RenderedEdition]
    ) -> ThemePreviews:
        """Write an edition's mail in every design, side by side, and a picture of it if it can be taken."""
        day = next(iter(editions.values())).edition.date
        contents: dict[str, bytes] = {}
        for built in editions.values():
            for picture in built.pictures:
                place = f"images/{picture.key}/{picture.name}"
                contents[place] = picture.content
        for name, html in pages_of(editions).items():
            contents[name] = _with_example_token(html)
        page = self._write_all(self._folder_of(day), contents)[-1]
        return ThemePreviews(page, take_picture(page, len(editions)))

    def write_notices(self) -> list[Path]:
        """Render the mails about the newsletter itself; return the files.

        They are in output/notices/ for the root newsletter, and output/<key>/notices/ for any other.
        """
        from digest.render import NOTICES, render_notice

        contents = {}
        for name in NOTICES:
            rendered = render_notice(
                name, self._workspace.settings, self._workspace.templates_folder
            )
            text = f"Subject: {rendered.subject}\n\n{rendered.text}"
            contents[f"{rendered.name}.html"] = _with_example_token(
                rendered.html
            )
            contents[f"{rendered.name}.txt"] = _with_example_token(text)
        return self._write_all(self._notices_folder, contents)

    def add_image(self, file: Path) -> Picture:
        """Put an image into images/, made fit for mail. Raises PictureUnfit."""
        from digest.infra.images import fit_image, save_image

        return save_image(self._workspace.images_folder, fit_image(file))

    def save_rejected_text(self, day: date, text: str) -> Path:
        """Keep an edition's text that could not be read, so that nothing typed is lost."""
        return self._write(
            f"{self._folder_of(day)}/edition.rejected.md", text.encode()
        )

    def save_discarded_text(self, day: date, text: str) -> Path:
        """Keep the text of a draft that was discarded, so that nothing typed is lost."""
        return self._write(
            f"{self._folder_of(day)}/edition.discarded.md", text.encode()
        )

    # Inside

    @property
    def _notices_folder(self) -> str:
        if self._newsletter == ROOT_NEWSLETTER:
            return "notices"
        return f"{self._newsletter}/notices"

    @property
    def _newsletter(self) -> str:
        return self._workspace.settings.newsletter.key

    def _with_near_images(self, built: RenderedEdition, html: str) -> str:
        """Return a mail or page that shows the images beside it, before the site serves them.

        What is sent and published keeps their public addresses.
        """
        public_url = self._workspace.settings.newsletter.public_url
        site_url = public_url.rstrip("/")
        for picture in built.pictures:
            html = html.replace(
                f'src="{site_url}/images/{picture.key}/',
                f'src="images/{picture.key}/',
            )
        if built.pictures:
            html = html.replace(_PUBLISHED_IMAGES, _IMAGES_OF_FOLDER)
        return html

    def _folder_of(self, day: date) -> str:
        """Return the folder of an edition, below the output folder."""
        return EditionKey(self._newsletter, day).short_name

    def _write_all(
        self, folder: str, contents: Mapping[str, bytes]
    ) -> list[Path]:
        """Write files (contents by name) into a folder of the output folder; return them."""
        return [
            self._write(f"{folder}/{name}", content)
            for name, content in contents.items()
        ]

    def _write(self, name: str, content: bytes) -> Path:
        """Write one file of the output folder. Raises DigestError."""
        file = self._workspace.output_folder / name
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_durably(file, content)
        except OSError as error:
            raise DigestError(
                f"{file}: cannot be written ({error.strerror})"
            ) from error
        return file


def _with_example_token(text: str) -> bytes:
    """Return a text in bytes, with an example in place of each recipient's token."""
    return text.replace(TOKEN_PLACEHOLDER, EXAMPLE.token).encode()
