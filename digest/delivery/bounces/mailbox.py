"""Mailbox of returned mail, read over IMAP: new messages, and what becomes of them."""

import imaplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from functools import cached_property

from imap_tools import BaseMailBox
from imap_tools.utils import encode_folder

from digest.infra.imap import ImapAccount, explain_errors, open_folder
from digest.settings.delivery import Bounces

MAX_OCTETS = 10_000_000  #: of a message that is read
#: Searches (RFC 3501, 6.4.4): new, and not left for a person before.
NEW = "UNSEEN UNFLAGGED"
LEFT_BEFORE = "UNSEEN FLAGGED"
EVERYTHING = "ALL"


class Mailbox:
    """An open folder of a mailbox."""

    def __init__(
        self, box: BaseMailBox, account: ImapAccount, settings: Bounces
    ) -> None:
        self._box = box
        self._account = account
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
        with explain_errors(self._account):
            yield


@contextmanager
def open_mailbox(settings: Bounces, password: str) -> Iterator[Mailbox]:
    """Yield the mailbox that the settings name. Raises DigestError if it cannot be opened."""
    account = ImapAccount(
        host=settings.host,
        port=settings.port,
        security=settings.security,
        username=settings.username,
        folder=settings.folder,
        password=password,
        variable="IMAP_PASSWORD",
    )
    with open_folder(account) as box:
        yield Mailbox(box, account, settings)
