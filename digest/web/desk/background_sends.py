"""Background sends: editions that are sent in threads while pages are looked at."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, cast

from flask import Flask, current_app
from werkzeug.local import LocalProxy

from digest.errors import DigestError, SettingsError

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
    """The sends that this desk began, one of each edition at a time."""

    def __init__(self, app: "App") -> None:
        self._app = app
        self._sends: dict[date, BackgroundSend] = {}

    def find_send(self, day: date) -> BackgroundSend | None:
        """Return the send of an edition, running or ended."""
        return self._sends.get(day)

    def start_send(self, day: date) -> None:
        """Send an edition in a thread, unless one does so already."""
        send = self._sends.get(day)
        if send and send.running:
            return
        send = BackgroundSend()
        self._sends[day] = send
        threading.Thread(
            target=self._run_send, args=(day, send), daemon=True
        ).start()

    def start_clock(self) -> None:
        """Send scheduled editions in time, in a thread."""
        threading.Thread(
            target=self.send_when_due, args=(time.sleep,), daemon=True
        ).start()

    def send_when_due(self, pause: Callable[[float], object]) -> None:
        """Send scheduled editions as their time comes; `pause` waits some seconds."""
        while True:
            try:
                self._start_due_sends()
            except (
                Exception
            ):  # after any error the next edition must still be sent
                log.exception("what is due could not be looked up")
            pause(CHECK_SECONDS)

    def _start_due_sends(self) -> None:
        for day in self._app.send_schedule.due_editions():
            scheduled = self._app.send_schedule.find_scheduled(day)
            is_ours = day in self._sends or scheduled
            if is_ours and self._app.sending.plan_send(day).approved:
                self.start_send(day)

    def _run_send(self, day: date, send: BackgroundSend) -> None:
        try:
            self._app.sending.send_edition(day)
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
