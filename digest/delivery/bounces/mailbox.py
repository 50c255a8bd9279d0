"""Mailbox read over IMAP (RFC 3501), by imap-tools: new messages, and what becomes of them."""

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

TIMEOUT_SECONDS = 60  #: for each answer
MAX_OCTETS = 10_000_000  #: of a message that is read
#: Searches (RFC 3501, 6.4.4): new, and not left for a person before.
NEW = "UNSEEN UNFLAGGED"
LEFT_BEFORE = "UNSEEN FLAGGED"
EVERYTHING = "ALL"


class Mailbox:
    """An open folder of a mailbox."""

    def __init__(self, box: BaseMailBox, settings: Bounces) -> None:
        self._box = box
        self._settings = settings

    def iterate_messages(
        self, *, everything: bool
    ) -> Iterator[tuple[str, Message | None]]:
        """Yield the UID and content of each new message, or of all; None if it is too large,
        or nested too deep.

        Reading marks nothing as seen. Raises DigestError.
        """
        search = EVERYTHING if everything else NEW
        with self._explain_errors():
            uids = self._box.uids(search)
            small_uids = set(self._box.uids(f"{search} SMALLER {MAX_OCTETS}"))
        for uid in uids:
            if uid not in small_uids:
                yield uid, None
                continue
            messages = self._read_message(uid)
            if messages:  # else somebody else has moved it meanwhile
                yield uid, messages[0]

    def count_left_for_person(self) -> int:
        """Count the messages that were left for a person before and are still unread."""
        with self._explain_errors():
            return len(self._box.uids(LEFT_BEFORE))

    def put_away(self, uid: str) -> None:
        """Keep, move or delete a handled message, as the settings say. Raises DigestError."""
        with self._explain_errors():
            if self._settings.handled == "move":
                self._move_message(uid)
            elif self._settings.handled == "delete":
                self._delete_message(uid)
            else:
                self._add_flags(uid, r"(\Seen)")

    def leave_for_person(self, uid: str) -> None:
        """Mark a message that was not understood, which stays and stays unread."""
        with self._explain_errors():
            self._add_flags(uid, r"(\Flagged)")

    def _read_message(self, uid: str) -> list[Message | None]:
        """Return a message, None in its place if it cannot be parsed; none if it has gone."""
        try:
            with self._explain_errors():
                messages = self._box.fetch(uid_list=uid, mark_seen=False)
                return [message.obj for message in messages]
        except RecursionError:  # a thousand parts in each other
            return [None]

    # imap-tools' own flag(), move() and delete() expunge the folder, and with it what a person has
    # marked as deleted and may want back; hence these.

    def _move_message(self, uid: str) -> None:
        folder = self._settings.handled_folder
        if not self._box.folder.exists(folder):
            self._box.folder.create(folder)
        name = encode_folder(folder).decode("ascii")
        if "MOVE" in self._capabilities:
            self._send_command("MOVE", uid, name)
        else:
            self._send_command("COPY", uid, name)
            self._delete_message(uid)

    def _delete_message(self, uid: str) -> None:
        self._add_flags(uid, r"(\Deleted \Seen)")
        # RFC 4315; without it, the message goes when the folder is next tidied
        if "UIDPLUS" in self._capabilities:
            self._send_command("EXPUNGE", uid)

    def _add_flags(self, uid: str, flags: str) -> None:
        self._send_command("STORE", uid, "+FLAGS.SILENT", flags)

    @cached_property
    def _capabilities(self) -> frozenset[str]:
        """The server's capabilities; many list them only after the login (RFC 3501, 6.2)."""
        _, answers = self._box.client.capability()
        line = answers[-1].decode("ascii", "replace")
        return frozenset(line.upper().split())

    def _send_command(self, command: str, *arguments: str) -> None:
        status, answer = self._box.client.uid(command, *arguments)
        if status != "OK":
            raise imaplib.IMAP4.error(f"{status} {answer}")

    @contextmanager
    def _explain_errors(self) -> Iterator[None]:
        with _explain_errors(self._settings):
            yield


@contextmanager
def open_mailbox(settings: Bounces, password: str) -> Iterator[Mailbox]:
    """Yield the mailbox that the settings name. Raises DigestError if it cannot be opened."""
    with _explain_errors(settings):
        box = _connect_box(settings)
    hint = "see IMAP_PASSWORD in .env, username and folder"
    try:
        with _explain_errors(settings, hint=hint):
            box.login(settings.username, password, settings.folder)
        yield Mailbox(box, settings)
    finally:
        # it may have gone already
        with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
            box.logout()
        # a failed logout leaves the socket open
        with suppress(OSError, imaplib.IMAP4.error):
            box.client.shutdown()


def _connect_box(settings: Bounces) -> BaseMailBox:
    server = {
        "host": settings.host,
        "port": settings.port,
        "timeout": TIMEOUT_SECONDS,
    }
    if settings.security == "tls":
        return MailBox(**server, ssl_context=ssl.create_default_context())
    if settings.security == "starttls":
        return MailBoxStartTls(
            **server, ssl_context=ssl.create_default_context()
        )
    return MailBoxUnencrypted(**server)


@contextmanager
def _explain_errors(settings: Bounces, hint: str = "") -> Iterator[None]:
    """Turn errors of the connection and of IMAP into DigestError."""
    try:
        yield
    except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        sentence = f"the mailbox {settings.host}:{settings.port}: {reason}"
        if hint:
            sentence += f"; {hint}"
        raise DigestError(sentence) from error
