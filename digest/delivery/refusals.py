"""Refusals: classify a provider's refusal as about one recipient or about us, with an advice.

RFC 3463 defines the enhanced status codes (class.subject.detail), RFC 5321 the basic ones and the
stages of a transaction. Many servers use either loosely, so that words decide where codes do not;
the list in tests/delivery/test_refusals.py has the replies that the rules were made for.
"""

import re

from digest.delivery.refusal_rules import (
    BLOCKED_WORD,
    CODING_CODES,
    EXCEPTIONS,
    FULL_MAILBOX,
    MAILBOX_CODES,
    ONE_MAILBOX_WORDS,
    POLICY_CODES,
    RATE_WORDS,
    SENDER_RULES,
    SPAM_WORDS,
    UNKNOWN_READER,
    Advice,
    Verdict,
)
from digest.model import RefusalScope

__all__ = ["Advice", "RefusalScope", "Verdict", "judge_reply", "judge_request"]

#: X.Y.Z at the start of a reply, after one word of the server's own, or as qmail's (#5.1.1).
ENHANCED_CODE = re.compile(
    r"(?:^\S*\s?|#)([245])\.(\d{1,3}\.\d{1,3})(?![\d.]*\d)"
)
#: A reply of another server, as a relay passes it on (Postfix: reject_unverified_recipient).
RELAYED_REPLY = re.compile(r"undeliverable address|\bsaid: ", re.IGNORECASE)
GREYLISTING = re.compile(r"gr[ea]y", re.IGNORECASE)
#: Stages of a transaction at which the server does not know the recipient yet.
STAGES_BEFORE_READER = frozenset({"connect", "ehlo", "auth", "mail"})
#: 530, 535, 538: authentication (RFC 4954, 6). 502 to 504: commands (RFC 5321, 4.2.4).
LOGIN_CODES = frozenset({530, 534, 535, 538})
PROTOCOL_CODES = frozenset({502, 503, 504})
#: Replies below this code are for now; those from it on are for good (RFC 5321, 4.2.1).
FIRST_PERMANENT_CODE = 500


# Mail servers


def judge_reply(stage: str, code: int, text: str) -> Verdict:
    """Return the scope of a mail server's refusal.

    `stage` is connect, ehlo, auth, mail, rcpt, data or dot (what comes after the content); `code`
    the basic status, 400 to 599; `text` all that follows it.
    """
    detail = _enhanced_detail(code, text)
    if code < FIRST_PERMANENT_CODE:
        return _judge_temporary(stage, detail, text)
    if RELAYED_REPLY.search(text):
        return _judge_relayed(detail, text)
    verdict = _judge_by_certain_signs(stage, code, detail, text)
    if verdict is not None:
        return verdict
    return _judge_reader(detail, text)


def _enhanced_detail(code: int, text: str) -> str:
    """Return the enhanced status code without its class, such as 1.1; "" if there is none."""
    match = ENHANCED_CODE.search(text)
    if match is None or match[1] != str(code)[0]:
        return ""
    return match[2]


def _judge_temporary(stage: str, detail: str, text: str) -> Verdict:
    """Return the verdict on a refusal for now."""
    if GREYLISTING.search(text):
        return Verdict(RefusalScope.LATER)
    if not _is_about_one_mailbox(detail, text):
        sender_verdict = _judge_sender(0, detail, text)
        if sender_verdict is not None:
            return Verdict(RefusalScope.US_LATER, sender_verdict.advice)
        if RATE_WORDS.search(text):
            return Verdict(RefusalScope.US_LATER, Advice.SLOWER)
    if stage in STAGES_BEFORE_READER:
        return Verdict(RefusalScope.US_LATER, Advice.SLOWER)
    return Verdict(RefusalScope.LATER)


def _is_about_one_mailbox(detail: str, text: str) -> bool:
    """Return whether a refusal for now is about one mailbox, and not about how much we send."""
    if detail in FULL_MAILBOX.codes:
        return True
    return ONE_MAILBOX_WORDS.search(text) is not None


def _judge_relayed(detail: str, text: str) -> Verdict:
    """Return the verdict on the answer of the recipient's own server to a relay."""
    if detail in UNKNOWN_READER.codes and not _speaks_of_sender(text):
        return UNKNOWN_READER.verdict
    return Verdict(RefusalScope.UNCLEAR)


def _judge_by_certain_signs(
    stage: str, code: int, detail: str, text: str
) -> Verdict | None:
    """Return the verdict on a permanent refusal whose code, words or stage are certain."""
    for rule in EXCEPTIONS:
        if rule.fits_refusal(detail, text):
            return rule.verdict
    if detail in FULL_MAILBOX.codes and stage not in STAGES_BEFORE_READER:
        return FULL_MAILBOX.verdict
    sender_verdict = _judge_sender(code, detail, text)
    if sender_verdict is not None:
        return sender_verdict
    return _judge_stage(stage, detail)


def _judge_stage(stage: str, detail: str) -> Verdict | None:
    """Return the verdict if the stage of a refusal for good shows that it is about us."""
    if stage == "dot" and detail.startswith(CODING_CODES):
        return Verdict(RefusalScope.US, Advice.CONTENT)
    if stage in STAGES_BEFORE_READER:
        return Verdict(RefusalScope.US)
    return None


def _judge_sender(code: int, detail: str, text: str) -> Verdict | None:
    """Return the verdict if the refusal is certainly about us, else None.

    The enhanced code (`detail`) counts before the basic one, and that before words.
    """
    for rule in SENDER_RULES:
        if detail in rule.codes:
            return rule.verdict
    if code in LOGIN_CODES:
        return Verdict(RefusalScope.US, Advice.LOGIN)
    for rule in SENDER_RULES:
        if rule.fits_words(text):
            return rule.verdict
    if code in PROTOCOL_CODES:
        return Verdict(RefusalScope.US, Advice.SETTINGS)
    return None


def _judge_reader(detail: str, text: str) -> Verdict:
    """Return the verdict on a refusal after MAIL that does not speak of us."""
    # before "unknown": Orange says 5.1.1 of full mailboxes
    if FULL_MAILBOX.fits_refusal(detail, text):
        return FULL_MAILBOX.verdict
    if _is_unknown_reader(detail, text):
        return UNKNOWN_READER.verdict
    if "mailbox unavailable" in text.lower() or detail.startswith(
        MAILBOX_CODES
    ):
        return Verdict(RefusalScope.READER)
    if SPAM_WORDS.search(text):
        return Verdict(RefusalScope.UNCLEAR, Advice.CONTENT)
    return Verdict(RefusalScope.UNCLEAR, Advice.UNKNOWN)


def _is_unknown_reader(detail: str, text: str) -> bool:
    """Return whether a refusal says that the address does not exist."""
    if _speaks_of_sender(text):
        return False
    if detail in UNKNOWN_READER.codes:
        return True
    # words of a missing person beside a code of policy (X.7) may be advice on whom to write to
    if detail.startswith(POLICY_CODES):
        return False
    return UNKNOWN_READER.fits_words(text)


def _speaks_of_sender(text: str) -> bool:
    if BLOCKED_WORD.search(text):
        return True
    return any(rule.fits_words(text) for rule in SENDER_RULES)


# SendGrid

#: The advice for an HTTP status of SendGrid's.
ADVICE_BY_STATUS = {401: Advice.KEY, 403: Advice.KEY, 413: Advice.SIZE}
BAD_REQUEST = 400
LIMIT_WORDS = re.compile(r"credits|limit|quota", re.IGNORECASE)
SENDER_WORDS = re.compile(r"sender identity|from address", re.IGNORECASE)
#: A field of one personalization, as opposed to all of them.
PERSONALIZATION_FIELD = re.compile(r"personalizations\.\d")


def judge_request(status: int, message: str, field: str | None) -> Verdict:
    """Return the scope of a refusal by SendGrid: an HTTP status of 4xx with its message.

    Twilio: "Mail Send errors" (fields), "4XX API Errors and Troubleshooting Suggestions" (401 and
    403 mean a bad key, a used-up plan, and an unverified sender alike).
    """
    field_name = field or ""
    if field_name.startswith("personalizations"):
        return _judge_personalization(field_name, message)
    if LIMIT_WORDS.search(message):
        return Verdict(RefusalScope.US, Advice.LIMIT)
    if SENDER_WORDS.search(message) or field_name.startswith("from"):
        return Verdict(RefusalScope.US, Advice.SENDER)
    if status != BAD_REQUEST or field_name:
        return Verdict(
            RefusalScope.US, ADVICE_BY_STATUS.get(status, Advice.SETTINGS)
        )
    if "valid address" in message:
        return Verdict(RefusalScope.GONE)
    return Verdict(RefusalScope.UNCLEAR)


def _judge_personalization(field_name: str, message: str) -> Verdict:
    """Return the verdict on a refusal that names one recipient's part of a request, or all parts."""
    if not PERSONALIZATION_FIELD.match(field_name):
        # two of them clash: a request to fewer readers shows which
        return Verdict(RefusalScope.UNCLEAR)
    if ".to" in field_name and "valid" in message:
        return Verdict(RefusalScope.GONE)
    return Verdict(RefusalScope.READER)
