"""Delivery: messages, transports, the sender that hands each message over at most once."""

from digest.delivery.ledger import Ledger
from digest.delivery.message import EncodedEmail
from digest.delivery.pace import Pace
from digest.delivery.refusal_streaks import (
    Conclusion,
    RefusalTracker,
    RefusedReader,
)
from digest.delivery.sender import Sender
from digest.delivery.transports.opening import open_transport
from digest.delivery.transports.outbox import Outbox
from digest.delivery.unsubscribe_token import UnsubscribeTokens

__all__ = [
    "Conclusion",
    "EncodedEmail",
    "Ledger",
    "Outbox",
    "Pace",
    "RefusalTracker",
    "RefusedReader",
    "Sender",
    "UnsubscribeTokens",
    "open_transport",
]
