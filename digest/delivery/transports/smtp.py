"""Mail through an SMTP server: message after message, on one connection while it lives."""

import re
import smtplib
from collections.abc import Generator, Iterator, Sequence

from digest.delivery.message import encoder
from digest.delivery.refusals import judge_reply
from digest.delivery.return_path import return_path
from digest.delivery.transports.dkim import signer
from digest.delivery.transports.smtp_connection import Dial
from digest.errors import SenderRefused, TransportDown
from digest.model import About, Letter, Outcome, Recipient, State
from digest.ports import Clock
from digest.settings.delivery import Smtp

BYE = 421  #: the server closes the connection (RFC 5321, 3.8)
TAKEN, GO_ON = (250, 251), 354
DOTS = re.compile(rb"^\.", re.MULTILINE)  #: a line's first dot, which is doubled
NO_UTF8 = (
    "the mail server takes no address with letters beyond ASCII (SMTPUTF8, RFC 6531)"
)

Reply = tuple[int, bytes]


class SmtpTransport:
    """Hands messages over one by one; a Transport, and Streaming. Use it in a `with`."""

    name = "smtp"
    unit = 1

    def __init__(
        self, server: Smtp, password: str, clock: Clock, dkim_key: str = ""
    ) -> None:
        """Raises TransportDown if mail is to be signed and cannot be."""
        self._dial, self._message = Dial(server, password), encoder(clock)
        self._sign, self._server = signer(server.dkim_selector, dkim_key), server

    def __enter__(self) -> "SmtpTransport":
        return self

    def __exit__(self, *_: object) -> None:
        self._dial.hang_up()

    def send(
        self, letter: Letter, recipients: Sequence[Recipient]
    ) -> Sequence[Outcome]:
        """Hand each message over. Raises TransportDown if one cannot even be begun.

        Of that kind is SenderRefused, if the first of them is refused for our sake.
        """
        outcomes = [o for _, o in self.stream(letter, iter(recipients)) if o]
        if outcomes[0].about in (About.US, About.US_LATER):
            words = outcomes[0].detail.partition(": ")[2].rstrip(".")
            raise SenderRefused(
                f"the mail server refuses our mail: {words}. {outcomes[0].advice}"
            )
        return outcomes

    def stream(
        self, letter: Letter, people: Iterator[Recipient | None]
    ) -> Generator[tuple[Recipient, Outcome | None], None, None]:
        """Hand each over; the next envelope goes with a message's end where pipelining is offered.

        RFC 2920, 3.1 allows that: each message then waits for one answer instead of three or four.
        """
        message, sender = self._message(letter), letter.sender_address
        self._return_path = return_path(self._server, sender, letter.edition)
        person, invited = _next(people), False
        try:
            while person:
                if refused := self._invite(person, invited=invited):
                    yield person, refused
                    person, invited = _next(people), False
                    continue
                yield person, None
                after = next(people, None)
                outcome, invited = self._content(
                    self._sign(message.to(person), sender), after
                )
                yield person, outcome
                person = after or _next(people)
        except BaseException:  # GeneratorExit above all
            self._dial.drop()  # the server may wait for content, and is to get none
            raise

    def _invite(self, person: Recipient, *, invited: bool) -> Outcome | None:
        """Send the envelope, unless it went already; say what was refused, None if nothing was.

        A connection that has gone is made anew: nothing has left before the content.
        """
        sender = self._return_path(person)
        for fresh in (False, True):
            connection = self._dial.ready(fresh=fresh)
            try:
                envelope = _envelope(connection, sender, person.address)
                if envelope is None:
                    return Outcome(State.EXCLUDED, NO_UTF8)
                replies = _replies(connection, envelope, sent=invited and not fresh)
                if replies[0][0] == 250:
                    return _refused(connection, *replies[1:])
            except (OSError, smtplib.SMTPException) as e:
                if fresh:
                    raise self._dial.down(e) from e
                continue
            if (
                fresh
            ):  # a connection that has served its number may refuse the next as well
                raise _sender_refused(sender, *replies[0])
        raise AssertionError("a fresh connection either works or raises")

    def _content(self, content: bytes, after: Recipient | None) -> tuple[Outcome, bool]:
        """Send the content after a 354, and whoever's envelope is `after` behind it.

        Say what became of it, and whether that envelope went. From here on a lost connection
        proves nothing.
        """
        connection = self._dial.ready()
        envelope = None
        if after:
            envelope = _envelope(connection, self._return_path(after), after.address)
        more = (
            b"".join(envelope)
            if envelope and connection.has_extn("pipelining")
            else b""
        )
        try:
            connection.send(_dotted(content) + more)
            code, reply = connection.getreply()
        except (OSError, smtplib.SMTPException) as e:
            self._dial.drop()
            said = f"the connection broke before the answer ({e})"
            return Outcome(State.UNCERTAIN, said), False
        if code == 250:
            return Outcome(State.ACCEPTED, _said(code, reply)), bool(more)
        return _refusal("dot", code, reply), bool(more)


def _dotted(content: bytes) -> bytes:
    """Return content with its end marked, and no line of it looking like one (RFC 5321, 4.5.2)."""
    dotted = DOTS.sub(b"..", content) if b"\n." in content else content
    return dotted.removesuffix(b"\r\n") + b"\r\n.\r\n"


def _next(people: Iterator[Recipient | None]) -> Recipient | None:
    """Return the next person there is, waiting for them; None if there are no more."""
    return next((person for person in people if person), None)


def _envelope(
    connection: smtplib.SMTP, sender: str, address: str
) -> list[bytes] | None:
    """Return the commands before the content; None if the server cannot take such an address."""
    plain = sender.isascii() and address.isascii()
    if not plain and not connection.has_extn("smtputf8"):
        return None
    more = "" if plain else " SMTPUTF8"  # RFC 6531, 3.4
    lines = (f"MAIL FROM:<{sender}>{more}", f"RCPT TO:<{address}>", "DATA")
    return [f"{line}\r\n".encode() for line in lines]


def _replies(
    connection: smtplib.SMTP, envelope: list[bytes], *, sent: bool
) -> list[Reply]:
    """Return the answers to an envelope, sent in one go where that is taken (RFC 2920)."""
    if sent or connection.has_extn("pipelining"):
        if not sent:
            connection.send(b"".join(envelope))
        replies = [connection.getreply() for _ in envelope]
    else:
        replies = []
        for line in envelope:
            connection.send(line)
            replies.append(connection.getreply())
            if replies[-1][0] not in (*TAKEN, GO_ON):
                break
        replies += replies[-1:] * (len(envelope) - len(replies))
    if any(code == BYE for code, _ in replies):
        raise smtplib.SMTPServerDisconnected(_said(*replies[-1]))
    return replies


def _refused(connection: smtplib.SMTP, rcpt: Reply, data: Reply) -> Outcome | None:
    """Say why the content may not follow, and begin anew; None if it may."""
    taken = rcpt[0] in TAKEN
    if taken and data[0] == GO_ON:
        return None
    if data[0] == GO_ON:
        connection.send(b".\r\n")  # nobody to mail, and yet it waits (RFC 2920, 3.1)
        connection.getreply()
    connection.rset()
    return _refusal("data", *data) if taken else _refusal("rcpt", *rcpt)


def _refusal(stage: str, code: int, reply: bytes) -> Outcome:
    """Tell whom a refusal at a stage is about, and whether it is for now (RFC 5321, 4.2.1)."""
    said = _said(code, reply)
    return judge_reply(stage, code, said.partition(" ")[2]).outcome(said)


def _sender_refused(sender: str, code: int, reply: bytes) -> TransportDown:
    """Return what to raise where a server takes nothing from a sender."""
    said = _said(code, reply)
    verdict = judge_reply("mail", code, said.partition(" ")[2])
    kind = SenderRefused if verdict.about == About.US else TransportDown
    return kind(
        f"the mail server refuses {sender}: {said.rstrip('.')}. {verdict.advice}"
    )


def _said(code: int, reply: bytes) -> str:
    return f"{code} {' '.join(reply.decode('utf-8', 'replace').split())}"
