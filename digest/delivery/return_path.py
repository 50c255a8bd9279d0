"""Return paths (VERP): an envelope sender for each message, so that a bounce names its recipient.

`bounces+TOKEN@example.org`. A token has small letters and digits only, since some mail servers
lower a local part, and is short, since a local part may have 64 octets (RFC 5321, 4.5.3.1.1): the
subscriber, the edition's day, and 80 bits of a digest over both and the subscriber's own token,
which only we can sign. The token says which newsletter it is of; there is no room for its key, so
that those of all newsletters are tried.
"""

import hashlib
import re
from base64 import b32encode
from collections.abc import Callable, Iterable
from datetime import date, timedelta

from digest.model import EditionKey, Recipient
from digest.model.returned import DeliveryProof, TokensOf
from digest.settings.delivery import Smtp

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
FIRST_DAY = date(2000, 1, 1)
DAY_LENGTH = 4  #: characters; in base 36 they last for 4,600 years
SEAL_LENGTH = 16  #: characters, of 5 bits each
SEAL_BYTES = 10
VERP_TOKEN = re.compile(
    rf"([0-9a-z]{{1,7}})([0-9a-z]{{{DAY_LENGTH}}})([a-z2-7]{{{SEAL_LENGTH}}})"
)


def return_path(
    server: Smtp, sender: str, day: date
) -> Callable[[Recipient], str]:
    """Return a function that gives the envelope sender of each message of an edition.

    Without a return path in the settings that is the sender's own address.
    """
    if not (server.return_path and server.verp):
        shared_address = server.return_path or sender
        return lambda _recipient: shared_address
    local_part, _, domain = server.return_path.rpartition("@")
    prefix = f"{local_part}{server.verp_separator}"
    return lambda recipient: f"{prefix}{verp_token(recipient, day)}@{domain}"


def verp_token(recipient: Recipient, day: date) -> str:
    """Return the part of a return path that names a recipient and an edition."""
    subscriber = _encode_base36(recipient.subscriber)
    return f"{subscriber}{_encode_day(day)}{_make_seal(recipient.token, day)}"


def read_verp(
    address: str,
    server: Smtp,
    tokens_of: TokensOf,
    newsletters: Iterable[str],
) -> DeliveryProof | None:
    """Return the delivery that a return path is of; None if it was not made here.

    `tokens_of` gives a subscriber's token for a newsletter by each of our keys; `newsletters` are
    the keys of those it may be of.
    """
    our_local_part, _, our_domain = server.return_path.lower().rpartition("@")
    local_part, _, domain = address.lower().rpartition("@")
    prefix = f"{our_local_part}{server.verp_separator}"
    is_ours = domain == our_domain and local_part.startswith(prefix)
    if not our_local_part or not is_ours:
        return None
    match = VERP_TOKEN.fullmatch(local_part.removeprefix(prefix))
    if match is None:
        return None
    subscriber = int(match[1], 36)
    day = FIRST_DAY + timedelta(days=int(match[2], 36))
    for newsletter in newsletters:
        tokens = tokens_of(subscriber, newsletter)
        if match[3] in [_make_seal(token, day) for token in tokens]:
            return DeliveryProof(subscriber, EditionKey(newsletter, day))
    return None


def _make_seal(token: str, day: date) -> str:
    """Return a digest over a subscriber's token and a day, which only we can make."""
    digest = hashlib.sha256(
        f"return path {token} {day}".encode("ascii")
    ).digest()
    return b32encode(digest[:SEAL_BYTES]).decode("ascii").lower()


def _encode_day(day: date) -> str:
    return _encode_base36((day - FIRST_DAY).days).rjust(DAY_LENGTH, "0")


def _encode_base36(number: int) -> str:
    digits = ""
    while True:
        number, remainder = divmod(number, 36)
        digits = DIGITS[remainder] + digits
        if not number:
            return digits
