"""Signup: people ask for the newsletter, confirm by a link that is mailed, and are welcomed.

Each mail is stored before the request is answered, and retried until it is accepted or obsolete:
nobody is lost by a mail server that greylists (RFC 6647) or is down.
"""

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256
from typing import TYPE_CHECKING

from itsdangerous import Signer

from digest.audience import validate_address
from digest.errors import DigestError, TooManyTries, TransportDown
from digest.model import (
    AttemptLimit,
    DeliveryState,
    Outcome,
    Subscriber,
    network_of,
)
from digest.store.notices import CONFIRM, WaitingMail

if TYPE_CHECKING:
    from digest.store import Store

#: Validity of a confirmation's link; unconfirmed signups are deleted after it.
LINK_PERIOD = timedelta(hours=48)
#: Tries an hour from one network, and confirmations a day to one address: against list bombing
#: (listmonk #308, #2038; Ghost #9418).
PER_NETWORK = 20
PER_ADDRESS = 3
#: Prefix length of an address that counts as one network (RFC 6177, 2: sites are given /48 to /64).
V4 = 24
V6 = 64
#: A mail that was not taken is tried again after this, then after twice as long each time, up to
#: LONGEST_PAUSE. Who greylists wants to see us again after some minutes (RFC 6647, 4.4); RFC 5321,
#: 4.5.4.1 asks for longer pauses the longer it lasts.
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=4)
MAY_HAVE_LEFT = "it may have left, and no mail is sent twice"

log = logging.getLogger("digest")


class Ended(Enum):
    """Result of an attempt to send a mail."""

    TAKEN = "taken"
    LEFT = "left"  #: not needed, claimed by another process, tried again later, or given up
    DOWN = "down"  #: nothing takes mail now


class TooMany(TooManyTries):
    """Too many requests."""


class Signup:
    """Signing up for one newsletter, with double opt-in."""

    def __init__(
        self,
        store: "Store",
        notify: Callable[[str, Subscriber, str], Outcome],
        clock: Callable[[], datetime],
    ) -> None:
        """Use a store; `notify` mails a notice (by its name) to a person, with a token."""
        self._store = store
        self._send_notice = notify
        self._clock = clock
        self._mail_threads = ThreadPoolExecutor(2, "joining")
        self._mailings: deque[Future[Ended]] = deque(maxlen=1000)

    def request_signup(
        self, address: str, name: str, source: str, site: str
    ) -> None:
        """Ask an address back whether it wants mail; `source` is the internet address that asks.

        Whether it is subscribed already, and what comes of the mail, shows neither in the answer
        nor in its time: both are seen to afterwards, see `wait`. Raises TooMany, and DigestError
        if it is no address.
        """
        clean = "".join(
            letter if letter.isprintable() else " " for letter in name
        )
        person = Subscriber(
            validate_address(address), " ".join(clean.split())[:200]
        )
        now = self._clock()
        tries = self._store.login_attempts
        key = f"join {person.address.casefold()}"
        place = f"join {network_of_source(source)}"
        hourly = AttemptLimit(PER_NETWORK, timedelta(hours=1), source=place)
        taken, wait = tries.note_attempt(key, place, now, [hourly])
        if not taken:
            raise TooMany("too many requests; try again in an hour", wait)
        mailed = f"mailed {key}"
        daily = AttemptLimit(PER_ADDRESS, timedelta(days=1), name=mailed)
        may_be_mailed, _ = tries.note_attempt(mailed, "", now, [daily])
        if not may_be_mailed:
            return
        consent = (
            f"form on {site}, asked {now:%Y-%m-%d %H:%M} UTC from {source}"
        )
        applicant = Subscriber(person.address, person.name, consent)
        number = self._store.notices.add_notice(
            CONFIRM, applicant, now, now + LINK_PERIOD
        )
        self._mailings.append(
            self._mail_threads.submit(self._send_mail, number)
        )

    def wait_for_mails(self) -> None:
        """Wait until everybody who asked has been asked back."""
        while self._mailings:
            self._mailings.pop().result()

    def confirm_signup(self, token: str, source: str) -> Subscriber | None:
        """Make a subscriber of who asked, and welcome them; None if the link is no good (any more).

        That a welcome cannot be mailed now stops nothing: it is tried again.
        """
        now = self._clock()
        nonce, _, signature = token.partition(".")
        signup = self._store.signups.find_request(nonce)
        if signup is None or now > signup.asked_at + LINK_PERIOD:
            return None
        signed_text = _signed_text(signup.address, nonce).encode()
        if not self._make_signer().verify_signature(signed_text, signature):
            return None
        consent = f"{source} {now:%Y-%m-%d %H:%M} UTC"
        confirmed = self._store.signups.confirm_request(
            signup, consent, now, now + LINK_PERIOD
        )
        if confirmed is None:
            return None
        self._send_mail(confirmed.welcome)
        return confirmed.person

    def forget_unconfirmed(self) -> int:
        """Forget who asked and did not confirm in time; return how many."""
        return self._store.signups.forget_old_requests(
            self._clock() - LINK_PERIOD
        )

    # Mails that wait

    def has_mail_due(self) -> bool:
        """Return whether a mail waits whose time to be tried has come, or is over."""
        return self._store.notices.has_work(self._clock())

    def send_waiting_mails(self) -> int:
        """Send the mails that are due; return how many were accepted.

        Obsolete mails are given up, and logged. Several processes may do this at once.
        """
        for kind, why in self._store.notices.give_up_late_notices(
            self._clock()
        ):
            log.warning(
                "a mail (%s) is given up: %s",
                kind,
                why or "nothing tried to send it",
            )
        number_taken = 0
        for number in self._store.notices.list_due_notices(self._clock()):
            ended = self._send_mail(number)
            if ended is Ended.TAKEN:
                number_taken += 1
            if ended is Ended.DOWN:
                break  # the others would meet the same
        return number_taken

    def _send_mail(self, number: int) -> "Ended":
        """Send one mail, unless another process does; return the result.

        On any failure it is tried again or given up.
        """
        claimed = self._store.notices.claim_notice(number, self._clock())
        if claimed is None:
            return Ended.LEFT
        if not self._is_needed(claimed):
            self._store.notices.delete_notice(claimed)
            return Ended.LEFT
        is_transport_down = False
        try:
            outcome = self._send_claimed(claimed)
        except (
            DigestError
        ) as error:  # nothing has left: no server, no template, no key
            outcome = Outcome(DeliveryState.QUEUED, str(error))
            is_transport_down = isinstance(error, TransportDown)
        except Exception:
            log.exception("a mail (%s) could not be handed over", claimed.kind)
            outcome = Outcome(
                DeliveryState.UNCERTAIN, "an error of ours; the log has it"
            )
        taken = self._record_outcome(claimed, outcome)
        if is_transport_down:
            return Ended.DOWN
        if taken:
            return Ended.TAKEN
        return Ended.LEFT

    def _is_needed(self, claimed: WaitingMail) -> bool:
        """Return whether a mail is still needed: a confirmation, by a person not yet subscribed."""
        gets_it = self._store.signups.is_mailed(claimed.person.address)
        return gets_it != (claimed.kind == CONFIRM)

    def _send_claimed(self, claimed: WaitingMail) -> Outcome:
        if claimed.kind != CONFIRM:
            return self._send_notice(claimed.kind, claimed.person, "")
        signup = self._store.signups.add_request(
            claimed.person, claimed.asked_at
        )
        return self._send_notice(
            CONFIRM,
            claimed.person,
            self._make_token(signup.address, signup.nonce),
        )

    def _record_outcome(self, claimed: WaitingMail, outcome: Outcome) -> bool:
        """Note what became of a mail; say whether it was taken."""
        notices = self._store.notices
        now = self._clock()
        if outcome.state == DeliveryState.ACCEPTED:
            notices.delete_notice(claimed)
            return True
        again = now + pause_after(claimed.tries)
        if claimed.kind == CONFIRM:
            name = "a confirmation"
        else:
            name = f"a mail of {claimed.kind}"
        if outcome.state == DeliveryState.QUEUED and again < claimed.good_until:
            notices.postpone_notice(claimed, again, outcome.detail)
            log.warning(
                "%s was not mailed yet; it is tried again: %s",
                name,
                outcome.detail,
            )
            return False
        doubt = ""
        if outcome.state == DeliveryState.UNCERTAIN:
            doubt = f" ({MAY_HAVE_LEFT})"
        notices.give_up_notice(claimed, now, f"{outcome.detail}{doubt}")
        log.warning(
            "%s was not mailed and is given up: %s%s",
            name,
            outcome.detail,
            doubt,
        )
        return False

    # Links

    def _make_signer(self) -> Signer:
        keys = self._store.subscribers.ensure_signing_keys(self._clock())
        return Signer(
            keys,
            salt="confirm once",
            key_derivation="hmac",
            digest_method=sha256,
        )

    def _make_token(self, address: str, nonce: str) -> str:
        """Return the token of a confirmation's link.

        The nonce is random and used once, so no other row can have it; the signature binds it to
        this exact address and purpose.
        """
        return f"{nonce}.{self._make_signer().get_signature(_signed_text(address, nonce)).decode('ascii')}"


def _signed_text(address: str, nonce: str) -> str:
    return f"{nonce} {address}"


def pause_after(tries: int) -> timedelta:
    """Return how long a mail waits that was tried so often."""
    pause = FIRST_PAUSE
    for _ in range(1, min(tries, 10)):
        pause *= 2
    return min(pause, LONGEST_PAUSE)


def network_of_source(source: str) -> str:
    """Return the network of an internet address, as one household or office has it."""
    return network_of(source, V4, V6)
