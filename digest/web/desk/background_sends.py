"""Background sends: editions that are sent in threads while pages are looked at."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from flask import Flask, current_app
from werkzeug.local import LocalProxy

from digest.errors import DigestError, SettingsError
from digest.model import EditionKey

if TYPE_CHECKING:
    from digest.app import App

KEY = "digest-sends"
CHECK_SECONDS = 15  #: between two looks at what is due

log = logging.getLogger("digest")


@dataclass
class BackgroundSend:
    """The send of one edition."""

    error: str = ""
    running: bool = True


class BackgroundSends:
    """The sends that this desk began, one of each edition at a time.

    Those of several newsletters may run at the same time.
    """

    def __init__(self, app: "App") -> None:
        self._app = app
        self._sends: dict[EditionKey, BackgroundSend] = {}

    def find_send(self, edition: EditionKey) -> BackgroundSend | None:
        """Return the send of an edition, running or ended."""
        return self._sends.get(edition)

    def start_send(self, edition: EditionKey) -> None:
        """Send an edition in a thread, unless one does so already."""
        send = self._sends.get(edition)
        if send and send.running:
            return
        send = BackgroundSend()
        self._sends[edition] = send
        threading.Thread(
            target=self._run_send, args=(edition, send), daemon=True
        ).start()

    def start_clock(self) -> None:
        """Send scheduled editions in time, in a thread."""
        threading.Thread(
            target=self.send_when_due, args=(time.sleep,), daemon=True
        ).start()

    def send_when_due(self, pause: Callable[[float], object]) -> None:
        """Send scheduled editions as their time comes; `pause` waits some seconds."""
        while True:
            for app in self._app.newsletters:
                self._start_sends_in_time(app)
            pause(CHECK_SECONDS)

    def _start_sends_in_time(self, app: "App") -> None:
        """Start what is due of a newsletter; log what prevents it."""
        try:
            self._start_due_sends(app)
        except Exception:  # after any error the next edition must still be sent
            log.exception(
                "what is due of %s could not be looked up",
                app.settings.newsletter.key,
            )

    def _start_due_sends(self, app: "App") -> None:
        for day in app.send_schedule.due_editions():
            edition = EditionKey(app.settings.newsletter.key, day)
            scheduled = app.send_schedule.find_scheduled(day)
            is_ours = edition in self._sends or scheduled
            if is_ours and app.sending.plan_send(day).approved:
                self.start_send(edition)

    def _run_send(self, edition: EditionKey, send: BackgroundSend) -> None:
        app = self._app.for_newsletter(edition.newsletter)
        try:
            app.sending.send_edition(edition.day)
        except (DigestError, SettingsError) as error:
            send.error = str(error)
        finally:
            send.running = False


def serve_sends(web: Flask, background_sends: BackgroundSends) -> None:
    """Let the views of a Flask application begin sends."""
    web.extensions[KEY] = background_sends


def _get_sends() -> BackgroundSends:
    background_sends: BackgroundSends = current_app.extensions[KEY]
    return background_sends


#: The sends to use in views: valid during a request only.
sends = cast("BackgroundSends", LocalProxy(_get_sends))
