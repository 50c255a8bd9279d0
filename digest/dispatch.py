"""From a person's yes to the last delivery: approval, time, hand-over, halt."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from digest.carriers import Carriers
from digest.durable import write_durably
from digest.errors import Busy, DigestError, NotApproved, NotFound
from digest.model import (
    Approval,
    Build,
    Frozen,
    Job,
    Letter,
    Outcome,
    Plan,
    Proof,
    Recipient,
    State,
    Subscriber,
)
from digest.ports import Recalling
from digest.settings import Workspace
from digest.subscribers import segment

if TYPE_CHECKING:
    from digest.deliver import Tokens
    from digest.store import Store


#: Deliveries claimed together: as many as SendGrid takes in a request; few where each is handed
#: over by itself, so that several connections have work.
LARGE, SMALL = 1000, 100
Submit = Callable[[Any, Sequence[Job]], object]


class Dispatch:
    """The editions of one working folder, as they leave."""

    def __init__(
        self,
        workspace: Workspace,
        store: Callable[[], "Store"],
        render: Callable[[date], Build],
        tokens: Callable[[], "Tokens"],
        clock: Callable[[], datetime],
    ) -> None:
        self._workspace, self._settings = workspace, workspace.settings
        self._open, self._render, self._tokens, self._clock = store, render, tokens, clock
        self._carriers = Carriers(workspace, store, tokens, clock)
        self._letters: dict[str, Letter] = {}

    # Saying yes

    def approve(self, day: date, by: str) -> Approval:
        """Record a person's yes to the edition exactly as it stands.

        Where two people must say yes, the second's joins the first's if the edition is still the
        same; it begins anew otherwise. Raises DigestError if the first says it twice.
        """
        built, before = self._render(day), self._open().editions.approval(day)
        yes = Approval(day, built.content_hash, by, self._clock())
        if self._settings.desk.two_people and before and before.content_hash == yes.content_hash:
            if before.by.casefold() == by.casefold():
                raise DigestError(f"{by} has said yes to this; a second person must as well")
            yes = replace(before, second=by)
        self._open().editions.approve(yes, built)
        self._note(by, f"approved content {built.content_hash[:12]}", day)
        return yes

    def plan(self, day: date) -> Plan:
        """Return what a send would do."""
        built, ledger = self._render(day), self._open().deliveries
        frozen = ledger.frozen(day)
        same = bool(frozen and frozen.content_hash == built.content_hash)
        return Plan(
            day,
            built.letter.subject,
            self._settings.delivery.transport,
            self._open().subscribers.count(),
            built.content_hash,
            not self._missing(built),
            ledger.mailed_by(day),
            ledger.proof(day),
            self._open().halts.halted(day),
            same and ledger.complete(day),
        )

    # Time

    def schedule(self, day: date, at: datetime | None, by: str) -> None:
        """Say when an edition is to leave once it is approved; None: at the usual hour.

        Raises DigestError if that is past.
        """
        if at and at <= self._clock():
            raise DigestError(
                f"{at:%d %B %Y, %H:%M} UTC is past; send it now, or name a later time"
            )
        self._open().editions.schedule(day, at, by)
        when = f"for {at:%Y-%m-%d %H:%M} UTC" if at else "for the usual hour"
        self._note(by, f"scheduled {when}", day)

    def due_at(self, day: date) -> datetime:
        """Return when an edition is to leave."""
        from digest.edition import window

        set_by_hand = self._open().editions.scheduled(day)
        return set_by_hand[0] if set_by_hand else window(self._settings.newsletter, day).end

    def due(self) -> list[date]:
        """Return editions whose time came within the last window and that are not all sent.

        One that was halted is not among them: it waits for a person.
        """
        now, ledger = self._clock(), self._open().deliveries
        return [d for d in self._recent() if self.due_at(d) <= now and not ledger.complete(d)]

    def unsure(self) -> list[date]:
        """Return editions since the last window that are done but for what is uncertain."""
        ledger = self._open().deliveries
        done = [d for d in self._recent() if ledger.complete(d)]
        return [d for d in done if ledger.of(d, State.UNCERTAIN)]

    # Hand-over

    def send(
        self,
        day: date,
        progress: Callable[[int], None] = lambda _sent: None,
        to: str | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> Proof:
        """Hand an approved edition to every subscriber not yet served; return the proof.

        Once `stop` says so what is in hand is finished, and no more is begun.

        `to` is a filter of subscribers; None goes on with whom it was begun for, or everybody.

        What the transport certainly did not take goes through the fallback, if there is one.

        Raises NotApproved, Busy, TransportDown, and DigestError while it is halted; whatever
        happens, running it again is safe.
        """
        ledger, built = self._open().deliveries, self._approved(day)
        with self._open().alone("send"):
            self._prepare(day, built, to, lambda _connection, _jobs: None)

            def hand_over(up: str) -> None:
                with self._carriers.open(day, up) as transport:
                    self._carriers.take_back(day, transport)
                self._carriers.hand_over(up, built.letter, progress, stop)

            self._carriers.first_up(hand_over)
            if ledger.complete(day):
                self._write_manifest(day)
        return ledger.proof(day)

    def _approved(self, day: date) -> Build:
        """Return an edition as it was approved. Raises NotApproved."""
        built = self._render(day)
        if missing := self._missing(built):
            raise NotApproved(missing)
        return built

    def _prepare(self, day: date, built: Build, to: str | None, submit: Submit) -> None:
        name, ledger = self._settings.delivery.transport, self._open().deliveries
        before = ledger.frozen(day)
        whom = to if to is not None else before.segment if before else ""
        frozen = Frozen(built.content_hash, name, whom)
        lanes = [self.lane_job(day, n) for n in range(self._carriers.lines(name))]
        size = LARGE if name == "sendgrid" else SMALL
        now, where = self._clock(), segment(whom)
        ledger.prepare(day, frozen, now, size, where, lambda c: submit(c, lanes))

    # By workers

    def begin(self, day: date, to: str | None, submit: Submit) -> None:
        """Freeze an approved edition's audience, or settle what was left of it; put its lanes in.

        `submit` puts jobs in on the connection of that same transaction. Raises as `send` does.
        """
        built = self._approved(day)
        with self._open().alone("send"):
            self._prepare(day, built, to, submit)

    def lane_job(self, day: date, lane: int) -> Job:
        """Return the job of going on with one of an edition's lanes."""
        name = self._settings.workspace
        args = {"workspace": name, "day": day.isoformat(), "lane": lane}
        return Job("send", args, "mail", priority=10, once=f"{self.lanes_of(day)}{lane}")

    def lanes_of(self, day: date) -> str:
        """Return how the names of an edition's lanes begin in the queue."""
        return f"send {self._settings.workspace} {day} "

    def go_on(self, day: date, lane: int, stop: Callable[[], bool]) -> bool:
        """Hand over on one lane until `stop` says so; say whether there is more to do.

        Raises NotYet, Busy, TransportDown; whatever happens, running it again is safe.
        """
        ledger = self._open().deliveries
        with self._open().alone("send", among=True):
            frozen = ledger.frozen(day)
            if frozen is None or self._open().halts.halted(day)[0]:
                return False
            letter = self._letter(day, frozen.content_hash)
            self._carriers.first_up(lambda up: self._carriers.one_lane(up, letter, lane, stop))
            if ledger.complete(day):
                self._write_manifest(day)
                return False
        return stop()

    def _letter(self, day: date, content_hash: str) -> Letter:
        """Return what was frozen. Raises DigestError if the edition has changed since."""
        if content_hash not in self._letters:
            built = self._render(day)
            if built.content_hash != content_hash:
                raise DigestError(
                    f"the edition of {day} has changed since its send began; undo that to go on"
                )
            self._letters = {content_hash: built.letter}
        return self._letters[content_hash]

    def test_send(self, day: date, address: str) -> Outcome:
        """Hand the edition to one address, outside the ledger; needs no approval."""
        built = self._render(day)
        self._open().editions.keep(built.pictures)
        marked = replace(built.letter, subject=f"[Test] {built.letter.subject}")
        with self._carriers.open(day) as transport:
            recipient = Recipient(0, address, self._tokens().sign(0))
            return transport.send(marked, [recipient])[0]

    def notify(self, name: str, person: Subscriber, token: str) -> None:
        """Mail one person a notice (confirm, welcome); without a token it bears their own.

        Raises TransportDown if it certainly was not mailed.
        """
        from digest.render import notice_letter

        letter = notice_letter(name, self._settings, self._workspace.templates, self._clock())
        recipient = Recipient(person.id, person.address, token or self._tokens().sign(person.id))

        def mail(name: str) -> None:
            with self._carriers.open("notices", name) as transport:
                transport.send(letter, [recipient])

        self._carriers.first_up(mail)

    def settle(self, day: date) -> list[tuple[str, str]]:
        """Take back what is uncertain and can be, and ask the provider for the rest.

        Returns who is left uncertain, and why. Raises Busy while a send goes on.
        """
        ledger = self._open().deliveries
        frozen = ledger.frozen(day)
        if frozen and frozen.transport == self._settings.delivery.transport:
            with self._open().alone("send"), self._carriers.open(day) as transport:
                self._carriers.take_back(day, transport)
                if isinstance(transport, Recalling):
                    self._carriers.recall(day, transport, self._render(day).letter.subject)
        return ledger.of(day, State.UNCERTAIN)

    def decide(self, day: date, address: str, sent: bool, by: str) -> None:
        """Settle one uncertain delivery by a person's word: it was sent, or is to be sent again.

        Raises NotFound if it is not uncertain.
        """
        if not self._open().deliveries.decide(day, address, sent):
            raise NotFound(f"the delivery of {day} to {address} is not uncertain")
        self._note(by, f"said of {address}: {'it was sent' if sent else 'send it again'}", day)

    def manifest(self, day: date) -> str:
        """Return what was approved and what was sent, as signed JSON. Raises NotFound."""
        from digest.deliver.manifest import signed

        store = self._open()
        yes, sent = store.editions.approval(day), store.deliveries.sent(day)
        if yes is None or sent is None:
            raise NotFound(f"the edition of {day} has not been sent")
        told = {
            "edition": day.isoformat(),
            "approved": {
                "content_hash": yes.content_hash,
                "by": [name for name in (yes.by, yes.second) if name],
                "at": yes.at.isoformat(),
            },
            "sent": sent | {"counts": store.deliveries.proof(day).counts},
            "fates": store.events.fates(day),
        }
        return signed(told, store.subscribers.keys(self._clock())[0])

    # Halt

    def pause(self, day: date, by: str) -> None:
        """Let a send stop after the messages in hand, to go on later. Raises NotFound."""
        self._open().halts.halt(day, "paused", by)
        self._note(by, "paused the send", day)

    def resume(self, day: date, by: str) -> None:
        """Let a paused send go on; `send` then does. Raises NotFound, or DigestError."""
        self._open().halts.go_on(day)
        self._note(by, "let the send go on", day)

    def cancel(self, day: date, by: str) -> None:
        """End a send for good: whoever has not been served will not be. Raises NotFound."""
        ledger = self._open().deliveries
        self._open().halts.halt(day, "cancelled", by)
        self._note(by, "cancelled the send", day)
        try:
            with self._open().alone("send"):
                ledger.settle(day)
        except Busy:
            pass  # whoever sends right now sees it, and settles what is left

    # Inside

    def _recent(self) -> list[date]:
        """Return editions not halted whose time came within the last window, or has yet to come."""
        store, late = self._open(), self._clock() - timedelta(self._settings.newsletter.window)
        days = [d for d in store.editions.dates() if late < self.due_at(d)]
        return [d for d in days if not store.halts.halted(d)[0]]

    def _write_manifest(self, day: date) -> None:
        file = self._workspace.output / day.isoformat() / "manifest.json"
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_durably(file, self.manifest(day).encode())
        except OSError as e:
            raise DigestError(f"all was sent; {file} cannot be written ({e.strerror})") from e

    def _missing(self, built: Build) -> str:
        """Say what yes is missing; "" if none is."""
        day = built.edition.date
        yes = self._open().editions.approval(day)
        if yes is None:
            return f"nobody has approved the edition of {day}; `digest approve {day}`"
        if yes.content_hash != built.content_hash:
            return (
                f"the edition of {day} has changed since {yes.by} approved it "
                f"({yes.content_hash[:12]}, now {built.content_hash[:12]}); `digest approve {day}`"
            )
        if self._settings.desk.two_people and not yes.second:
            return f"only {yes.by} has approved the edition of {day}; a second person must as well"
        return ""

    def _note(self, who: str, what: str, day: date) -> None:
        self._open().staff.note(self._clock(), who, what, day)
