"""A person's word to let a send rest, or to end it."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, Engine, delete, insert, select, update

from digest.errors import NotFound
from digest.model import CANCELLED, PAUSED, REHEARSAL
from digest.store.tables import sending

__all__ = ["CANCELLED", "PAUSED", "Halts"]


#: What tells an edition that was given up: no transport that mails was ever begun for it.
GIVEN_UP: tuple[ColumnElement[bool], ...] = (
    sending.c.halt == CANCELLED,
    sending.c.transport == REHEARSAL,
)


class Halts:
    """Which sends were halted, and by whom."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def halt(self, day: date, how: str, by: str) -> None:
        """Let nothing more of an edition be handed over: paused, or cancelled for good.

        Raises NotFound if it is not being sent, and DigestError if it was cancelled.
        """
        running = (sending.c.edition == day, sending.c.halt != CANCELLED)
        with self._engine.begin() as c:
            values = {"halt": how, "halted_by": by}
            if not c.execute(update(sending).where(*running).values(values)).rowcount:
                raise NotFound(f"no send of {day} is going on")

    def give_up(self, day: date, by: str, now: datetime) -> None:
        """Note that an edition of which nothing left is not going to be sent."""
        values = {"edition": day, "frozen_at": now, "content_hash": "", "segment": ""}
        values |= {"transport": REHEARSAL, "halt": CANCELLED, "halted_by": by}
        with self._engine.begin() as c:
            c.execute(insert(sending).values(values))

    def take_up(self, day: date) -> None:
        """Take back that an edition was given up, if it was."""
        with self._engine.begin() as c:
            never_frozen = sending.c.content_hash == ""
            c.execute(delete(sending).where(sending.c.edition == day, never_frozen))

    def given_up(self) -> set[date]:
        """Return the editions that were cancelled and that nobody got."""
        with self._engine.connect() as c:
            return set(c.scalars(select(sending.c.edition).where(*GIVEN_UP)))

    def go_on(self, day: date) -> None:
        """Take a pause back. Raises NotFound if there is none."""
        paused = (sending.c.edition == day, sending.c.halt == PAUSED)
        with self._engine.begin() as c:
            if not c.execute(update(sending).where(*paused).values(halt="")).rowcount:
                raise NotFound(f"the send of {day} is not paused")

    def halted(self, day: date) -> tuple[str, str]:
        """Return how an edition was halted (paused, cancelled) and by whom; "" if it is not."""
        columns = select(sending.c.halt, sending.c.halted_by).where(
            sending.c.edition == day
        )
        with self._engine.connect() as c:
            row = c.execute(columns).first()
            if row and row.halt:
                return row.halt, row.halted_by
            return "", ""
