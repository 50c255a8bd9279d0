"""Halts: a person pauses the send of an edition, or cancels it for good."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, delete, insert, select, update

from digest.errors import NotFound
from digest.model import CANCELLED, PAUSED, REHEARSAL
from digest.store.edition_scope import EditionScope
from digest.store.tables import sending

#: The condition of an edition that was given up: it was cancelled, and no transport that mails was
#: ever begun for it.
IS_GIVEN_UP: tuple[ColumnElement[bool], ...] = (
    sending.c.halt == CANCELLED,
    sending.c.transport == REHEARSAL,
)


class SendHalts(EditionScope):
    """Sends that were halted, and who halted them."""

    def halt_send(self, day: date, how: str, by: str) -> None:
        """Stop the hand-over of an edition: paused, or cancelled permanently.

        Raises NotFound if it is not being sent, or was cancelled.
        """
        key = self._key(day)
        halt_send = (
            update(sending)
            .where(
                sending.c.edition == key,
                sending.c.halt != CANCELLED,
            )
            .values(halt=how, halted_by=by)
        )
        with self._engine.begin() as connection:
            if connection.execute(halt_send).rowcount == 0:
                raise NotFound(f"no send of {key.short_name} is in progress")

    def give_up_edition(self, day: date, by: str, now: datetime) -> None:
        """Record that an edition of which nothing was sent is given up."""
        key = self._key(day)
        note_given_up = insert(sending).values(
            edition=key,
            frozen_at=now,
            content_hash="",
            segment="",
            transport=REHEARSAL,
            halt=CANCELLED,
            halted_by=by,
        )
        with self._engine.begin() as connection:
            connection.execute(note_given_up)

    def forget_giving_up(self, day: date) -> None:
        """Undo that an edition was given up, if it was."""
        key = self._key(day)
        forget_given_up = delete(sending).where(
            sending.c.edition == key,
            sending.c.content_hash == "",  # its audience was never frozen
        )
        with self._engine.begin() as connection:
            connection.execute(forget_given_up)

    def list_given_up_editions(self) -> set[date]:
        """Return the editions that were cancelled before anybody got them."""
        given_up = select(sending.c.edition).where(
            *IS_GIVEN_UP, self._is_own(sending.c.edition)
        )
        with self._engine.connect() as connection:
            keys = connection.scalars(given_up)
            return {key.day for key in keys}

    def end_pause(self, day: date) -> None:
        """End a pause. Raises NotFound if there is none."""
        key = self._key(day)
        end_pause = (
            update(sending)
            .where(
                sending.c.edition == key,
                sending.c.halt == PAUSED,
            )
            .values(halt="")
        )
        with self._engine.begin() as connection:
            if connection.execute(end_pause).rowcount == 0:
                raise NotFound(f"the send of {key.short_name} is not paused")

    def get_halt(self, day: date) -> tuple[str, str]:
        """Return whether an edition is paused or cancelled, and by whom; "" if it is neither."""
        key = self._key(day)
        state = select(sending.c.halt, sending.c.halted_by).where(
            sending.c.edition == key
        )
        with self._engine.connect() as connection:
            row = connection.execute(state).first()
        if row is None or not row.halt:
            return "", ""
        return row.halt, row.halted_by
