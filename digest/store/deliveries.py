"""The ledger: what was promised to whom, and what is known of it.

A delivery's state is its chunk's unless it has one of its own. Every change is committed before
the act it announces, so that a killed process leaves *uncertain*, never a guess.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    update,
)

from digest.errors import DigestError
from digest.model import (
    REHEARSAL,
    Chunk,
    Clause,
    Frozen,
    Hold,
    Outcome,
    Proof,
    SentContent,
    State,
)
from digest.store import delivery_statements
from digest.store.calling_off import NOT_KNOWN_TO_HAVE_LEFT
from digest.store.connections import count_anew
from digest.store.group_commit import GroupCommit
from digest.store.publications import is_sent
from digest.store.requeue import CHUNK, new_chunk, queue_apart
from digest.store.send_halts import CANCELLED, PAUSED, Halts
from digest.store.sent_contents import content_row
from digest.store.subscriber_filters import matches, wanting
from digest.store.subscribers import fold
from digest.store.tables import chunk, delivery, sending, sent_content, subscriber

#: A delivery's state: its own if it has one, else its chunk's.
STATE = func.coalesce(delivery.c.state, chunk.c.state)
WITH_CHUNK = delivery.join(
    chunk, (chunk.c.edition == delivery.c.edition) & (chunk.c.no == delivery.c.chunk)
)
DIED = "the process died during hand-over"
Also = Callable[[Any], object]


class Deliveries:
    """Who gets which edition."""

    def __init__(self, engine: Engine) -> None:
        self._engine, self._halts = engine, Halts(engine)
        self._group_commit = GroupCommit(engine)

    def frozen(self, day: date) -> Frozen | None:
        """Return what the edition's audience was frozen for, or None if it was not yet."""
        with self._engine.connect() as c:
            columns = (sending.c.content_hash, sending.c.transport, sending.c.segment)
            row = c.execute(select(*columns).where(sending.c.edition == day)).first()
            return Frozen(*row) if row else None

    def prepare(
        self,
        day: date,
        what: Frozen,
        now: datetime,
        size: int = CHUNK,
        where: Sequence[Clause] = (),
        also: Also = lambda _connection: None,
        content: SentContent | None = None,
    ) -> None:
        """Freeze the edition's audience, or settle what a dead process left of an earlier send.

        `content` is kept with a new freeze: it is what leaves from then on, whatever is edited.

        The audience is whoever wants mail, may be mailed, and meets a filter. `also` is done in
        the same transaction, on the driver's connection: the jobs are there if the audience is.

        What was frozen and of which nothing left yet is frozen anew for other content. Call only
        while holding the send lock. Raises DigestError if some of the edition went out with other
        content: who got what must stay answerable.
        """
        before = self.frozen(day)
        if before and before != what and before.transport == REHEARSAL:
            self._dissolve(day)  # the outbox mails nobody
            before = None
        state, by = self._halts.halted(day)
        if before and state:
            more = (
                "`digest send --resume` lets it go on"
                if state == PAUSED
                else "that is final"
            )
            raise DigestError(f"{by} has {state} the send of {day}; {more}")
        mails = before is not None and before.transport != REHEARSAL
        if before and mails and what.transport == REHEARSAL and not self.complete(day):
            raise DigestError(
                f"the send of {day} was begun by {before.transport} and is not at its end; the "
                f"outbox would mail nobody: set delivery.transport back to {before.transport}"
            )
        if (
            before
            and before.content_hash != what.content_hash
            and not self.has_left(day)
        ):
            self._dissolve(day)
            before = None
        if before is None:
            self._freeze(day, what, where, size, now, also, content)
        elif before.content_hash != what.content_hash:
            raise DigestError(
                f"some of the edition of {day} left as {before.content_hash[:12]}, and everybody "
                f"else gets the same; `digest correct {day} --mail` drafts a correction"
            )
        elif before.segment != what.segment:
            raise DigestError(
                f"the send of {day} was begun for {before.segment or 'everybody'}; it goes on for "
                f"them alone"
            )
        else:
            with self._engine.begin() as c:
                self._recover(c, day, size)
                anew = {"stopped": "", "again_at": None}
                c.execute(update(sending).where(sending.c.edition == day).values(anew))
                also(c.connection.dbapi_connection)

    def _freeze(
        self,
        day: date,
        what: Frozen,
        where: Sequence[Clause],
        size: int,
        now: datetime,
        also: Also,
        content: SentContent | None,
    ) -> None:
        """Write down everybody who is to get the edition, in chunks, in one transaction."""
        wanted = and_(wanting(), *map(matches, where))
        number = (func.row_number().over(order_by=subscriber.c.id) - 1) // size + 1
        members = select(
            literal(day), subscriber.c.id, number, subscriber.c.address
        ).where(wanted)
        with self._engine.begin() as c:
            c.execute(
                insert(sending).values(edition=day, frozen_at=now, **asdict(what))
            )
            if content:
                c.execute(insert(sent_content).values(content_row(day, content)))
            count = (
                c.scalar(select(func.count()).select_from(subscriber).where(wanted))
                or 0
            )
            numbers = range(1, -(-count // size) + 1)
            rows = [{"edition": day, "no": n, "state": State.QUEUED} for n in numbers]
            if rows:
                c.execute(insert(chunk), rows)
                columns = ["edition", "subscriber", "chunk", "address"]
                c.execute(insert(delivery).from_select(columns, members))
                count_anew(c, chunk, delivery)
            also(c.connection.dbapi_connection)

    def _dissolve(self, day: date) -> None:
        with self._engine.begin() as c:
            for table in (delivery, chunk, sent_content, sending):
                c.execute(delete(table).where(table.c.edition == day))

    def dissolve(self, day: date) -> None:
        """Forget whom an edition was frozen for, if nothing of it left.

        Call only while holding the send lock.
        """
        if not self.has_left(day):
            self._dissolve(day)

    def has_left(self, day: date) -> bool:
        """Say whether anything of an edition was handed over, if only perhaps."""
        with self._engine.connect() as c:
            return is_sent(c, day)

    def recover(self, day: date, lane: int) -> None:
        """Settle what a worker left that died on a lane. Call only as its one successor."""
        with self._engine.begin() as c:
            _settle_left(c, chunk.c.edition == day, chunk.c.lane == lane)

    def _recover(self, c: Connection, day: date, size: int = CHUNK) -> None:
        queue_apart(c, day, delivery.c.state == State.QUEUED, size=size)
        _settle_left(c, chunk.c.edition == day)

    def settle(self, day: date) -> None:
        """Exclude what is queued of a cancelled edition, and settle what a dead process left of it.

        Call only while holding the send lock, with nobody else.
        """
        with self._engine.begin() as c:
            self._recover(c, day)
        self.exclude_rest(day)

    def exclude_rest(self, day: date) -> None:
        """Exclude what is queued of a cancelled edition; what others have in hand is theirs."""
        queued = (chunk.c.edition == day, chunk.c.state == State.QUEUED, ~_runs(day))
        later = (
            delivery.c.edition == day,
            delivery.c.state == State.QUEUED,
            ~_runs(day),
        )
        gone = {"state": State.EXCLUDED, "detail": CANCELLED}
        with self._engine.begin() as c:
            c.execute(update(chunk).where(*queued).values(gone))
            c.execute(update(delivery).where(*later).values(gone))

    # Handing over

    def claim(self, day: date, now: datetime, lane: int | None = None) -> Chunk | None:
        """Take the next queued chunk, leaving out whoever must not be mailed since the freeze.

        `lane` says for which of the edition's lanes, so that its next worker knows what it left.
        """

        def take(c: Connection) -> Chunk | None:
            row = c.execute(
                delivery_statements.TAKEN, {"day": day, "now": now, "lane": lane}
            ).first()
            return (
                Chunk(row.no, delivery_statements.members(c, day, row.no), row.attempt)
                if row
                else None
            )

        return self._group_commit.run(take)

    def has_gone(self, subscribers: Sequence[int]) -> bool:
        """Say whether one of these has left, or was suppressed, since their chunk was claimed."""
        with self._engine.connect() as c:
            return bool(
                c.scalar(
                    delivery_statements.SOMEBODY_GONE, {"people": list(subscribers)}
                )
            )

    def begin(
        self,
        day: date,
        claimed: Chunk,
        subscribers: Sequence[int],
        hold: Hold | None = None,
        done: Sequence[tuple[int, Outcome]] = (),
    ) -> bool:
        """Commit that these are about to be handed over; False, and not that, if it was halted,
        or if the claim stands no more, since we were taken for dead.

        `done` is what became of those before, committed with it: one disk write, not two.
        """
        whole = len(subscribers) == len(claimed.subscribers)
        kept = {
            "name": hold.id if hold else "",
            "leaves": hold.leaves_at if hold else None,
        }

        # writes that look: a halt comes wholly before this or wholly behind it
        def announce(c: Connection) -> bool:
            if whole:
                delivery_statements.note(c, day, claimed, done)
                return bool(
                    c.execute(
                        delivery_statements.HANDED,
                        delivery_statements.lease(day, claimed) | kept,
                    ).rowcount
                )
            mark = Outcome(State.CLAIMED)
            return delivery_statements.note(
                c, day, claimed, done, [(n, mark) for n in subscribers]
            ) > len(done)

        return self._group_commit.run(announce)

    def record(
        self, day: date, claimed: Chunk, outcomes: Sequence[tuple[int, Outcome]]
    ) -> None:
        """Commit what became of deliveries that were begun."""
        self._group_commit.run(
            lambda c: delivery_statements.note(c, day, claimed, outcomes)
        )

    def finish(self, day: date, claimed: Chunk, outcome: Outcome | None = None) -> None:
        """Commit that every delivery of the chunk has its outcome, or that all have this one."""
        settled = outcome or Outcome(State.ACCEPTED)
        self._settle(day, claimed, settled.state, settled.detail)

    # What a provider keeps back

    def held(self, day: date) -> list[tuple[int, Hold]]:
        """Return the uncertain chunks (by number) that the provider may keep back still."""
        unsure = (
            chunk.c.edition == day,
            chunk.c.state == State.UNCERTAIN,
            chunk.c.batch != "",
        )
        columns = select(chunk.c.no, chunk.c.batch, chunk.c.leaves_at)
        with self._engine.connect() as c:
            rows = c.execute(columns.where(*unsure).order_by(chunk.c.no))
            return [(row.no, Hold(row.batch, row.leaves_at)) for row in rows]

    def requeue(self, day: date, no: int, hold: Hold) -> None:
        """Queue an uncertain chunk again, of which nothing leaves: this hold was taken back.

        Nothing is done if somebody else did it before us.
        """
        taken_back = (chunk.c.state == State.UNCERTAIN, chunk.c.batch == hold.id)
        this = update(chunk).where(
            chunk.c.edition == day, chunk.c.no == no, *taken_back
        )
        mine = (delivery.c.edition == day, delivery.c.chunk == no)
        # what was only said to be taken in is not mailed either, now that it was taken back
        taken = (delivery.c.state == State.ACCEPTED) & NOT_KNOWN_TO_HAVE_LEFT
        unsure = update(delivery).where(
            *mine, (delivery.c.state == State.UNCERTAIN) | taken
        )
        blank = {"handing": False, "batch": "", "leaves_at": None, "detail": ""}
        with self._engine.begin() as c:
            if c.execute(this.values(state=State.QUEUED, **blank)).rowcount:
                c.execute(unsure.values(state=None, detail=""))

    def give_back(self, day: date, claimed: Chunk) -> None:
        """Queue the rest of a chunk again: the transport proved that it took none of it."""
        with self._engine.begin() as c:
            c.execute(
                delivery_statements.UNDONE, delivery_statements.lease(day, claimed)
            )
        self._settle(day, claimed, State.QUEUED)
        if self._halts.halted(day)[0] == CANCELLED:
            self.exclude_rest(day)

    def decide(
        self, day: date, address: str, *, sent: bool, by: str = "a person"
    ) -> bool:
        """Settle an uncertain delivery as somebody says; False if it is not uncertain.

        One that is to be sent again goes into a chunk of its own.
        """
        named = select(subscriber.c.id).where(subscriber.c.folded == fold(address))
        mine = (delivery.c.edition == day, delivery.c.subscriber.in_(named))
        with self._engine.begin() as c:
            found = select(delivery.c.subscriber).select_from(WITH_CHUNK)
            who = c.scalar(found.where(*mine, STATE == State.UNCERTAIN))
            if who is None:
                return False
            this = update(delivery).where(
                delivery.c.edition == day, delivery.c.subscriber == who
            )
            if sent:
                c.execute(
                    this.values(state=State.ACCEPTED, detail=f"{by} says that it was")
                )
                return True
            c.execute(this.values(state=None, detail="", chunk=new_chunk(c, day)))
        return True

    def sent(self, day: date) -> dict[str, str] | None:
        """Return what an edition's audience was frozen for, and when; None if it was not yet."""
        columns = (
            sending.c[n] for n in ("content_hash", "transport", "segment", "frozen_at")
        )
        with self._engine.connect() as c:
            row = c.execute(select(*columns).where(sending.c.edition == day)).first()
            if row is None:
                return None
            return dict(row._mapping) | {"frozen_at": row.frozen_at.isoformat()}

    def begun(self) -> set[date]:
        """Return the editions whose audience was frozen."""
        with self._engine.connect() as c:
            return set(c.scalars(select(sending.c.edition)))

    def proof(self, day: date) -> Proof:
        """Count every planned delivery by what is known of it."""
        counts = select(STATE, func.count()).select_from(WITH_CHUNK).group_by(STATE)
        with self._engine.connect() as c:
            kept = c.scalar(select(sending.c.kept).where(sending.c.edition == day))
            if kept:
                return Proof({State(name): n for name, n in kept["counts"].items()})
            rows = c.execute(counts.where(delivery.c.edition == day))
            return Proof({State(name): n for name, n in rows})

    def handed_since(self, day: date, moment: datetime) -> int:
        """Count an edition's mails handed over in chunks that were claimed since a moment."""
        handed = STATE.in_([State.ACCEPTED, State.UNCERTAIN])
        done = (chunk.c.claimed_at >= moment, handed)
        counted = select(func.count()).select_from(WITH_CHUNK)
        with self._engine.connect() as c:
            return c.scalar(counted.where(chunk.c.edition == day, *done)) or 0

    def mailed_by(self, day: date) -> str:
        """Return the transport that an edition goes out by; "" if none, or only the rehearsal."""
        before = self.frozen(day)
        return before.transport if before and before.transport != REHEARSAL else ""

    def complete(self, day: date) -> bool:
        """Say whether the edition was frozen and nothing of it is queued or claimed."""
        if self.frozen(day) is None:  # asked first: what is frozen has its chunks
            return False
        open_ones = (
            chunk.c.edition == day,
            chunk.c.state.in_([State.QUEUED, State.CLAIMED]),
        )
        later = (delivery.c.edition == day, delivery.c.state == State.QUEUED)
        with self._engine.connect() as c:
            return not c.scalar(
                select(exists().where(*open_ones) | exists().where(*later))
            )

    def state_of(self, day: date, subscriber_id: int) -> str:
        """Return what is known of one delivery; "" if there is none."""
        mine = (delivery.c.edition == day, delivery.c.subscriber == subscriber_id)
        with self._engine.connect() as c:
            return c.scalar(select(STATE).select_from(WITH_CHUNK).where(*mine)) or ""

    def of(self, day: date, state: State) -> list[tuple[str, str]]:
        """Return (address, detail) of the deliveries in one state."""
        who = (delivery.c.subscriber, delivery.c.address)
        own = select(*who, delivery.c.detail).where(
            delivery.c.edition == day, delivery.c.state == state
        )
        shared = select(*who, chunk.c.detail).select_from(WITH_CHUNK)
        shared = shared.where(
            chunk.c.edition == day, chunk.c.state == state, delivery.c.state.is_(None)
        )
        with (
            self._engine.connect() as c
        ):  # two, since no index finds "the one or the other"
            rows = c.execute(own.union_all(shared).order_by("subscriber"))
            return [(row.address, row.detail) for row in rows]

    def _settle(
        self, day: date, claimed: Chunk, state: State, detail: str = ""
    ) -> None:
        known = {"known": state, "said": detail[:500]}
        row = delivery_statements.lease(day, claimed) | known
        self._group_commit.run(lambda c: c.execute(delivery_statements.SETTLED, row))


def _settle_left(c: Connection, *whose: ColumnElement[bool]) -> None:
    """Call uncertain what was about to leave of claimed chunks, and queue the rest again."""
    held = (*whose, chunk.c.state == State.CLAIMED)
    numbers = c.execute(select(chunk.c.edition, chunk.c.no).where(*held)).all()
    for day, no in numbers:
        mine = (delivery.c.edition == day, delivery.c.chunk == no)
        announced = update(delivery).where(*mine, delivery.c.state == State.CLAIMED)
        c.execute(announced.values(state=State.UNCERTAIN, detail=DIED))
    c.execute(update(chunk).where(*held, chunk.c.handing).values(state=State.UNCERTAIN))
    c.execute(update(chunk).where(*held).values(state=State.QUEUED))


def _runs(day: date) -> ColumnElement[bool]:
    return exists().where(sending.c.edition == day, sending.c.halt == "")
