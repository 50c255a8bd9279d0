"""Outbox: the transport that mails nobody and writes one .eml file per recipient, for tests."""

import re
from collections.abc import Sequence
from pathlib import Path

from digest.delivery.message import make_encoder
from digest.errors import TransportDown
from digest.model import REHEARSAL, DeliveryState, Email, Outcome, Recipient
from digest.ports import Clock

#: Characters of an address that stand in the name of its file.
MAX_ADDRESS_LENGTH = 100


class Outbox:
    """Writes messages into a folder; a Transport. Writing one again replaces it."""

    name = REHEARSAL
    unit = 1

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._encode = make_encoder(clock)

    def send(
        self, email: Email, recipients: Sequence[Recipient]
    ) -> Sequence[Outcome]:
        """Write each message; the file's name is the outcome's detail."""
        message = self._encode(email)
        return [
            self._write_message(recipient, message.bytes_for(recipient))
            for recipient in recipients
        ]

    def _write_message(self, recipient: Recipient, content: bytes) -> Outcome:
        safe_address = re.sub(r"[^\w.@+-]", "_", recipient.address)
        file_name = (
            f"{recipient.subscriber:06}-{safe_address[:MAX_ADDRESS_LENGTH]}.eml"
        )
        file = self._folder / file_name
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            unfinished = file.with_suffix(".part")
            unfinished.write_bytes(content)
            unfinished.replace(file)
        except OSError as error:
            raise TransportDown(
                f"the outbox {self._folder} cannot be written: {error.strerror}"
            ) from error
        return Outcome(DeliveryState.ACCEPTED, file.name)
