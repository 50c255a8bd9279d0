"""Takes the pictures of the desk in docs/images, on a demo folder.

Those of staff, and of the dialog that asks before people are mailed, are taken in copies of it.

python docs/desk_screenshots.py output/demo
"""

import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from playwright.sync_api import Page, sync_playwright
from screenshots import chromium, keep
from werkzeug.serving import make_server

from digest.app import App
from digest.model import StaffRights
from digest.settings import load_workspace
from digest.web.desk import create_desk_app
from digest.web.local_server import SilentRequestHandler

PAGES = {
    "finds": "{day}/finds",
    "edition": "{day}/edition",
    "preview": "{day}/preview",
    "check": "{day}/check",
    "send": "{day}/send",
    "history": "{day}/history",
    "add": "add",
}
STAFF = {"staff": "staff", "me": "me"}
SHOTS = (
    ("wide", 1280, "light"),
    ("dark", 1280, "dark"),
    ("phone", 375, "light"),
)
SMTP = {
    "DIGEST_DELIVERY__TRANSPORT": "smtp",
    "DIGEST_DELIVERY__SMTP__HOST": "mail.openwater.example",
}
PASSWORD = "not a secret at all"  # noqa: S105


@contextmanager
def served(web: Flask) -> Iterator[str]:
    """Serve on loopback; yield the address."""
    server = make_server(
        "127.0.0.1", 0, web, threaded=True, request_handler=SilentRequestHandler
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def shoot(page: Page, home: str, pages: dict[str, str]) -> None:
    """Write a PNG for each page: wide, dark, on a phone."""
    for name, width, scheme in SHOTS:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 900})
        for step, path in pages.items():
            page.goto(f"{home}/{path}", wait_until="load")
            page.wait_for_timeout(300)
            page.keyboard.press("j")
            keep(page.screenshot(), f"desk-{step}-{name}")


def main(folder: Path) -> None:
    """Take all of them."""
    with App(load_workspace(folder)) as app, sync_playwright() as p:
        browser = chromium(p)
        day = app.editions.resolve_date()
        with served(create_desk_app(app, "t")) as home:
            page = browser.new_page()
            page.goto(f"{home}/?token=t")
            shoot(
                page,
                home,
                {name: path.format(day=day) for name, path in PAGES.items()},
            )
        asked(folder, browser.new_page())
        hosted(folder, browser.new_page())
        browser.close()


def asked(folder: Path, page: Page) -> None:
    """Take the dialog that asks before people are mailed; nothing is sent."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(shutil.copytree(folder, Path(name) / "copy"))
        with (
            App(load_workspace(copy, SMTP)) as app,
            served(create_desk_app(app, "t")) as home,
        ):
            day = app.editions.resolve_date()
            app.approval.approve_edition(day, "Ada Oduya")
            page.goto(f"{home}/?token=t")
            for shot, width, scheme in SHOTS:
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                page.set_viewport_size({"width": width, "height": 900})
                page.goto(f"{home}/{day}/send", wait_until="load")
                page.keyboard.press("g")
                page.get_by_role("dialog").wait_for()
                keep(page.screenshot(), f"desk-dialog-{shot}")


def hosted(folder: Path, page: Page) -> None:
    """Take those of a hosted desk, where Ada has logged in."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(shutil.copytree(folder, Path(name) / "copy"))
        with (
            App(load_workspace(copy)) as app,
            served(create_desk_app(app)) as home,
        ):
            for member, role in (
                ("Ada", StaffRights.ADMIN),
                ("Ben", StaffRights.APPROVER),
            ):
                app.staff.accept_invitation(
                    app.staff.invite_member(member, role, "the demo"), PASSWORD
                )
            app.staff.invite_member("Cai", StaffRights.EDITOR, "the demo")
            shoot(page, home, {"login": "login"})
            page.get_by_label("Name").fill("Ada")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Log in").click()
            shoot(page, home, STAFF)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
