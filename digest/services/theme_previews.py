"""Theme previews: one edition in every design, side by side, before one is chosen.

Pages are written into the folder themes/ of the edition, and a picture of them if a browser is installed.
"""

import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import which

from digest.model import RenderedEdition
from digest.settings import Settings
from digest.settings.designs import DESIGNS
from digest.settings.theme import Theme

FOLDER = "themes"
#: What is a newsletter's own and no part of a design.
OWN_KEYS = ("logo", "dark_logo", "logo_width", "tag_line", "social", "width")
#: Programs that take a picture of a page by `--screenshot` (Chromium's own switch).
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
BROWSER_TIMEOUT_SECONDS = 60
FRAME_HEIGHT = 2400  #: pixels of each mail that are shown


@dataclass(frozen=True, slots=True)
class ThemePreviews:
    """What was written."""

    page: Path  #: all designs side by side
    picture: Path | None  #: None where no browser is installed, or it failed


def settings_by_design(settings: Settings) -> dict[str, Settings]:
    """Return the settings in each design, with what is the newsletter's own."""
    newsletter = settings.newsletter
    own = newsletter.theme.model_dump(include=set(OWN_KEYS))
    by_design = {}
    for name in DESIGNS:
        theme = Theme.model_validate({"name": name, **own})
        look = newsletter.model_copy(update={"theme": theme})
        by_design[name] = settings.with_newsletter(look)
    return by_design


def find_browser() -> str:
    """Return a browser that takes pictures; "" if none is installed."""
    for name in BROWSERS:
        program = which(name)
        if program:
            return program
    return ""


def pages_of(editions: Mapping[str, RenderedEdition]) -> dict[str, str]:
    """Return the files of the folder themes/ by their names."""
    files: dict[str, str] = {}
    frames = []
    width = 0
    for name, built in editions.items():
        files[f"{FOLDER}/{name}.html"] = _with_local_images(built)
        frames.append(
            f"<figure><figcaption>theme: {name}</figcaption>"
            f'<iframe src="{name}.html" title="{name}"></iframe></figure>'
        )
        width += 680
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Themes</title><style>'
        "body{margin:20px;background:#8a8f96;font:700 18px Helvetica,Arial,sans-serif}"
        f"main{{display:flex;gap:20px;width:{width}px}}figure{{margin:0}}"
        "figcaption{padding:0 0 10px;color:#000}"
        f"iframe{{width:640px;height:{FRAME_HEIGHT}px;border:0;background:#fff}}"
        f"</style><main>{''.join(frames)}</main></html>"
    )
    files[f"{FOLDER}/index.html"] = page
    return files


def _with_local_images(built: RenderedEdition) -> str:
    """Return the mail with its images as they lie in the edition's folder: they are not served yet."""
    html = built.html
    for picture in built.pictures:
        place = f"images/{picture.key}/{picture.name}"
        address = re.compile(rf'src="[^"]*/{re.escape(place)}"')
        html = address.sub(f'src="../{place}"', html)
    return html


def take_picture(page: Path, designs: int) -> Path | None:
    """Take a picture of the page that shows all designs; None if no browser does."""
    browser = find_browser()
    if not browser:
        return None
    picture = page.with_name("themes.png")
    command = [
        browser,
        "--headless",
        "--disable-gpu",
        "--hide-scrollbars",
        f"--screenshot={picture}",
        f"--window-size={designs * 660 + 40},{FRAME_HEIGHT + 80}",
    ]
    if os.geteuid() == 0:  # Chromium has no sandbox for root
        command.append("--no-sandbox")
    try:
        subprocess.run(  # noqa: S603 - a program of this machine, and our own page
            [*command, page.resolve().as_uri()],
            capture_output=True,
            timeout=BROWSER_TIMEOUT_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    if picture.is_file():
        return picture
    return None
