"""A connection to an SMTP server: made, greeted, logged in, and made anew when it has gone."""

import smtplib
import ssl
from contextlib import suppress

from digest.delivery.refusals import Advice, judge_reply
from digest.errors import SenderRefused, TransportDown
from digest.model import About
from digest.settings.delivery import Smtp

TIMEOUT = (
    60  #: seconds for each step; RFC 5321, 4.5.3.2 asks for minutes, people do not wait
)

HINTS = {smtplib.SMTPNotSupportedError: " Set delivery.smtp.security to tls or none"}
#: Stages of a connection, by what smtplib raises for a refusal at each.
STAGES = {
    smtplib.SMTPConnectError: "connect",
    smtplib.SMTPHeloError: "ehlo",
    smtplib.SMTPAuthenticationError: "auth",
}


class Dial:
    """Keeps one connection to a server, for as long as it lives."""

    def __init__(self, server: Smtp, password: str) -> None:
        self._server, self._password = server, password
        self._connection: smtplib.SMTP | None = None

    def ready(self, *, fresh: bool = False) -> smtplib.SMTP:
        """Return the connection, a new one if asked for or if none lives. Raises TransportDown."""
        if fresh:
            self.drop()
        if self._connection is None:
            self._connection = self._made()
        return self._connection

    def drop(self) -> None:
        """Close without a word; what was begun on it is forgotten by the server."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def hang_up(self) -> None:
        """Say goodbye."""
        if self._connection is not None:
            with suppress(OSError, smtplib.SMTPException):  # it may have gone already
                self._connection.quit()
            self.drop()

    def down(self, error: Exception) -> TransportDown:
        """Return what to raise for an error before anything left."""
        self.drop()
        server = f"the mail server {self._server.host}:{self._server.port}"
        if isinstance(error, smtplib.SMTPResponseException):
            return _answered(server, error)
        hint = next((h for kind, h in HINTS.items() if isinstance(error, kind)), "")
        return TransportDown(f"{server}: {error}{hint}")

    def _made(self) -> smtplib.SMTP:
        connection = None
        try:
            connection = self._dialled()
            self._greet(connection)
        except (OSError, smtplib.SMTPException) as e:
            if connection is not None:
                connection.close()
            raise self.down(e) from e
        return connection

    def _dialled(self) -> smtplib.SMTP:
        s = self._server
        if s.security == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(s.host, s.port, timeout=TIMEOUT, context=context)
        return smtplib.SMTP(s.host, s.port, timeout=TIMEOUT)

    def _greet(self, connection: smtplib.SMTP) -> None:
        if self._server.security == "starttls":
            connection.starttls(context=ssl.create_default_context())
        connection.ehlo_or_helo_if_needed()
        if self._server.username:
            connection.login(self._server.username, self._password)


def _answered(server: str, error: smtplib.SMTPResponseException) -> TransportDown:
    """Return what to raise for a server that answered, and refused us."""
    raw = error.smtp_error
    words = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw)
    said = " ".join(words.split())
    stage = STAGES.get(type(error), "connect")
    verdict = judge_reply(stage, error.smtp_code, said)
    is_password = stage == "auth" and verdict.advice in (Advice.LOGIN, Advice.UNKNOWN)
    advice = "Set SMTP_PASSWORD in .env" if is_password else verdict.advice
    kind = SenderRefused if verdict.about == About.US else TransportDown
    return kind(f"{server} refuses us: {error.smtp_code} {said.rstrip('.')}. {advice}")
