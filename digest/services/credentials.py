"""Credentials: passwords, hashed one at a time, and the one-time codes of a phone.

Argon2 needs 64 MiB for each password, hence the limit.
"""

import hmac
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import BoundedSemaphore

from digest.errors import TooManyTries

RETRY_SECONDS = 2.0  #: until a person who found no place may try again
MAX_WAIT_SECONDS = 5.0  #: that a person waits for their turn at most
CODE_STEP_SECONDS = 30  #: for which a code is good (RFC 6238, 5.2)
SECRET = re.compile(r"[A-Z2-7]{32}")  # Base32, 160 bits (RFC 4226, 4: R6)


class Lane:
    """Lets one password be hashed at a time, and few wait for that; all others are sent away."""

    def __init__(self, waiting: int) -> None:
        """Allow so many to wait."""
        self._places = BoundedSemaphore(1 + waiting)
        self._turn = BoundedSemaphore(1)

    @contextmanager
    def hold_turn(self) -> Iterator[None]:
        """Hold the turn, once it comes. Raises TooManyTries where too many wait already."""
        busy = "many people log in at this moment; try again in some seconds"
        if not self._places.acquire(blocking=False):
            raise TooManyTries(busy, RETRY_SECONDS, busy=True)
        try:
            if not self._turn.acquire(timeout=MAX_WAIT_SECONDS):
                raise TooManyTries(busy, RETRY_SECONDS, busy=True)
            try:
                yield
            finally:
                self._turn.release()
        finally:
            self._places.release()


#: Strangers wait in a lane of their own, so that no flood of theirs keeps out who has been here
#: before. All who wait hold a thread of the server's sixteen: four are left for the desk itself.
STRANGERS = Lane(waiting=8)
KNOWN = Lane(waiting=2)


def code_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the time step that a code is of, one early or late allowed; None if it is of none."""
    import pyotp

    digits = "".join(code.split())
    if not SECRET.fullmatch(secret) or not digits.isascii():
        return None
    totp = pyotp.TOTP(secret)
    step_now = int(now.timestamp()) // CODE_STEP_SECONDS
    for step in (step_now, step_now - 1, step_now + 1):
        if hmac.compare_digest(totp.generate_otp(step), digits):
            return step
    return None
