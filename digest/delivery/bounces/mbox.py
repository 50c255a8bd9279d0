"""Messages in a file: one, or many in an mbox (RFC 4155)."""

import re
from email import message_from_bytes
from email.message import Message

#: The line before each message of an mbox: "From ", an address, a date that ends in its year.
SEPARATOR = re.compile(rb"^From \S+ .*\d{4}[^\n]*\n", re.MULTILINE)


def split_messages(content: bytes) -> list[tuple[bytes, Message | None]]:
    """Return the messages of an mbox, or the one message that it is; [] of an empty file.

    Each with its bytes; None in place of one that cannot be parsed.
    """
    if not content.strip():
        return []
    if not SEPARATOR.match(content):
        return [(content, _parse_message(content))]
    messages = [part for part in SEPARATOR.split(content) if part.strip()]
    return [(message, _parse_message(message)) for message in messages]


def _parse_message(content: bytes) -> Message | None:
    try:
        return message_from_bytes(content)
    except RecursionError:  # a thousand parts in each other
        return None
