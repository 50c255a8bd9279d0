"""Status headings: recognise the columns of a sheet that say who may be mailed, by their headings.

A heading is known by the beginnings of its words, in the languages below and in `vocabulary`.
Output is `StatusColumn`: how the cells of a column are to be read. Their words are another module's
(`status_words`).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from digest.audience import vocabulary
from digest.audience.status_words import EMPTY, MEANING
from digest.infra.sheets.words import normalize_words, words_of
from digest.model import Standing

#: The heading of the column that holds the colours of a spreadsheet's rows.
COLOUR_HEADING = "cell colour"


def _add_stems(stems: str, further_stems: str) -> str:
    """Return beginnings of words, with those of further languages as `normalize_words` writes them.

    A space at the end of one stays: the word ends there.
    """
    all_stems = [stems]
    for stem in further_stems.split("|"):
        ending = " " if stem.endswith(" ") else ""
        all_stems.append(normalize_words(stem) + ending)
    return "|".join(all_stems)


# Words of headings, after `normalize_words`. A stem matches the beginning of a word.
COMPLAINING = "complain|spam|abuse|junk|beschwerde|queja|plainte"
BOUNCING = _add_stems(
    "bounce|bouncing|is bad|undeliverable|cleaned|clean time|clean campaign|unreachable|on hold"
    "|hardbounce|gebounc|unzustellbar|rebote|rebotad|rebond|invalid",
    vocabulary.BOUNCING,
)
BLOCKING = _add_stems(
    "blocklist|blacklist|block|suppress|do not email|do not e mail|donotemail|do not contact"
    "|do not mail|donotcontact|exclude|banned|deceased|liste noire|lista negra|sperr|gesperrt"
    "|bloque|no contactar|ne pas contacter|nicht kontaktieren|verstorben|fallecid|decede|gestorben",
    vocabulary.BLOCKING,
)
LEAVING = _add_stems(
    "unsub|opt out|optout|opted out|optedout|no bulk|email disabled|disabled|delet|removed|cancel"
    "|left|no email|no mailing|do not send|deactivat|inactive|withdr|revok|left at"
    "|abgemeldet|abmeld|abbestell|austritt|ausgetreten|widerruf|widersp|kein newsletter|keine mail"
    "|keine werbung|baja|desuscri|cancelad|desabon|desinscri|resili",
    vocabulary.LEAVING,
)
AGREEING = _add_stems(
    "subscribe|subscription|opt in|optin|opted in|optedin|consent|newsletter|permission|accepts"
    "|active |activated|enabled|gdpr|dsgvo|rgpd|mailing"
    "|abonniert|angemeldet|einwillig|zustimm|aktiv |suscri|consentimiento|permiso|activo |activa "
    "|abonne|inscri|actif ",
    vocabulary.AGREEING,
)
CONFIRMING = _add_stems(
    "confirm|verified|bestatigt|confirmado|confirme|validated",
    vocabulary.CONFIRMING,
)
STATING = _add_stems(
    "status|state|standing|estado|statut|zustand|etat|stato|situacion|estat",
    vocabulary.STATING,
)
#: Stems by the standing of those whom a column of such a heading excludes.
REFUSAL_STEMS = (
    (Standing.COMPLAINED, COMPLAINING),
    (Standing.BOUNCED, BOUNCING),
    (Standing.BLOCKED, BLOCKING),
    (Standing.UNSUBSCRIBED, LEAVING),
)

#: A heading with one of these is about a time.
TIMES = frozenset(
    "at date time on when since fecha datum am seit le depuis desde el timestamp day hora"
    " heure".split()
) | words_of(vocabulary.TIMES)
#: With one of these it is about a reason.
REASONS = frozenset("reason grund motivo raison why cause campaign".split())
#: With one of these it is about something else than mail.
UNRELATED_WORDS = frozenset(
    "sms phone mobile telephone telefon telefono whatsapp push call fax post postal viber web"
    " id ip url link token hash count number total rate rating score source method referrer page"
    " form device browser name notes note title other track tracking language format type tier plan"
    " lat long city zip country province abbreviated region county code home business billing"
    " shipping primary address1 civil marital payment paid order invoice employment job lead deal"
    " lifecycle opens clicks sent tags tag group groups by via text donor donation volunteer"
    " lists list familien zivil ehe personen aufenthalts".split()
)
#: Other ways to reach somebody.
CHANNELS = frozenset(
    "sms phone mobile telephone telefon telefono whatsapp push call fax post postal viber".split()
)
#: The same beside a refusal: "Unsubscribed lists" is about mail, "SMS opt out" is not.
UNRELATED_WORDS_OF_REFUSAL = CHANNELS | frozenset(
    "url link token hash count number total rate score ip payment paid order invoice donation"
    " donor".split()
)
PLACE_WORDS = frozenset(
    "city town zip postcode postal country county street region province ort plz land ciudad pais"
    " provincia ville pays stadt strasse".split()
)
PLACE_HEADINGS = frozenset({"state", "estado", "etat", "state province"})
#: Headings that look like a status of mail and are none.
UNRELATED_HEADINGS = frozenset({
    "active subscription", "subscription tier", "complimentary plan", "paid subscription",
    "membership type", "subscription interval", "subscription period", "active campaign",
    "deleted by", "email permission to track", "permission to track",
})  # fmt: skip

STATE_CODE = re.compile(r"[A-Z]{2}")
#: scripts from here on are written without spaces between words
FIRST_CJK = "\u1100"
MAIL_WORDS = frozenset("email mail e marketing consent status list".split())


class Role(Enum):
    """Ways to read the cells of a column. The values are shown to people."""

    STATUS = "says a status"
    CONSENT = "says whether somebody agreed"
    REFUSAL = "says whether somebody said no"
    REFUSAL_DATE = "says when somebody said no"
    REFUSAL_REASON = "says why nobody may mail them"
    CONFIRMATION_DATE = "says when somebody confirmed; empty where they did not"
    OTHER_MAILING = "says who gets another mailing"
    REMARKS = "holds remarks, some of which may be a no"
    IRRELEVANT = "says nothing of mail"


@dataclass(frozen=True, slots=True)
class StatusColumn:
    """A column that says who may be mailed."""

    index: int  #: from 0
    heading: str
    role: Role
    #: the standing of those whom it excludes: by a no in a column of consent, else by a yes
    excluded_as: Standing = Standing.UNSUBSCRIBED
    #: what a system means by words of its own
    word_meanings: Mapping[str, Standing | None] | None = None


#: Ends of compound words of Germanic languages: "Anmeldestatus", "Newsletterabmeldung".
COMPOUND = re.compile(
    r"(?<=[a-z])(status|einwillig|zustimm|einverst|abmeld|abbestell|widerruf|widerspruch|kundigung|sperre"
    r"|newsletter|toestemming|samtykke|samtycke|afmeld|avmeld|uitschrij)"
)


def status_column(index: int, heading: str) -> StatusColumn | None:
    """Return what a heading says of who may be mailed; None if it says nothing of that."""
    text = COMPOUND.sub(r" \1", normalize_words(heading))
    if not text or text in UNRELATED_HEADINGS:
        return None
    refusal = _refusal_of(text)
    if refusal is None:
        return _consent_column(index, heading, text)
    if _is_refusal_of_something_else(text):
        return None
    return StatusColumn(index, heading, _role_of_refusal(text), refusal)


def _consent_column(index: int, heading: str, text: str) -> StatusColumn | None:
    """Return a column that says a status or who agreed; `text` is its heading after `normalize_words`."""
    if _is_about_something_else(text, UNRELATED_WORDS):
        return None
    if begins_with(text, STATING):
        return StatusColumn(index, heading, Role.STATUS)
    if begins_with(text, CONFIRMING):
        return StatusColumn(index, heading, Role.CONSENT, Standing.UNCONFIRMED)
    if begins_with(text, AGREEING):
        return StatusColumn(index, heading, Role.CONSENT)
    return None


def _is_about_something_else(
    text: str, unrelated_words: frozenset[str]
) -> bool:
    """Return whether a heading has an unrelated word, and more than words of mail."""
    words = set(text.split())
    return bool(words & unrelated_words) and not words <= MAIL_WORDS


def _is_refusal_of_something_else(text: str) -> bool:
    """Return whether a heading about a refusal is about another channel; reasons always count."""
    if set(text.split()) & REASONS:
        return False
    return _is_about_something_else(text, UNRELATED_WORDS_OF_REFUSAL)


def _role_of_refusal(text: str) -> Role:
    """Return how a column whose heading is about a refusal is read."""
    words = set(text.split())
    if words & REASONS:
        return Role.REFUSAL_REASON
    if words & TIMES and not _is_about_hold(text):
        return Role.REFUSAL_DATE
    return Role.REFUSAL


def _is_about_hold(text: str) -> bool:
    """Return whether "on" belongs to "on hold", and is no word of time."""
    return "on hold" in text and not set(text.split()) & (TIMES - {"on"})


def _refusal_of(text: str) -> Standing | None:
    """Return which refusal a heading (`normalize_words`) is about; None if none."""
    for standing, stems in REFUSAL_STEMS:
        if begins_with(text, stems):
            return standing
    return None


def is_refusal_heading(text: str) -> bool:
    """Return whether a heading (`normalize_words`) is about a refusal of any kind."""
    return _refusal_of(text) is not None


def begins_with(text: str, stems: str) -> bool:
    """Return whether a word of a heading begins with one of some stems, separated by |.

    `text` is the heading after `normalize_words`.
    """
    padded = f" {text} "
    return any(
        f" {stem}" in padded or _is_within(stem, text)
        for stem in stems.split("|")
    )


def _is_within(stem: str, text: str) -> bool:
    """Return whether a stem of a script without spaces between words (CJK) is in a text."""
    return stem[:1] >= FIRST_CJK and stem in text


def is_other_channel(heading: str) -> bool:
    """Return whether a column is about another way to reach somebody than mail."""
    return bool(set(normalize_words(heading).split()) & CHANNELS)


def is_place_of_residence(
    column: StatusColumn, headings: Iterable[str], values: Iterable[str]
) -> bool:
    """Return whether a "State" is one to live in.

    It is if no word of it is one of a status, and other columns are of places too, or all of it are
    codes such as NY.
    """
    if normalize_words(column.heading) not in PLACE_HEADINGS:
        return False
    filled = [
        value.strip() for value in values if normalize_words(value) not in EMPTY
    ]
    if any(normalize_words(value) in MEANING for value in filled):
        return False
    if any(map(_is_about_place, headings)):
        return True
    return bool(filled) and all(map(STATE_CODE.fullmatch, filled))


def _is_about_place(heading: str) -> bool:
    return not PLACE_WORDS.isdisjoint(normalize_words(heading).split())


_REMARK_HEADINGS = words_of(vocabulary.REMARKS)


def is_remark_heading(heading: str) -> bool:
    """Return whether a column is one of remarks in free text, by its heading."""
    return not _REMARK_HEADINGS.isdisjoint(normalize_words(heading).split())


_MAILINGS = "|".join(map(normalize_words, vocabulary.MAILINGS.split("|")))


def is_mailing_heading(heading: str) -> bool:
    """Return whether a heading names a mailing, of which a list may hold several."""
    return begins_with(normalize_words(heading), _MAILINGS)


#: Names of columns of the four languages whose words of a status are known best.
FOUR_LANGUAGES = words_of(
    "first name|last name|firstname|lastname|surname|given name|family name|full name|company"
    "|city|country|phone|language|notes|address|email address|created at|joined|tags|vorname"
    "|nachname|firma|ort|stadt|land|anrede|telefon|sprache|e mail adresse|bemerkung|nombre"
    "|apellidos|apellido|ciudad|pais|telefono|idioma|correo|correo electronico|prenom|nom"
    "|ville|pays|telephone|langue|courriel|adresse e mail|adresse mail|source|created"
    "|organization|organisation|street|zip|postcode|plz|strasse"
)
