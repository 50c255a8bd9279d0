"""The transport that mails nobody: one .eml file a recipient, to look at and to test with."""

import re
from collections.abc import Sequence
from pathlib import Path

from digest.delivery.message import encoder
from digest.errors import TransportDown
from digest.model import REHEARSAL, Letter, Outcome, Recipient, State
from digest.ports import Clock


class Outbox:
    """Writes messages into a folder; a Transport. Writing one again replaces it."""

    name = REHEARSAL
    unit = 1

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._message = encoder(clock)

    def send(
        self, letter: Letter, recipients: Sequence[Recipient]
    ) -> Sequence[Outcome]:
        """Write each message; the file's name is the outcome's detail."""
        message = self._message(letter)
        return [self._write(r, message.to(r)) for r in recipients]

    def _write(self, recipient: Recipient, content: bytes) -> Outcome:
        safe = re.sub(r"[^\w.@+-]", "_", recipient.address)[:100]
        file = self._folder / f"{recipient.subscriber:06}-{safe}.eml"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished = file.with_suffix(".part")
            unfinished.write_bytes(content)
            unfinished.replace(file)
        except OSError as e:
            raise TransportDown(
                f"the outbox {self._folder} cannot be written: {e.strerror}"
            ) from e
        return Outcome(State.ACCEPTED, file.name)
