"""Returned mail: reports, complaints, unsubscribe requests; read, never acted upon here."""

from digest.delivery.bounces.mailbox import Mailbox, open_mailbox
from digest.delivery.bounces.mbox import split_messages
from digest.delivery.bounces.reading import read_returned

__all__ = ["Mailbox", "open_mailbox", "read_returned", "split_messages"]
