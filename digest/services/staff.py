"""Staff: members of a hosted desk; invitations, logins by password, phone code or provider."""

import getpass
import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from digest.errors import DigestError, LoginRefused, TooManyTries
from digest.model import (
    MAX_AUDIT_ENTRIES,
    AttemptLimit,
    AuditEntry,
    Member,
    StaffRights,
    fold_name,
    network_of,
)
from digest.services.credentials import KNOWN, STRANGERS, Lane, code_step

if TYPE_CHECKING:
    from argon2 import PasswordHasher

    from digest.store import Store
    from digest.store.staff import StaffMembers

#: NIST SP 800-63B-4, 3.1.1.2: at least 15 characters where a password is all, no rules of
#: composition; 12 is what people keep without writing it down, and codes can be added.
MIN_PASSWORD_LENGTH = 12
MAX_PASSWORD_LENGTH = 200  #: so that hashing cannot be made to take long
INVITATION_PERIOD = timedelta(days=3)
#: What failed within a quarter of an hour counts (OWASP Authentication Cheat Sheet, "Login
#: Throttling").
FAILURE_PERIOD = timedelta(minutes=15)
#: Failed logins: of one name from one network; of any names from one network.
PER_NAME = 5
PER_PLACE = 30
#: Failed logins of one name from anywhere from which on it is under attack: then each network
#: may try it once. Nobody is shut out: the owner's own network, and a browser in which they have
#: logged in before, are not the attacker's (OWASP, "Slow Down Online Guessing Attacks with Device
#: Cookies").
ATTACK = 50
PER_NAME_ATTACKED = 1
#: Wrong codes a day from browsers that are not known, of who knows the password. Each guess is
#: right once in 300,000 (NIST SP 800-63B, 5.2.2 allows a hundred).
CODES = 20
CODES_WITHIN = timedelta(days=1)
#: Bits of what counts as one network: a site has a /48 at the most (RFC 6177, 2).
V4 = 24
V6 = 48
#: How long a login lasts: a working day (OWASP Session Management Cheat Sheet, "Absolute
#: Timeout": four to eight hours where people work all day; we add the lunch).
SESSION_PERIOD = timedelta(hours=12)
#: a key of 160 bits as apps take it (RFC 4226, 4; RFC 4648, 6)
SECRET = re.compile("[A-Z2-7]{32}")
REFUSED = "name, password and code do not belong together"


def local_user() -> str:
    """Return the name of the account that runs this process."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "unknown"


class Staff:
    """The members of staff of one working folder."""

    def __init__(self, store: "Store", clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock

    def list_members(self) -> list[Member]:
        """Return all members by name."""
        return self._book.list_members()

    def list_audit_entries(
        self, limit: int = MAX_AUDIT_ENTRIES
    ) -> list[AuditEntry]:
        """Return what was done, in any newsletter, the newest first.

        `Editions.list_audit_entries` returns what was done to one edition.
        """
        return self._book.list_actions(limit=limit)

    def invite_member(self, name: str, role: StaffRights, by: str) -> str:
        """Add a member; return the token with which they set their password, good for three days.

        Raises DigestError if the name is taken or none.
        """
        name = " ".join(name.split())
        if not name or len(name) > 200:
            raise DigestError(
                "a member of staff needs a name of at most 200 characters"
            )
        member = self._book.add_member(name, role, self._clock())
        self._note(by, f"added {name} as {role}")
        return self._make_invitation(member)

    def reset_member(self, name: str, by: str) -> str:
        """End a member's sessions, password and second factor; return a token to begin anew.

        Raises NotFound.
        """
        member = self._book.get_member_by_name(name)
        self._book.change_member(member.id, password="", totp="")
        self._end_sessions(member)
        self._note(by, f"reset {member.name}")
        return self._make_invitation(member)

    def change_role(self, name: str, role: StaffRights, by: str) -> None:
        """Give a member other rights, and end their sessions.

        Raises NotFound, or DigestError if no admin would be left.
        """
        member = self._book.get_member_by_name(name)
        self._keep_an_admin(member, role)
        self._book.change_member(member.id, role=role)
        self._end_sessions(member)
        self._note(by, f"made {member.name} {role}")

    def remove_member(self, name: str, by: str) -> None:
        """Take a member out, their sessions with them. Raises NotFound, or DigestError as above."""
        member = self._book.get_member_by_name(name)
        self._keep_an_admin(member, None)
        self._book.remove_member(member.id)
        self._note(by, f"removed {member.name}")

    def accept_invitation(self, token: str, password: str) -> Member:
        """Set the password of an invited member; the invitation works once.

        Raises LoginRefused, DigestError if the password is weak, or TooManyTries.
        """
        used = "this invitation was used or has ended; ask an admin for another"
        member = self._book.find_invited_member(_hash_token(token))
        if member:
            until = self._book.get_secrets(member.id).invited_until
        else:
            until = None
        if member is None or until is None or until < self._clock():
            raise LoginRefused(used)
        password_hash = self._hash_password(member, password, STRANGERS)
        now = self._clock()
        if not self._book.accept_invitation(
            _hash_token(token), now, password_hash, _random_stamp()
        ):
            raise LoginRefused(used)  # another request was as quick
        self._note(member.name, "set a password by invitation")
        return self._reload_member(member)

    def log_in(
        self,
        name: str,
        password: str,
        code: str,
        address: str,
        device: str = "",
    ) -> Member:
        """Return who this is; `device` names a browser in which this name has logged in before.

        Raises LoginRefused, for every cause in the same words and time, and TooManyTries.
        """
        tries = self._store.login_attempts
        now = self._clock()
        key, place = self._attempt_keys(name, address, device)
        number, wait = tries.note_attempt(
            key, place, now, self._login_limits(key, place, device)
        )
        if not number:
            raise TooManyTries("too many failed logins", wait)
        try:
            member = self._verify_login(name, password, code, device)
        except TooManyTries as e:
            if e.busy:
                tries.forget_attempt(number)  # no password was looked at
            raise
        if member is None:
            self._note(name[:200], f"failed to log in from {address}")
            raise LoginRefused(REFUSED)
        tries.forget_attempts_of(key, place)
        self._note(member.name, f"logged in from {address}")
        return member

    def log_in_by_provider(self, subject: str, mail: str) -> Member:
        """Return the member whom an OpenID Connect provider names: known, or invited by that address.

        Raises LoginRefused.
        """
        member = self._book.find_member_by_identity(subject)
        if member is None:
            member = self._book.find_member(mail)
            if member is None:
                raise LoginRefused(
                    f"there is no member of staff called {mail or 'that'}"
                )
            self._book.change_member(
                member.id,
                subject=subject,
                stamp=member.stamp or _random_stamp(),
            )
        self._note(member.name, "logged in by the provider")
        return self._reload_member(member)

    def change_password(self, member: Member, old: str, new: str) -> Member:
        """Set a new password, and end every session.

        Raises LoginRefused, DigestError if the new one is weak, or TooManyTries.
        """
        if not self._prove_identity(member, old, ""):
            raise LoginRefused("the old password is wrong")
        self._book.change_member(
            member.id, password=self._hash_password(member, new, KNOWN)
        )
        self._end_sessions(member)
        self._note(member.name, "changed the password")
        return self._reload_member(member)

    # Sessions

    def begin_session(self, member: Member) -> str:
        """Begin a session of a member; return the token for their cookie."""
        token = secrets.token_urlsafe(24)
        now = self._clock()
        self._book.begin_session(
            _hash_token(token), member.id, now, now - SESSION_PERIOD
        )
        return token

    def find_session_member(self, token: str) -> Member | None:
        """Return whose session this is; None if it has ended."""
        if token:
            return self._book.find_member_in_session(
                _hash_token(token), self._clock() - SESSION_PERIOD
            )
        return None

    def end_session(self, token: str) -> None:
        """End one session: its cookie is no longer valid anywhere."""
        self._book.end_session(_hash_token(token))

    def log_out_everywhere(self, member: Member) -> None:
        """End every session of a member."""
        self._end_sessions(member)

    # A second factor

    def propose_factor(
        self, member: Member, secret: str = ""
    ) -> tuple[str, str]:
        """Return a secret for a phone, and the address that its app reads as a QR code.

        It is a new one, unless `secret` is one that was shown before.
        """
        import pyotp

        if not SECRET.fullmatch(secret):
            secret = pyotp.random_base32()
        return secret, pyotp.TOTP(secret).provisioning_uri(
            name=member.name, issuer_name="digest"
        )

    def turn_on_factor(
        self,
        member: Member,
        secret: str,
        code: str,
        password: str,
        old_code: str = "",
    ) -> Member:
        """Ask for codes of a new secret from now on, if its code is right; end other sessions.

        Takes the password, or a code of the factor there is. Raises LoginRefused or TooManyTries.
        """
        if not self._prove_identity(member, password, old_code):
            raise LoginRefused(
                "the password, or the code of your present phone, is wrong"
            )
        step = code_step(secret, code, self._clock())
        if step is None:
            raise LoginRefused(
                "this code is wrong or too old; try the next one"
            )
        # a code of another secret may be of the same half minute as the one that proved who it is
        self._book.change_member(member.id, totp=secret, totp_used=step)
        self._end_sessions(member)
        self._note(member.name, "turned on the second factor")
        return self._reload_member(member)

    def turn_off_factor(
        self, member: Member, password: str, code: str = ""
    ) -> Member:
        """Ask for codes no more, and end other sessions.

        Takes the password, or a code. Raises LoginRefused or TooManyTries.
        """
        if not self._prove_identity(member, password, code):
            raise LoginRefused("the password or the code is wrong")
        self._book.change_member(member.id, totp="")
        self._end_sessions(member)
        self._note(member.name, "turned off the second factor")
        return self._reload_member(member)

    # Inside

    def _attempt_keys(
        self, name: str, address: str, device: str
    ) -> tuple[str, str]:
        """Return the name and the source under which a login is counted."""
        if device:
            return f"device {device}", ""
        return f"login {fold_name(name)}"[
            :300
        ], f"login {network_of(address, V4, V6)}"

    def _login_limits(
        self, key: str, place: str, device: str
    ) -> list[AttemptLimit]:
        if device:
            return [AttemptLimit(PER_NAME, FAILURE_PERIOD, name=key)]
        failed = self._store.login_attempts.count_attempts(
            self._clock() - FAILURE_PERIOD, name=key
        )
        per_name = PER_NAME
        if failed >= ATTACK:
            per_name = PER_NAME_ATTACKED
        return [
            AttemptLimit(per_name, FAILURE_PERIOD, key, place),
            AttemptLimit(PER_PLACE, FAILURE_PERIOD, source=place),
        ]

    def _verify_login(
        self, name: str, password: str, code: str, device: str
    ) -> Member | None:
        member = self._book.find_member(name)
        lane = STRANGERS
        if device:
            lane = KNOWN
        if member is None:
            self._check_password(
                "", password, lane
            )  # takes as long as for a member
            return None
        keys = self._book.get_secrets(member.id)
        if not self._check_password(keys.password, password, lane):
            return None
        if keys.totp and not self._accept_code(member, keys.totp, code, device):
            return None
        return member

    def _accept_code(
        self, member: Member, secret: str, code: str, device: str
    ) -> bool:
        """Return whether a code is right and was not used; guesses are few. Raises TooManyTries."""
        tries = self._store.login_attempts
        key = f"code {member.id}"
        limits: list[AttemptLimit] = []
        if not device:
            limits.append(AttemptLimit(CODES, CODES_WITHIN, name=key))
        number, wait = tries.note_attempt(key, "", self._clock(), limits)
        if not number:
            raise TooManyTries("too many wrong codes", wait)
        if not self._use_code(member, secret, code):
            return False
        tries.forget_attempts_of(key, "")
        return True

    def _use_code(self, member: Member, secret: str, code: str) -> bool:
        step = code_step(secret, code, self._clock())
        return step is not None and self._book.use_up_code(member.id, step)

    def _prove_identity(self, member: Member, password: str, code: str) -> bool:
        """Return whether the user of a session is its owner: by password, or by a code.

        Raises TooManyTries after some guesses.
        """
        tries = self._store.login_attempts
        key = f"prove {member.id}"
        limit = AttemptLimit(PER_NAME, FAILURE_PERIOD, name=key)
        number, wait = tries.note_attempt(key, "", self._clock(), [limit])
        if not number:
            raise TooManyTries("too many wrong passwords or codes", wait)
        keys = self._book.get_secrets(member.id)
        if code and keys.totp:
            proved = self._use_code(member, keys.totp, code)
        else:
            proved = self._check_password(keys.password, password, KNOWN)
        if proved:
            tries.forget_attempts_of(key, "")
        return proved

    def _check_password(self, hashed: str, password: str, lane: Lane) -> bool:
        from argon2.exceptions import InvalidHashError, VerifyMismatchError

        with lane.hold_turn():
            try:
                # an unknown name takes as long as a known one
                self._hasher.verify(
                    hashed or self._dummy_hash, password[:MAX_PASSWORD_LENGTH]
                )
            except (VerifyMismatchError, InvalidHashError):
                return False
        return bool(hashed)

    def _hash_password(self, member: Member, password: str, lane: Lane) -> str:
        """Return a password hashed. Raises DigestError if it is weak, or TooManyTries."""
        if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
            raise DigestError(
                f"a password has {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters, of any kind"
            )
        if (
            len(member.name) > 2
            and member.name.casefold() in password.casefold()
        ):
            raise DigestError("a password must not contain your name")
        with lane.hold_turn():
            return self._hasher.hash(password)

    def _end_sessions(self, member: Member) -> None:
        self._book.end_sessions(member.id, _random_stamp())

    def _keep_an_admin(self, member: Member, role: StaffRights | None) -> None:
        members = self._book.list_members()
        admins = [other for other in members if other.role == StaffRights.ADMIN]
        if admins == [member] and role != StaffRights.ADMIN:
            raise DigestError(
                f"{member.name} is the only admin; make another member an admin first"
            )

    def _make_invitation(self, member: Member) -> str:
        token = secrets.token_urlsafe(24)
        until = self._clock() + INVITATION_PERIOD
        self._book.change_member(
            member.id, invited=_hash_token(token), invited_until=until
        )
        return token

    def _reload_member(self, member: Member) -> Member:
        return self._book.get_member_by_name(member.name)

    def _note(self, person: str, action: str) -> None:
        self._book.note_action(self._clock(), person, action)

    @property
    def _book(self) -> "StaffMembers":
        return self._store.staff

    @cached_property
    def _hasher(self) -> "PasswordHasher":
        from argon2 import PasswordHasher

        return (
            PasswordHasher()
        )  # RFC 9106's second recommendation: 64 MiB, 3 passes

    @cached_property
    def _dummy_hash(self) -> str:
        return self._hasher.hash(secrets.token_hex(8))


def _random_stamp() -> str:
    return secrets.token_hex(16)


def _hash_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
