"""A real browser, where there is one: Debian's Chromium, driven by Playwright."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or ""
FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-sync",
]

needs_browser = pytest.mark.skipif(
    not CHROMIUM, reason="no Chromium; install it or set CHROMIUM"
)


@contextmanager
def browser() -> Iterator[Browser]:
    """Start a browser; end it with everything in it."""
    with sync_playwright() as p:
        started = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            yield started
        finally:
            started.close()


@dataclass
class Watched:
    """A page with all that went wrong on it: errors, alerts, requests to other hosts."""

    page: Page
    home: str
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._told)
        self.page.on("pageerror", lambda e: self.problems.append(str(e)))
        self.page.on("dialog", self._asked)
        self.page.on("request", self._sent)

    def _told(self, message) -> None:
        if message.type == "error":
            self.problems.append(message.text)

    def _asked(self, dialog) -> None:
        self.problems.append(f"alert: {dialog.message}")
        dialog.dismiss()

    def _sent(self, request) -> None:
        if not request.url.startswith(self.home):
            self.problems.append(f"another host: {request.url}")


def watched(context: BrowserContext | Browser, home: str, **options) -> Watched:
    """Open a page and watch it."""
    return Watched(context.new_page(**options), home)
