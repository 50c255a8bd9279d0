"""What is written into a working folder: built editions, notices, images, rejected texts."""

from datetime import date, datetime
from pathlib import Path

from digest.errors import DigestError
from digest.infra.durable_files import write_durably
from digest.model import TOKEN, Build, Picture, Recipient
from digest.settings import Workspace

EXAMPLE = Recipient(0, "reader@example.org", "example")


class Files:
    """The files of one working folder."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def edition(self, built: Build, leaves: datetime) -> list[Path]:
        """Write a built edition into output/<date>/; return the files."""
        from digest.delivery import Message

        files = {
            "edition.mjml": built.mjml.encode(),
            "email.html": built.html.replace(TOKEN, EXAMPLE.token).encode(),
            "email.txt": built.text.replace(TOKEN, EXAMPLE.token).encode(),
            "index.html": built.page.encode(),
            "edition.md": built.markdown.encode(),
            "message.eml": Message(built.letter, leaves).to(EXAMPLE),
        } | {f"images/{p.key}/{p.name}": p.content for p in built.pictures}
        folder = built.edition.date.isoformat()
        return [
            self._write(f"{folder}/{name}", content) for name, content in files.items()
        ]

    def notices(self) -> list[Path]:
        """Render the mails about the newsletter itself into output/notices/; return the files."""
        from digest.render import NOTICES, notice

        made = [
            notice(n, self._workspace.settings, self._workspace.templates)
            for n in NOTICES
        ]
        files = {
            f"{n.name}.{kind}": content.replace(TOKEN, EXAMPLE.token).encode()
            for n in made
            for kind, content in (
                ("html", n.html),
                ("txt", f"Subject: {n.subject}\n\n{n.text}"),
            )
        }
        return [
            self._write(f"notices/{name}", content) for name, content in files.items()
        ]

    def picture(self, file: Path) -> Picture:
        """Put an image into images/, made fit for mail. Raises PictureUnfit."""
        from digest.infra.images import fit, save

        return save(self._workspace.images, fit(file))

    def rejected(self, day: date, text: str) -> Path:
        """Keep an edition's text that could not be read, so that nothing typed is lost."""
        return self._write(f"{day.isoformat()}/edition.rejected.md", text.encode())

    def _write(self, name: str, content: bytes) -> Path:
        file = self._workspace.output / name
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_durably(file, content)
        except OSError as e:
            raise DigestError(f"{file}: cannot be written ({e.strerror})") from e
        return file
