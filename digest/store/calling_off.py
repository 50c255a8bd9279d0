"""Mail that was handed over and that the provider keeps back still: how much, and called off."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Engine, func, select, update

from digest.model import Hold, State
from digest.store.tables import chunk, delivery

CALLED_OFF = "cancelled before it left"
NOT_HEARD = "it was to be cancelled, and the provider did not say whether it was"
#: That the provider took a delivery was said, by a person or by an event that proves no more
#: ("processed"); no event since has proven that it left.
NOT_KNOWN_TO_HAVE_LEFT = delivery.c.fate == ""
TAKEN = (State.ACCEPTED, State.UNCERTAIN)
WITH_CHUNK = delivery.join(
    chunk, (chunk.c.edition == delivery.c.edition) & (chunk.c.no == delivery.c.chunk)
)


@dataclass(frozen=True, slots=True)
class HeldChunk:
    """A chunk that the provider keeps back, as far as the ledger knows."""

    no: int
    hold: Hold
    state: State
    people: int  #: deliveries that share its fate


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """Deliveries that the provider has, and that leave at a later time."""

    people: int = 0
    first: datetime | None = None  #: when the first of them leave
    last: datetime | None = None


class CallingOff:
    """What can still be stopped of an edition that was handed over."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def on_its_way(self, day: date, now: datetime) -> OnItsWay:
        """Count the deliveries that were handed over and have not left yet."""
        waiting = (*_held(day), chunk.c.leaves_at > now, delivery.c.state.is_(None))
        columns = (
            func.count(),
            func.min(chunk.c.leaves_at),
            func.max(chunk.c.leaves_at),
        )
        with self._engine.connect() as c:
            row = c.execute(
                select(*columns).select_from(WITH_CHUNK).where(*waiting)
            ).one()
            return OnItsWay(*row)

    def held(self, day: date) -> list[HeldChunk]:
        """Return the chunks that the provider may keep back still, those that leave last first."""
        mine = (delivery.c.edition == chunk.c.edition, delivery.c.chunk == chunk.c.no)
        number = (
            select(func.count())
            .select_from(delivery)
            .where(*mine, delivery.c.state.is_(None))
        )
        columns = (chunk.c.no, chunk.c.batch, chunk.c.leaves_at, chunk.c.state)
        asked = select(*columns, number.correlate(chunk).scalar_subquery()).where(
            *_held(day)
        )
        with self._engine.connect() as c:
            rows = c.execute(
                asked.order_by(chunk.c.leaves_at.desc(), chunk.c.no.desc())
            ).all()
        return [
            HeldChunk(no, Hold(name, at), State(state), n)
            for no, name, at, state, n in rows
        ]

    def call_off(self, day: date, held: HeldChunk) -> int:
        """Exclude a chunk that was cancelled at the provider; return how many readers it had."""
        this = (
            chunk.c.edition == day,
            chunk.c.no == held.no,
            chunk.c.batch == held.hold.id,
        )
        still = update(chunk).where(*this, chunk.c.state.in_(TAKEN))
        taken = (
            delivery.c.edition == day,
            delivery.c.chunk == held.no,
            delivery.c.state == State.ACCEPTED,
            NOT_KNOWN_TO_HAVE_LEFT,
        )
        gone = {"state": State.EXCLUDED, "detail": CALLED_OFF}
        with self._engine.begin() as c:
            if not c.execute(still.values(handing=False, **gone)).rowcount:
                return 0  # somebody else did it before us
            return (
                held.people
                + c.execute(update(delivery).where(*taken).values(gone)).rowcount
            )

    def doubt(self, day: date, held: HeldChunk) -> None:
        """Call a chunk uncertain that was to be cancelled, since the provider did not say."""
        this = (
            chunk.c.edition == day,
            chunk.c.no == held.no,
            chunk.c.batch == held.hold.id,
        )
        unsure = update(chunk).where(*this, chunk.c.state == State.ACCEPTED)
        with self._engine.begin() as c:
            c.execute(unsure.values(state=State.UNCERTAIN, detail=NOT_HEARD))


def _held(day: date) -> tuple[ColumnElement[bool], ...]:
    return (chunk.c.edition == day, chunk.c.batch != "", chunk.c.state.in_(TAKEN))
