"""IMAP connection (RFC 3501), by imap-tools: opening a mailbox, and its errors in plain words."""

import imaplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError

from digest.errors import DigestError

TIMEOUT_SECONDS = 60  #: for each answer


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """An account at an IMAP server, and the folder of it that is read."""

    host: str
    port: int
    security: str  #: tls, starttls or none
    username: str
    folder: str
    password: str = field(repr=False)
    variable: str  #: variable of the environment that has the password


@contextmanager
def open_folder(
    account: ImapAccount, *, read_only: bool = False
) -> Iterator[BaseMailBox]:
    """Yield the open folder of an account. Raises DigestError if it cannot be opened.

    A folder that is opened `read_only` (EXAMINE) is left by the server as it is, flags and all.
    """
    with explain_errors(account):
        box = _connect_box(account)
    hint = f"see {account.variable} in .env, username and folder"
    try:
        with explain_errors(account, hint=hint):
            box.login(account.username, account.password, None)
            box.folder.set(account.folder, readonly=read_only)
        yield box
    finally:
        # it may have gone already
        with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
            box.logout()
        # a failed logout leaves the socket open
        with suppress(OSError, imaplib.IMAP4.error):
            box.client.shutdown()


@contextmanager
def explain_errors(account: ImapAccount, hint: str = "") -> Iterator[None]:
    """Turn errors of the connection and of IMAP into DigestError."""
    try:
        yield
    except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        sentence = f"the mailbox {account.host}:{account.port}: {reason}"
        if hint:
            sentence += f"; {hint}"
        raise DigestError(sentence) from error


def _connect_box(account: ImapAccount) -> BaseMailBox:
    server = {
        "host": account.host,
        "port": account.port,
        "timeout": TIMEOUT_SECONDS,
    }
    if account.security == "tls":
        return MailBox(**server, ssl_context=ssl.create_default_context())
    if account.security == "starttls":
        return MailBoxStartTls(
            **server, ssl_context=ssl.create_default_context()
        )
    return MailBoxUnencrypted(**server)
