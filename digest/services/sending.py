"""From a person's yes to the last delivery: approval, time, hand-over, halt."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from digest.audience import segment
from digest.errors import Conflict, DigestError, NotFound
from digest.infra.durable_files import write_durably
from digest.infra.time_format import minute
from digest.model import (
    APPROVED,
    CANCELLED,
    REHEARSAL,
    Approval,
    Build,
    Frozen,
    Job,
    Letter,
    Outcome,
    Plan,
    Proof,
    Recipient,
    SentContent,
    State,
    Subscriber,
    fold_name,
)
from digest.ports import Recalling
from digest.services.sent_contents import Contents, said_of_empty
from digest.services.unsent import Unsent
from digest.services.workers import Workers
from digest.settings import Workspace

if TYPE_CHECKING:
    from digest.delivery import Tokens
    from digest.store import Store


#: Deliveries claimed together: as many as SendGrid takes in a request; few where each is handed
#: over by itself, so that several connections have work.
LARGE = 1000
SMALL = 100
Submit = Callable[[Any, Sequence[Job]], object]


class Dispatch(Unsent):
    """The editions of one working folder, as they leave."""

    def __init__(
        self,
        workspace: Workspace,
        store: "Store",
        render: Callable[[date], Build],
        tokens: Callable[[], "Tokens"],
        clock: Callable[[], datetime],
        render_text: Callable[[str], Build],
        workers: Workers,
    ) -> None:
        """`render` renders an edition as it is stored, `render_text` one given as Markdown."""
        super().__init__(workspace, store, render, tokens, clock)
        self._workers = workers
        self._contents = Contents(self._settings, store, render, render_text)

    # Saying yes

    def approve(self, day: date, by: str, seen: str = "") -> Approval:
        """Record a person's approval of the edition exactly as it stands.

        `seen` is the content hash that they looked at: Conflict is raised if it is another by now.

        Where two people must say yes, the second's joins the first's if the edition is still the
        same; it begins anew otherwise. Raises DigestError if the first says it twice or the edition
        is empty, and AlreadySent if it was sent or published.
        """
        built = self.check_approvable(day)
        before = self._store.editions.approval(day)
        if seen and seen != built.content_hash:
            raise Conflict(
                "the edition",
                f"content {built.content_hash[:12]}",
                f"content {seen[:12]}",
            )
        yes = Approval(day, built.content_hash, by, self._clock())
        if (
            self._settings.desk.two_people
            and before
            and before.content_hash == yes.content_hash
        ):
            if fold_name(before.by) == fold_name(by):
                raise DigestError(
                    f"{by} has said yes to this; a second person must as well"
                )
            yes = replace(before, second=by)
        self._store.halts.take_up(day)
        self._store.editions.approve(yes, built)
        self._note(by, f"{APPROVED} {built.content_hash[:12]}", day)
        return yes

    def check_approvable(self, day: date) -> Build:
        """Return an edition rendered, if a person may approve it at all.

        Raises AlreadySent if it was sent or published, and DigestError if it is empty.
        """
        self._store.publications.check_draft(day)
        built = self._render(day)
        if built.edition.is_empty:
            raise DigestError(said_of_empty(day))
        return built

    def plan(self, day: date) -> Plan:
        """Return what a send would do."""
        kept = self._contents.frozen(day)
        if kept:
            subject = self._contents.subject(kept)
            content_hash = kept.content_hash
            missing = ""
        else:
            built = self._render(day)
            subject = built.letter.subject
            content_hash = built.content_hash
            missing = self._contents.missing(built)
        ledger = self._store.deliveries
        transport = self._settings.delivery.transport
        frozen = ledger.frozen(day)
        proof = ledger.proof(day)
        whom = self._whom(day)
        audience = self._store.subscribers.count(segment(whom))
        same = frozen is not None and frozen.content_hash == content_hash
        if frozen and frozen.transport == REHEARSAL and transport != REHEARSAL:
            same = False  # a rehearsal reached nobody: all are mailed by a send now
        rest = self._store.second_tries.rest(day)
        on_its_way = self.on_its_way(day)
        goes_on = same and (kept is not None or ledger.complete(day))
        return Plan(
            edition=day,
            subject=subject,
            transport=transport,
            audience=audience,
            content_hash=content_hash,
            approved=not missing,
            sent_by=ledger.mailed_by(day),
            proof=proof,
            halted=self._store.halts.halted(day),
            served=same and ledger.complete(day),
            sender=self._sender(kept),
            segment=whom,
            remaining=proof.counts.get(State.QUEUED, 0) if goes_on else audience,
            not_approved=missing,
            stopped=rest.stopped,
            again_at=rest.again_at,
            later=rest.later,
            refused=rest.refused,
            on_its_way=on_its_way.people,
            leaves_until=on_its_way.last,
        )

    # Time

    def schedule(self, day: date, at: datetime | None, by: str) -> None:
        """Say when an edition is to leave once it is approved; None: at the usual hour.

        Raises DigestError if that is past.
        """
        if at and at <= self._clock():
            raise DigestError(
                f"{self._minute(at)} is past; send it now, or name a later time"
            )
        self._store.editions.schedule(day, at, by)
        if at:
            when = f"for {self._minute(at)}"
        else:
            when = "for the usual hour"
        self._note(by, f"scheduled {when}", day)

    def due(self) -> list[date]:
        """Return editions whose time came within the last window and that are not all sent.

        One that was halted is not among them: it waits for a person. One whose rest was refused
        for now, or for our sake, is among them again after a while.
        """
        now = self._clock()
        ledger = self._store.deliveries
        recent = sorted(self._recent())  # what was begun first is sent first
        left = [d for d in recent if self.due_at(d) <= now and not ledger.complete(d)]
        return [d for d in left if not self._rests(d, now)]

    def unsure(self) -> list[date]:
        """Return editions since the last window that are done but for what is uncertain."""
        ledger = self._store.deliveries
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

        Workers do it if some send mail; else it is done in this process.

        Once `stop` says so what is in hand is finished, and no more is begun.

        `to` is a filter of subscribers; None goes on with whom it was begun for, or everybody.

        What the transport certainly did not take goes through the fallback, if there is one.

        Raises NotApproved, Busy, TransportDown, and DigestError while it is halted; whatever
        happens, running it again is safe.
        """
        if self._workers.list_mailers():
            self.begin(day, to)
            if self._workers.follow_send(day, progress, stop):
                return self._store.deliveries.proof(day)
        return self._send_here(day, progress, to, stop)

    def _send_here(
        self,
        day: date,
        progress: Callable[[int], None],
        to: str | None,
        stop: Callable[[], bool],
    ) -> Proof:
        """Hand an edition over in this process, as `send` says."""
        ledger = self._store.deliveries
        with self._store.alone("send"):
            letter = self._prepare(day, to, lambda _connection, _jobs: None)

            def hand_over(up: str) -> None:
                with self._carriers.open(day, up) as transport:
                    self._carriers.take_back(day, transport)
                self._carriers.hand_over(up, letter, progress, stop)

            with self._ending(day, alone=True):
                self._carriers.first_up(hand_over)
            if ledger.complete(day):
                self._write_manifest(day)
        return ledger.proof(day)

    def _prepare(self, day: date, to: str | None, submit: Submit) -> Letter:
        """Freeze the audience with the content, or go on with what was frozen; return the letter.

        Call only while holding the send lock.
        """
        name = self._settings.delivery.transport
        ledger = self._store.deliveries
        content = self._contents.to_send(day)
        if to is not None:
            whom = to
        else:
            whom = self._whom(day)
        frozen = Frozen(content.content_hash, name, whom)
        lanes = [self.lane_job(day, n) for n in range(self._carriers.lines(name))]
        if name == "sendgrid":
            size = LARGE
        else:
            size = SMALL
        now = self._clock()
        where = segment(whom)
        ledger.prepare(
            day, frozen, now, size, where, lambda c: submit(c, lanes), content
        )
        return self._contents.letter(day, content.content_hash)

    def _whom(self, day: date) -> str:
        """Return the filter that an edition's audience meets; a correction has its own.

        What it was begun for stands, but for a rehearsal's.
        """
        before = self._store.deliveries.frozen(day)
        if before and before.transport != REHEARSAL:
            return before.segment
        corrected = self._store.editions.corrects(day)
        if corrected:
            return f"got:{corrected}"
        return ""

    def _sender(self, content: SentContent | None) -> str:
        sender = self._settings.newsletter.sender
        name = sender.name
        address = sender.address
        if content and content.letter:
            name = content.letter.sender_name
            address = content.letter.sender_address
        return f"{name} <{address}>"

    # By workers

    def begin(self, day: date, to: str | None = None) -> None:
        """Freeze an approved edition's audience, or settle what was left of it; put its lanes in.

        The jobs are put in on the connection of that same transaction. Raises as `send` does.
        """
        with self._store.alone("send"):
            self._prepare(day, to, self._workers.enqueue_jobs)

    def lane_job(self, day: date, lane: int) -> Job:
        """Return the job of going on with one of an edition's lanes."""
        name = self._settings.workspace
        args = {"workspace": name, "day": day.isoformat(), "lane": lane}
        return Job(
            "send", args, "mail", priority=10, once=f"{self.lanes_of(day)}{lane}"
        )

    def lanes_of(self, day: date) -> str:
        """Return how the names of an edition's lanes begin in the queue."""
        return f"send {self._settings.workspace} {day} "

    def go_on(self, day: date, lane: int, stop: Callable[[], bool]) -> bool:
        """Hand over on one lane until `stop` says so; say whether there is more to do.

        Raises NotYet, Busy, TransportDown; whatever happens, running it again is safe.
        """
        ledger = self._store.deliveries
        with self._store.alone("send", shared=True):
            frozen = ledger.frozen(day)
            if frozen is None or self._store.halts.halted(day)[0]:
                return False
            if self._store.second_tries.rest(day).stopped:
                return False  # another lane was refused for our sake just now
            letter = self._contents.letter(day, frozen.content_hash)
            with self._ending(day, alone=False):
                self._carriers.first_up(
                    lambda up: self._carriers.one_lane(up, letter, lane, stop)
                )
            if ledger.complete(day):
                self._write_manifest(day)
                return False
        return stop()

    def test_send(self, day: date, address: str) -> Outcome:
        """Hand the edition to one address, outside the ledger; needs no approval."""
        from digest.render import uncounted

        built = self._render(day)
        self._store.editions.keep(built.pictures)
        html = uncounted(built.html, built.edition, self._settings)
        marked = replace(
            built.letter, subject=f"[Test] {built.letter.subject}", html=html
        )
        with self._carriers.open(day) as transport:
            recipient = Recipient(0, address, self._tokens().sign(0))
            return transport.send(marked, [recipient])[0]

    def notify(self, name: str, person: Subscriber, token: str) -> Outcome:
        """Mail one person a notice (confirm, welcome); without a token it bears their own.

        Returns what became of it. Raises TransportDown if it certainly did not leave.
        """
        from digest.render import notice_letter

        template = name.removesuffix(" back")
        letter = notice_letter(
            template, self._settings, self._workspace.templates, self._clock()
        )
        recipient = Recipient(
            person.id, person.address, token or self._tokens().sign(person.id)
        )
        return self._carriers.hand_notice(
            letter, recipient, comes_back=template != name
        )

    def settle(self, day: date) -> list[tuple[str, str]]:
        """Take back what is uncertain and can be, and ask the provider for the rest.

        Returns who is left uncertain, and why. Raises Busy while a send goes on.
        """
        ledger = self._store.deliveries
        frozen = ledger.frozen(day)
        self._store.events.settle_known(day)
        if self._store.halts.halted(day)[0] == CANCELLED:
            with self._store.alone("send"):
                self._carriers.call_off(day)
        elif frozen and frozen.transport == self._settings.delivery.transport:
            with self._store.alone("send"), self._carriers.open(day) as transport:
                self._carriers.take_back(day, transport)
                if isinstance(transport, Recalling):
                    subject = self._contents.letter(day, frozen.content_hash).subject
                    self._carriers.recall(day, transport, subject)
        return ledger.of(day, State.UNCERTAIN)

    def decide(self, day: date, address: str, *, sent: bool, by: str) -> None:
        """Settle one uncertain delivery by a person's word: it was sent, or is to be sent again.

        Raises NotFound if it is not uncertain, also since the provider told that it left.
        """
        self._store.events.settle_known(day)
        if not self._store.deliveries.decide(day, address, sent=sent):
            raise NotFound(f"the delivery of {day} to {address} is not uncertain")
        self._note(
            by, f"said of {address}: {'it was sent' if sent else 'send it again'}", day
        )

    def manifest(self, day: date) -> str:
        """Return what was approved and what was sent, as signed JSON. Raises NotFound."""
        from digest.delivery.manifest import signed

        store = self._store
        yes = store.sent_contents.approval(day)
        sent = store.deliveries.sent(day)
        yes = yes or store.editions.approval(day)
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

    # Inside

    def _recent(self) -> list[date]:
        """Return editions not halted whose time came within the last window, or has yet to come."""
        store = self._store
        late = self._clock() - timedelta(self._settings.newsletter.window)
        days = [d for d in store.editions.dates() if late < self.due_at(d)]
        return [d for d in days if not store.halts.halted(d)[0]]

    def _write_manifest(self, day: date) -> None:
        file = self._workspace.output / day.isoformat() / "manifest.json"
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            write_durably(file, self.manifest(day).encode())
        except OSError as e:
            raise DigestError(
                f"all was sent; {file} cannot be written ({e.strerror})"
            ) from e

    def _minute(self, at: datetime) -> str:
        return minute(at, self._settings.newsletter.zone)
