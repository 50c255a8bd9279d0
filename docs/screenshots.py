"""Takes the pictures in docs/images: the demo's edition, light and dark, wide and narrow.

python docs/screenshots.py output/demo/output/<date>
"""

import os
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

SIZES = {"wide": 680, "phone": 375}
FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-sync"]


def main(folder: Path) -> None:
    """Write a PNG for each size and colour scheme of mail and archive page."""
    target = Path(__file__).parent / "images"
    with sync_playwright() as p:
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = p.chromium.launch(executable_path=path, args=FLAGS)
        for size, width in SIZES.items():
            for scheme in ("light", "dark"):
                page = browser.new_page(
                    viewport={"width": width, "height": 900}, color_scheme=scheme
                )
                for name in ("email", "index"):
                    page.goto((folder / f"{name}.html").resolve().as_uri())
                    file = target / f"{name}-{size}-{scheme}.png"
                    page.screenshot(path=file, full_page=True)
                    Image.open(file).quantize(64).save(file, optimize=True)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
