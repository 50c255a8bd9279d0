"""Returned mail: reports, complaints, unsubscribe requests; read, never acted upon here."""

from digest.delivery.bounces.mailbox import Mailbox, open_mailbox
from digest.delivery.bounces.mbox import messages_of
from digest.delivery.bounces.reading import read_returned

__all__ = ["Mailbox", "messages_of", "open_mailbox", "read_returned"]
