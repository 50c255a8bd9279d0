"""A new working folder."""

import shutil
from pathlib import Path

from digest.errors import DigestError
from digest.settings.load import DEFAULTS, FILE, schema

ENV_EXAMPLE = """\
# Secrets, and whatever this machine does differently. Copy to .env; never put .env into git.
# Any key of feeds.yaml can be set here: DIGEST_ and the path to it, with __ between.

# SENDGRID_API_KEY=
# SMTP_PASSWORD=
# IMAP_PASSWORD=
# OIDC_CLIENT_SECRET=
# METRICS_TOKEN=
# DIGEST_DELIVERY__TRANSPORT=sendgrid
# DIGEST_DELIVERY__SMTP__HOST=mail.example.org
"""
GITIGNORE = ".env\n.digest-*.lock\ndigest.db*\noutput/\n"


def scaffold(folder: Path) -> list[Path]:
    """Fill a folder with feeds.yaml, templates and the rest; return what was written.

    A file that exists is left alone. Raises DigestError if there already is a feeds.yaml.
    """
    if (folder / FILE).exists():
        raise DigestError(f"{folder / FILE} exists; this is a working folder already")
    texts = {
        FILE: (DEFAULTS / FILE).read_text("utf-8"),
        "feeds.schema.json": schema(),
        ".env.example": ENV_EXAMPLE,
        ".gitignore": GITIGNORE,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written = [_write(folder / name, text) for name, text in texts.items()]
        shutil.copytree(
            DEFAULTS / "templates", folder / "templates", dirs_exist_ok=True
        )
    except OSError as e:
        raise DigestError(f"{e.filename}: cannot be written ({e.strerror})") from e
    return [f for f in written if f] + [folder / "templates"]


def _write(file: Path, text: str) -> Path | None:
    if file.exists():
        return None
    file.write_text(text, "utf-8")
    return file
