"""Notices in plain words, by mail servers and by programs that answer for people."""

import logging
import re
from email.message import Message

from digest.delivery.bounces.automatic import (
    is_mail_server,
    says_has_left,
    why_automatic,
    why_by_subject,
)
from digest.delivery.bounces.evidence import gather_evidence
from digest.delivery.bounces.parts import (
    address_of,
    find_returned_headers,
    plain_address,
    read_header,
    text_of_message,
)
from digest.delivery.bounces.reasons import informal_verdict, says_our_fault
from digest.model.returned import ReturnedMessage, Verdict

#: Line at which a notice in plain words ends and the returned message begins.
COPY_BEGINS = re.compile(
    r"^(?:--.*(?:copy|message|original|nachricht|kopf).*|.*(?:headers follow|original message).*"
    r"|(?:received|return-path|dkim-signature|from|message-id|mime-version|list-id): .*)$",
    re.IGNORECASE | re.MULTILINE,
)
#: Characters in which a mail server comes to its reason.
MAX_NOTICE_LENGTH = 5000
MAX_REASON_LENGTH = 200

# it logs what it then raises
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)


def read_notice(message: Message) -> ReturnedMessage | None:
    """Read a notice in plain words; None if the mail is none that is understood."""
    reason = why_by_subject(read_header(message, "Subject"))
    if reason:
        return _read_automatic_answer(message, reason)
    if is_mail_server(message, address_of(message, "From")):
        result = _read_server_notice(message)
        if result:
            return result
    reason = why_automatic(message)
    if reason:
        return _read_automatic_answer(message, reason)
    return None


def _read_server_notice(message: Message) -> ReturnedMessage | None:
    subject = read_header(message, "Subject")
    text = text_of_message(message)
    notice = _before_copy(text)[:MAX_NOTICE_LENGTH]
    has_form = _has_form_of_failure(message)
    verdict = informal_verdict(subject, notice, is_failure=has_form)
    if verdict is Verdict.UNKNOWN and not says_our_fault(notice):
        return None
    return gather_evidence(
        message,
        verdict,
        " ".join(notice.split())[:MAX_REASON_LENGTH] or subject,
        returned=find_returned_headers(message),
        copied_text=text,
        about=plain_address(read_header(message, "X-Failed-Recipients")),
    )


def _before_copy(text: str) -> str:
    """Return a notice's own text, without the copy of the message that came back."""
    copy = COPY_BEGINS.search(text)
    if copy is None:
        return text
    return text[: copy.start()]


def _read_automatic_answer(message: Message, reason: str) -> ReturnedMessage:
    """Return an automatic answer: nothing to do, unless its writer has left the organisation.

    Then the address will soon fail, and a successor has not subscribed: a person decides.
    """
    if says_has_left(text_of_message(message)[:MAX_NOTICE_LENGTH]):
        reason = f"{reason} which says that they have left"
        return gather_evidence(message, Verdict.UNKNOWN, reason)
    return gather_evidence(message, Verdict.NOTHING, reason)


def _has_form_of_failure(message: Message) -> bool:
    """Return whether flufl.bounce knows a mail as one program's failure notice.

    That alone suppresses nobody: it calls a full mailbox and a spam filter's refusal permanent.
    """
    from flufl.bounce import all_failures

    try:
        _, permanent = all_failures(message)
    except (
        Exception
    ):  # its detectors raise IndexError and more on what is malformed
        return False
    return bool(permanent)
