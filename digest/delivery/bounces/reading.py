"""One mail that came back: what it means, and what in it may prove of whom it speaks.

Reports are RFC 3464 (delivery), RFC 5965 (complaints), RFC 8098 (receipts). Only the headers of the
message that came back are searched for our tokens, never its text nor what a person quotes: staff's
own answers bounce too, and they quote readers' mail.
"""

import hashlib
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime

from digest.delivery.bounces.automatic import (
    is_mail_server,
    says_has_left,
    why_automatic,
    why_by_subject,
)
from digest.delivery.bounces.parts import (
    RETURNED_HEADERS,
    RETURNED_MESSAGES,
    Fields,
    address_of,
    blocks_of,
    header,
    headers,
    own_parts,
    plain_address,
    returned_headers,
    text_of,
)
from digest.delivery.bounces.reasons import informal_verdict, refusal, says_our_fault
from digest.model.returned import Returned, Verdict

TOKEN_FORM = r"\d{1,10}\.[A-Za-z0-9_-]{43}(?![\w-])"  # noqa: S105 # a pattern
TOKEN = re.compile(rf"(?<![\w-]){TOKEN_FORM}")
MESSAGE_ID = re.compile(r"<[^<>\s]{1,300}>")
ADDRESS = re.compile(r"[^\s<>;:,\"]+@[^\s<>;:,\"]+")
#: Where mail servers write to whom they delivered it: a return path of its own shows there.
DELIVERED_TO = "Delivered-To X-Original-To Envelope-To X-Envelope-To X-Delivered-To X-RcptTo To Cc".split()
STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
RECEIPT_PARTS = (
    "message/disposition-notification",
    "message/global-disposition-notification",
)
FEEDBACK_PART = "message/feedback-report"
#: Outlook's complaints (JMRP) have no feedback part; they name the reader so, if at all.
OUTLOOK_COMPLAINT = "X-HmXmrOriginalRecipient"
#: Where a notice in plain words ends and the message that came back begins.
COPY_BEGINS = re.compile(
    r"^(?:--.*(?:copy|message|original|nachricht|kopf).*|.*(?:headers follow|original message).*"
    r"|(?:received|return-path|dkim-signature|from|message-id|mime-version|list-id): .*)$",
    re.IGNORECASE | re.MULTILINE,
)
HEADER_LINE = r"^[ \t]*{}:[ \t]*(.*(?:\n[ \t]+(?![\w-]+:).*)*)"  # a line that begins with > is a quotation
COPIED_WAYS_OUT = re.compile(
    HEADER_LINE.format("List-Unsubscribe"), re.IGNORECASE | re.MULTILINE
)
COPIED_ID = re.compile(HEADER_LINE.format("Message-ID"), re.IGNORECASE | re.MULTILINE)
logging.getLogger("flufl.bounce").setLevel(
    logging.CRITICAL + 1
)  # it logs what it then raises

COMPLAINTS = frozenset({"abuse", "fraud", "complaint"})
NO_COMPLAINTS = frozenset({"not-spam", "auth-failure", "dmarc"})
OPT_OUTS = frozenset({"opt-out", "opt-out-list"})

#: The whole subject, or the whole first line, of a mail that asks for one thing.
UNSUBSCRIBE = re.compile(
    r"\W*(?:please[, ]+)?(?:un-?subscribe(?: me)?|opt[ -]?out|(?:remove|take) me)"
    r"(?: off| from)?(?: (?:this|the|your|my) ?)?(?: ?(?:mailing )?(?:list|newsletter|e?mails?))?"
    r"(?: please)?\W*"
    r"|\W*(?:bitte )?(?:abmelden|abbestellen|newsletter (?:abmelden|abbestellen))\W*"
    r"|\W*(?:me )?(?:désabonner|désinscrire|désinscription|désabonnement|se désabonner)\W*"
    r"|\W*(?:darme de )?baja\W*|\W*(?:cancelar|anular)(?: la| mi)? suscripción\W*"
    r"|\W*(?:cancelar|anular) (?:a )?(?:minha )?(?:inscrição|assinatura)\W*"
    r"|\W*(?:cancellami|disiscrivimi|disiscrizione|afmelden|uitschrijven|avregistrera|wypisz)\W*",
    re.IGNORECASE,
)
#: Mail programs put "Re:" before it, and some leave the link's %20 as it is.
ASKED_WITH_TOKEN = re.compile(
    rf"(?:(?:re|aw|sv|antw|fwd?)\s?:\s*)*\W*unsubscribe(?:[\s+]|%20|_)*({TOKEN_FORM})\W*",
    re.IGNORECASE,
)
LONGEST_LINE = 80
LONGEST_NOTICE = 5000  #: characters in which a mail server comes to its reason


def read_returned(message: Message) -> Returned:
    """Read one mail; whatever is in it, nothing is raised. What is damaged is UNKNOWN."""
    try:
        return _read(message)
    # email.* raises ValueError, LookupError, TypeError, AttributeError, AssertionError and more on
    # what is malformed (bugs.python.org has a dozen), and a mailbox is full of what is malformed
    except (Exception, RecursionError) as e:
        return Returned(Verdict.UNKNOWN, f"it cannot be read ({type(e).__name__})")


def _read(message: Message) -> Returned:
    for attempt in (_status_report, _complaint, _receipt, _unsubscribing, _notice):
        if found := attempt(message):
            return found
    return _returned(message, Verdict.UNKNOWN, "no report, no request that is known")


def _returned(
    message: Message,
    verdict: Verdict,
    why: str,
    *,
    proof: Message | None = None,
    copied: str = "",
    **more: str,
) -> Returned:
    """Gather what may prove of whom a mail speaks: `proof` are the headers that came back."""
    ways_out = list(_found(COPIED_WAYS_OUT, copied))
    ids = list(_found(COPIED_ID, copied))
    if proof is not None:
        ways_out += headers(proof, "List-Unsubscribe")
        ids += headers(proof, "Message-ID")
    if verdict is not Verdict.UNKNOWN and proof is None:
        # of a thread with several messages one cannot tell which came back
        ids += headers(message, "In-Reply-To")
    sent_from = headers(proof, "Return-Path", "X-Envelope-From") if proof else ()
    came_to = [*headers(message, *DELIVERED_TO), *sent_from]
    return Returned(
        verdict,
        why[:300],
        _unique(TOKEN, ways_out),
        _unique(MESSAGE_ID, ids),
        tuple(dict.fromkeys(a for text in came_to for a in ADDRESS.findall(text)))[:50],
        id=_identity(message),
        date=_date(message),
        **more,
    )


# Reports of a mail server (RFC 3464)


def _status_report(message: Message) -> Returned | None:
    part = _part_of(message, *STATUS_PARTS)
    if part is None:
        return None
    groups = [b for b in blocks_of(part) if "action" in b]
    if not groups:
        return _returned(message, Verdict.UNKNOWN, "a report that names no recipient")
    verdicts = [_verdict_of(group) for group in groups]
    worst = groups[verdicts.index(_together(verdicts))]
    said = " ".join(filter(None, (worst.get("status", ""), _words_of(worst))))
    named = worst.get("original-recipient") or worst.get("final-recipient", "")
    return _returned(
        message,
        _together(verdicts),
        f"{worst['action'].lower()} {said}",
        proof=_returned_part(message),
        copied=_text(message) if _returned_part(message) is None else "",
        about=plain_address(named),
    )


def _verdict_of(group: Fields) -> Verdict:
    """Tell what one recipient's group means (RFC 3464, 2.3.3)."""
    action = group["action"].split()[0].lower() if group["action"].split() else ""
    if action == "delayed":
        return Verdict.DEFERRED
    if action in ("delivered", "relayed", "expanded"):
        return Verdict.DELIVERED
    if action == "failed":
        return refusal(group.get("status", ""), _words_of(group))
    return Verdict.UNKNOWN


def _words_of(group: Fields) -> str:
    kind, semicolon, said = group.get("diagnostic-code", "").partition(";")
    return said.strip() if semicolon else kind


def _together(verdicts: list[Verdict]) -> Verdict:
    """Return what several groups mean for our one reader, whose address may stand for several.

    It is no good only if all of them are.
    """
    for mild in (Verdict.DELIVERED, Verdict.DEFERRED, Verdict.BLOCKED, Verdict.UNKNOWN):
        if mild in verdicts:
            return mild
    return Verdict.BOUNCED


# Complaints (RFC 5965)


def _complaint(message: Message) -> Returned | None:
    part = _part_of(message, FEEDBACK_PART)
    if part is None:
        return _outlook_complaint(message)
    fields: Fields = {}
    for block in blocks_of(part):
        fields = block | fields
    kind = fields.get("feedback-type", "").lower()
    verdict = Verdict.UNKNOWN
    if kind in COMPLAINTS:
        verdict = Verdict.COMPLAINED
    elif kind in OPT_OUTS:
        verdict = Verdict.LEFT
    elif kind in NO_COMPLAINTS:
        verdict = Verdict.NOTHING
    return _returned(
        message,
        verdict,
        f"feedback report: {kind or 'of no kind'}",
        proof=_returned_part(message),
        about=plain_address(fields.get("original-rcpt-to", "")),
    )


def _outlook_complaint(message: Message) -> Returned | None:
    proof = _returned_part(message)
    if proof is None or proof.get(OUTLOOK_COMPLAINT) is None:
        return None
    named = header(proof, OUTLOOK_COMPLAINT)
    return _returned(
        message, Verdict.COMPLAINED, "a complaint (JMRP)", proof=proof, about=named
    )


# Receipts, and reports about other things


def _receipt(message: Message) -> Returned | None:
    kind = str(message.get_param("report-type") or "").lower()
    if (
        _part_of(message, *RECEIPT_PARTS) is not None
        or kind == "disposition-notification"
    ):
        return _returned(message, Verdict.NOTHING, "a receipt (RFC 8098)")
    if kind == "tlsrpt":
        return _returned(message, Verdict.NOTHING, "a report about TLS (RFC 8460)")
    return None


# Unsubscribing by mail (RFC 2369)


def _unsubscribing(message: Message) -> Returned | None:
    subject, sender = header(message, "Subject"), address_of(message, "From")
    if is_mail_server(message, sender):
        return None
    first_line = _first_line(message)
    may_speak_for_sender = _may_speak_for_sender(message)
    for said in (subject, first_line):
        if asked := ASKED_WITH_TOKEN.fullmatch(said):
            return Returned(
                Verdict.LEFT,
                "asks to be unsubscribed, with a token",
                (asked[1],),
                sender=sender if may_speak_for_sender else "",
                about=sender,
                id=_identity(message),
                date=_date(message),
            )
    if not any(
        len(s) <= LONGEST_LINE and UNSUBSCRIBE.fullmatch(s)
        for s in (subject, first_line)
    ):
        return None
    if may_speak_for_sender:
        why = "asks to be unsubscribed, by its sender's address"
        return _returned(message, Verdict.LEFT, why, sender=sender, about=sender)
    if _is_forged(message):
        why = "asks to be unsubscribed, but our mail server calls its sender forged (DMARC)"
        return _returned(message, Verdict.UNKNOWN, why, about=sender)
    return None


def _may_speak_for_sender(message: Message) -> bool:
    """Say whether a person may have written it themselves, from the address that it names."""
    if why_automatic(message) or message.get("List-Id") is not None:
        return False
    return not _is_forged(message)


def _is_forged(message: Message) -> bool:
    """Say whether the server that took it last calls its sender forged (RFC 8601, 2.7)."""
    return "dmarc=fail" in header(message, "Authentication-Results").lower()


def _first_line(message: Message) -> str:
    lines = (line.strip() for line in _text(message)[:2000].splitlines())
    first = next((line for line in lines if line), "")
    return "" if first.startswith(">") else first  # somebody else's word


# Notices in plain words


def _notice(message: Message) -> Returned | None:
    subject, sender = header(message, "Subject"), address_of(message, "From")
    if away := why_by_subject(subject):
        return _automatic(message, away)
    if is_mail_server(message, sender):
        text = _text(message)
        begins = COPY_BEGINS.search(text)
        notice = (text[: begins.start()] if begins else text)[:LONGEST_NOTICE]
        verdict = informal_verdict(
            subject, notice, is_failure=_has_form_of_failure(message)
        )
        if verdict is not Verdict.UNKNOWN or says_our_fault(notice):
            said = " ".join(notice.split())[:200] or subject
            proof = _returned_part(message)
            named = plain_address(header(message, "X-Failed-Recipients"))
            return _returned(
                message, verdict, said, proof=proof, copied=text, about=named
            )
    if automatic := why_automatic(message):
        return _automatic(message, automatic)
    return None


def _automatic(message: Message, why: str) -> Returned:
    """Return an automatic answer: nothing to do, unless it says that its writer has left.

    Then the address will soon be no good, and whoever follows has not asked for mail: a person
    decides.
    """
    if says_has_left(_text(message)[:LONGEST_NOTICE]):
        return _returned(
            message, Verdict.UNKNOWN, f"{why} which says that they have left"
        )
    return _returned(message, Verdict.NOTHING, why)


def _has_form_of_failure(message: Message) -> bool:
    """Say whether flufl.bounce knows a mail as one program's failure notice.

    Its word alone suppresses nobody: it calls a full mailbox and a spam filter's refusal permanent.
    """
    from flufl.bounce import all_failures

    try:
        _, permanent = all_failures(message)
    except Exception:  # its detectors raise IndexError and more on what is malformed
        return False
    return bool(permanent)


# Inside


def _part_of(message: Message, *kinds: str) -> Message | None:
    return next((p for p in own_parts(message) if p.get_content_type() in kinds), None)


def _returned_part(message: Message) -> Message | None:
    part = _part_of(message, *RETURNED_HEADERS, *RETURNED_MESSAGES)
    return None if part is None else returned_headers(part)


def _text(message: Message) -> str:
    texts = (p for p in own_parts(message) if p.get_content_maintype() == "text")
    return "\n".join(text_of(p) for p in texts)


def _found(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    return (" ".join(match[1].split()) for match in pattern.finditer(text))


def _unique(pattern: re.Pattern[str], texts: list[str]) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(found for text in texts for found in pattern.findall(text))
    )[:20]


def _identity(message: Message) -> str:
    """Return what names a report: its Message-ID, or a digest of what it says."""
    named = header(message, "Message-ID")
    said = (
        named
        or f"{header(message, 'From')}\n{header(message, 'Date')}\n{_text(message)}"
    )
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:32]


def _date(message: Message) -> datetime | None:
    try:
        told = parsedate_to_datetime(header(message, "Date"))
    except (ValueError, TypeError, OverflowError):
        return None
    return told if told.tzinfo else told.replace(tzinfo=UTC)
