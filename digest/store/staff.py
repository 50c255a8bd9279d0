"""Staff of the desk: members, what lets them in, their sessions, and the audit of their actions."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from digest.errors import DigestError, NotFound
from digest.model import (
    MAX_AUDIT_ENTRIES,
    AuditEntry,
    Member,
    StaffRights,
    fold_name,
)
from digest.store.edition_scope import EditionScope, audit_entry_of
from digest.store.tables import audit, staff, staff_session

#: What was done by whom to what, the newest first.
_NEWEST_ACTIONS = select(
    audit.c.at, audit.c.who, audit.c.what, audit.c.edition
).order_by(audit.c.id.desc())


@dataclass(frozen=True, slots=True)
class MemberSecrets:
    """The secrets that let a member in."""

    password: str  #: hashed; "" if there is none
    totp: str
    totp_used: int
    invited_until: datetime | None


class StaffMembers(EditionScope):
    """Members of staff, whom all newsletters share, and their actions."""

    # Members

    def add_member(self, name: str, role: StaffRights, now: datetime) -> Member:
        """Store a new member. Raises DigestError if there is one of that name."""
        add_member = insert(staff).values(
            name=name,
            folded=fold_name(name),
            role=role,
            created_at=now,
        )
        try:
            with self._engine.begin() as connection:
                connection.execute(add_member)
        except IntegrityError:
            raise DigestError(
                f"there is a member of staff called {name} already"
            ) from None
        return self.get_member_by_name(name)

    def list_members(self) -> list[Member]:
        """Return all members by name."""
        by_name = select(staff).order_by(staff.c.folded)
        with self._engine.connect() as connection:
            return [_member_of(row) for row in connection.execute(by_name)]

    def find_member(self, name: str) -> Member | None:
        """Return a member by name, whatever its case; None if there is none."""
        return self._select_member(staff.c.folded == fold_name(name))

    def get_member_by_name(self, name: str) -> Member:
        """Return a member by name, whatever its case. Raises NotFound."""
        member = self.find_member(name)
        if member is None:
            raise NotFound(f"there is no member of staff called {name}")
        return member

    def find_member_by_identity(self, subject: str) -> Member | None:
        """Return the member with an OpenID Connect identity."""
        return self._select_member(staff.c.subject == subject)

    def find_invited_member(self, token: str) -> Member | None:
        """Return the member whom an invitation (hashed) is for, used or not."""
        if not token:
            return None
        return self._select_member(staff.c.invited == token)

    def get_secrets(self, number: int) -> MemberSecrets:
        """Return what lets a member (id) in."""
        keys = select(
            staff.c.password,
            staff.c.totp,
            staff.c.totp_used,
            staff.c.invited_until,
        ).where(staff.c.id == number)
        with self._engine.connect() as connection:
            return MemberSecrets(*connection.execute(keys).one())

    def change_member(self, number: int, **values: Any) -> None:
        """Change columns of a member (id)."""
        with self._engine.begin() as connection:
            connection.execute(
                update(staff).where(staff.c.id == number).values(values)
            )

    def use_up_code(self, number: int, step: int) -> bool:
        """Note a code's time step as used; False if it, or a later one, was used before."""
        note_step = (
            update(staff)
            .where(
                staff.c.id == number,
                staff.c.totp_used < step,
            )
            .values(totp_used=step)
        )
        with self._engine.begin() as connection:
            return connection.execute(note_step).rowcount == 1

    def accept_invitation(
        self, token: str, now: datetime, password: str, stamp: str
    ) -> bool:
        """Use an invitation (hashed) up for a password (hashed); False if it is good no more.

        Of many who use it at one moment, one succeeds.
        """
        use_invitation = (
            update(staff)
            .where(
                staff.c.invited == token,
                staff.c.invited_until >= now,
            )
            .values(
                password=password,
                stamp=stamp,
                invited="",
                invited_until=None,
            )
        )
        with self._engine.begin() as connection:
            return connection.execute(use_invitation).rowcount == 1

    def remove_member(self, number: int) -> None:
        """Remove a member (id), their sessions with them."""
        with self._engine.begin() as connection:
            connection.execute(
                delete(staff_session).where(staff_session.c.staff == number)
            )
            connection.execute(delete(staff).where(staff.c.id == number))

    def _select_member(self, condition: ColumnElement[bool]) -> Member | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(staff).where(condition)).first()
        if row is None:
            return None
        return _member_of(row)

    # Sessions

    def begin_session(
        self, name: str, number: int, now: datetime, before: datetime
    ) -> None:
        """Store a session of a member (id) by its name (hashed); delete those begun before a time."""
        forget_old = delete(staff_session).where(
            staff_session.c.begun_at < before
        )
        add_session = insert(staff_session).values(
            id=name,
            staff=number,
            begun_at=now,
        )
        with self._engine.begin() as connection:
            connection.execute(forget_old)
            connection.execute(add_session)

    def find_member_in_session(
        self, name: str, since: datetime
    ) -> Member | None:
        """Return the member of a session (hashed); None if it ended, or began before a time."""
        member = (
            select(staff)
            .join(staff_session, staff_session.c.staff == staff.c.id)
            .where(
                staff_session.c.id == name,
                staff_session.c.begun_at > since,
            )
        )
        with self._engine.connect() as connection:
            row = connection.execute(member).first()
        if row is None:
            return None
        return _member_of(row)

    def end_session(self, name: str) -> None:
        """End one session (hashed)."""
        with self._engine.begin() as connection:
            connection.execute(
                delete(staff_session).where(staff_session.c.id == name)
            )

    def end_sessions(self, number: int, stamp: str) -> None:
        """End every session of a member (id), who gets another stamp."""
        with self._engine.begin() as connection:
            connection.execute(
                update(staff).where(staff.c.id == number).values(stamp=stamp)
            )
            connection.execute(
                delete(staff_session).where(staff_session.c.staff == number)
            )

    # The audit

    def note_action(
        self,
        now: datetime,
        actor: str,
        action: str,
        edition: date | None = None,
    ) -> None:
        """Add an audit entry."""
        key = None
        if edition:
            key = self._key(edition)
        add_entry = insert(audit).values(
            at=now,
            who=actor,
            what=action,
            edition=key,
        )
        with self._engine.begin() as connection:
            connection.execute(add_entry)

    def list_actions(
        self, edition: date | None = None, limit: int = MAX_AUDIT_ENTRIES
    ) -> list[AuditEntry]:
        """Return what was done, the newest first: to one edition, or at all, in any newsletter."""
        entries = _NEWEST_ACTIONS.limit(limit)
        if edition:
            entries = entries.where(audit.c.edition == self._key(edition))
        return self._load_actions(entries)

    def list_actions_like(
        self, beginning: str, limit: int = MAX_AUDIT_ENTRIES
    ) -> list[AuditEntry]:
        """Return what was done to editions of this newsletter and begins so, the newest first."""
        entries = _NEWEST_ACTIONS.where(
            self._is_own(audit.c.edition),
            audit.c.what.startswith(beginning, autoescape=True),
        )
        return self._load_actions(entries.limit(limit))

    def _load_actions(self, entries: Select[Any]) -> list[AuditEntry]:
        with self._engine.connect() as connection:
            return [audit_entry_of(*row) for row in connection.execute(entries)]


def _member_of(row: Row[Any]) -> Member:
    return Member(
        row.id,
        row.name,
        StaffRights(row.role),
        row.stamp,
        bool(row.totp),
        bool(row.password or row.subject),
    )
