"""Reasons of refusals: decide whether an address is permanently invalid, or the cause is another.

RFC 3463 (enhanced status codes); the words are those of mail servers in common use. In doubt the
cause is another: one more failed mail is a lesser harm than a subscriber lost permanently.
"""

import re

from digest.model.returned import Verdict

ENHANCED_CODE = re.compile(
    r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)"
)

#: Codes that say by themselves that the address is no good (RFC 3463, 3.2 to 3.5; RFC 7505;
#: Microsoft's 5.4.310: the domain does not exist).
ADDRESS_CODES = frozenset(
    "5.1.1 5.1.2 5.1.3 5.1.6 5.1.10 5.2.1 5.4.4 5.4.310".split()
)
#: Codes that say nothing by themselves: the words behind them count.
GENERAL_CODES = frozenset("5.0.0 5.1.0 5.2.0 5.3.0 5.5.0 5.4.1".split())

#: The address, or its domain, is not there.
ADDRESS_WORDS = re.compile(
    r"unknown (?:user|recipient|address|mailbox|local)|user(?: is)? unknown"
    r"|user \S{0,320} ?unknown|recipient(?: is)? unknown"
    r"|(?:user|recipient|address|mailbox|account)\S* (?:was )?not found|recip(?:ient)?notfound"
    r"|no such (?:user|recipient|mailbox|address|person|account)|no mailbox (?:here|by)"
    r"|does(?: not|n['’]t) exist|no longer exists|mailbox unavailable|unrouteable address"
    r"|(?:mailbox|account)(?: has been| is)? (?:disabled|closed|deleted)"
    r"|invalid (?:recipient|mailbox)"
    r"|not listed in|recipient address rejected: access denied|null ?mx"
    r"|host not found|domain (?:name )?not found"
    r"|unbekannt|existiert nicht|inconnue?\b|n['’]existe p|desconocid|no existe"
    r"|desconhecid|não existe"
    r"|sconosciut|inesistente|non esiste|onbekend|bestaat niet|nie istnieje|nieznan|okänd|ukendt"
    r"|не существует|не найден|неизвест|存在しません|宛先不明|不存在",
    re.IGNORECASE,
)
#: The cause is another, whatever else the text says.
OTHER_WORDS = re.compile(
    r"\bspam|block(?:ed|ing|list)|black ?list|\brbl\b|dnsbl|reputation|\bpolicy"
    r"|dmarc|\bspf\b|\bdkim\b"
    r"|relay(?:ing)? (?:access )?denied|unable to relay|virus|malware|unauthenticated|authenticat"
    r"|content rejected|message content|too (?:big|large)|message size|size exceed"
    r"|quota|\bfull\b|over ?limit|exceeded|rate limit|throttl|gr[ae]ylist|temporar|try again"
    r"|piena|\bvoll\b|llen[oa]\b|plein|cheia|переполнен|容量",
    re.IGNORECASE,
)
#: Our own server, or our account, refused to send: the address may be fine.
OUR_FAULT = re.compile(
    r"exceeded the max\w* (?:\w+ ){0,3}per (?:hour|day)|(?:hourly|daily|sending|outgoing) (?:\w+ )?"
    r"(?:limit|quota)|relay(?:ing)? (?:access )?denied|unable to relay",
    re.IGNORECASE,
)
DELAY_WORDS = re.compile(
    r"\bdelayed|not (?:yet )?been delivered|not yet delivered|(?:will|being) (?:be )?retried"
    r"|still being retried|attempts will continue"
    r"|will (?:keep|continue) (?:on )?(?:trying|to (?:try|be))"
    r"|noch nicht zugestellt|verzögert|retard[ée]e?\b|retrasad|atrasad|in ritardo|遅延|задерж",
    re.IGNORECASE,
)
FAILURE_WORDS = re.compile(
    r"could(?: not|n['’]t) be (?:delivered|reached)|undeliver|unzustellbar|delivery (?:has )?fail"
    r"|delivery failure|failure notice|n['’]t able to deliver|unable to deliver|returned mail"
    r"|permanent(?: fatal)? error|not be delivered|\b5\d\d[ -]\S|nicht zugestellt|n['’]a pas pu"
    r"|no se (?:pudo|ha podido) entregar|non .{0,12}recapitat|não p[ôu]de ser|niet worden bezorgd"
    r"|не (?:было )?доставлен|配送できません|无法投递|退信",
    re.IGNORECASE,
)


def verdict_on_refusal(status: str, words: str) -> Verdict:
    """Return BOUNCED if status code and words of a server mean that an address is permanently invalid.

    BLOCKED if the cause is another, or not clear; UNKNOWN, for a person to see, if our own account
    or server is at fault.
    """
    if says_our_fault(words):
        return Verdict.UNKNOWN
    if OTHER_WORDS.search(words):
        return Verdict.BLOCKED
    code = _first_telling_code(words, status)
    if code in ADDRESS_CODES:
        return Verdict.BOUNCED
    if not code and ADDRESS_WORDS.search(words):
        return Verdict.BOUNCED
    return Verdict.BLOCKED


def says_our_fault(words: str) -> bool:
    """Return whether a refusal is about our own account or server, not about a recipient."""
    return OUR_FAULT.search(words) is not None


def informal_verdict(subject: str, notice: str, *, is_failure: bool) -> Verdict:
    """Return the verdict of a mail server's notice in plain words; UNKNOWN if it is not clear.

    `is_failure` says whether its form is that of a failure notice.
    """
    words = f"{subject}\n{notice}"
    if DELAY_WORDS.search(words):
        return Verdict.DEFERRED
    if is_failure or FAILURE_WORDS.search(words):
        return verdict_on_refusal("", words)
    return Verdict.UNKNOWN


def _first_telling_code(words: str, status: str) -> str:
    """Return the first code that says something by itself; "" if none does."""
    # the refusing server's own comes first
    for code in [*_find_codes(words), *_find_codes(status)]:
        if code not in GENERAL_CODES:
            return code
    return ""


def _find_codes(text: str) -> list[str]:
    """Return the enhanced status codes of a text, without leading zeros."""
    return [
        f"{int(kind)}.{int(subject)}.{int(detail)}"
        for kind, subject, detail in ENHANCED_CODE.findall(text)
    ]
