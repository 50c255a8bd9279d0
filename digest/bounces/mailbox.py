"""A mailbox read over IMAP (RFC 3501), by imap-tools: what is new, and what becomes of it."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import Message

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from digest.errors import DigestError
from digest.settings.models import Bounces

TIMEOUT = 60  #: seconds for each answer
LARGEST = 10_000_000  #: octets of a message that is read
#: New, and not left for a person before.
NEW = "UNSEEN UNFLAGGED"
LEFT_BEFORE = "UNSEEN FLAGGED"
EVERYTHING = "ALL"


class Mailbox:
    """An open folder of a mailbox."""

    def __init__(self, box: BaseMailBox, settings: Bounces) -> None:
        self._box, self._settings = box, settings

    def messages(self, *, everything: bool) -> Iterator[tuple[str, Message | None]]:
        """Yield the UID and content of each new message, or of all; None if it is too large,
        or nested too deep.

        Reading marks nothing as seen. Raises DigestError.
        """
        which = EVERYTHING if everything else NEW
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
                folder = self._settings.handled_folder
                if not self._box.folder.exists(folder):
                    self._box.folder.create(folder)
                self._box.move(uid, folder)
            elif self._settings.handled == "delete":
                self._store(uid, r"+FLAGS.SILENT", r"(\Deleted \Seen)")
                # a plain EXPUNGE would also take what a person has marked as deleted
                if "UIDPLUS" in self._box.client.capabilities:
                    self._answer(self._box.client.uid("EXPUNGE", uid))
            else:
                self._store(uid, r"+FLAGS.SILENT", r"(\Seen)")

    def leave_for_person(self, uid: str) -> None:
        """Mark a message that was not understood, which stays and stays unread."""
        with self._explained():
            self._store(uid, r"+FLAGS.SILENT", r"(\Flagged)")

    def _store(self, uid: str, what: str, flags: str) -> None:
        # imap-tools' own flag() expunges, and with it what a person has marked as deleted
        self._answer(self._box.client.uid("STORE", uid, what, flags))

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
        with _explained(settings, hint="see IMAP_PASSWORD in .env, username and folder"):
            box.login(settings.username, password, settings.folder)
        yield Mailbox(box, settings)
    finally:
        with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):  # it may have gone already
            box.logout()
        with suppress(OSError, imaplib.IMAP4.error):  # a failed logout leaves the socket open
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
        what_to_do = f"; {hint}" if hint else ""
        raise DigestError(f"the mailbox {settings.host}:{settings.port}: {said}{what_to_do}") from e
