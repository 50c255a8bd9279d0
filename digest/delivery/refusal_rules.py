"""Rules for refusals: enhanced status codes and words, each with its scope and an advice.

RFC 3463 defines the codes (class.subject.detail); a rule names them without the class. The list in
tests/delivery/test_refusals.py has the replies that the words were made for.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from digest.model import DeliveryState, Outcome, RefusalScope


class Advice(StrEnum):
    """Advice to a person about a refusal, as a sentence."""

    LOGIN = "A login is required: set delivery.smtp.username in feeds.yaml and SMTP_PASSWORD in .env"
    KEY = "Check SENDGRID_API_KEY in .env, and that the key may send mail"
    SENDER = (
        "The account may not send as newsletter.sender.address: use an address of its own there, "
        "or let the provider verify this one"
    )
    RECORDS = "The sender's domain lacks a record that proves mail is really from you: run `digest doctor`"
    LIMIT = "The account's limit is used up: wait until it is renewed, or ask for a larger one"
    LISTED = "The sending server is blocked or on a blocklist: ask its operator"
    SIZE = "The message is too large: use smaller images and shorter texts"
    CONTENT = (
        "The content was rejected: run `digest check`, and ask the provider"
    )
    SETTINGS = "Check the settings of this transport and of the newsletter in feeds.yaml"
    SLOWER = (
        "Mail was sent too fast: try again later, or set a lower delivery rate"
    )
    UNKNOWN = "Ask the provider what this means"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Scope of a refusal, with an advice."""

    about: RefusalScope
    advice: Advice = Advice.UNKNOWN

    def to_outcome(self, reply: str) -> Outcome:
        """Return the outcome of a mail that was refused with this reply."""
        if self.about in (RefusalScope.LATER, RefusalScope.US_LATER):
            detail = f"refused for now: {reply}"
            return Outcome(
                DeliveryState.QUEUED, detail, self.about, self.advice
            )
        return Outcome(
            DeliveryState.EXCLUDED, f"refused: {reply}", self.about, self.advice
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """A kind of refusal: by its enhanced status without the class, or else by its words."""

    verdict: Verdict
    codes: frozenset[str] = frozenset()
    words: re.Pattern[str] | None = None

    def fits_refusal(self, detail: str, text: str) -> bool:
        """Return whether a refusal is of this kind, by its code (`detail`) or its words."""
        return detail in self.codes or self.fits_words(text)

    def fits_words(self, text: str) -> bool:
        """Return whether the words of a refusal are of this kind."""
        return self.words is not None and self.words.search(text) is not None


def _make_rule(
    about: RefusalScope, advice: Advice, words: str = "", codes: str = ""
) -> Rule:
    pattern = None
    if words:
        pattern = re.compile(words, re.IGNORECASE)
    return Rule(Verdict(about, advice), frozenset(codes.split()), pattern)


#: About one recipient, although the words seem to be about us. The first that fits counts.
EXCEPTIONS = (
    # Exchange: a mailbox that takes mail from its own organisation alone
    _make_rule(RefusalScope.READER, Advice.UNKNOWN, r"RESOLVER\.RST"),
    # RFC 6531: an address beyond ASCII, which this server does not take
    _make_rule(RefusalScope.READER, Advice.UNKNOWN, r"SMTPUTF8", codes="6.7"),
    _make_rule(RefusalScope.READER, Advice.UNKNOWN, codes="2.4 1.4 4.4"),
)
#: Certainly about us: the next recipient would be refused as well.
SENDER_RULES = (
    _make_rule(
        RefusalScope.US,
        Advice.RECORDS,
        r"\bSPF\b|\bDKIM\b|\bDMARC\b|unauthenticated e?mail|required authentication level",
        # RFC 7372, and Microsoft's for bulk senders
        "7.20 7.21 7.22 7.23 7.24 7.25 7.26 7.27 7.30 7.509 7.515",
    ),
    _make_rule(
        RefusalScope.US,
        Advice.LIMIT,
        r"\b(daily|hourly|monthly|per (hour|day)|sending|outgoing|outbound|relay) "
        r"([\w ]+ )?(quota|limit|rate)|(messages?|emails?) per (hour|day)|credits exceeded|"
        r"you(r account)? ?(have|has|'ve) (exceeded|reached)|exceeded the max|"
        r"(recipient|rate) limit (exceeded|reached)|throttl|tenant has exceeded|"
        r"submissionquota",
        # Gmail's and Exchange Online's limits
        "4.5 1.90 7.232 7.233 7.705 7.708 7.750",
    ),
    _make_rule(
        RefusalScope.US,
        Advice.LOGIN,
        r"relay(ing)? ?(access )?(is )?(denied|prohibited|not (permitted|allowed))|unable to relay|"
        r"not permitted to relay|rcpthosts|authentication (is )?required|must authenticate|"
        r"not authenticated|not authori[sz]ed to perform",
        "7.54 7.57 7.64",
    ),
    _make_rule(
        RefusalScope.US,
        Advice.SENDER,
        r"sender (address )?(is )?(rejected|denied|not allowed|verif)|not owned by|SendAsDenied|"
        r"send as this|not (allowed|permitted|authori[sz]ed) to send|sender identity|"
        r"identities failed|address is not verified|from address",
        "1.7 1.8 7.60 2.252",
    ),
    _make_rule(
        RefusalScope.US,
        Advice.LISTED,
        r"block ?list|black ?list|spamhaus|spamcop|barracudacentral|dnsbl|\brbl\b|"
        r"client host\b.*\b(blocked|rejected)|banned send|"
        r"your account (has been|is) (blocked|suspended)|outgoing mail\b.*\bsuspended|"
        r"(sending|your) ip\b|poor reputation|reverse dns|\bPTR\b|traffic not accepted",
        "7.606 7.511",
    ),
    _make_rule(
        RefusalScope.US,
        Advice.SIZE,
        r"(message|mail|size|length)\b.*\b"
        r"(too (large|big|long)|exceeds?\b.*\b(limit|maximum|size))",
        "3.4 2.3",
    ),
)
#: A full mailbox, or one that gets too much at this moment. Many servers answer 5xx to it, yet it
#: passes: RFC 3463, 3.3 calls X.2.2 a persistent transient failure.
FULL_MAILBOX = _make_rule(
    RefusalScope.LATER,
    Advice.UNKNOWN,
    r"\b(mailbox|inbox|user|recipient|account)\b.*\b(full|over ?quota|quota|exhausted)|"
    r"over (storage )?quota|quota (limit )?exceeded|receiving (e?mail|messages) at a rate|"
    # French and German
    r"bo[iî]te\b.*\bpleine|postfach\b.*\bvoll",
    "2.2",
)
#: An address that does not exist. X.1.1 to X.1.3, X.1.6 and X.1.10 (RFC 3463, 3.2; RFC 7505) say
#: so by themselves.
UNKNOWN_READER = _make_rule(
    RefusalScope.GONE,
    Advice.UNKNOWN,
    r"(user|recipient|addressee|account|mailbox|local[- ]?part)( is)? (unknown|not found)|"
    r"unknown (user|recipient|local|account|mailbox)|"
    r"(no such|invalid|unknown or invalid) (user|recipient|mailbox|person|account)|"
    r"(user|account|mailbox|recipient|address)\b.*\b(does not|doesn't) (exist|have an?\b.*account)|"
    r"no mailbox (here )?by that name|RecipientNotFound|unrout(e?)able address|"
    r"(account|mailbox)\b.*\b(disabled|discontinued|closed)",
    "1.1 1.2 1.3 1.6 1.10",
)
SPAM_WORDS = re.compile(
    r"spam|virus|malware|phish|content|policy|message (rejected|refused)",
    re.IGNORECASE,
)
#: For now, and about us: we send too much at a time.
RATE_WORDS = re.compile(
    r"\brate\b|too many (messages|mails|connections|recipients)|deferred due to|excessive|volume|"
    r"limit (exceeded|reached)|throttl|quota exceeded",
    re.IGNORECASE,
)
#: For now, and about one mailbox, not about how much we send.
ONE_MAILBOX_WORDS = re.compile(
    r"the (user|email account) (that )?you|mailbox|over quota|"
    r"recipient thread|domain of recipient",
    re.IGNORECASE,
)
#: Certainly about us, whatever else the words say.
BLOCKED_WORD = re.compile(r"\bblocked\b", re.IGNORECASE)
#: X.2.Z is about a mailbox, whatever its words are (RFC 3463, 3.3); X.6.Z about the content and how
#: it is coded (3.7); X.7.Z about security and policy (3.8).
MAILBOX_CODES = "2."
CODING_CODES = "6."
POLICY_CODES = "7."
