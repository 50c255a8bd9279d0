"""SMTP connection: opened, greeted and logged in; opened again once it is lost."""

import smtplib
import ssl
from contextlib import suppress

from digest.delivery.refusals import Advice, judge_reply
from digest.errors import SenderRefused, TransportDown
from digest.model import RefusalScope
from digest.settings.delivery import Smtp

#: For each step. RFC 5321, 4.5.3.2 asks for minutes; people do not wait that long.
TIMEOUT_SECONDS = 60

#: What to do about an error of smtplib's, as a sentence behind it.
HINTS: dict[type[Exception], str] = {
    smtplib.SMTPNotSupportedError: " Set delivery.smtp.security to tls or none"
}
#: Stages of a connection, by what smtplib raises for a refusal at each.
STAGES: dict[type[Exception], str] = {
    smtplib.SMTPConnectError: "connect",
    smtplib.SMTPHeloError: "ehlo",
    smtplib.SMTPAuthenticationError: "auth",
}


class SmtpConnection:
    """One connection to a mail server, opened when it is first needed."""

    def __init__(self, server: Smtp, password: str) -> None:
        self._server = server
        self._password = password
        self._connection: smtplib.SMTP | None = None

    def open_connection(self, *, fresh: bool = False) -> smtplib.SMTP:
        """Return the connection, a new one if there is none or `fresh` asks for it.

        Raises TransportDown.
        """
        if fresh:
            self.drop_connection()
        if self._connection is None:
            self._connection = self._connect_and_log_in()
        return self._connection

    def drop_connection(self) -> None:
        """Close without QUIT; the server forgets the message that was begun on it."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def quit_connection(self) -> None:
        """Close with QUIT."""
        if self._connection is not None:
            with suppress(
                OSError, smtplib.SMTPException
            ):  # it may be lost already
                self._connection.quit()
            self.drop_connection()

    def transport_down(self, error: Exception) -> TransportDown:
        """Drop the connection; return what to raise for an error before any mail was sent."""
        self.drop_connection()
        server = f"the mail server {self._server.host}:{self._server.port}"
        if isinstance(error, smtplib.SMTPResponseException):
            return _refused_connection(server, error)
        return TransportDown(f"{server}: {error}{_hint_for(error)}")

    def _connect_and_log_in(self) -> smtplib.SMTP:
        connection = None
        try:
            connection = self._connect_socket()
            self._log_in(connection)
        except (OSError, smtplib.SMTPException) as error:
            if connection is not None:
                connection.close()
            raise self.transport_down(error) from error
        return connection

    def _connect_socket(self) -> smtplib.SMTP:
        host = self._server.host
        port = self._server.port
        if self._server.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(
                host, port, timeout=TIMEOUT_SECONDS, context=context
            )
        return smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)

    def _log_in(self, connection: smtplib.SMTP) -> None:
        if self._server.security == "starttls":
            connection.starttls(context=ssl.create_default_context())
        connection.ehlo_or_helo_if_needed()
        if self._server.username:
            connection.login(self._server.username, self._password)


def _hint_for(error: Exception) -> str:
    for kind, hint in HINTS.items():
        if isinstance(error, kind):
            return hint
    return ""


def _refused_connection(
    server: str, error: smtplib.SMTPResponseException
) -> TransportDown:
    """Return what to raise for a server that answered, and refused us."""
    reply = _reply_text(error)
    stage = STAGES.get(type(error), "connect")
    verdict = judge_reply(stage, error.smtp_code, reply)
    advice: str = verdict.advice
    if stage == "auth" and verdict.advice in (Advice.LOGIN, Advice.UNKNOWN):
        advice = "Set SMTP_PASSWORD in .env"
    message = (
        f"{server} refuses us: {error.smtp_code} {reply.rstrip('.')}. {advice}"
    )
    if verdict.about == RefusalScope.US:
        return SenderRefused(message)
    return TransportDown(message)


def _reply_text(error: smtplib.SMTPResponseException) -> str:
    """Return the text of a reply on one line; smtplib gives it as bytes or as text."""
    raw_text = error.smtp_error
    if isinstance(raw_text, bytes):
        text = raw_text.decode("utf-8", "replace")
    else:
        text = str(raw_text)
    return " ".join(text.split())
