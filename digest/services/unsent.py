"""Editions that have not left: due at a time, waiting for a person, taken back, given up."""

from datetime import date, datetime, timedelta

from digest.errors import DigestError, NotFound
from digest.model import CANCELLED, LINK_FOUND, WITHDRAWN, State, Waiting, Waits
from digest.services.sending_steps import Passes
from digest.services.sent_contents import Contents

#: For how long staff are told of an edition that was not sent: nobody wants it after a month.
ASKED_FOR = timedelta(days=28)


#: How long before it leaves an approved edition's links are looked at once more, at each run.
SOON = timedelta(hours=3)


class Unsent(Passes):
    """The editions of one working folder that wait: for their hour, or for a person."""

    _contents: Contents

    def due_at(self, day: date) -> datetime:
        """Return when an edition is to leave."""
        from digest.edition import window

        set_by_hand = self._store.editions.scheduled(day)
        return (
            set_by_hand[0]
            if set_by_hand
            else window(self._settings.newsletter, day).end
        )

    def withdraw_approval(self, day: date, by: str) -> None:
        """Take the approval of an edition back, before anything of it left: it is a draft again.

        Raises NotFound if nobody has approved it, AlreadySent, and Busy while a send goes on.
        """
        with self._store.alone("send"):
            self._store.publications.check_draft(day)
            if self._store.editions.approval(day) is None:
                raise NotFound(f"nobody has approved the edition of {day}")
            self._store.deliveries.dissolve(day)
            self._store.editions.withdraw_approval(day)
        self._note(by, WITHDRAWN, day)

    def give_up(self, day: date, by: str) -> None:
        """Leave an edition unsent for good: what it covered is offered for the next one.

        Approving it takes it up again. Raises AlreadySent, DigestError if it was given up before or
        its hour has not come, and Busy while a send goes on.
        """
        if self.due_at(day) > self._clock():
            raise DigestError(
                f"the hour of the edition of {day} has not come: it is a draft still"
            )
        with self._store.alone("send"):
            self._store.publications.check_draft(day)
            if day in self._store.halts.given_up():
                raise DigestError(f"the edition of {day} is given up already")
            self._store.deliveries.dissolve(day)
            if self._store.deliveries.frozen(day):
                raise DigestError(
                    f"the edition of {day} was sent; it cannot be given up"
                )
            self._store.editions.withdraw_approval(day)
            self._store.halts.give_up(day, by, self._clock())
        self._note(by, "left it unsent; its stories go to the next edition", day)

    def waiting(self) -> list[Waiting]:
        """Return the editions that do not leave unless a person does something, the oldest first.

        Nobody is asked about those that are older than one that was sent since, but for the rest of
        a send.
        """
        store, since = self._store, self._clock() - ASKED_FOR
        days = [d for d in store.editions.dates() if self.due_at(d) >= since]
        newest_sent = max(store.publications.sent(), default=date.min)
        given_up = store.halts.given_up()
        found = [
            self._waiting(d)
            for d in sorted(days)
            if d not in given_up and (d > newest_sent or store.deliveries.mailed_by(d))
        ]
        return [w for w in found if w is not None]

    def leaving_soon(self) -> list[date]:
        """Return the approved editions that leave within the next hours, the first one first."""
        now, store = self._clock(), self._store
        found = [
            d
            for d in store.editions.approved()
            if now < self.due_at(d) <= now + SOON and store.publications.is_draft(d)
        ]
        return sorted(d for d in found if not self._contents.missing(self._render(d)))

    def note_links(self, day: date, said: list[str]) -> None:
        """Write down what became of an approved edition's links, each finding once."""
        known = {d.what for d in self._store.staff.deeds(day)}
        for what in dict.fromkeys(f"{LINK_FOUND}{one}" for one in said):
            if what not in known:
                self._note("digest", what, day)

    # Inside

    def _waiting(self, day: date) -> Waiting | None:
        """Return what an edition waits for, None if for nothing."""
        store, due_at = self._store, self.due_at(day)
        is_due = due_at <= self._clock()
        if store.deliveries.mailed_by(day):
            people = store.deliveries.proof(day).number(State.QUEUED)
            is_left = people and store.halts.halted(day)[0] != CANCELLED
            why = store.second_tries.rest(day).stopped
            told = Waiting(day, Waits.REST, due_at, is_due, people=people, why=why)
            return told if is_left else None
        if not store.publications.is_draft(day) or store.deliveries.complete(day):
            return None
        given = store.editions.approval(day)
        if given is None:
            return Waiting(day, Waits.APPROVAL, due_at, is_due) if is_due else None
        if self._contents.missing(self._render(day)):
            same = store.editions.as_approved(day)[0] == store.editions.source(day)
            lacks = self._settings.desk.two_people and not given.second and same
            waits = Waits.SECOND if lacks else Waits.AGAIN
            return Waiting(day, waits, due_at, is_due, by=given.by)
        return (
            Waiting(day, Waits.SENDING, due_at, is_due, by=given.by) if is_due else None
        )
