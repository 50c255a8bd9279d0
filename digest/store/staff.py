"""Who works at the desk, and what they did."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Engine, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from digest.errors import DigestError, NotFound
from digest.model import Deed, Member, Rights, fold_name
from digest.store.tables import audit, staff, staff_session


@dataclass(frozen=True, slots=True)
class Keys:
    """What lets a member in."""

    password: str  #: hashed; "" if there is none
    totp: str
    totp_used: int
    invited_until: datetime | None


class StaffBook:
    """Members and deeds."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, name: str, role: Rights, now: datetime) -> Member:
        """Store a new member. Raises DigestError if there is one of that name."""
        values = {
            "name": name,
            "folded": fold_name(name),
            "role": role,
            "created_at": now,
        }
        try:
            with self._engine.begin() as c:
                c.execute(insert(staff).values(values))
        except IntegrityError:
            raise DigestError(
                f"there is a member of staff called {name} already"
            ) from None
        return self.named(name)

    def everybody(self) -> list[Member]:
        """Return all members by name."""
        with self._engine.connect() as c:
            return [
                _member(row)
                for row in c.execute(select(staff).order_by(staff.c.folded))
            ]

    def get(self, number: int) -> Member | None:
        """Return a member by id."""
        return self._one(staff.c.id == number)

    def find(self, name: str) -> Member | None:
        """Return a member by name, whatever its case; None if there is none."""
        return self._one(staff.c.folded == fold_name(name))

    def named(self, name: str) -> Member:
        """Return a member by name, whatever its case. Raises NotFound."""
        found = self.find(name)
        if found is None:
            raise NotFound(f"there is no member of staff called {name}")
        return found

    def known_as(self, subject: str) -> Member | None:
        """Return the member with an OpenID Connect identity."""
        return self._one(staff.c.subject == subject)

    def invited_by(self, token: str) -> Member | None:
        """Return the member whom an invitation (hashed) is for, used up or not."""
        if token:
            return self._one(staff.c.invited == token)
        return None

    def keys(self, number: int) -> Keys:
        """Return what lets a member (id) in."""
        columns = (
            staff.c.password,
            staff.c.totp,
            staff.c.totp_used,
            staff.c.invited_until,
        )
        with self._engine.connect() as c:
            return Keys(*c.execute(select(*columns).where(staff.c.id == number)).one())

    def change(self, number: int, **values: Any) -> None:
        """Change columns of a member (id)."""
        with self._engine.begin() as c:
            c.execute(update(staff).where(staff.c.id == number).values(values))

    def use_code(self, number: int, step: int) -> bool:
        """Note a code's time step as used; False if it, or a later one, was used before."""
        fresh = (staff.c.id == number, staff.c.totp_used < step)
        with self._engine.begin() as c:
            return (
                c.execute(update(staff).where(*fresh).values(totp_used=step)).rowcount
                == 1
            )

    def accept(self, token: str, now: datetime, password: str, stamp: str) -> bool:
        """Use an invitation (hashed) up for a password (hashed); False if it is good no more.

        Of many who use it at one moment, one succeeds.
        """
        good = (staff.c.invited == token, staff.c.invited_until >= now)
        values = {
            "password": password,
            "stamp": stamp,
            "invited": "",
            "invited_until": None,
        }
        with self._engine.begin() as c:
            return c.execute(update(staff).where(*good).values(values)).rowcount == 1

    # Sessions

    def begin_session(
        self, name: str, number: int, now: datetime, before: datetime
    ) -> None:
        """Let a member (id) in by a session's name (hashed); forget those begun before a time."""
        with self._engine.begin() as c:
            c.execute(delete(staff_session).where(staff_session.c.begun_at < before))
            c.execute(insert(staff_session).values(id=name, staff=number, begun_at=now))

    def in_session(self, name: str, since: datetime) -> Member | None:
        """Return whose session (hashed) this is; None if it ended, or began before a time."""
        good = (staff_session.c.id == name, staff_session.c.begun_at > since)
        joined = select(staff).join(staff_session, staff_session.c.staff == staff.c.id)
        with self._engine.connect() as c:
            row = c.execute(joined.where(*good)).first()
        if row:
            return _member(row)
        return None

    def end_session(self, name: str) -> None:
        """End one session (hashed)."""
        with self._engine.begin() as c:
            c.execute(delete(staff_session).where(staff_session.c.id == name))

    def end_sessions(self, number: int, stamp: str) -> None:
        """End every session of a member (id), who gets another stamp."""
        with self._engine.begin() as c:
            c.execute(update(staff).where(staff.c.id == number).values(stamp=stamp))
            c.execute(delete(staff_session).where(staff_session.c.staff == number))

    def remove(self, number: int) -> None:
        """Take a member (id) out, their sessions with them."""
        with self._engine.begin() as c:
            c.execute(delete(staff_session).where(staff_session.c.staff == number))
            c.execute(delete(staff).where(staff.c.id == number))

    def note(
        self, now: datetime, who: str, what: str, edition: date | None = None
    ) -> None:
        """Write down what somebody did."""
        with self._engine.begin() as c:
            c.execute(insert(audit).values(at=now, who=who, what=what, edition=edition))

    def deeds(self, edition: date | None = None, limit: int = 200) -> list[Deed]:
        """Return what was done, to one edition or at all, the newest first."""
        rows = select(audit.c.at, audit.c.who, audit.c.what, audit.c.edition)
        if edition:
            rows = rows.where(audit.c.edition == edition)
        with self._engine.connect() as c:
            return [
                Deed(*row)
                for row in c.execute(rows.order_by(audit.c.id.desc()).limit(limit))
            ]

    def _one(self, which: Any) -> Member | None:
        with self._engine.connect() as c:
            row = c.execute(select(staff).where(which)).first()
            if row:
                return _member(row)
            return None


def _member(row: Row[Any]) -> Member:
    active = bool(row.password or row.subject)
    return Member(row.id, row.name, Rights(row.role), row.stamp, bool(row.totp), active)
