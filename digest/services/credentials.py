"""What is looked at when somebody logs in: passwords, hashed in turns, and codes of a phone.

Argon2 takes 64 MiB for each password, so that few may be hashed at a time.
"""

import hmac
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import BoundedSemaphore

from digest.errors import TooManyTries

AGAIN = 2.0  #: seconds after which one who found no place is to try again
PATIENCE = 5.0  #: seconds that one waits for their turn at most

STEP = 30  #: seconds of a code (RFC 6238, 5.2)
SECRET = re.compile(r"[A-Z2-7]{32}")  # Base32, 160 bits (RFC 4226, 4: R6)


class Lane:
    """Lets one password be hashed at a time, and few wait for that; all others are sent away."""

    def __init__(self, waiting: int) -> None:
        """Let so many wait."""
        self._places = BoundedSemaphore(1 + waiting)
        self._turn = BoundedSemaphore(1)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the turn, once it comes. Raises TooManyTries where too many wait already."""
        busy = "many people log in at this moment; try again in some seconds"
        if not self._places.acquire(blocking=False):
            raise TooManyTries(busy, AGAIN, busy=True)
        try:
            if not self._turn.acquire(timeout=PATIENCE):
                raise TooManyTries(busy, AGAIN, busy=True)
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

    given = "".join(code.split())
    if not SECRET.fullmatch(secret) or not given.isascii():
        return None
    totp = pyotp.TOTP(secret)
    steps = (int(now.timestamp()) // STEP + by for by in (0, -1, 1))
    return next(
        (s for s in steps if hmac.compare_digest(totp.generate_otp(s), given)), None
    )
