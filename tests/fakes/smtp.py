"""A real SMTP server on loopback that keeps what it is given."""

import socket
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller


class FakeSmtp:
    """Keeps messages; refuses and hangs up on the addresses it is told to."""

    def __init__(self, pipelining: bool = False, patience: float = 300) -> None:
        #: announces that commands may come together (RFC 2920)
        self.pipelining = pipelining
        #: seconds without a word after which it hangs up
        self.patience = patience
        self.utf8 = True  #: takes addresses beyond ASCII (RFC 6531)
        self.messages: list[tuple[str, EmailMessage]] = []
        self.raw: list[bytes] = []
        self.senders: list[
            str
        ] = []  #: whom the envelope of each message named (MAIL FROM)
        self.refuse: set[str] = set()
        self.later: set[str] = set()  #: refused for now
        #: messages after which it says goodbye; 0 for never
        self.per_connection = 0
        #: what it says at a stage (mail, rcpt, dot) to an address; "" for what it says by itself
        self.says: Callable[[str, str], str] = lambda _stage, _address: ""
        self.vanish: set[str] = (
            set()
        )  #: take the message of these, then hang up without an answer

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        more = ["250-PIPELINING"] if self.pipelining else []
        kept = [r for r in responses[1:] if self.utf8 or "SMTPUTF8" not in r]
        return [*responses[:1], *more, *kept]

    async def handle_MAIL(self, server, session, envelope, address, options):
        session.taken = getattr(session, "taken", 0) + 1
        if self.per_connection and session.taken > self.per_connection:
            return "421 that is enough for one connection"
        if said := self.says("mail", address):
            return said
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.later:
            return "451 try again later"
        if address in self.refuse:
            return "550 no such user"
        if said := self.says("rcpt", address):
            return said
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        (to,) = envelope.rcpt_tos
        if said := self.says("dot", to):
            return said
        self.raw.append(envelope.content)
        self.senders.append(envelope.mail_from)
        self.messages.append(
            (to, message_from_bytes(envelope.content, policy=policy.default))
        )
        if to in self.vanish:
            server.transport.abort()
        return "250 queued"

    def __enter__(self) -> "FakeSmtp":
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self._controller = Controller(
            self, "127.0.0.1", self.port, timeout=self.patience
        )
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def env(self) -> dict[str, str]:
        return {
            "DIGEST_DELIVERY__TRANSPORT": "smtp",
            "DIGEST_DELIVERY__SMTP__HOST": "127.0.0.1",
            "DIGEST_DELIVERY__SMTP__PORT": str(self.port),
            "DIGEST_DELIVERY__SMTP__SECURITY": "none",
        }
