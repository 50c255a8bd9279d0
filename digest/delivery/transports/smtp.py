"""SMTP transport: message after message on one connection, pipelined where the server allows."""

import re
import smtplib
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from digest.delivery.message import make_encoder
from digest.delivery.refusals import judge_reply
from digest.delivery.return_path import return_path
from digest.delivery.transports.dkim_signature import make_signer
from digest.delivery.transports.smtp_connection import SmtpConnection
from digest.errors import SenderRefused, TransportDown
from digest.model import DeliveryState, Email, Outcome, Recipient, RefusalScope
from digest.ports import Clock
from digest.settings.delivery import Smtp

#: Reply codes (RFC 5321, 4.2.3): done; done, for a recipient who is not local; send the content;
#: the server closes the connection (3.8).
OK = 250
ACCEPTED_CODES = (OK, 251)
START_CONTENT = 354
CLOSING_CONNECTION = 421

#: The first dot of a line, which is doubled in what is sent (RFC 5321, 4.5.2).
LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
NO_UTF8 = "the mail server takes no address with letters beyond ASCII (SMTPUTF8, RFC 6531)"


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply of a mail server."""

    code: int
    raw_text: bytes

    @property
    def text(self) -> str:
        """The text behind the code, on one line."""
        return " ".join(self.raw_text.decode("utf-8", "replace").split())

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class SmtpTransport:
    """Hands messages over one by one; a Transport, and Streaming. Use it in a `with`."""

    name = "smtp"
    unit = 1

    def __init__(
        self, server: Smtp, password: str, clock: Clock, dkim_key: str = ""
    ) -> None:
        """Raises TransportDown if mail is to be signed and cannot be."""
        self._server = server
        self._connection = SmtpConnection(server, password)
        self._encode = make_encoder(clock)
        self._sign = make_signer(server.dkim_selector, dkim_key)

    def __enter__(self) -> "SmtpTransport":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.quit_connection()

    def send(
        self, email: Email, recipients: Sequence[Recipient]
    ) -> Sequence[Outcome]:
        """Hand each message over. Raises TransportDown if a message could not be started.

        Raises its subclass SenderRefused if the first is refused because of us.
        """
        steps = self.stream(email, iter(recipients))
        outcomes = [outcome for _, outcome in steps if outcome]
        first = outcomes[0]
        if first.about in (RefusalScope.US, RefusalScope.US_LATER):
            reply = first.detail.partition(": ")[2].rstrip(".")
            raise SenderRefused(
                f"the mail server refuses our mail: {reply}. {first.advice}"
            )
        return outcomes

    def stream(
        self, email: Email, people: Iterator[Recipient | None]
    ) -> Generator[tuple[Recipient, Outcome | None], None, None]:
        """Hand each over; yield them without an outcome before the content goes, then with it.

        The next envelope goes with a message's end where pipelining is offered. RFC 2920, 3.1
        allows that: each message then waits for one reply instead of three or four.
        """
        message = self._encode(email)
        sender = email.sender_address
        self._return_path = return_path(self._server, sender, email.edition)
        person = _next_person(people)
        envelope_sent = False
        try:
            while person:
                refusal = self._send_envelope(
                    person, already_sent=envelope_sent
                )
                if refusal:
                    yield person, refusal
                    person = _next_person(people)
                    envelope_sent = False
                    continue
                yield person, None
                next_person = next(people, None)
                content = self._sign(message.bytes_for(person), sender)
                outcome, envelope_sent = self._send_content(
                    content, next_person
                )
                yield person, outcome
                person = next_person or _next_person(people)
        except BaseException:  # GeneratorExit above all
            # the server may wait for content, and is to get none
            self._connection.drop_connection()
            raise

    def _send_envelope(
        self, person: Recipient, *, already_sent: bool
    ) -> Outcome | None:
        """Send the envelope, unless it went already; return the refusal, None if it was taken.

        A connection that was lost is opened again: nothing has left before the content.
        """
        sender = self._return_path(person)
        for fresh in (False, True):
            connection = self._connection.open_connection(fresh=fresh)
            try:
                envelope = _make_envelope(connection, sender, person.address)
                if envelope is None:
                    return Outcome(DeliveryState.EXCLUDED, NO_UTF8)
                replies = _exchange_envelope(
                    connection,
                    envelope,
                    already_sent=already_sent and not fresh,
                )
                mail_reply, rcpt_reply, data_reply = replies
                if mail_reply.code == OK:
                    return _find_refusal(connection, rcpt_reply, data_reply)
            except (OSError, smtplib.SMTPException) as error:
                if fresh:
                    raise self._connection.transport_down(error) from error
                continue
            # a connection that has served its number of messages may refuse the next as well
            if fresh:
                raise _sender_refused(sender, mail_reply)
        raise AssertionError("a fresh connection either works or raises")

    def _send_content(
        self, content: bytes, next_person: Recipient | None
    ) -> tuple[Outcome, bool]:
        """Send the content after a 354, and the envelope of the next person behind it.

        Return the outcome, and whether that envelope went. From here on a lost connection proves
        nothing.
        """
        connection = self._connection.open_connection()
        next_envelope = b""
        if next_person and connection.has_extn("pipelining"):
            sender = self._return_path(next_person)
            commands = _make_envelope(connection, sender, next_person.address)
            next_envelope = b"".join(commands or [])
        try:
            connection.send(_escape_dots(content) + next_envelope)
            reply = _read_reply(connection)
        except (OSError, smtplib.SMTPException) as error:
            self._connection.drop_connection()
            detail = f"the connection broke before the answer ({error})"
            return Outcome(DeliveryState.UNCERTAIN, detail), False
        envelope_sent = bool(next_envelope)
        if reply.code == OK:
            return Outcome(DeliveryState.ACCEPTED, str(reply)), envelope_sent
        return _refusal_outcome("dot", reply), envelope_sent


def _escape_dots(content: bytes) -> bytes:
    """Return content with its end marked, and no line of it looking like one (RFC 5321, 4.5.2)."""
    if b"\n." in content:
        content = LEADING_DOT.sub(b"..", content)
    return content.removesuffix(b"\r\n") + b"\r\n.\r\n"


def _next_person(people: Iterator[Recipient | None]) -> Recipient | None:
    """Return the next person there is, waiting for them; None if there are no more."""
    return next((person for person in people if person), None)


def _make_envelope(
    connection: smtplib.SMTP, sender: str, address: str
) -> list[bytes] | None:
    """Return the commands before the content; None if the server cannot take such an address."""
    parameter = ""
    if not (sender.isascii() and address.isascii()):
        if not connection.has_extn("smtputf8"):
            return None
        parameter = " SMTPUTF8"  # RFC 6531, 3.4
    commands = (
        f"MAIL FROM:<{sender}>{parameter}",
        f"RCPT TO:<{address}>",
        "DATA",
    )
    return [f"{command}\r\n".encode() for command in commands]


def _exchange_envelope(
    connection: smtplib.SMTP, envelope: list[bytes], *, already_sent: bool
) -> list[Reply]:
    """Return the replies to an envelope, one for each of its commands.

    It is sent in one go where the server takes that (RFC 2920).
    """
    if already_sent:
        replies = [_read_reply(connection) for _ in envelope]
    elif connection.has_extn("pipelining"):
        connection.send(b"".join(envelope))
        replies = [_read_reply(connection) for _ in envelope]
    else:
        replies = _exchange_commands(connection, envelope)
    if any(reply.code == CLOSING_CONNECTION for reply in replies):
        raise smtplib.SMTPServerDisconnected(str(replies[-1]))
    return replies


def _exchange_commands(
    connection: smtplib.SMTP, commands: list[bytes]
) -> list[Reply]:
    """Send commands one by one. After a refusal no more are sent, and it answers for the rest."""
    replies: list[Reply] = []
    for command in commands:
        connection.send(command)
        reply = _read_reply(connection)
        replies.append(reply)
        if reply.code not in (*ACCEPTED_CODES, START_CONTENT):
            break
    unsent_commands = len(commands) - len(replies)
    return replies + [replies[-1]] * unsent_commands


def _read_reply(connection: smtplib.SMTP) -> Reply:
    return Reply(*connection.getreply())


def _find_refusal(
    connection: smtplib.SMTP, rcpt_reply: Reply, data_reply: Reply
) -> Outcome | None:
    """Return why the content may not follow, and reset the connection; None if it may."""
    is_recipient_accepted = rcpt_reply.code in ACCEPTED_CODES
    awaits_content = data_reply.code == START_CONTENT
    if is_recipient_accepted and awaits_content:
        return None
    if awaits_content:
        # there is nobody to mail, and yet it waits for a message (RFC 2920, 3.1)
        connection.send(b".\r\n")
        connection.getreply()
    connection.rset()
    if is_recipient_accepted:
        return _refusal_outcome("data", data_reply)
    return _refusal_outcome("rcpt", rcpt_reply)


def _refusal_outcome(stage: str, reply: Reply) -> Outcome:
    """Return the outcome of a refusal at a stage: its scope, temporary or not (RFC 5321, 4.2.1)."""
    return judge_reply(stage, reply.code, reply.text).to_outcome(str(reply))


def _sender_refused(sender: str, reply: Reply) -> TransportDown:
    """Return what to raise where a server takes nothing from a sender."""
    verdict = judge_reply("mail", reply.code, reply.text)
    message = f"the mail server refuses {sender}: {str(reply).rstrip('.')}. {verdict.advice}"
    if verdict.about == RefusalScope.US:
        return SenderRefused(message)
    return TransportDown(message)
