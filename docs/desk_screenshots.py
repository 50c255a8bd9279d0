"""Takes the pictures of the desk in docs/images, on a demo folder.

python docs/desk_screenshots.py output/demo
"""

import sys
import threading
from pathlib import Path

from playwright.sync_api import sync_playwright
from screenshots import chromium, keep
from werkzeug.serving import make_server

from digest.app import App
from digest.settings import load
from digest.web.desk import desk_app
from digest.web.public import Silent

STEPS = ("finds", "edition", "preview", "check", "send")
SHOTS = (("wide", 1280, "light"), ("dark", 1280, "dark"), ("phone", 375, "light"))


def main(folder: Path) -> None:
    """Write a PNG for each page of the desk: wide, dark, on a phone."""
    with App(load(folder)) as app, sync_playwright() as p:
        server = make_server(
            "127.0.0.1", 0, desk_app(app, "t"), threaded=True, request_handler=Silent
        )
        threading.Thread(target=server.serve_forever, daemon=True).start()
        home, day = f"http://127.0.0.1:{server.server_port}", app.edition()
        browser = chromium(p)
        page = browser.new_page()
        page.goto(f"{home}/?token=t")
        for name, width, scheme in SHOTS:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.set_viewport_size({"width": width, "height": 900})
            for step in STEPS:
                page.goto(f"{home}/{day}/{step}", wait_until="networkidle")
                page.keyboard.press("j")
                keep(page.screenshot(), f"desk-{step}-{name}")
        browser.close()
        server.shutdown()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
