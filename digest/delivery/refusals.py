"""Refusals: whom a provider's no is about, one reader or us, and what a person can do about it.

RFC 3463 defines the enhanced status codes (class.subject.detail), RFC 5321 the basic ones and the
stages of a transaction. Many servers use either loosely, so that words decide where codes do not;
the list in tests/delivery/test_refusals.py has the replies that the rules were made for.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from digest.model import About, Outcome, State

__all__ = ["About", "Advice", "Verdict", "judge_reply", "judge_request"]


class Advice(StrEnum):
    """What a person can do about a refusal, as a sentence."""

    LOGIN = "It wants us to log in: set delivery.smtp.username in feeds.yaml and SMTP_PASSWORD in .env"
    KEY = "Check SENDGRID_API_KEY in .env, and that the key may send mail"
    SENDER = (
        "The account may not send as newsletter.sender.address: use an address of its own there, "
        "or let the provider verify this one"
    )
    RECORDS = "The sender's domain lacks a record that proves the mail is yours: run `digest doctor`"
    LIMIT = "The account's limit is used up: wait until it is renewed, or ask for a larger one"
    LISTED = "The sending server is barred or on a blocklist: ask whoever runs it"
    SIZE = "The message is too large: make its pictures and texts smaller"
    CONTENT = "It does not want this content: run `digest check`, and ask the provider"
    SETTINGS = (
        "Check the settings of this transport and of the newsletter in feeds.yaml"
    )
    SLOWER = (
        "It wants less mail at a time: try again later, or set a lower delivery rate"
    )
    UNKNOWN = "Ask whoever runs it what this means"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whom a refusal is about, and what can be done."""

    about: About
    advice: Advice = Advice.UNKNOWN

    def outcome(self, said: str) -> Outcome:
        """Return the outcome of a hand-over that was refused with these words."""
        if self.about in (About.LATER, About.US_LATER):
            return Outcome(
                State.QUEUED, f"refused for now: {said}", self.about, self.advice
            )
        return Outcome(State.EXCLUDED, f"refused: {said}", self.about, self.advice)


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of refusal: by its enhanced status without the class, or else by its words."""

    verdict: Verdict
    codes: frozenset[str] = frozenset()
    words: re.Pattern[str] | None = None


#: X.Y.Z at the start of a reply, after one word of the server's own, or as qmail's (#5.1.1).
ENHANCED = re.compile(r"(?:^\S*\s?|#)([245])\.(\d{1,3}\.\d{1,3})(?![\d.]*\d)")
#: What another server said, as a relay passes it on (Postfix: reject_unverified_recipient).
PASSED_ON = re.compile(r"undeliverable address|\bsaid: ", re.IGNORECASE)
BEFORE_READER = frozenset({"connect", "ehlo", "auth", "mail"})
#: 530, 535, 538: authentication (RFC 4954, 6). 502 to 504: commands (RFC 5321, 4.2.4).
LOGIN_CODES = frozenset({530, 534, 535, 538})
PROTOCOL_CODES = frozenset({502, 503, 504})


def _rule(about: About, advice: Advice, words: str = "", codes: str = "") -> Rule:
    if words:
        pattern = re.compile(words, re.IGNORECASE)
    else:
        pattern = None
    return Rule(Verdict(about, advice), frozenset(codes.split()), pattern)


#: Of these the first that fits counts. They are about one reader although their words speak of us.
EXCEPTIONS = (
    # Exchange: a mailbox that takes mail from its own organisation alone
    _rule(About.READER, Advice.UNKNOWN, r"RESOLVER\.RST"),
    # RFC 6531: an address beyond ASCII, which this server does not take
    _rule(About.READER, Advice.UNKNOWN, r"SMTPUTF8", codes="6.7"),
    _rule(About.READER, Advice.UNKNOWN, codes="2.4 1.4 4.4"),
)
#: Certainly about us: the next reader would be refused as well.
OURS = (
    _rule(
        About.US,
        Advice.RECORDS,
        r"\bSPF\b|\bDKIM\b|\bDMARC\b|unauthenticated e?mail|required authentication level",
        # RFC 7372, and Microsoft's for bulk senders
        "7.20 7.21 7.22 7.23 7.24 7.25 7.26 7.27 7.30 7.509 7.515",
    ),
    _rule(
        About.US,
        Advice.LIMIT,
        r"\b(daily|hourly|monthly|per (hour|day)|sending|outgoing|outbound|relay) "
        r"([\w ]+ )?(quota|limit|rate)|(messages?|emails?) per (hour|day)|credits exceeded|"
        r"you(r account)? ?(have|has|'ve) (exceeded|reached)|exceeded the max|"
        r"(recipient|rate) limit (exceeded|reached)|throttl|tenant has exceeded|"
        r"submissionquota",
        # Gmail's and Exchange Online's limits
        "4.5 1.90 7.232 7.233 7.705 7.708 7.750",
    ),
    _rule(
        About.US,
        Advice.LOGIN,
        r"relay(ing)? ?(access )?(is )?(denied|prohibited|not (permitted|allowed))|unable to relay|"
        r"not permitted to relay|rcpthosts|authentication (is )?required|must authenticate|"
        r"not authenticated|not authori[sz]ed to perform",
        "7.54 7.57 7.64",
    ),
    _rule(
        About.US,
        Advice.SENDER,
        r"sender (address )?(is )?(rejected|denied|not allowed|verif)|not owned by|SendAsDenied|"
        r"send as this|not (allowed|permitted|authori[sz]ed) to send|sender identity|"
        r"identities failed|address is not verified|from address",
        "1.7 1.8 7.60 2.252",
    ),
    _rule(
        About.US,
        Advice.LISTED,
        r"block ?list|black ?list|spamhaus|spamcop|barracudacentral|dnsbl|\brbl\b|"
        r"client host\b.*\b(blocked|rejected)|banned send|"
        r"your account (has been|is) (blocked|suspended)|outgoing mail\b.*\bsuspended|"
        r"(sending|your) ip\b|poor reputation|reverse dns|\bPTR\b|traffic not accepted",
        "7.606 7.511",
    ),
    _rule(
        About.US,
        Advice.SIZE,
        r"(message|mail|size|length)\b.*\b"
        r"(too (large|big|long)|exceeds?\b.*\b(limit|maximum|size))",
        "3.4 2.3",
    ),
)
#: A full mailbox, or one that gets too much at this moment. Many servers answer 5xx to it, yet it
#: passes: RFC 3463, 3.3 calls X.2.2 a persistent transient failure.
FULL = _rule(
    About.LATER,
    Advice.UNKNOWN,
    r"\b(mailbox|inbox|user|recipient|account)\b.*\b(full|over ?quota|quota|exhausted)|"
    r"over (storage )?quota|quota (limit )?exceeded|receiving (e?mail|messages) at a rate|"
    # French and German
    r"bo[iî]te\b.*\bpleine|postfach\b.*\bvoll",
    "2.2",
)
#: X.1.1 to X.1.3, X.1.6 and X.1.10 (RFC 3463, 3.2; RFC 7505) say so by themselves.
NOBODY = _rule(
    About.GONE,
    Advice.UNKNOWN,
    r"(user|recipient|addressee|account|mailbox|local[- ]?part)( is)? (unknown|not found)|"
    r"unknown (user|recipient|local|account|mailbox)|"
    r"(no such|invalid|unknown or invalid) (user|recipient|mailbox|person|account)|"
    r"(user|account|mailbox|recipient|address)\b.*\b(does not|doesn't) (exist|have an?\b.*account)|"
    r"no mailbox (here )?by that name|RecipientNotFound|unrout(e?)able address|"
    r"(account|mailbox)\b.*\b(disabled|discontinued|closed)",
    "1.1 1.2 1.3 1.6 1.10",
)
SPAM = re.compile(
    r"spam|virus|malware|phish|content|policy|message (rejected|refused)", re.I
)
#: For now, and about us.
SLOWER = re.compile(
    r"\brate\b|too many (messages|mails|connections|recipients)|deferred due to|excessive|volume|"
    r"limit (exceeded|reached)|throttl|quota exceeded",
    re.IGNORECASE,
)
#: X.2.Z is about a mailbox, whatever its words are (RFC 3463, 3.3); X.6.Z about the content and how
#: it is coded (3.7); X.7.Z about security and policy (3.8).
MAILBOX = "2."
CODING = "6."
POLICY = "7."


def judge_reply(stage: str, code: int, text: str) -> Verdict:
    """Return whom a mail server's refusal is about.

    `stage` is connect, ehlo, auth, mail, rcpt, data or dot (what comes after the content); `code`
    the basic status, 400 to 599; `text` all that follows it.
    """
    found = ENHANCED.search(text)
    if found and found[1] == str(code)[0]:
        detail = found[2]
    else:
        detail = ""
    if code < 500:
        return _for_now(stage, detail, text)
    if PASSED_ON.search(text):
        return _passed_on(detail, text)
    return _certain(stage, code, detail, text) or _about_reader(detail, text)


def _certain(stage: str, code: int, detail: str, text: str) -> Verdict | None:
    """Return the verdict on a refusal for good whose code, words or stage leave no doubt."""
    exception = next((rule for rule in EXCEPTIONS if _fits(rule, detail, text)), None)
    if exception:
        return exception.verdict
    if detail in FULL.codes and stage not in BEFORE_READER:
        return FULL.verdict
    ours = _ours(code, detail, text)
    if ours is None and stage == "dot" and detail.startswith(CODING):
        return Verdict(About.US, Advice.CONTENT)
    if ours is None and stage in BEFORE_READER:
        return Verdict(About.US)
    return ours


def _for_now(stage: str, detail: str, text: str) -> Verdict:
    if "grey" in text.lower() or "gray" in text.lower():
        return Verdict(About.LATER)
    ours = _ours(0, detail, text)
    if ours is not None and not _is_of_one_mailbox(detail, text):
        return Verdict(About.US_LATER, ours.advice)
    if stage in BEFORE_READER:
        return Verdict(About.US_LATER, Advice.SLOWER)
    if SLOWER.search(text) and not _is_of_one_mailbox(detail, text):
        return Verdict(About.US_LATER, Advice.SLOWER)
    return Verdict(About.LATER)


def _is_of_one_mailbox(detail: str, text: str) -> bool:
    """Say whether a refusal for now speaks of one mailbox, and not of how much we send."""
    one = re.search(
        r"the (user|email account) (that )?you|mailbox|over quota|"
        r"recipient thread|domain of recipient",
        text,
        re.IGNORECASE,
    )
    return bool(one) or detail == "2.2"


def _ours(code: int, detail: str, text: str) -> Verdict | None:
    """Return the verdict if it is certainly about us, else None."""
    for rule in OURS:
        if detail in rule.codes:
            return rule.verdict
    if code in LOGIN_CODES:
        return Verdict(About.US, Advice.LOGIN)
    for rule in OURS:
        if rule.words and rule.words.search(text):
            return rule.verdict
    if code in PROTOCOL_CODES:
        return Verdict(About.US, Advice.SETTINGS)
    return None


def _about_reader(detail: str, text: str) -> Verdict:
    """Return the verdict on a refusal after MAIL that does not speak of us."""
    if _fits(
        FULL, detail, text
    ):  # before "unknown": Orange says 5.1.1 of full mailboxes
        return FULL.verdict
    if detail in NOBODY.codes and not _speaks_of_us(text):
        return NOBODY.verdict
    # words of a missing person beside a code of policy (X.7) may be advice on whom to write to
    is_policy = detail.startswith(POLICY)
    if (
        NOBODY.words
        and NOBODY.words.search(text)
        and not is_policy
        and not _speaks_of_us(text)
    ):
        return NOBODY.verdict
    if "mailbox unavailable" in text.lower() or detail.startswith(MAILBOX):
        return Verdict(About.READER)
    if SPAM.search(text):
        advice = Advice.CONTENT
    else:
        advice = Advice.UNKNOWN
    return Verdict(About.UNCLEAR, advice)


def _passed_on(detail: str, text: str) -> Verdict:
    """Return the verdict on what the reader's own server said to a relay that asked it."""
    if detail in NOBODY.codes and not _speaks_of_us(text):
        return NOBODY.verdict
    return Verdict(About.UNCLEAR)


def _speaks_of_us(text: str) -> bool:
    return re.search(r"\bblocked\b", text, re.IGNORECASE) is not None or any(
        rule.words and rule.words.search(text) for rule in OURS
    )


def _fits(rule: Rule, detail: str, text: str) -> bool:
    return detail in rule.codes or bool(rule.words and rule.words.search(text))


#: What SendGrid's status says by itself.
BY_STATUS = {401: Advice.KEY, 403: Advice.KEY, 413: Advice.SIZE}


def judge_request(status: int, message: str, field: str | None) -> Verdict:
    """Return whom a refusal of SendGrid's is about: an HTTP status of 4xx with what it says.

    Twilio: "Mail Send errors" (fields), "4XX API Errors and Troubleshooting Suggestions" (401 and
    403 stand for a bad key, a used-up plan, and an unverified sender alike).
    """
    named = field or ""
    if named.startswith("personalizations"):
        return _of_personalization(named, message)
    if re.search(r"credits|limit|quota", message, re.IGNORECASE):
        return Verdict(About.US, Advice.LIMIT)
    if re.search(r"sender identity|from address", message, re.I) or named.startswith(
        "from"
    ):
        return Verdict(About.US, Advice.SENDER)
    if status != 400 or named:
        return Verdict(About.US, BY_STATUS.get(status, Advice.SETTINGS))
    return Verdict(About.GONE if "valid address" in message else About.UNCLEAR)


def _of_personalization(named: str, message: str) -> Verdict:
    """Return the verdict on a refusal that names one reader's part of a request, or all of them."""
    if not re.match(r"personalizations\.\d", named):
        return Verdict(
            About.UNCLEAR
        )  # two of them clash: it is told by asking for fewer
    is_bad_address = ".to" in named and "valid" in message
    return Verdict(About.GONE if is_bad_address else About.READER)
