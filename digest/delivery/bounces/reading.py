"""Reading of one returned mail: its verdict, and the evidence of which subscriber it is about.

    a message | report, complaint, receipt, request or notice | Returned

Nothing is raised, whatever a mail holds: a mail that is damaged or not understood is UNKNOWN.
"""

from email.message import Message

from digest.delivery.bounces.evidence import gather_evidence
from digest.delivery.bounces.notices import read_notice
from digest.delivery.bounces.reports import (
    read_complaint,
    read_receipt,
    read_status_report,
)
from digest.delivery.bounces.unsubscribe_requests import (
    read_unsubscribe_request,
)
from digest.model.returned import ReturnedMessage, Verdict

#: Asked in this order; each returns None for a mail that is not of its kind.
READERS = (
    read_status_report,
    read_complaint,
    read_receipt,
    read_unsubscribe_request,
    read_notice,
)


def read_returned(message: Message) -> ReturnedMessage:
    """Read one mail; whatever is in it, nothing is raised. What is damaged is UNKNOWN."""
    try:
        return _read_message(message)
    # email.* raises ValueError, LookupError, TypeError, AttributeError, AssertionError and more on
    # what is malformed (bugs.python.org has a dozen), and a mailbox is full of what is malformed
    except (Exception, RecursionError) as error:
        reason = f"it cannot be read ({type(error).__name__})"
        return ReturnedMessage(Verdict.UNKNOWN, reason)


def _read_message(message: Message) -> ReturnedMessage:
    for read in READERS:
        result = read(message)
        if result:
            return result
    reason = "no report, no request that is known"
    return gather_evidence(message, Verdict.UNKNOWN, reason)
