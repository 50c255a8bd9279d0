"""Mail through an SMTP server, one connection for as long as it lives."""

import re
import smtplib
import ssl
import time
from collections.abc import Sequence

from digest.deliver.message import encoder
from digest.errors import TransportDown
from digest.model import Letter, Outcome, Recipient, State
from digest.ports import Clock
from digest.settings.models import Smtp

TIMEOUT = 60  #: seconds for each step; RFC 5321, 4.5.3.2 asks for minutes, people do not wait

IDLE = 10.0  #: seconds after which a connection may have been closed
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
        self._used = 0.0

    def __enter__(self) -> "SmtpTransport":
        return self

    def __exit__(self, *_: object) -> None:
        self._hang_up()

    def send(self, letter: Letter, recipients: Sequence[Recipient]) -> Sequence[Outcome]:
        """Hand each message over. Raises TransportDown if the first cannot even be begun."""
        message = self._message(letter)
        return [self._one(letter, r, message.to(r)) for r in recipients]

    def _one(self, letter: Letter, recipient: Recipient, content: bytes) -> Outcome:
        connection = self._ready()
        try:
            if connection.has_extn("pipelining"):
                refused = self._pipelined(connection, letter.sender_address, recipient.address)
                return refused or self._body(connection, content)
            self._mail(connection, letter.sender_address)
            code, reply = connection.rcpt(recipient.address)
        except (OSError, smtplib.SMTPException) as e:
            raise self._down(e) from e
        if code not in (250, 251):
            connection.rset()
            return Outcome(State.EXCLUDED, f"refused: {_said(code, reply)}")
        return self._data(connection, content)

    def _pipelined(self, connection: smtplib.SMTP, sender: str, address: str) -> Outcome | None:
        """Send the whole envelope at once (RFC 2920), which saves two waits; say what was refused.

        Nothing has left before the content does.
        """
        lines = f"MAIL FROM:<{sender}>\r\nRCPT TO:<{address}>\r\nDATA\r\n"
        connection.send(lines.encode("ascii"))
        mail, rcpt, data = (connection.getreply() for _ in range(3))
        if data[0] == 354 and rcpt[0] not in (250, 251):
            connection.send(b".\r\n")  # nobody to mail, and yet it waits (RFC 2920, 3.1)
            connection.getreply()
        if mail[0] != 250:
            raise TransportDown(f"the mail server refuses {sender}: {_said(*mail)}")
        if rcpt[0] not in (250, 251) or data[0] != 354:
            connection.rset()
            said = data if rcpt[0] in (250, 251) else rcpt
            return Outcome(State.EXCLUDED, f"refused: {_said(*said)}")
        return None

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
        return Outcome(State.EXCLUDED, f"refused: {_said(code, reply)}")

    def _mail(self, connection: smtplib.SMTP, sender: str) -> None:
        code, reply = connection.mail(sender)
        if code != 250:
            raise TransportDown(f"the mail server refuses {sender}: {_said(code, reply)}")

    def _data(self, connection: smtplib.SMTP, content: bytes) -> Outcome:
        """Send the content. Once the server has said 354, a lost connection proves nothing."""
        try:
            code, reply = connection.data(content)
        except smtplib.SMTPDataError as e:
            return Outcome(State.EXCLUDED, f"refused: {_said(e.smtp_code, e.smtp_error)}")
        except (OSError, smtplib.SMTPException) as e:
            self._connection = None
            return Outcome(State.UNCERTAIN, f"the connection broke before the answer ({e})")
        if code == 250:
            return Outcome(State.ACCEPTED, _said(code, reply))
        return Outcome(State.EXCLUDED, f"refused: {_said(code, reply)}")

    def _ready(self) -> smtplib.SMTP:
        """Return a connection that lives: one that has idled is tried, and opened once more."""
        idle = time.monotonic() - self._used
        self._used = time.monotonic()
        if self._connection is not None and idle > IDLE:
            try:
                self._connection.noop()
            except (OSError, smtplib.SMTPException):
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


def _said(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return f"{code} {' '.join(text.split())}"
