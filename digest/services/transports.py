"""Whoever carries the mail: opened, kept within their rates, asked what they hold."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from digest.errors import TransportDown
from digest.model import CallOff, Letter, Outcome, Recipient, Refusal, State
from digest.ports import Holding, Readmitting, Recalling, Transport
from digest.settings import Workspace
from digest.settings.rates import per_minute

if TYPE_CHECKING:
    from digest.delivery import Streak, Tokens
    from digest.ports import Paced
    from digest.store import Store
    from digest.store.calling_off import HeldChunk

SENDGRID = "sendgrid"  #: the transport that keeps mail back
UNHURRIED = "1,000,000 a second"  #: the outbox waits for nobody
#: Seconds that a worker waits for its turn at a provider before it does something else.
PATIENT = 2.0

log = logging.getLogger("digest")

Stop = Callable[[], bool]


class Carriers:
    """The transports of one working folder."""

    def __init__(
        self,
        workspace: Workspace,
        store: "Store",
        tokens: Callable[[], "Tokens"],
        clock: Callable[[], datetime],
    ) -> None:
        self._workspace = workspace
        self._delivery = workspace.settings.delivery
        self._store = store
        self._tokens = tokens
        self._clock = clock

    def open(
        self, what: date | str, name: str = ""
    ) -> AbstractContextManager[Transport]:
        """Open a transport, by default the one that is set."""
        from digest.delivery import open_transport

        outbox = self._workspace.output / str(what) / "outbox"
        which = name or self._delivery.transport
        secrets = self._workspace.secrets
        return open_transport(which, self._delivery, secrets, outbox, self._clock)

    def lines(self, name: str) -> int:
        """Return how many hand-overs may be made to a transport at a time."""
        return self._terms(name).lines

    def first_up(self, use: Callable[[str], None]) -> None:
        """Use the transport that is set, and the fallback for what it certainly did not take."""
        delivery = self._delivery
        try:
            use(delivery.transport)
        except TransportDown as down:
            if not delivery.fallback:
                raise
            log.warning("%s; going on through %s", down, delivery.fallback)
            use(delivery.fallback)

    def hand_over(
        self, name: str, letter: Letter, progress: Callable[[int], None], stop: Stop
    ) -> None:
        """Hand what is queued to one transport, over as many lines as its settings allow."""
        from digest.delivery import Streak, hand_over

        ledger = self._store.deliveries
        pace = self._pace(name)
        tokens = self._tokens()
        streak = Streak(name)

        def line() -> None:
            with self.open(letter.edition, name) as own:
                hand_over(
                    letter,
                    ledger,
                    own,
                    tokens,
                    pace,
                    self._clock,
                    progress,
                    stop,
                    streak=streak,
                )

        with self._concluded(letter.edition, streak, stop):
            _at_once(line, self.lines(name))

    def hand_notice(
        self, letter: Letter, recipient: Recipient, *, comes_back: bool
    ) -> Outcome:
        """Hand a mail to one person over, outside the ledger; return what became of it.

        Of one who comes back the provider is told first, which may keep a list of its own of whom
        it mails nothing. Raises TransportDown if it certainly did not leave.
        """
        outcomes: list[Outcome] = []

        def mail(name: str) -> None:
            with self.open("notices", name) as transport:
                if comes_back and isinstance(transport, Readmitting):
                    transport.readmit(recipient.address)
                outcomes.extend(transport.send(letter, [recipient]))

        self.first_up(mail)
        return outcomes[-1]

    def one_lane(self, name: str, letter: Letter, lane: int, stop: Stop) -> None:
        """Go on with one of an edition's lanes, after settling what a dead worker left on it.

        Raises NotYet if the provider's rate gives it no turn soon.
        """
        from digest.delivery import Streak, hand_over

        day = letter.edition
        ledger = self._store.deliveries
        streak = Streak(name)
        ledger.recover(day, lane)
        with self.open(day, name) as own, self._concluded(day, streak, stop):
            self.take_back(day, own)
            pace = self._pace(name, PATIENT)
            tokens = self._tokens()
            hand_over(
                letter,
                ledger,
                own,
                tokens,
                pace,
                self._clock,
                stop=stop,
                lane=lane,
                streak=streak,
            )

    @contextmanager
    def _concluded(self, day: date, streak: "Streak", stop: Stop) -> Iterator[None]:
        """Decide, once a pass over the queue has ended, on whoever was refused in it.

        Raises SenderRefused if that was for our sake.
        """
        finished = False
        try:
            yield
            finished = not stop()
        finally:
            ending = streak.end(finished=finished)
            tries = self._store.second_tries
            known = [(r.person.subscriber, r.outcome.detail) for r in ending.excluded]
            tries.exclude(day, known)
            tries.queue_again(day, [r.person.subscriber for r in ending.again])
            for refused in ending.gone:
                self._store.subscribers.suppress(
                    refused.person.address,
                    Refusal.BOUNCED,
                    self._clock(),
                    refused.outcome.detail,
                )
        if ending.fault is not None:
            raise ending.fault

    def take_back(self, day: date, transport: Transport) -> None:
        """Queue again what is uncertain and can be taken back, so that it surely did not leave."""
        ledger = self._store.deliveries
        for no, hold in ledger.held(day) if isinstance(transport, Holding) else ():
            if isinstance(transport, Holding) and transport.take_back(hold):
                ledger.requeue(day, no, hold)

    def call_off(self, day: date) -> "CalledOff":
        """Take back what a cancelled edition's provider keeps back still, and exclude its readers.

        Chunks that leave last are asked for first: of those the most can still be stopped.
        """
        book = self._store.calling_off
        counts = Counter[CallOff]()
        held = [
            h for h in book.held(day) if h.hold.leaves_at > self._clock() or h.people
        ]
        if not held:
            return CalledOff()
        try:
            with self.open(day, SENDGRID) as transport:
                for one in held:
                    self._call_off(day, transport, one, counts)
        except TransportDown as e:
            log.warning("what was handed over cannot be cancelled: %s", e)
            counts[CallOff.UNHEARD] = sum(h.people for h in held)
        return CalledOff(
            counts[CallOff.STOPPED],
            counts[CallOff.TOO_LATE],
            counts[CallOff.NO_MORE],
            counts[CallOff.UNHEARD],
        )

    def _call_off(
        self,
        day: date,
        transport: Transport,
        held: "HeldChunk",
        counts: Counter[CallOff],
    ) -> None:
        """Cancel one chunk at the provider, write down what came of it, and count its readers."""
        if not isinstance(transport, Holding):
            return
        book = self._store.calling_off
        how = transport.call_off(held.hold)
        if how == CallOff.STOPPED:
            counts[how] += book.call_off(day, held)
            return
        if how == CallOff.UNHEARD:
            book.doubt(day, held)
        counts[how] += held.people

    def recall(self, day: date, transport: Recalling, subject: str) -> None:
        """Count as accepted what the provider shows that it was given."""
        ledger = self._store.deliveries
        unsure = [address for address, _ in ledger.of(day, State.UNCERTAIN)]
        sent = ledger.sent(day)
        if not unsure or not sent:
            return
        since = datetime.fromisoformat(sent["frozen_at"])
        try:
            for address in transport.recalls(unsure, subject, since):
                ledger.decide(day, address, sent=True, by="the provider")
        except TransportDown as e:
            log.warning("%s; events of its webhook settle what is uncertain as well", e)

    def _pace(self, name: str, patient: float | None = None) -> "Paced":
        """Return what keeps hand-overs within a transport's rate; workers share it."""
        from digest.delivery import Pace

        terms = self._terms(name)
        if patient is None:
            return Pace(per_minute(terms.rate))
        return self._store.rates.shared(terms.account, per_minute(terms.rate), patient)

    def _terms(self, name: str) -> "Terms":
        sendgrid = self._delivery.sendgrid
        smtp = self._delivery.smtp
        if name == "sendgrid":
            account = f"{sendgrid.host} {self._workspace.secrets.sendgrid_api_key}"
            return Terms(sendgrid.rate, sendgrid.at_once, account)
        if name == "smtp":
            return Terms(
                smtp.rate, smtp.connections, f"{smtp.host}:{smtp.port} {smtp.username}"
            )
        return Terms(UNHURRIED, 1, f"{name} {self._workspace.folder}")


@dataclass(frozen=True, slots=True)
class CalledOff:
    """How many readers' mail, handed over and kept back, was cancelled, and how many not."""

    stopped: int = 0
    too_late: int = 0  #: it has left, or leaves within minutes
    no_more: int = 0  #: the provider cancels so many batches at a time
    unheard: int = 0  #: the provider did not say


@dataclass(frozen=True, slots=True)
class Terms:
    """What a transport allows, and on whose account: workspaces may share one."""

    rate: str  #: in words, such as 600 a minute
    lines: int  #: hand-overs at a time
    account: str


def _at_once(line: Callable[[], None], number: int) -> None:
    """Run so many lines at a time; raise what the first of them raised, once all have ended."""
    with ThreadPoolExecutor(number) as pool:
        running = [pool.submit(line) for _ in range(number)]
    for one in running:
        one.result()
