"""Signup: people ask for the newsletter, confirm by a link that is mailed, and are welcomed.

Each mail is stored before the request is answered, and retried until it is accepted or obsolete:
nobody is lost by a mail server that greylists (RFC 6647) or is down.
"""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256
from typing import TYPE_CHECKING

from itsdangerous import Signer

from digest.audience import validate_address
from digest.errors import DigestError, TooManyTries, TransportDown
from digest.model import (
    ROOT_NEWSLETTER,
    AttemptLimit,
    DeliveryState,
    Outcome,
    Subscriber,
    network_of,
)
from digest.services.subscriptions import Subscriptions
from digest.settings import Newsletter, Settings
from digest.store.notices import CONFIRM, WaitingMail

if TYPE_CHECKING:
    from digest.store import Store
    from digest.store.signups import SignupRequest

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

#: Mails a notice (by its name) to a person, with a token, about newsletters (keys): the first of
#: these sends it.
Notify = Callable[[str, Subscriber, str, tuple[str, ...]], Outcome]

log = logging.getLogger("digest")


@dataclass(frozen=True, slots=True)
class ConfirmedPerson:
    """Somebody who confirmed, and what they confirmed."""

    person: Subscriber
    newsletters: tuple[str, ...]  #: keys


class Ended(Enum):
    """Result of an attempt to send a mail."""

    TAKEN = "taken"
    LEFT = "left"  #: not needed, claimed by another process, tried again later, or given up
    DOWN = "down"  #: nothing takes mail now


class TooMany(TooManyTries):
    """Too many requests."""


class NoSuchNewsletter(DigestError):
    """Somebody asks for a newsletter that is not there, or not for the public."""


class Signup:
    """Signing up for newsletters, with double opt-in."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        notify: Notify,
        clock: Callable[[], datetime],
    ) -> None:
        """Use a store; `notify` mails a notice to a person."""
        self._settings = settings
        self._store = store
        self._send_notice = notify
        self._clock = clock
        self._subscriptions = Subscriptions(settings, store, clock)
        self._mail_threads = ThreadPoolExecutor(2, "joining")
        self._mailings: deque[Future[Ended]] = deque(maxlen=1000)

    def request_signup(
        self,
        address: str,
        name: str,
        source: str,
        site: str,
        newsletters: Sequence[str] = (),
    ) -> None:
        """Ask an address back whether it wants mail; `source` is the internet address that asks.

        `newsletters` are keys; none for the newsletter of these settings.

        Whether it is subscribed already, and what comes of the mail, shows neither in the answer
        nor in its time: both are seen to afterwards, see `wait`. Raises TooMany, NoSuchNewsletter,
        and DigestError if it is no address.
        """
        asked = self._check_newsletters(newsletters)
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
            CONFIRM, applicant, now, now + LINK_PERIOD, asked
        )
        self._mailings.append(
            self._mail_threads.submit(self._send_mail, number)
        )

    def _check_newsletters(self, newsletters: Sequence[str]) -> list[str]:
        """Return what may be asked for. Raises NoSuchNewsletter: internal ones are none."""
        public = [one.key for one in self._subscriptions.list_public()]
        asked = list(newsletters) or [self._settings.newsletter.key]
        not_public = [key for key in asked if key not in public]
        if not_public:
            raise NoSuchNewsletter(
                f"expected one of {', '.join(public)}, found {not_public[0]!r}"
            )
        return sorted(set(asked), key=public.index)

    def wait_for_mails(self) -> None:
        """Wait until everybody who asked has been asked back."""
        while self._mailings:
            self._mailings.pop().result()

    def list_named(self, token: str) -> list[Newsletter]:
        """Return the newsletters that the mail of a confirmation named; none if it is no good."""
        if not self._store.subscribers.stored_keys():
            return []  # nothing was ever signed
        request = self._read_token(token)
        if request is None:
            return []
        return [
            one
            for one in self._subscriptions.list_public()
            if one.key in request.newsletters
        ]

    def confirm_signup(self, token: str, source: str) -> ConfirmedPerson | None:
        """Make a subscriber of who asked, and welcome them; None if the link is no good (any more).

        That a welcome cannot be mailed now stops nothing: it is tried again.
        """
        now = self._clock()
        request = self._read_token(token)
        if request is None:
            return None
        if self._store.signups.is_mailed(request.address, request.newsletters):
            return None
        former = self._store.subscribers.find_subscriber(request.address)
        if former is not None:
            self._subscriptions.settle_departure(former)
        consent = f"{source} {now:%Y-%m-%d %H:%M} UTC"
        confirmed = self._store.signups.confirm_request(
            request, consent, now, now + LINK_PERIOD
        )
        if confirmed is None:
            return None
        self._send_mail(confirmed.welcome)
        return ConfirmedPerson(confirmed.person, confirmed.newsletters)

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
        return bool(self._list_concerned(claimed))

    def _list_concerned(self, claimed: WaitingMail) -> tuple[str, ...]:
        """Return the newsletters that a mail is about, of those that there still are.

        A confirmation is about those that its person does not get yet, a welcome about those that
        they get.
        """
        public = {one.key for one in self._subscriptions.list_public()}
        is_confirmation = claimed.kind == CONFIRM
        concerned: list[str] = []
        for key in claimed.newsletters:
            gets_it = self._store.signups.is_mailed(
                claimed.person.address, [key]
            )
            if key in public and gets_it != is_confirmation:
                concerned.append(key)
        return tuple(concerned)

    def _send_claimed(self, claimed: WaitingMail) -> Outcome:
        newsletters = self._list_concerned(claimed)
        if claimed.kind != CONFIRM:
            return self._send_notice(
                claimed.kind, claimed.person, "", newsletters
            )
        request = self._store.signups.add_request(
            claimed.person, claimed.asked_at, newsletters
        )
        return self._send_notice(
            CONFIRM,
            claimed.person,
            self._make_token(request, request.newsletters),
            request.newsletters,
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

    def _make_token(
        self, request: "SignupRequest", newsletters: Sequence[str]
    ) -> str:
        """Return the token of a confirmation's link.

        The nonce is random and used once, so no other row can have it; the signature binds it to
        this exact address, these newsletters, and its purpose.
        """
        signed_text = _signed_text(request, newsletters)
        signature = self._make_signer().get_signature(signed_text)
        return f"{request.nonce}.{signature.decode('ascii')}"

    def _read_token(self, token: str) -> "SignupRequest | None":
        """Return the request that a token confirms, with the newsletters that its mail named.

        What was asked for later, perhaps by somebody else, stands behind them in what is stored.
        Newsletters that are not public, or no more, are left out. None if the link is no good.
        """
        nonce, _, signature = token.partition(".")
        request = self._store.signups.find_request(nonce)
        if request is None:
            return None
        if self._clock() > request.asked_at + LINK_PERIOD:
            return None
        named = self._find_named(request, signature)
        public = {one.key for one in self._subscriptions.list_public()}
        confirmable = tuple(key for key in named if key in public)
        if not confirmable:
            return None
        return replace(request, newsletters=confirmable)

    def _find_named(
        self, request: "SignupRequest", signature: str
    ) -> tuple[str, ...]:
        """Return the newsletters that a signature is for; none if it is not ours."""
        signer = self._make_signer()
        for count in range(len(request.newsletters), 0, -1):
            named = request.newsletters[:count]
            signed_text = _signed_text(request, named).encode()
            if signer.verify_signature(signed_text, signature):
                return named
        return ()


def _signed_text(request: "SignupRequest", newsletters: Sequence[str]) -> str:
    """Return what a confirmation's link signs; for the root newsletter alone as it ever was."""
    signed_text = f"{request.nonce} {request.address}"
    if list(newsletters) == [ROOT_NEWSLETTER]:
        return signed_text
    return f"{signed_text} {' '.join(newsletters)}"


def pause_after(tries: int) -> timedelta:
    """Return how long a mail waits that was tried so often."""
    pause = FIRST_PAUSE
    for _ in range(1, min(tries, 10)):
        pause *= 2
    return min(pause, LONGEST_PAUSE)


def network_of_source(source: str) -> str:
    """Return the network of an internet address, as one household or office has it."""
    return network_of(source, V4, V6)
