"""Return paths of their own for each message (VERP): a bounce says by where it comes whose it is.

`bounces+TOKEN@example.org`. A token has small letters and digits only, since some mail servers
lower a local part, and is short, since a local part may have 64 octets (RFC 5321, 4.5.3.1.1): the
subscriber, the edition's day, and 80 bits of a digest over both and the subscriber's own token,
which only we can sign.
"""

import hashlib
import re
from base64 import b32encode
from collections.abc import Callable
from datetime import date, timedelta

from digest.model import Recipient
from digest.settings.delivery import Smtp

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
FIRST_DAY = date(2000, 1, 1)
DAY_LENGTH = 4
SEAL_LENGTH = 16  #: characters; in base 36 four last for 4,600 years
VERP_TOKEN = re.compile(
    rf"([0-9a-z]{{1,7}})([0-9a-z]{{{DAY_LENGTH}}})([a-z2-7]{{{SEAL_LENGTH}}})"
)


def return_path(server: Smtp, sender: str, day: date) -> Callable[[Recipient], str]:
    """Return what gives the envelope sender of each message of an edition.

    Without a return path in the settings that is the sender's own address.
    """
    if not (server.return_path and server.verp):
        address = server.return_path or sender
        return lambda _recipient: address
    local, _, domain = server.return_path.rpartition("@")
    opening = f"{local}{server.verp_separator}"
    return lambda recipient: f"{opening}{verp_token(recipient, day)}@{domain}"


def verp_token(recipient: Recipient, day: date) -> str:
    """Return what stands for a recipient and an edition in a return path."""
    return f"{_base36(recipient.subscriber)}{_day(day)}{_seal(recipient.token, day)}"


def read_verp(
    address: str, server: Smtp, tokens_of: Callable[[int], tuple[str, ...]]
) -> tuple[int, date] | None:
    """Return the subscriber and the day of a return path; None if it was not made here.

    `tokens_of` gives a subscriber's token by each of our keys.
    """
    base, _, domain = server.return_path.lower().rpartition("@")
    local, _, at = address.lower().rpartition("@")
    opening = f"{base}{server.verp_separator}"
    if not base or at != domain or not local.startswith(opening):
        return None
    match = VERP_TOKEN.fullmatch(local.removeprefix(opening))
    if match is None:
        return None
    subscriber = int(match[1], 36)
    day = FIRST_DAY + timedelta(days=int(match[2], 36))
    good = any(_seal(token, day) == match[3] for token in tokens_of(subscriber))
    if good:
        return subscriber, day
    return None


def _seal(token: str, day: date) -> str:
    digest = hashlib.sha256(f"return path {token} {day}".encode("ascii")).digest()
    return b32encode(digest[:10]).decode("ascii").lower()


def _day(day: date) -> str:
    return _base36((day - FIRST_DAY).days).rjust(DAY_LENGTH, "0")


def _base36(number: int) -> str:
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = DIGITS[rest] + digits
        if not number:
            return digits
