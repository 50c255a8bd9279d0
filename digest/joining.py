"""How people join: they ask, they are asked back, they confirm, they are welcomed."""

import hashlib
import ipaddress
import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from itsdangerous import BadSignature, Signer

from digest.errors import DigestError
from digest.model import Subscriber
from digest.subscribers import checked

if TYPE_CHECKING:
    from digest.store import Store

#: How long a confirmation's link is good, and how long who does not confirm is kept.
GOOD = timedelta(hours=48)
#: Tries an hour from one network, and confirmations a day to one address: against list bombing
#: (listmonk #308, #2038; Ghost #9418).
PER_NETWORK, PER_ADDRESS = 20, 3
#: Of an address, what counts as one network (RFC 6177, 2: sites are given /48 to /64).
V4, V6 = 24, 64


log = logging.getLogger("digest")


class TooMany(DigestError):
    """Somebody asks too often."""


class Joining:
    """Who asks for one newsletter, and confirms it."""

    def __init__(
        self,
        store: Callable[[], "Store"],
        notify: Callable[[str, Subscriber, str], None],
        clock: Callable[[], datetime],
    ) -> None:
        """Work on a store; `notify` mails a notice (by its name) to somebody, with a token."""
        self._open, self._notify, self._clock = store, notify, clock
        self._mailing = ThreadPoolExecutor(2, "joining")
        self._jobs: deque[Future[None]] = deque(maxlen=1000)

    def ask(self, address: str, name: str, source: str, site: str) -> None:
        """Ask an address back whether it wants mail; `source` is the internet address that asks.

        Whether it is subscribed already, and what comes of the mail, shows neither in the answer
        nor in its time: both are seen to afterwards, see `wait`. Raises TooMany, and DigestError
        if it is no address.
        """
        clean = "".join(letter if letter.isprintable() else " " for letter in name)
        person = Subscriber(checked(address), " ".join(clean.split())[:200])
        now, tries = self._clock(), self._open().attempts
        key, place = f"join {person.address.casefold()}", f"join {network(source)}"
        if tries.count(now - timedelta(hours=1), source=place) >= PER_NETWORK:
            raise TooMany("too many requests; try again in an hour")
        tries.note(key, place, now)  # first, so that of many at once each counts the others
        often = tries.count(now - timedelta(days=1), name=key) > PER_ADDRESS
        said = f"form on {site}, asked {now:%Y-%m-%d %H:%M} UTC from {source}"
        asked = Subscriber(person.address, person.name, said)
        if not often:
            self._jobs.append(self._mailing.submit(self._ask_back, asked, now))

    def wait(self) -> None:
        """Wait until everybody who asked has been asked back."""
        while self._jobs:
            self._jobs.pop().result()

    def _ask_back(self, asked: Subscriber, now: datetime) -> None:
        known = self._open().subscribers.find(asked.address)
        if known and known.left_at is None:
            return
        number = self._open().subscribers.ask(asked, now)
        try:
            self._notify("confirm", asked, self._token(number))
        except DigestError as e:  # they can ask again; nobody waits for an answer any more
            log.warning("a confirmation was not mailed: %s", e)

    def confirm(self, token: str, source: str) -> Subscriber | None:
        """Make a subscriber of who asked, and welcome them; None if the link is no good (any more).

        That a welcome cannot be mailed stops nothing.
        """
        now = self._clock()
        number = self._read(token)
        said = f"{source} {now:%Y-%m-%d %H:%M} UTC"
        person = self._open().subscribers.confirm(number, said, now) if number else None
        if person:
            with suppress(DigestError):  # they are in all the same, and the page says so
                self._notify("welcome", person, "")
        return person

    def forget(self) -> int:
        """Forget who asked and did not confirm in time; return how many."""
        return self._open().subscribers.forget_pending(self._clock() - GOOD)

    def _signer(self) -> Signer:
        keys = self._open().subscribers.keys(self._clock())
        return Signer(keys, salt="confirm", key_derivation="hmac", digest_method=hashlib.sha256)

    def _token(self, number: int) -> str:
        """Return what a confirmation's link holds: whose it is, and until when it is good."""
        until = int((self._clock() + GOOD).timestamp())
        return self._signer().sign(f"{number}.{until}").decode("ascii")

    def _read(self, token: str) -> int:
        """Return whose link it is; 0 if we did not make it, or it is too old."""
        try:
            number, until = self._signer().unsign(token).decode("ascii").split(".")
        except (BadSignature, ValueError):
            return 0
        return int(number) if self._clock().timestamp() <= int(until) else 0


def network(source: str) -> str:
    """Return the network of an internet address, as one household or office has it."""
    try:
        address = ipaddress.ip_address(source)
    except ValueError:
        return source[:40]
    return str(ipaddress.ip_network((address, V4 if address.version == 4 else V6), strict=False))
