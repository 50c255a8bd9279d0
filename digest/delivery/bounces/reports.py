"""Reports of mail servers: delivery (RFC 3464), complaints (RFC 5965), receipts (RFC 8098)."""

from email.message import Message

from digest.delivery.bounces.evidence import gather_evidence
from digest.delivery.bounces.parts import (
    Fields,
    blocks_of,
    find_part,
    find_returned_headers,
    plain_address,
    read_header,
    text_of_message,
)
from digest.delivery.bounces.reasons import verdict_on_refusal
from digest.model.returned import ReturnedMessage, Verdict

STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
RECEIPT_PARTS = (
    "message/disposition-notification",
    "message/global-disposition-notification",
)
FEEDBACK_PART = "message/feedback-report"
#: Outlook's complaints (JMRP) have no feedback part; they name the recipient so, if at all.
OUTLOOK_COMPLAINT = "X-HmXmrOriginalRecipient"

COMPLAINTS = frozenset({"abuse", "fraud", "complaint"})
NO_COMPLAINTS = frozenset({"not-spam", "auth-failure", "dmarc"})
OPT_OUTS = frozenset({"opt-out", "opt-out-list"})
#: Verdicts on several recipients, the mildest first: our one reader's address may stand for
#: several, and is no good only if all of them are.
MILDEST_FIRST = (
    Verdict.DELIVERED,
    Verdict.DEFERRED,
    Verdict.BLOCKED,
    Verdict.UNKNOWN,
)


# Delivery


def read_status_report(message: Message) -> ReturnedMessage | None:
    """Read a report on delivery; None if the mail has none."""
    part = find_part(message, *STATUS_PARTS)
    if part is None:
        return None
    recipients = [block for block in blocks_of(part) if "action" in block]
    if not recipients:
        reason = "a report that names no recipient"
        return gather_evidence(message, Verdict.UNKNOWN, reason)
    verdicts = [_verdict_of(recipient) for recipient in recipients]
    verdict = _combine_verdicts(verdicts)
    recipient = recipients[verdicts.index(verdict)]
    returned = find_returned_headers(message)
    address = recipient.get("original-recipient") or recipient.get(
        "final-recipient"
    )
    return gather_evidence(
        message,
        verdict,
        _describe_recipient(recipient),
        returned=returned,
        copied_text=text_of_message(message) if returned is None else "",
        about=plain_address(address or ""),
    )


def _verdict_of(recipient: Fields) -> Verdict:
    """Return the verdict of one recipient's group of fields (RFC 3464, 2.3.3)."""
    words = recipient["action"].lower().split()
    action = words[0] if words else ""
    if action == "delayed":
        return Verdict.DEFERRED
    if action in ("delivered", "relayed", "expanded"):
        return Verdict.DELIVERED
    if action == "failed":
        return verdict_on_refusal(
            recipient.get("status", ""), _diagnosis_of(recipient)
        )
    return Verdict.UNKNOWN


def _diagnosis_of(recipient: Fields) -> str:
    """Return the server's words, without the type before them (RFC 3464, 2.3.6)."""
    before, semicolon, behind = recipient.get("diagnostic-code", "").partition(
        ";"
    )
    if semicolon:
        return behind.strip()
    return before


def _describe_recipient(recipient: Fields) -> str:
    action = recipient["action"].lower()
    status = recipient.get("status", "")
    diagnosis = _diagnosis_of(recipient)
    details = " ".join(text for text in (status, diagnosis) if text)
    return f"{action} {details}"


def _combine_verdicts(verdicts: list[Verdict]) -> Verdict:
    for verdict in MILDEST_FIRST:
        if verdict in verdicts:
            return verdict
    return Verdict.BOUNCED


# Complaints


def read_complaint(message: Message) -> ReturnedMessage | None:
    """Read a complaint, or a report in a complaint's form; None if the mail is neither."""
    part = find_part(message, FEEDBACK_PART)
    if part is None:
        return _read_outlook_complaint(message)
    fields: Fields = {}
    for block in blocks_of(part):
        fields = block | fields
    kind = fields.get("feedback-type", "").lower()
    return gather_evidence(
        message,
        _verdict_on_feedback(kind),
        f"feedback report: {kind or 'of no kind'}",
        returned=find_returned_headers(message),
        about=plain_address(fields.get("original-rcpt-to", "")),
    )


def _verdict_on_feedback(kind: str) -> Verdict:
    if kind in COMPLAINTS:
        return Verdict.COMPLAINED
    if kind in OPT_OUTS:
        return Verdict.LEFT
    if kind in NO_COMPLAINTS:
        return Verdict.NOTHING
    return Verdict.UNKNOWN


def _read_outlook_complaint(message: Message) -> ReturnedMessage | None:
    returned = find_returned_headers(message)
    if returned is None or returned.get(OUTLOOK_COMPLAINT) is None:
        return None
    return gather_evidence(
        message,
        Verdict.COMPLAINED,
        "a complaint (JMRP)",
        returned=returned,
        about=read_header(returned, OUTLOOK_COMPLAINT),
    )


# Receipts, and reports about other things


def read_receipt(message: Message) -> ReturnedMessage | None:
    """Read a receipt or a report about TLS; None if the mail is neither."""
    kind = str(message.get_param("report-type") or "").lower()
    has_receipt = find_part(message, *RECEIPT_PARTS) is not None
    if has_receipt or kind == "disposition-notification":
        return gather_evidence(message, Verdict.NOTHING, "a receipt (RFC 8098)")
    if kind == "tlsrpt":
        reason = "a report about TLS (RFC 8460)"
        return gather_evidence(message, Verdict.NOTHING, reason)
    return None
