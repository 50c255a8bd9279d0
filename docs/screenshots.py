"""Takes the pictures in docs/images: the demo's edition at four widths, light, dark, images off.

python docs/screenshots.py output/demo/output/<date>
"""

import os
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Playwright, Route, sync_playwright

WIDTHS = (320, 375, 600, 1280)
SCHEMES = ("light", "dark")
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-sync",
]
TARGET = Path(__file__).parent / "images"


def main(folder: Path) -> None:
    """Write a PNG for each size and colour scheme of the mail, and of the archive page."""
    with sync_playwright() as p:
        browser = chromium(p)
        for scheme in SCHEMES:
            for width in WIDTHS:
                shoot(
                    browser,
                    folder / "email.html",
                    f"email-{width}-{scheme}",
                    width,
                    scheme,
                )
            shoot(
                browser,
                folder / "email.html",
                f"email-off-{scheme}",
                600,
                scheme,
                images=False,
            )
            shoot(browser, folder / "index.html", f"page-{scheme}", 900, scheme)
        browser.close()


def shoot(
    browser: Browser,
    file: Path,
    name: str,
    width: int,
    scheme: str,
    *,
    images: bool = True,
) -> None:
    """Take one picture; images come from the build's own folder, as readers get them."""

    def answer(route: Route) -> None:
        found = (
            file.parent / "images" / route.request.url.partition("/images/")[2]
        )
        if route.request.url.startswith("file:"):
            route.continue_()
        elif images and found.is_file():
            route.fulfill(path=found)
        else:
            route.abort()

    page = browser.new_page(
        viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    page.route("**/*", answer)
    page.goto(file.resolve().as_uri())
    keep(page.screenshot(full_page=True), name)
    page.close()


def chromium(p: Playwright) -> Browser:
    """Start Chromium, which asks nobody outside for anything."""
    path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    return p.chromium.launch(executable_path=path, args=FLAGS)


def keep(picture: bytes, name: str) -> None:
    """Store a picture in few colours, so that it is small."""
    image = Image.open(BytesIO(picture)).quantize(64)
    image.save(TARGET / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
