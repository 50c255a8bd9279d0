"""Sources of mail: a mailbox over IMAP, or a folder of .eml files. Neither is changed by reading it.

A mailbox is opened for reading only (EXAMINE; RFC 3501, 6.3.2) and its mails are fetched by
BODY.PEEK: nothing is deleted, moved or marked as read.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from digest.collect.mail.mail_message import (
    Envelope,
    MailUnreadable,
    read_envelope,
)
from digest.errors import DigestError
from digest.model.mail import UnreadReason

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

    from digest.infra.imap import ImapAccount
    from digest.settings import MailSource

MAX_OCTETS = 10_000_000  #: of a mail that is read
HEADER_OCTETS = 65_536  #: of a file, in which its headers are looked for
HEADERS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class ListedMail:
    """A mail in a source."""

    place: str  #: its UID, or its file's name
    envelope: Envelope


class MailReader(Protocol):
    """An open source of mail."""

    def list_mails(self) -> list[ListedMail]:
        """Return the mails that are there, by their headers. Raises DigestError."""
        ...

    def read_content(self, place: str) -> bytes:
        """Return a mail. Raises MailUnreadable if it cannot be, DigestError if nothing can any more."""
        ...


@contextmanager
def open_source(
    source: "MailSource", folder: Path, password: str, now: datetime
) -> Iterator[MailReader]:
    """Yield a source of the settings, whose path starts at `folder`. Raises DigestError."""
    if source.path:
        yield FolderOfMails(folder / source.path)
        return
    # 0.1 s, which other commands need not wait for
    from digest.infra.imap import ImapAccount, open_folder

    own_variable, _ = source.password_variables
    if not password:
        raise DigestError(
            f"it has no password; set {own_variable} in the environment or in .env"
        )
    account = ImapAccount(
        host=source.host,
        port=source.port,
        security=source.security,
        username=source.username,
        folder=source.folder,
        password=password,
        variable=own_variable,
    )
    since = now - timedelta(days=source.days)
    with open_folder(account, read_only=True) as box:
        yield ImapMailbox(box, account, since)


class ImapMailbox:
    """A folder of a mailbox."""

    def __init__(
        self, box: "BaseMailBox", account: "ImapAccount", since: datetime
    ) -> None:
        self._box = box
        self._account = account
        self._since = since

    def list_mails(self) -> list[ListedMail]:
        """Return the mails that came in the last days, by their headers. Raises DigestError."""
        from digest.infra.imap import explain_errors

        with explain_errors(self._account):
            uids = self._box.uids(f"SINCE {self._since:%d-%b-%Y}")
            if not uids:
                return []
            messages = self._box.fetch(
                uid_list=uids,
                headers_only=True,
                mark_seen=False,
                bulk=HEADERS_AT_ONCE,
            )
            return [
                ListedMail(message.uid or "", _envelope_of(message.obj))
                for message in messages
            ]

    def read_content(self, place: str) -> bytes:
        """Return a mail by its UID. Raises MailUnreadable, DigestError."""
        from digest.infra.imap import explain_errors

        with explain_errors(self._account):
            if place not in self._box.uids(f"UID {place} SMALLER {MAX_OCTETS}"):
                raise _too_large()
            _, answers = self._box.client.uid("FETCH", place, "(BODY.PEEK[])")
        for answer in answers:
            if isinstance(answer, tuple):
                return bytes(answer[1])
        raise MailUnreadable(
            UnreadReason.GONE, "it is not in the mailbox any more"
        )


class FolderOfMails:
    """A folder of .eml files, and the folders in it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def list_mails(self) -> list[ListedMail]:
        """Return the mails in the folder, by their headers. Raises DigestError."""
        if not self._path.is_dir():
            raise DigestError(
                f"{self._path} is no folder; make it, or correct path in feeds.yaml"
            )
        return [
            ListedMail(str(file), read_envelope(_read_start(file)))
            for file in _list_files(self._path)
        ]

    def read_content(self, place: str) -> bytes:
        """Return the mail in a file. Raises MailUnreadable."""
        file = Path(place)
        try:
            if file.stat().st_size > MAX_OCTETS:
                raise _too_large()
            return file.read_bytes()
        except OSError as error:
            raise MailUnreadable(
                UnreadReason.FILE_REFUSED,
                f"it cannot be read ({error.strerror})",
            ) from error


def is_of_senders(address: str, senders: Sequence[str]) -> bool:
    """Return whether an address is one of some, or at one of some domains; without any, it is."""
    if not senders:
        return True
    return any(_is_of_sender(address, sender.lower()) for sender in senders)


def _is_of_sender(address: str, sender: str) -> bool:
    if "@" in sender.removeprefix("@"):
        return address == sender
    domain = sender.removeprefix("@")
    own_domain = address.rpartition("@")[2]
    return own_domain == domain or own_domain.endswith(f".{domain}")


def _list_files(folder: Path) -> list[Path]:
    files = folder.rglob("*")
    return sorted(
        file
        for file in files
        if file.suffix.lower() == ".eml" and file.is_file()
    )


def _read_start(file: Path) -> bytes:
    """Return the headers of a mail; the beginning of a file that has none, "" if it is unreadable."""
    try:
        with file.open("rb") as stream:
            start = stream.read(HEADER_OCTETS)
    except OSError:
        return str(file).encode()
    return start


def _envelope_of(message: Message) -> Envelope:
    return read_envelope(message.as_bytes())


def _too_large() -> MailUnreadable:
    return MailUnreadable(
        UnreadReason.TOO_LARGE, f"it is larger than {MAX_OCTETS / 1e6:g} MB"
    )
