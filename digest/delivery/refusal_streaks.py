"""Refusal tracker: distinguishes a refusal of the sender from refusals of single recipients.

One refusal proves little: servers use codes loosely. The following ones prove more. A refused
recipient stays queued until another is accepted after them: then the refusal was about them, and
they are excluded. If nobody is accepted any more, it is about us, and all are queued again.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from threading import Lock

from digest.errors import SenderRefused
from digest.model import DeliveryState, Outcome, Recipient, RefusalScope

#: So many of a kind in a row, and nobody accepted between them, are about us. A refusal that names us is
#: believed soonest; unknown addresses come in long rows where a list is old.
SENDER_REFUSED_AFTER = {
    RefusalScope.US: 3,
    RefusalScope.UNCLEAR: 5,
    RefusalScope.US_LATER: 10,
    RefusalScope.READER: 25,
    RefusalScope.GONE: 25,
}
MAX_STREAK_LENGTH = 50  #: the newest refusals in a row that are kept
#: The same at the end of a pass in which nobody at all was accepted.
SENDER_REFUSED_AT_END = {
    RefusalScope.US: 1,
    RefusalScope.UNCLEAR: 2,
    RefusalScope.US_LATER: 1,
    RefusalScope.READER: 5,
    RefusalScope.GONE: 5,
}
#: So many refusals that name us are believed where all are of one domain that accepted nobody.
SENDER_REFUSED_BY_DOMAIN_AFTER = 10
#: Unknown addresses of one domain that are suppressed although it accepted fewer: more of them are
#: a server that has lost its list of users (iCloud had an hour of that on 26 April 2021).
MAX_GONE_PER_DOMAIN = 4
#: Names of transports in messages.
PROVIDER_NAMES = {"smtp": "the mail server", "sendgrid": "SendGrid"}
#: Words at the start of a refusal that are its status and codes.
CODE_WORDS = 3


@dataclass(frozen=True, slots=True)
class RefusedReader:
    """A recipient and their refusal."""

    person: Recipient
    outcome: Outcome

    @property
    def mail_domain(self) -> str:
        """The mail domain of the recipient, in lower case."""
        return mail_domain_of(self.person)

    @property
    def comparable_text(self) -> str:
        """The refusal without addresses, numbers and ids: equal for refusals that say the same."""
        words = self.outcome.detail.replace(self.person.address, "").split()
        common_words = words[:CODE_WORDS]
        for word in words[CODE_WORDS:]:
            if not re.search(r"[\d@]", word):
                common_words.append(word)
        return " ".join(common_words)


@dataclass(frozen=True, slots=True)
class Conclusion:
    """The result of a pass over the queue: which refused recipients to exclude, and which to retry."""

    #: Refused for themselves.
    excluded: tuple[RefusedReader, ...] = ()
    #: Of these, those whose address does not exist: it is suppressed.
    gone: tuple[RefusedReader, ...] = ()
    #: Refused because of us, or not decided: to be queued again.
    queue_again: tuple[RefusedReader, ...] = ()
    #: Says what is wrong with us; None if nothing is.
    sender_refused: SenderRefused | None = None


class RefusalTracker:
    """The refusals of one pass through one transport, over all its connections.

    Every connection records its outcomes here; threads may do so at the same time.
    """

    def __init__(self, transport: str) -> None:
        """Begin a pass through a transport, named as the settings do."""
        self._provider = PROVIDER_NAMES.get(transport, transport)
        self._lock = Lock()
        #: Refused since the last acceptance.
        self._streak: list[RefusedReader] = []
        #: Refused before that: for themselves.
        self._refused_for_themselves: list[RefusedReader] = []
        self._accepted_by_domain: Counter[str] = Counter()
        self._sender_refused: SenderRefused | None = None

    def raise_if_sender_refused(self) -> None:
        """Raise SenderRefused once it is plain that the provider refuses us."""
        if self._sender_refused is not None:
            raise self._sender_refused

    def record_outcome(self, person: Recipient, outcome: Outcome) -> Outcome:
        """Record one outcome; return the one that the ledger is to store now."""
        if outcome.state == DeliveryState.ACCEPTED:
            self.record_accepted([person])
            return outcome
        if outcome.about is None or outcome.about == RefusalScope.LATER:
            return outcome
        with self._lock:
            self._streak.append(RefusedReader(person, outcome))
            if self._sender_refused is None and self._streak_proves_fault():
                self._sender_refused = self._describe_fault()
        return replace(outcome, state=DeliveryState.QUEUED)

    def record_accepted(self, people: Iterable[Recipient]) -> None:
        """Record accepted recipients: refusals before them were about the refused themselves."""
        with self._lock:
            self._accepted_by_domain.update(
                mail_domain_of(person) for person in people
            )
            if self._streak and self._sender_refused is None:
                self._refused_for_themselves += self._streak
                self._streak = []

    def conclude_pass(self, *, finished: bool) -> Conclusion:
        """Decide on the refused recipients; `finished` if nobody is left to try."""
        with self._lock:
            if (
                finished
                and self._sender_refused is None
                and self._end_of_pass_proves_fault()
            ):
                self._sender_refused = self._describe_fault()
            for_themselves = list(self._refused_for_themselves)
            queue_again: list[RefusedReader] = []
            if finished and self._sender_refused is None:
                for_themselves += self._streak
            else:
                queue_again += self._streak
            excluded = [
                refused
                for refused in for_themselves
                if refused.outcome.about != RefusalScope.US_LATER
            ]
            return Conclusion(
                excluded=tuple(excluded),
                gone=self._find_gone(excluded),
                queue_again=tuple(queue_again),
                sender_refused=self._sender_refused,
            )

    # Inside

    def _streak_proves_fault(self) -> bool:
        """Return whether the present streak is about us; the newest refusal is its last."""
        newest = self._streak[-1]
        about = newest.outcome.about
        if about is None:
            return False
        alike = self._refused_like(newest)
        if len(alike) < SENDER_REFUSED_AFTER[about]:
            return False
        if self._are_of_one_domain(alike):
            return (
                about == RefusalScope.US
                and len(alike) >= SENDER_REFUSED_BY_DOMAIN_AFTER
            )
        return True

    def _refused_like(self, newest: RefusedReader) -> list[RefusedReader]:
        """Return the refusals of the streak that are of the newest one's kind.

        Unclear ones are of a kind if they say the same.
        """
        about = newest.outcome.about
        alike = [
            refused
            for refused in self._streak[-MAX_STREAK_LENGTH:]
            if refused.outcome.about == about
        ]
        if about != RefusalScope.UNCLEAR:
            return alike
        text = newest.comparable_text
        return [refused for refused in alike if refused.comparable_text == text]

    def _are_of_one_domain(
        self, refused_readers: Sequence[RefusedReader]
    ) -> bool:
        """Return whether all are of one domain that accepted nobody, while others did."""
        domains = {refused.mail_domain for refused in refused_readers}
        if len(domains) > 1 or not self._accepted_by_domain:
            return False
        return not domains & set(self._accepted_by_domain)

    def _end_of_pass_proves_fault(self) -> bool:
        """Return whether the streak at the end of the queue is about us."""
        counts = Counter(refused.outcome.about for refused in self._streak)
        if counts[RefusalScope.US]:
            return True
        if self._accepted_by_domain:
            return False
        return any(
            counts[about] >= enough
            for about, enough in SENDER_REFUSED_AT_END.items()
        )

    def _describe_fault(self) -> SenderRefused:
        """Return the error for a person, with the provider's words."""
        plainest = min(self._streak, key=_patience_with).outcome
        reply = plainest.detail.partition(": ")[2].rstrip(".")
        if plainest.about in (RefusalScope.US, RefusalScope.US_LATER):
            fault = f"{self._provider} refuses our mail, not a single recipient"
        else:
            fault = (
                f"{self._provider} refused {len(self._streak)} in a row and accepted nobody "
                "between them, so the cause is our mail and not the recipients"
            )
        return SenderRefused(
            f"{fault}: {reply}. {plainest.advice}. Nobody is skipped: recipients not "
            "mailed yet stay queued; fix this, then send again"
        )

    def _find_gone(
        self, excluded: Sequence[RefusedReader]
    ) -> tuple[RefusedReader, ...]:
        """Return those whose address certainly does not exist.

        A server that calls more people unknown than it accepts is wrong about them, or about us.
        """
        gone = [
            refused
            for refused in excluded
            if refused.outcome.about == RefusalScope.GONE
        ]
        if len(gone) > self._accepted_by_domain.total():
            return ()
        gone_by_domain = Counter(refused.mail_domain for refused in gone)
        believed_domains = {
            domain
            for domain, gone_count in gone_by_domain.items()
            if gone_count <= self._max_gone(domain)
        }
        return tuple(
            refused
            for refused in gone
            if refused.mail_domain in believed_domains
        )

    def _max_gone(self, domain: str) -> int:
        return max(MAX_GONE_PER_DOMAIN, self._accepted_by_domain[domain])


def _patience_with(refused: RefusedReader) -> int:
    """Return how many refusals of this kind are borne before they are about us."""
    return SENDER_REFUSED_AFTER.get(
        refused.outcome.about or RefusalScope.GONE, 0
    )


def mail_domain_of(person: Recipient) -> str:
    """Return the mail domain of a recipient, in lower case."""
    return person.address.rpartition("@")[2].lower()
