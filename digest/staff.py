"""Who works at a hosted desk: invited by an admin, let in by password, phone code or provider."""

import getpass
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from digest.errors import DigestError, LoginRefused
from digest.model import Member, Rights, fold_name

if TYPE_CHECKING:
    from argon2 import PasswordHasher

    from digest.store import Store
    from digest.store.staff import StaffBook

#: NIST SP 800-63B-4, 3.1.1.2: at least 15 characters where a password is all, no rules of
#: composition; 12 is what people keep without writing it down, and codes can be added.
SHORTEST = 12
LONGEST = 200  #: so that hashing cannot be made to take long
INVITED = timedelta(days=3)
#: Failed logins within a quarter of an hour: of one name from one address, of one name from
#: anywhere, from one address for any names (OWASP Authentication Cheat Sheet, "Login Throttling").
FORGOTTEN = timedelta(minutes=15)
LIMITS = (5, 50, 30)
REFUSED = "name, password and code do not belong together"
STEP = 30  #: seconds of a code (RFC 6238, 5.2)
SECRET = re.compile(r"[A-Z2-7]{32}")  # Base32, 160 bits (RFC 4226, 4: R6)


def me() -> str:
    """Return the name of whoever sits at this machine."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


class Staff:
    """The members of staff of one working folder."""

    def __init__(self, store: Callable[[], "Store"], clock: Callable[[], datetime]) -> None:
        self._open, self._clock = store, clock

    def invite(self, name: str, role: Rights, by: str) -> str:
        """Add a member; return the token with which they set their password, good for three days.

        Raises DigestError if the name is taken or none.
        """
        name = " ".join(name.split())
        if not name or len(name) > 200:
            raise DigestError("a member of staff needs a name, of 200 characters at most")
        member = self._book.add(name, role, self._clock())
        self._note(by, f"added {name} as {role}")
        return self._invited(member)

    def reset(self, name: str, by: str) -> str:
        """End a member's sessions, password and second factor; return a token to begin anew.

        Raises NotFound.
        """
        member = self._book.named(name)
        self._book.change(member.id, password="", totp="", stamp=_random())
        self._note(by, f"reset {member.name}")
        return self._invited(member)

    def promote(self, name: str, role: Rights, by: str) -> None:
        """Give a member other rights. Raises NotFound, or DigestError if no admin would be left."""
        member = self._book.named(name)
        self._keep_an_admin(member, role)
        self._book.change(member.id, role=role)
        self._note(by, f"made {member.name} {role}")

    def remove(self, name: str, by: str) -> None:
        """Take a member out, their sessions with them. Raises NotFound, or DigestError as above."""
        member = self._book.named(name)
        self._keep_an_admin(member, None)
        self._book.remove(member.id)
        self._note(by, f"removed {member.name}")

    def join(self, token: str, password: str) -> Member:
        """Set the password of whoever was invited. Raises LoginRefused, or DigestError if weak."""
        member = self._book.invited_by(_hashed(token))
        until = self._book.keys(member.id).invited_until if member else None
        if member is None or until is None or until < self._clock():
            raise LoginRefused("this invitation was used or has ended; ask an admin for another")
        self._set(member, password)
        self._book.change(member.id, invited="", invited_until=None)
        self._note(member.name, "set a password by invitation")
        return self._fresh(member)

    def log_in(self, name: str, password: str, code: str, address: str) -> Member:
        """Return who this is. Raises LoginRefused, for every cause in the same words and time."""
        tries, since = self._open().attempts, self._clock() - FORGOTTEN
        key, place = f"login {fold_name(name)}", f"login {address}"
        counts = (
            tries.count(since, key, place),
            tries.count(since, key),
            tries.count(since, source=place),
        )
        if any(n >= limit for n, limit in zip(counts, LIMITS, strict=True)):
            raise LoginRefused("too many failed logins; wait a quarter of an hour")
        member = self._verified(name, password, code)
        if member is None:
            tries.note(key[:300], place, self._clock())
            self._note(name[:200], f"failed to log in from {address}")
            raise LoginRefused(REFUSED)
        tries.forgive(key, place)
        self._note(member.name, f"logged in from {address}")
        return member

    def provided(self, subject: str, mail: str) -> Member:
        """Return whom an OpenID Connect provider vouches for: known, or invited by that address.

        Raises LoginRefused.
        """
        member = self._book.known_as(subject)
        if member is None:
            member = self._book.find(mail)
            if member is None:
                raise LoginRefused(f"nobody called {mail or 'that'} works at this desk")
            self._book.change(member.id, subject=subject, stamp=member.stamp or _random())
        self._note(member.name, "logged in by the provider")
        return self._fresh(member)

    def change_password(self, member: Member, old: str, new: str) -> Member:
        """Set a new password, and end every session. Raises LoginRefused, or DigestError."""
        if not self._matches(self._book.keys(member.id).password, old):
            raise LoginRefused("the old password is another one")
        self._set(member, new)
        self._note(member.name, "changed the password")
        return self._fresh(member)

    def log_out_everywhere(self, member: Member) -> None:
        """End every session of a member."""
        self._book.change(member.id, stamp=_random())

    # A second factor

    def factor(self, member: Member) -> tuple[str, str]:
        """Return a new secret for a phone, and the address that its app reads as a QR code."""
        import pyotp

        secret = pyotp.random_base32()
        return secret, pyotp.TOTP(secret).provisioning_uri(name=member.name, issuer_name="digest")

    def use_factor(self, member: Member, secret: str, code: str) -> None:
        """Ask for codes from now on, if this one is right. Raises LoginRefused."""
        step = _step(secret, code, self._clock())
        if step is None or not self._book.use_code(member.id, step):
            raise LoginRefused("that code is not the one of this moment; try the next")
        self._book.change(member.id, totp=secret)
        self._note(member.name, "turned on the second factor")

    def drop_factor(self, member: Member, password: str) -> None:
        """Ask for codes no more. Raises LoginRefused if the password is wrong."""
        if not self._matches(self._book.keys(member.id).password, password):
            raise LoginRefused("the password is another one")
        self._book.change(member.id, totp="")
        self._note(member.name, "turned off the second factor")

    # Inside

    def _verified(self, name: str, password: str, code: str) -> Member | None:
        member = self._book.find(name)
        keys = self._book.keys(member.id) if member else None
        right = self._matches(keys.password if keys else "", password)
        if not (member and keys and right):
            return None
        if keys.totp:
            step = _step(keys.totp, code, self._clock())
            if step is None or not self._book.use_code(member.id, step):
                return None
        return member

    def _matches(self, hashed: str, password: str) -> bool:
        from argon2.exceptions import InvalidHashError, VerifyMismatchError

        try:
            # who does not exist takes as long as who does
            self._hasher.verify(hashed or self._nobody, password[:LONGEST])
        except (VerifyMismatchError, InvalidHashError):
            return False
        return bool(hashed)

    def _set(self, member: Member, password: str) -> None:
        if not SHORTEST <= len(password) <= LONGEST:
            raise DigestError(f"a password has {SHORTEST} to {LONGEST} characters; any will do")
        if len(member.name) > 2 and member.name.casefold() in password.casefold():
            raise DigestError("a password must not hold your name")
        hashed = self._hasher.hash(password)
        self._book.change(member.id, password=hashed, stamp=_random())

    def _keep_an_admin(self, member: Member, role: Rights | None) -> None:
        admins = [m for m in self._book.everybody() if m.role == Rights.ADMIN]
        if admins == [member] and role != Rights.ADMIN:
            raise DigestError(f"{member.name} is the only admin; make somebody else one first")

    def _invited(self, member: Member) -> str:
        token = secrets.token_urlsafe(24)
        until = self._clock() + INVITED
        self._book.change(member.id, invited=_hashed(token), invited_until=until)
        return token

    def _fresh(self, member: Member) -> Member:
        return self._book.named(member.name)

    def _note(self, who: str, what: str) -> None:
        self._book.note(self._clock(), who, what)

    @property
    def _book(self) -> "StaffBook":
        return self._open().staff

    @cached_property
    def _hasher(self) -> "PasswordHasher":
        from argon2 import PasswordHasher

        return PasswordHasher()  # RFC 9106's second recommendation: 64 MiB, 3 passes

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash(secrets.token_hex(8))


def _step(secret: str, code: str, now: datetime) -> int | None:
    """Return the time step that a code is of, one early or late allowed; None if it is of none."""
    import pyotp

    given = "".join(code.split())
    if not SECRET.fullmatch(secret) or not given.isascii():
        return None
    totp = pyotp.TOTP(secret)
    steps = (int(now.timestamp()) // STEP + by for by in (0, -1, 1))
    return next((s for s in steps if hmac.compare_digest(totp.generate_otp(s), given)), None)


def _random() -> str:
    return secrets.token_hex(16)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
