"""A mailbox read over IMAP (RFC 3501), by imap-tools: what is new, and what becomes of it."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import Message
from functools import cached_property

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError
from imap_tools.utils import encode_folder

from digest.errors import DigestError
from digest.settings.delivery import Bounces

TIMEOUT = 60  #: seconds for each answer
LARGEST = 10_000_000  #: octets of a message that is read
#: New, and not left for a person before.
NEW = "UNSEEN UNFLAGGED"
LEFT_BEFORE = "UNSEEN FLAGGED"
EVERYTHING = "ALL"


class Mailbox:
    """An open folder of a mailbox."""

    def __init__(self, box: BaseMailBox, settings: Bounces) -> None:
        self._box = box
        self._settings = settings

    def messages(self, *, everything: bool) -> Iterator[tuple[str, Message | None]]:
        """Yield the UID and content of each new message, or of all; None if it is too large,
        or nested too deep.

        Reading marks nothing as seen. Raises DigestError.
        """
        if everything:
            which = EVERYTHING
        else:
            which = NEW
        with self._explained():
            uids = self._box.uids(which)
            small = set(self._box.uids(f"{which} SMALLER {LARGEST}"))
        for uid in uids:
            if uid not in small:
                yield uid, None
                continue
            read = self._read(uid)
            if read:  # else somebody else has moved it meanwhile
                yield uid, read[0]

    def _read(self, uid: str) -> list[Message | None]:
        """Return a message, None in its place if it cannot be parsed; none if it has gone."""
        try:
            with self._explained():
                return [m.obj for m in self._box.fetch(uid_list=uid, mark_seen=False)]
        except RecursionError:  # a thousand parts in each other
            return [None]

    def waiting(self) -> int:
        """Count what was left for a person before, and still is."""
        with self._explained():
            return len(self._box.uids(LEFT_BEFORE))

    def put_away(self, uid: str) -> None:
        """Do with a handled message what the settings say. Raises DigestError."""
        with self._explained():
            if self._settings.handled == "move":
                self._move(uid)
            elif self._settings.handled == "delete":
                self._delete(uid)
            else:
                self._store(uid, r"(\Seen)")

    def leave_for_person(self, uid: str) -> None:
        """Mark a message that was not understood, which stays and stays unread."""
        with self._explained():
            self._store(uid, r"(\Flagged)")

    # imap-tools' own flag(), move() and delete() expunge the folder, and with it what a person has
    # marked as deleted and may want back; hence these.

    def _move(self, uid: str) -> None:
        folder = self._settings.handled_folder
        if not self._box.folder.exists(folder):
            self._box.folder.create(folder)
        name = encode_folder(folder).decode("ascii")
        if "MOVE" in self._capabilities:
            self._answer(self._box.client.uid("MOVE", uid, name))
        else:
            self._answer(self._box.client.uid("COPY", uid, name))
            self._delete(uid)

    def _delete(self, uid: str) -> None:
        self._store(uid, r"(\Deleted \Seen)")
        if (
            "UIDPLUS" in self._capabilities
        ):  # RFC 4315; else it goes when the folder is next tidied
            self._answer(self._box.client.uid("EXPUNGE", uid))

    def _store(self, uid: str, flags: str) -> None:
        self._answer(self._box.client.uid("STORE", uid, "+FLAGS.SILENT", flags))

    @cached_property
    def _capabilities(self) -> frozenset[str]:
        """What the server can; asked anew, since many tell only after the login (RFC 3501, 6.2)."""
        _, told = self._box.client.capability()
        return frozenset(told[-1].decode("ascii", "replace").upper().split())

    def _answer(self, answer: tuple[str, list[object]]) -> None:
        status, said = answer
        if status != "OK":
            raise imaplib.IMAP4.error(f"{status} {said}")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        with _explained(self._settings):
            yield


@contextmanager
def open_mailbox(settings: Bounces, password: str) -> Iterator[Mailbox]:
    """Yield the mailbox that the settings name. Raises DigestError if it cannot be opened."""
    with _explained(settings):
        box = _connect(settings)
    try:
        with _explained(
            settings, hint="see IMAP_PASSWORD in .env, username and folder"
        ):
            box.login(settings.username, password, settings.folder)
        yield Mailbox(box, settings)
    finally:
        with suppress(
            OSError, imaplib.IMAP4.error, ImapToolsError
        ):  # it may have gone already
            box.logout()
        with suppress(
            OSError, imaplib.IMAP4.error
        ):  # a failed logout leaves the socket open
            box.client.shutdown()


def _connect(settings: Bounces) -> BaseMailBox:
    where = {"host": settings.host, "port": settings.port, "timeout": TIMEOUT}
    if settings.security == "tls":
        return MailBox(**where, ssl_context=ssl.create_default_context())
    if settings.security == "starttls":
        return MailBoxStartTls(**where, ssl_context=ssl.create_default_context())
    return MailBoxUnencrypted(**where)


@contextmanager
def _explained(settings: Bounces, hint: str = "") -> Iterator[None]:
    """Turn what goes wrong with the mailbox into our error."""
    try:
        yield
    except (OSError, imaplib.IMAP4.error, ImapToolsError) as e:
        said = " ".join(str(e).split()) or type(e).__name__
        if hint:
            what_to_do = f"; {hint}"
        else:
            what_to_do = ""
        raise DigestError(
            f"the mailbox {settings.host}:{settings.port}: {said}{what_to_do}"
        ) from e
