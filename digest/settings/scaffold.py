"""Scaffold: fill a new working folder with settings, as `digest init` does."""

from pathlib import Path

from digest.errors import DigestError
from digest.settings.load import DEFAULTS, settings_schema
from digest.settings.yaml_tree import FILE

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


def create_working_folder(folder: Path) -> list[Path]:
    """Fill a folder with feeds.yaml and the rest; return what was written.

    No template is copied: those shipped are used, and follow an upgrade.

    A file that exists is left alone. Raises DigestError if there already is a feeds.yaml.
    """
    if (folder / FILE).exists():
        raise DigestError(
            f"{folder / FILE} exists; this is a working folder already"
        )
    texts = {
        FILE: (DEFAULTS / FILE).read_text("utf-8"),
        "feeds.schema.json": settings_schema(),
        ".env.example": ENV_EXAMPLE,
        ".gitignore": GITIGNORE,
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        written_files = [
            folder / name
            for name, text in texts.items()
            if _write_if_missing(folder / name, text)
        ]
    except OSError as error:
        raise DigestError(
            f"{error.filename}: cannot be written ({error.strerror})"
        ) from error
    return written_files


def _write_if_missing(file: Path, text: str) -> bool:
    """Write a file that does not exist; return whether it was written."""
    if file.exists():
        return False
    file.write_text(text, "utf-8")
    return True
