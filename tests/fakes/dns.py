"""A real name server on loopback that knows what a test tells it."""

import socket
import threading

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


class FakeDns:
    """Answers by (name, type); anything else does not exist."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], list[str]] = {}
        self.silent = False

    def __enter__(self) -> "FakeDns":
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.server = self._socket.getsockname()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self.server)
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            raw, who = self._socket.recvfrom(4096)
            if not raw:
                return
            if not self.silent:
                self._socket.sendto(
                    self._answer(dns.message.from_wire(raw)), who
                )

    def _answer(self, asked: dns.message.Message) -> bytes:
        answer = dns.message.make_response(asked)
        answer.flags |= dns.flags.RA
        question = asked.question[0]
        name, kind = (
            question.name.to_text(omit_final_dot=True),
            question.rdtype.name,
        )
        found = self.records.get((name, kind))
        if found:
            answer.answer.append(
                dns.rrset.from_text(question.name, 60, "IN", kind, *found)
            )
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer.to_wire()
