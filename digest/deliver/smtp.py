"""Mail through an SMTP server, one connection for as long as it lives."""

import re
import smtplib
import ssl
from collections.abc import Sequence

from digest.deliver.message import encoder
from digest.errors import TransportDown
from digest.model import Letter, Outcome, Recipient, State
from digest.ports import Clock
from digest.settings.models import Smtp

TIMEOUT = 60  #: seconds for each step; RFC 5321, 4.5.3.2 asks for minutes, people do not wait

BYE = 421  #: the server closes the connection (RFC 5321, 3.8)
DOTS = re.compile(rb"^\.", re.MULTILINE)  #: a line's first dot is doubled (RFC 5321, 4.5.2)

HINTS = {
    smtplib.SMTPNotSupportedError: " Set delivery.smtp.security to tls or none",
    smtplib.SMTPAuthenticationError: " Set SMTP_PASSWORD in .env",
}


class SmtpTransport:
    """Hands messages over one by one; a Transport. Use it in a `with`."""

    name = "smtp"
    unit = 1

    def __init__(self, server: Smtp, password: str, clock: Clock) -> None:
        self._server, self._password, self._message = server, password, encoder(clock)
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> "SmtpTransport":
        return self

    def __exit__(self, *_: object) -> None:
        self._hang_up()

    def send(self, letter: Letter, recipients: Sequence[Recipient]) -> Sequence[Outcome]:
        """Hand each message over. Raises TransportDown if the first cannot even be begun."""
        message = self._message(letter)
        return [self._one(letter, r, message.to(r)) for r in recipients]

    def _one(self, letter: Letter, recipient: Recipient, content: bytes) -> Outcome:
        """Hand one over. A connection that has gone is opened anew: nothing left before content."""
        for fresh in (False, True):
            try:
                connection = self._ready(fresh)
                refused = self._envelope(connection, letter.sender_address, recipient.address)
            except (OSError, smtplib.SMTPException) as e:
                if fresh:
                    raise self._down(e) from e
                continue
            return refused or self._body(connection, content)
        raise AssertionError("a fresh connection either works or raises")

    def _envelope(self, connection: smtplib.SMTP, sender: str, address: str) -> Outcome | None:
        """Say what was refused; None if the content may follow."""
        mail, rcpt, data = _replies(connection, sender, address)
        if BYE in (mail[0], rcpt[0], data[0]):
            raise smtplib.SMTPServerDisconnected(_said(*mail))
        if mail[0] != 250:
            raise TransportDown(f"the mail server refuses {sender}: {_said(*mail)}")
        taken = rcpt[0] in (250, 251)
        if taken and data[0] == 354:
            return None
        if data[0] == 354:
            connection.send(b".\r\n")  # nobody to mail, and yet it waits (RFC 2920, 3.1)
            connection.getreply()
        connection.rset()
        return _refusal(*(data if taken else rcpt))

    def _body(self, connection: smtplib.SMTP, content: bytes) -> Outcome:
        """Send the content after a 354. From here on a lost connection proves nothing."""
        try:
            connection.send(DOTS.sub(b"..", content).removesuffix(b"\r\n") + b"\r\n.\r\n")
            code, reply = connection.getreply()
        except (OSError, smtplib.SMTPException) as e:
            self._connection = None
            return Outcome(State.UNCERTAIN, f"the connection broke before the answer ({e})")
        if code == 250:
            return Outcome(State.ACCEPTED, _said(code, reply))
        return _refusal(code, reply)

    def _ready(self, fresh: bool) -> smtplib.SMTP:
        if fresh:
            self._hang_up()
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        connection = self._dial()
        try:
            self._greet(connection)
        except (OSError, smtplib.SMTPException) as e:
            connection.close()
            raise self._down(e) from e
        return connection

    def _dial(self) -> smtplib.SMTP:
        s = self._server
        try:
            if s.security == "tls":
                context = ssl.create_default_context()
                return smtplib.SMTP_SSL(s.host, s.port, timeout=TIMEOUT, context=context)
            return smtplib.SMTP(s.host, s.port, timeout=TIMEOUT)
        except (OSError, smtplib.SMTPException) as e:
            raise self._down(e) from e

    def _greet(self, connection: smtplib.SMTP) -> None:
        if self._server.security == "starttls":
            connection.starttls(context=ssl.create_default_context())
        connection.ehlo_or_helo_if_needed()
        if self._server.username:
            connection.login(self._server.username, self._password)

    def _down(self, error: Exception) -> TransportDown:
        self._connection = None
        hint = next((h for kind, h in HINTS.items() if isinstance(error, kind)), "")
        return TransportDown(
            f"the mail server {self._server.host}:{self._server.port}: {error}{hint}"
        )

    def _hang_up(self) -> None:
        if self._connection is not None:
            try:
                self._connection.quit()
            except (OSError, smtplib.SMTPException):
                self._connection.close()
            self._connection = None


def _replies(connection: smtplib.SMTP, sender: str, address: str) -> list[tuple[int, bytes]]:
    """Send the envelope, in one go where the server takes that (RFC 2920); return its answers."""
    lines = (f"MAIL FROM:<{sender}>", f"RCPT TO:<{address}>", "DATA")
    if connection.has_extn("pipelining"):
        connection.send("".join(f"{line}\r\n" for line in lines).encode("ascii"))
        return [connection.getreply() for _ in lines]
    replies: list[tuple[int, bytes]] = []
    for line in lines:
        replies.append(connection.docmd(line))
        if replies[-1][0] not in (250, 251, 354):
            break
    return [*replies, *(replies[-1:] * (len(lines) - len(replies)))]


def _refusal(code: int, reply: bytes | str) -> Outcome:
    """Tell a refusal for good from one for now (RFC 5321, 4.2.1): that one is tried again."""
    if 400 <= code < 500:
        return Outcome(State.QUEUED, f"refused for now: {_said(code, reply)}")
    return Outcome(State.EXCLUDED, f"refused: {_said(code, reply)}")


def _said(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return f"{code} {' '.join(text.split())}"
