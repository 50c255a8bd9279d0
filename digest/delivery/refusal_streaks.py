"""Streaks of refusals: tell a fault of ours from a few readers who are refused.

One reader's refusal proves little: servers use codes loosely. What follows it proves more. Whoever
is refused stays queued until somebody else was accepted after them: then it was about them, and
they are excluded. If nobody is accepted any more, it is about us, and they all are queued again.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from threading import Lock

from digest.errors import SenderRefused
from digest.model import About, Outcome, Recipient, State

#: So many of a kind in a row, and nobody accepted between them, are about us. What names us is
#: believed soonest; unknown addresses come in long rows where a list is old.
ENOUGH = {
    About.US: 3,
    About.UNCLEAR: 5,
    About.US_LATER: 10,
    About.READER: 25,
    About.GONE: 25,
}
RECENT = 50  #: refusals of a run that are looked at
#: The same at the end of a pass in which nobody at all was accepted.
ENOUGH_AT_END = {
    About.US: 1,
    About.UNCLEAR: 2,
    About.US_LATER: 1,
    About.READER: 5,
    About.GONE: 5,
}
#: In a row of one domain that never accepted anybody, so many name us until we believe it.
ONE_DOMAIN = 10
#: Unknown addresses of one domain that are suppressed although it accepted fewer: more of them are
#: a server that has lost its list of users (iCloud had an hour of that on 26 April 2021).
FEW_GONE = 4
NAMES = {"smtp": "the mail server", "sendgrid": "SendGrid"}


@dataclass(frozen=True, slots=True)
class Refused:
    """A reader and the refusal that they met."""

    person: Recipient
    outcome: Outcome

    @property
    def domain(self) -> str:
        """The mail domain of the reader, in lower case."""
        return domain_of(self.person)

    @property
    def likeness(self) -> str:
        """What two refusals have in common that say the same: no addresses, numbers, ids."""
        words = self.outcome.detail.replace(self.person.address, "").split()
        codes = words[:3]
        rest = words[3:]
        return " ".join(
            [*codes, *(word for word in rest if not re.search(r"[\d@]", word))]
        )


@dataclass(frozen=True, slots=True)
class Ending:
    """What a pass over the queue has shown of whom it refused."""

    excluded: tuple[Refused, ...] = ()  #: refused for themselves
    #: of these, whose address does not exist: nobody may mail it
    gone: tuple[Refused, ...] = ()
    #: refused for our sake, or not decided: to be queued again
    again: tuple[Refused, ...] = ()
    fault: SenderRefused | None = None  #: says what is wrong with us


class Streak:
    """The refusals of one pass through one transport, over all its connections."""

    def __init__(self, transport: str) -> None:
        """Begin a pass through a transport, named as the settings do."""
        self._name = NAMES.get(transport, transport)
        self._lock = Lock()
        self._run: list[Refused] = []  # since somebody was accepted last
        self._odd: list[Refused] = []  # before that: refused for themselves
        self._accepted: Counter[str] = Counter()  # by domain
        self._fault: SenderRefused | None = None

    def check(self) -> None:
        """Raise SenderRefused once it is plain that the provider refuses us."""
        if self._fault is not None:
            raise self._fault

    def weigh(self, person: Recipient, outcome: Outcome) -> Outcome:
        """Take one outcome in; return what is to be recorded of it now."""
        if outcome.state == State.ACCEPTED:
            self.accept([person])
            return outcome
        if outcome.about is None or outcome.about == About.LATER:
            return outcome
        with self._lock:
            self._run.append(Refused(person, outcome))
            if self._fault is None and self._is_about_us():
                self._fault = self._said()
        return replace(outcome, state=State.QUEUED)

    def accept(self, people: Iterable[Recipient]) -> None:
        """Take in that these were accepted: whoever was refused before them, was for themselves."""
        with self._lock:
            self._accepted.update(map(domain_of, people))
            if self._run and self._fault is None:
                self._odd += self._run
                self._run = []

    def end(self, *, finished: bool) -> Ending:
        """Decide on whoever was refused; `finished` says that nobody is left to be tried."""
        with self._lock:
            if finished and self._fault is None and self._is_about_us_at_the_end():
                self._fault = self._said()
            undecided = self._fault is not None or not finished
            if undecided:
                odd = self._odd
            else:
                odd = [*self._odd, *self._run]
            excluded = [r for r in odd if r.outcome.about != About.US_LATER]
            if undecided:
                again = self._run
            else:
                again = []
            return Ending(
                tuple(excluded), self._gone(excluded), tuple(again), self._fault
            )

    # Inside

    def _is_about_us(self) -> bool:
        """Say whether the run as it stands is about us; the newest refusal is its last."""
        about = self._run[-1].outcome.about
        kind = [r for r in self._run[-RECENT:] if r.outcome.about == about]
        if about == About.UNCLEAR:
            kind = [r for r in kind if r.likeness == self._run[-1].likeness]
        if about is None or len(kind) < ENOUGH[about]:
            return False
        domains = {r.domain for r in kind}
        is_one_domain = (
            len(domains) == 1 and self._accepted and not domains & set(self._accepted)
        )
        if is_one_domain:
            return about == About.US and len(kind) >= ONE_DOMAIN
        return True

    def _is_about_us_at_the_end(self) -> bool:
        if any(r.outcome.about == About.US for r in self._run):
            return True
        if self._accepted or not self._run:
            return False
        kinds = Counter(r.outcome.about for r in self._run)
        return any(about and n >= ENOUGH_AT_END[about] for about, n in kinds.items())

    def _said(self) -> SenderRefused:
        """Return what to tell a person, with the provider's words."""
        worst = min(
            self._run, key=lambda r: ENOUGH.get(r.outcome.about or About.GONE, 0)
        )
        words = worst.outcome.detail.partition(": ")[2].rstrip(".")
        if worst.outcome.about in (About.US, About.US_LATER):
            what = f"{self._name} refuses our mail, not a reader"
        else:
            what = (
                f"{self._name} refused {len(self._run)} in a row and accepted nobody between them, "
                "so that it is about our mail and not about them"
            )
        return SenderRefused(
            f"{what}: {words}. {worst.outcome.advice}. Nobody is left out: whoever has not been "
            "served stays queued; once this is repaired, send again"
        )

    def _gone(self, excluded: Iterable[Refused]) -> tuple[Refused, ...]:
        """Return those whose address certainly does not exist.

        A server that calls more people unknown than it accepts is wrong about them, or about us.
        """
        gone = [r for r in excluded if r.outcome.about == About.GONE]
        if len(gone) > self._accepted.total():
            return ()
        by_domain = Counter(r.domain for r in gone)
        return tuple(
            r for r in gone if by_domain[r.domain] <= self._most_gone(r.domain)
        )

    def _most_gone(self, domain: str) -> int:
        return max(FEW_GONE, self._accepted[domain])


def domain_of(person: Recipient) -> str:
    """Return the mail domain of a recipient, in lower case."""
    return person.address.rpartition("@")[2].lower()
