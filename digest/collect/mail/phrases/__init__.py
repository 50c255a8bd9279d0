"""Phrases of mails: what links say that lead to no article, and labels of advertisements. Pure.

The lists of them are beside this, by what they mean; a link in a language that is not there is judged
by its address, and where that does not decide, it is doubtful rather than dropped. Phrases are compared
in small letters, with single spaces, without the signs and arrows around them.
"""

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from digest.collect.mail.phrases.ad_labels import AD_LABELS
from digest.collect.mail.phrases.calls import CALLS
from digest.collect.mail.phrases.managing import (
    MANAGING,
    MANAGING_IF_SHORT,
    OWN_COPY,
)
from digest.collect.mail.phrases.roots import (
    ACCOUNT_SUBJECTS,
    AD_ROOTS,
    COMMERCE_ROOTS,
    INVITATIONS,
    LEAVING_ROOTS,
    MANAGING_ROOTS,
    POLICY_SUBJECTS,
    READER_WORDS,
    SERVICE_HEADINGS,
    SERVICE_ROOTS,
    WELCOME,
)
from digest.collect.mail.phrases.whole_links import MANAGING_LINKS

#: Texts whose answers are remembered: a mail's links are asked about several times.
MAX_REMEMBERED = 2048
#: Phrases with words between: "manage your email preferences", "view this message online".
MANAGING_PATTERNS = (
    r"\b(?:manage|update|edit|change|adjust) (?:\w+ ){0,4}"
    r"(?:preferences|subscriptions?|settings|profile|alerts?)\b",
    r"\bview (?:\w+ ){0,4}(?:browser|online|web ?page)\b",
    r"\b(?:ver|verlo|abrir|leer) (?:\w+ ){0,4}(?:navegador|versión web)\b",
)
#: Calls with words of their own: "Read the full story at The Courier", "See the numbers".
CALL_PATTERNS = (
    r"(?:read|see|view|get|find|continue)(?: reading)?(?: the| this| our| more)?"
    r" (?:full |whole |rest of the |entire |complete )*"
    r"(?:story|article|piece|report|post|coverage|column|interview|review|analysis|version|text)"
    r"(?: (?:here|now|online|at|on|in) ?.{0,40})?",
    r"(?:see|get|check|find out|read|hear|meet|explore|learn|view)"
    r" (?:the|how|why|what|who|it|all|our|her|his|their)(?: \w+){0,2}",
    r"(?:read|see|learn|find out|hear|watch) more (?:at|on|about|from|in) .{2,60}",
    r"continue reading (?:at|on|in|this|the) .{2,60}",
    r"\d+[- ]min(?:ute)?s?(?: read)?",
    r"(?:photo|image|picture|thumbnail|illustration)(?: of| from| by)? ?.{0,20}",
    r"(?:leer|ver|seguir leyendo|sigue leyendo)(?: \w+){0,2} (?:completa|completo|en .{2,40})",
    r"les (?:mer|meer|videre|hele|verder|saken|artikkelen|het|dit|alles)(?: \w+){0,2}",
    r"(?:czytaj|więcej|zobacz|sprawdź|läs|læs|lue|číst|čtěte|tovább|olvasd|citește|читать|читати|devamı)"
    r"(?: \w+){0,3}",
    r"https?://\S+",
    r"(?:www\.)?[\w-]+(?:\.[\w-]+)+(?:/\S*)?",
)
#: Labels of advertisements with the name of who pays behind them.
AD_WITH_NAME = re.compile(
    r"(?:sponsored|presented|brought to you|paid for|powered|supported|promoted|made possible)"
    r"(?: content)? by\b"
    r"|(?:created |produced |published )?in (?:paid )?partnership with\b|together with\b"
    r"|in association with\b"
    r"|(?:a )?(?:paid )?(?:message|word) from\b|ads? by\b"
    r"|(?:support|funding) for .{2,40} (?:comes|is provided) (?:from|by)\b"
    r"|contenu (?:\w+ ){1,4}par\b|en collaboration avec\b|en colaboración con\b"
    r"|in (?:kooperation|zusammenarbeit) mit\b|in samenwerking met\b|promosso da\b"
    r"|(?:contenido )?(?:ofrecido|oferecido|patrocinado|presentado) por\b"
    r"|(?:proposé|sponsorisé|offert) par\b|en partenariat avec\b"
    r"|in collaborazione con\b|offerto da\b|sponsorizzato da\b"
    r"|präsentiert von\b|gesponsert von\b|aangeboden door\b|gesponsord door\b",
    re.IGNORECASE,
)
MAX_NAME_WORDS = 6
#: Behind that name: "A message from Example: Food needs feed."
NAME_END = re.compile(r"[:|–—]")
#: Behind a label at the beginning of a line: "Ad: …", "[Sponsored] …".
LABEL_END = re.compile(r"[:\]|)]")
#: Words of a link up to which a weak phrase counts.
MAX_SHORT_WORDS = 5
#: The same of a link in the foot of a mail.
MAX_FOOT_WORDS = 8
#: Words of a line over an advertisement.
MAX_LABEL_WORDS = 3
#: What one person pays: "€1", "29,90 zł", "50 %"; millions are news.
SMALL_AMOUNT = re.compile(
    r"[€£$] ?\d{1,3}(?:[.,]\d\d)?(?![\d.,]* ?(?:m|b|k|tn|mil|mrd|mio)|\d)"
    r"|(?<![\d.,])\d{1,3}(?:[.,]\d\d)? ?(?:€|£|zł|kr\b)(?! ?(?:m|b|mil|mrd|mio))"
    r"|[−-] ?\d\d ?%",
    re.IGNORECASE,
)
HAS_LETTERS = re.compile(r"[^\W\d_]")
SIGNS_AROUND = re.compile(r"^[\W_]+|[\W_]+$")


@lru_cache(maxsize=MAX_REMEMBERED)
def is_managing_text(text: str) -> bool:
    """Return whether words are of managing the mail or an account: "unsubscribe", "Subscribe now"."""
    folded = _fold_words(text)
    if folded in MANAGING_LINKS:
        return True
    if _strong_pattern().search(folded):
        return True
    is_short = len(folded.split()) <= MAX_SHORT_WORDS
    return is_short and _weak_pattern().search(folded) is not None


def is_managing_sentence(text: str) -> bool:
    """Return whether a sentence is of managing the mail, whose link says only "here"."""
    folded = _fold_words(text)
    if _strong_pattern().search(folded):
        return True
    return _weak_pattern().search(folded) is not None


def is_own_copy_text(text: str) -> bool:
    """Return whether a link's words say that it leads to the mail's own copy on the web."""
    folded = _fold_words(text)
    return any(phrase in folded for phrase in OWN_COPY)


@lru_cache(maxsize=MAX_REMEMBERED)
def is_call(text: str) -> bool:
    """Return whether a link says nothing but that there is more: "Read the full story »"."""
    folded = _fold_words(text)
    if folded in CALLS or not HAS_LETTERS.search(folded):
        return True
    return _call_pattern().fullmatch(folded) is not None


def says_advertisement(text: str) -> bool:
    """Return whether a line is the label of an advertisement, or begins with it ("Ad: …")."""
    if _fold_words(text) in AD_LABELS:
        return True
    line = re.sub(r"^[\W_]+", "", text.strip())
    if _begins_with_label(line):
        return True
    named = AD_WITH_NAME.match(line)
    if named is None:
        return False
    name = NAME_END.split(line[named.end() :], maxsplit=1)[0]
    return len(name.split()) <= MAX_NAME_WORDS


def _begins_with_label(line: str) -> bool:
    """Return whether a line begins with a label and a sign, or with one in capitals."""
    first, _, rest = line.partition(" ")
    is_in_capitals = first.isupper() and not rest.isupper()
    if is_in_capitals and first.casefold() in AD_LABELS:
        return True
    label, *behind = LABEL_END.split(line, maxsplit=1)
    if not behind:
        return False
    return _fold_words(label) in AD_LABELS


def _fold_words(text: str) -> str:
    """Return words in small letters, without the signs and arrows around them."""
    bare = SIGNS_AROUND.sub(" ", text.casefold())
    return " ".join(bare.split())


@cache
def _strong_pattern() -> re.Pattern[str]:
    phrases = MANAGING | OWN_COPY
    return _compile_phrases(phrases, MANAGING_PATTERNS)


@cache
def _weak_pattern() -> re.Pattern[str]:
    return _compile_phrases(MANAGING_IF_SHORT, ())


@cache
def _call_pattern() -> re.Pattern[str]:
    return re.compile("|".join(CALL_PATTERNS), re.IGNORECASE)


def _compile_phrases(
    phrases: Iterable[str], patterns: tuple[str, ...]
) -> re.Pattern[str]:
    escaped = [rf"\b{re.escape(phrase)}" for phrase in sorted(phrases)]
    return re.compile("|".join([*escaped, *patterns]))


def is_advertisement_label(text: str) -> bool:
    """Return whether a few words that are no link say that an advertisement is there."""
    return _is_short_with(_root_pattern(AD_ROOTS), text, MAX_LABEL_WORDS)


def has_leaving_words(text: str) -> bool:
    """Return whether words of a link are of leaving a list, in any of many languages."""
    return _is_short_with(_root_pattern(LEAVING_ROOTS), text, MAX_FOOT_WORDS)


@lru_cache(maxsize=MAX_REMEMBERED)
def has_managing_root(text: str) -> bool:
    """Return whether few words have one of managing the mail or an account among them."""
    return _is_short_with(_root_pattern(MANAGING_ROOTS), text, MAX_SHORT_WORDS)


@lru_cache(maxsize=MAX_REMEMBERED)
def has_commerce_root(text: str) -> bool:
    """Return whether words are of an offer, an order or a booking."""
    return _is_short_with(_root_pattern(COMMERCE_ROOTS), text, MAX_SHORT_WORDS)


@lru_cache(maxsize=MAX_REMEMBERED)
def is_service_heading(text: str) -> bool:
    """Return whether a line is a heading over what is no news: "Events"."""
    pattern = _root_pattern(SERVICE_HEADINGS)
    if pattern.fullmatch(_fold_words(text)):
        return True
    return _is_short_with(_root_pattern(SERVICE_ROOTS), text, MAX_LABEL_WORDS)


def is_account_subject(subject: str) -> bool:
    """Return whether the subject of a mail is of one's account, order or subscription."""
    pattern = _root_pattern(ACCOUNT_SUBJECTS)
    return pattern.search(_fold_words(subject)) is not None


def is_welcome(subject: str) -> bool:
    """Return whether the subject of a mail begins by welcoming a new reader."""
    return _root_pattern(WELCOME).match(_fold_words(subject)) is not None


def is_offer(subject: str) -> bool:
    """Return whether the subject of a mail is of something to buy, or invites to an event."""
    if SMALL_AMOUNT.search(subject):
        return True
    folded = _fold_words(subject)
    return any(
        _root_pattern(roots).search(folded)
        for roots in (COMMERCE_ROOTS, INVITATIONS)
    )


def is_policy_subject(subject: str) -> bool:
    """Return whether the subject of a mail is of a sender's own terms, or asks its readers."""
    pattern = _root_pattern(POLICY_SUBJECTS)
    return pattern.search(_fold_words(subject)) is not None


def count_reader_words(text: str) -> int:
    """Return how often a text speaks to its reader: "your", "votre"."""
    return len(_reader_pattern().findall(text))


def has_small_amount(text: str) -> bool:
    """Return whether a text has what one person pays."""
    return SMALL_AMOUNT.search(text) is not None


def _is_short_with(pattern: re.Pattern[str], text: str, most: int) -> bool:
    folded = _fold_words(text)
    return len(folded.split()) <= most and pattern.search(folded) is not None


@cache
def _reader_pattern() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(READER_WORDS)})\b", re.IGNORECASE)


@cache
def _root_pattern(roots: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(roots)})")
