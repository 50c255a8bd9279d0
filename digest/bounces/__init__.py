"""Mail that comes back: reports, complaints, unsubscribe requests; read, never acted upon here."""

from digest.bounces.mailbox import Mailbox, open_mailbox
from digest.bounces.mbox import messages_of
from digest.bounces.reading import read_returned

__all__ = ["Mailbox", "messages_of", "open_mailbox", "read_returned"]
