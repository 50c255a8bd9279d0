"""Returned mail: read from a mailbox or a file, recorded for the subscriber whom a token proves.

Reports come from strangers and anybody can write one. Nobody is suppressed for an address that a
report names: it must hold the subscriber's own token (in the headers of our message), our
Message-ID, or have come to a return path that was made for that message alone. One exception: a
request to unsubscribe from the subscriber's own address. Forging one costs a person a newsletter,
which they can subscribe to again; ignoring a real one would be worse.

Each proof says which newsletter it is of: a request to unsubscribe leaves that one, or all if nothing
says which. Bounces and complaints are of the address, and hold for all.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING

from digest.errors import DigestError
from digest.model import (
    ROOT_NEWSLETTER,
    EditionKey,
    Fate,
    ProviderEvent,
    Subscriber,
)
from digest.model.returned import (
    NEED_PROOF,
    DeliveryProof,
    ReturnedMessage,
    ReturnedOutcome,
    Verdict,
)
from digest.services.sending_context import SendingContext
from digest.services.subscriptions import Subscriptions

if TYPE_CHECKING:
    from digest.delivery import UnsubscribeTokens

FATES = {
    Verdict.BOUNCED: Fate.BOUNCED,
    Verdict.BLOCKED: Fate.BLOCKED,
    Verdict.DEFERRED: Fate.DEFERRED,
    Verdict.DELIVERED: Fate.DELIVERED,
    Verdict.COMPLAINED: Fate.COMPLAINED,
}
#: What a renewed consent makes void, if it is of a time before. A wish to be unsubscribed only if
#: old mail is read again: a reader's clock may be wrong, and their no is heeded in doubt.
VOIDED_BY_CONSENT = frozenset({Verdict.BOUNCED, Verdict.COMPLAINED})
MAX_EVENT_ID_LENGTH = 100  #: characters
VOIDED_IN_OLD_MAIL = VOIDED_BY_CONSENT | {Verdict.LEFT}


@dataclass(slots=True)
class ReturnedTally:
    """Result of one reading; `outcomes` has one entry for each mail that was read."""

    outcomes: list[ReturnedOutcome] = field(default_factory=list)
    #: left for a person by an earlier reading, and still in the mailbox
    waiting: int = 0
    problem: str = ""  #: reason why the reading ended early; "" if it did not

    def counts(self) -> dict[str, int]:
        """Return how many mails there were of each verdict, all verdicts named; sums are `read`."""
        counted = Counter(outcome.verdict for outcome in self.outcomes)
        return {str(verdict): counted[verdict] for verdict in Verdict}

    @property
    def read(self) -> int:
        """Number of mails that were read."""
        return len(self.outcomes)


@dataclass(frozen=True, slots=True)
class _Proven:
    """The subscriber that a mail is about, by a proof that only we could have made."""

    subscriber: int
    newsletter: str
    day: date | None  #: of its edition; None if it does not say


@dataclass(frozen=True, slots=True)
class _Report:
    """A returned mail, and what it is about as far as that is known."""

    returned: ReturnedMessage
    person: Subscriber
    newsletters: tuple[str, ...] = ()  #: their keys; none if nothing says which
    edition: EditionKey | None = None


class ReturnedMail:
    """The returned mail of one working folder."""

    def __init__(self, context: SendingContext) -> None:
        self._workspace = context.workspace
        self._delivery = context.delivery
        self._store = context.store
        self._open_tokens = context.open_tokens
        self._clock = context.clock
        self._subscriptions = Subscriptions(
            context.settings, context.store, context.clock
        )

    @property
    def has_mailbox(self) -> bool:
        """Whether the settings name a mailbox."""
        return bool(self._delivery.bounces.host)

    def read_mailbox(
        self, *, everything: bool = False, dry_run: bool = False
    ) -> ReturnedTally:
        """Read new mail of the mailbox, or everything; record it, and put it away.

        Mail that is not understood stays there, unread and flagged. Raises DigestError if none is set,
        Busy if another process reads it. A failure of the mailbox on the way is the tally's
        problem: what was recorded before stays recorded, and is put away next time.
        """
        from digest.delivery.bounces import open_mailbox

        if not self.has_mailbox:
            raise DigestError(
                "no mailbox is set; set delivery.bounces.host in feeds.yaml, or give a file"
            )
        tally = ReturnedTally()
        password = self._workspace.secrets.imap_password
        with self._store.hold_lock("bounces"):
            try:
                with open_mailbox(self._delivery.bounces, password) as mailbox:
                    if everything:
                        tally.waiting = 0
                    else:
                        tally.waiting = mailbox.count_left_for_person()
                    for uid, message in mailbox.iterate_messages(
                        everything=everything
                    ):
                        outcome = self._record_message(
                            message, dry_run=dry_run, is_old=everything
                        )
                        tally.outcomes.append(outcome)
                        if dry_run:
                            continue
                        if outcome.verdict is Verdict.UNKNOWN:
                            mailbox.leave_for_person(uid)
                        else:
                            mailbox.put_away(uid)
            except DigestError as error:
                tally.problem = str(error)
        return tally

    def read_content(
        self, content: bytes, *, dry_run: bool = False, keep: bool = False
    ) -> ReturnedTally:
        """Read one message, or an mbox of several.

        With `keep`, what is not understood is kept in output/returned/, for a person. Raises
        DigestError if it cannot be.
        """
        from digest.delivery.bounces import split_messages

        tally = ReturnedTally()
        for octets, message in split_messages(content):
            outcome = self._record_message(message, dry_run=dry_run)
            if keep and outcome.verdict is Verdict.UNKNOWN and not dry_run:
                self._keep_message(octets)
            tally.outcomes.append(outcome)
        return tally

    # Inside

    def _record_message(
        self, message: Message | None, *, dry_run: bool, is_old: bool = False
    ) -> ReturnedOutcome:
        from digest.delivery.bounces import read_returned

        if message is None:
            return ReturnedOutcome(
                Verdict.UNKNOWN,
                "it is too large or nested too deep to be a report",
            )
        returned = read_returned(message)
        if returned.verdict in (Verdict.NOTHING, Verdict.UNKNOWN):
            return ReturnedOutcome(
                returned.verdict, returned.why, returned.about
            )
        proven = list(dict.fromkeys(self._find_proofs(returned)))
        people = {proof.subscriber for proof in proven}
        if len(people) > 1:
            return ReturnedOutcome(
                Verdict.UNKNOWN, "it speaks of several readers", returned.about
            )
        if not people:
            return self._record_without_proof(
                returned, dry_run=dry_run, is_old=is_old
            )
        person = self._store.subscribers.get_subscriber(people.pop())
        if person is None:
            why = "it is of a test, or of somebody who was forgotten"
            return ReturnedOutcome(Verdict.NOTHING, why)
        newsletters = dict.fromkeys(proof.newsletter for proof in proven)
        report = _Report(
            returned, person, tuple(newsletters), _find_edition(proven)
        )
        return self._record_report(report, dry_run=dry_run, is_old=is_old)

    def _find_proofs(self, returned: ReturnedMessage) -> Iterator[_Proven]:
        """Yield the subscribers a mail is about, by each proof in it, those with an edition first."""
        tokens = self._open_tokens()
        for proof in self._find_deliveries(returned, tokens):
            key = proof.edition
            yield _Proven(proof.subscriber, key.newsletter, key.day)
        for token in returned.tokens:
            reader = tokens.read_token(token)
            if reader is not None:
                yield _Proven(reader.subscriber, reader.newsletter, None)

    def _find_deliveries(
        self, returned: ReturnedMessage, tokens: "UnsubscribeTokens"
    ) -> Iterator[DeliveryProof]:
        """Yield the deliveries whose return path or Message-ID is in a mail."""
        from digest.delivery.message import read_message_id
        from digest.delivery.return_path import read_verp

        newsletters = self._list_newsletters()
        for address in returned.return_paths:
            verp = read_verp(
                address,
                self._delivery.smtp,
                tokens.tokens_by_every_key,
                newsletters,
            )
            if verp is not None:
                yield verp
        for message_id in returned.message_ids:
            own_id = read_message_id(message_id, tokens.tokens_by_every_key)
            if own_id is not None:
                yield own_id

    def _list_newsletters(self) -> list[str]:
        """Return the keys of all newsletters, also of those that are no longer in the settings."""
        keys = [one.key for one in self._workspace.settings.newsletters]
        former = [
            edition.newsletter for edition in self._store.editions.list_keys()
        ]
        return list(dict.fromkeys([*keys, ROOT_NEWSLETTER, *former]))

    def _record_without_proof(
        self, returned: ReturnedMessage, *, dry_run: bool, is_old: bool
    ) -> ReturnedOutcome:
        if returned.sender:
            person = self._store.subscribers.find_subscriber(returned.sender)
            if person is not None:
                return self._record_report(
                    _Report(returned, person), dry_run=dry_run, is_old=is_old
                )
            why = "asks to be unsubscribed, and is no subscriber"
            return ReturnedOutcome(Verdict.UNKNOWN, why, returned.sender)
        if returned.verdict in NEED_PROOF:
            why = f"{returned.verdict}, but nothing in it proves of whom: {returned.why}"
            return ReturnedOutcome(Verdict.UNKNOWN, why, returned.about)
        why = f"{returned.verdict}, and not said of whose mail"
        return ReturnedOutcome(Verdict.NOTHING, why, returned.about)

    def _record_report(
        self, report: _Report, *, dry_run: bool, is_old: bool
    ) -> ReturnedOutcome:
        """Record a proven report about a subscriber; the same report twice does nothing."""
        if is_old:
            voided = VOIDED_IN_OLD_MAIL
        else:
            voided = VOIDED_BY_CONSENT
        verdict = report.returned.verdict
        person = report.person
        if verdict in voided and self._is_before_consent(report):
            why = f"{verdict}, before they subscribed anew"
            return ReturnedOutcome(Verdict.NOTHING, why, person.address)
        if verdict is Verdict.LEFT:
            is_new = self._unsubscribe_person(report, dry_run=dry_run)
        else:
            is_new = dry_run or self._take_event(report)
        if not is_new:
            why = f"{verdict}, as is known already"
            return ReturnedOutcome(Verdict.NOTHING, why, person.address)
        return ReturnedOutcome(verdict, report.returned.why, person.address)

    def _unsubscribe_person(self, report: _Report, *, dry_run: bool) -> bool:
        """Unsubscribe who asks for it, of all if nothing says of what; return whether it is new."""
        person = report.person
        received = {
            one.key for one in self._subscriptions.list_received(person)
        }
        if not report.newsletters:
            is_new = person.left_at is None
            if is_new and not dry_run:
                self._subscriptions.leave_all(person.id)
            return is_new
        if not dry_run:
            for newsletter in report.newsletters:
                self._subscriptions.leave_newsletter(person.id, newsletter)
        return not received.isdisjoint(report.newsletters)

    def _take_event(self, report: _Report) -> bool:
        """Record it like a provider's event, in one transaction; return whether it is new."""
        now = self._clock()
        returned = report.returned
        person = report.person
        day = None
        newsletter = ROOT_NEWSLETTER
        edition_name = ""
        if report.edition is not None:
            day = report.edition.day
            newsletter = report.edition.newsletter
            edition_name = report.edition.short_name
        event_id = (
            f"mail {returned.verdict} {person.id} {edition_name} {returned.id}"
        )
        event = ProviderEvent(
            id=event_id[:MAX_EVENT_ID_LENGTH],
            fate=FATES[returned.verdict],
            address=person.address,
            at=now,
            edition=day,
            newsletter=newsletter,
            subscriber=person.id,
            detail=returned.why,
        )
        return self._store.provider_events.take_in_events([event], now) == 1

    def _is_before_consent(self, report: _Report) -> bool:
        """Return whether a report is about mail from before the present consent.

        An edition goes to subscribers at the time its audience was frozen, which may be days
        after its date.
        """
        consent_at = self._find_consent_time(report)
        edition = report.edition
        if consent_at is None:
            return False
        if edition is None:
            date = report.returned.date
            return date is not None and date < consent_at
        store = self._store.for_newsletter(edition.newsletter)
        sent_at = store.publications.get_send_time(edition.day)
        if sent_at:
            return sent_at < consent_at
        return edition.day < consent_at.date()

    def _find_consent_time(self, report: _Report) -> datetime | None:
        """Return since when the person wants the newsletters that a report is about."""
        times = [
            subscription.since
            for subscription in self._store.subscriptions.list_of(
                report.person.id
            )
            if subscription.newsletter in report.newsletters
        ]
        if times:
            return max(times)
        return report.person.consent_at

    def _keep_message(self, octets: bytes) -> None:
        folder = self._workspace.output_folder / "returned"
        stamp = f"{self._clock():%Y%m%d-%H%M%S}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            number = 1
            while (file := folder / f"{stamp}-{number}.eml").exists():
                number += 1
            file.write_bytes(octets)
        except OSError as e:
            raise DigestError(
                f"{folder}: cannot be written ({e.strerror})"
            ) from e

    def kept_folder(self) -> Path:
        """Return the folder of what came by a file and was not understood."""
        return self._workspace.output_folder / "returned"


def _find_edition(proven: Sequence[_Proven]) -> EditionKey | None:
    """Return the edition that the first of some proofs names; None if none does."""
    for proof in proven:
        if proof.day is not None:
            return EditionKey(proof.newsletter, proof.day)
    return None
