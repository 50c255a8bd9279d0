"""Status headings: which columns of a sheet, by their headings, say who agreed and who said no.

A heading is known by the beginnings of its words, in the languages below and in `vocabulary`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from digest.audience import vocabulary
from digest.audience.status_words import EMPTY, MEANING, plain, words_of
from digest.model import Standing

#: of the column that holds the colours of a spreadsheet's rows
COLOUR_HEADING = "cell colour"

# Words of headings, after `plain`. A stem matches the beginning of a word.
COMPLAINING = "complain|spam|abuse|junk|beschwerde|queja|plainte"
BOUNCING = (
    "bounce|bouncing|is bad|undeliverable|cleaned|clean time|clean campaign|unreachable|on hold"
    "|hardbounce|gebounc|unzustellbar|rebote|rebotad|rebond|invalid"
)
BLOCKING = (
    "blocklist|blacklist|block|suppress|do not email|do not e mail|donotemail|do not contact"
    "|do not mail|donotcontact|exclude|banned|deceased|liste noire|lista negra|sperr|gesperrt"
    "|bloque|no contactar|ne pas contacter|nicht kontaktieren|verstorben|fallecid|decede|gestorben"
)
LEAVING = (
    "unsub|opt out|optout|opted out|optedout|no bulk|email disabled|disabled|delet|removed|cancel"
    "|left|no email|no mailing|do not send|deactivat|inactive|withdr|revok|left at"
    "|abgemeldet|abmeld|abbestell|austritt|ausgetreten|widerruf|widersp|kein newsletter|keine mail"
    "|keine werbung|baja|desuscri|cancelad|desabon|desinscri|resili"
)
AGREEING = (
    "subscribe|subscription|opt in|optin|opted in|optedin|consent|newsletter|permission|accepts"
    "|active |activated|enabled|gdpr|dsgvo|rgpd|mailing"
    "|abonniert|angemeldet|einwillig|zustimm|aktiv |suscri|consentimiento|permiso|activo |activa "
    "|abonne|inscri|actif "
)
CONFIRMING = "confirm|verified|bestatigt|confirmado|confirme|validated"
STATING = "status|state|standing|estado|statut|zustand|etat|stato|situacion|estat"


def _stems(known: str, further: str) -> str:
    """Return beginnings of words, with those of further languages as `plain` writes them.

    A space at the end of one stays: the word ends there.
    """
    plained = (plain(stem) + " " * stem.endswith(" ") for stem in further.split("|"))
    return "|".join([known, *plained])


BOUNCING = _stems(BOUNCING, vocabulary.BOUNCING)
BLOCKING = _stems(BLOCKING, vocabulary.BLOCKING)
LEAVING = _stems(LEAVING, vocabulary.LEAVING)
AGREEING = _stems(AGREEING, vocabulary.AGREEING)
CONFIRMING = _stems(CONFIRMING, vocabulary.CONFIRMING)
STATING = _stems(STATING, vocabulary.STATING)

#: A heading with one of these is about a time.
TIMES = frozenset(
    "at date time on when since fecha datum am seit le depuis desde el timestamp day hora"
    " heure".split()
) | words_of(vocabulary.TIMES)
#: With one of these it says why.
REASONS = frozenset("reason grund motivo raison why cause campaign".split())
#: With one of these it is about something else.
ASIDE = frozenset(
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
#: `ASIDE` beside a no: "Unsubscribed lists" is about mail, "SMS opt out" is not.
ASIDE_OF_NO = CHANNELS | frozenset(
    "url link token hash count number total rate score ip payment paid order invoice donation"
    " donor".split()
)
PLACES = frozenset(
    "city town zip postcode postal country county street region province ort plz land ciudad pais"
    " provincia ville pays stadt strasse".split()
)
PLACE_NAMES = frozenset({"state", "estado", "etat", "state province"})
#: Headings that look like a status of mail and are none.
UNRELATED = frozenset({
    "active subscription", "subscription tier", "complimentary plan", "paid subscription",
    "membership type", "subscription interval", "subscription period", "active campaign",
    "deleted by", "email permission to track", "permission to track",
})  # fmt: skip


class How(Enum):
    """How the cells of a column are read."""

    STATES = "says a status"
    AGREES = "says whether somebody agreed"
    REFUSES = "says whether somebody said no"
    WHEN = "says when somebody said no"
    WHY = "says why nobody may mail them"
    SINCE = "says when somebody confirmed; empty where they did not"
    MAILING = "says who gets another mailing"
    REMARKS = "holds remarks, some of which may be a no"
    ASIDE = "says nothing of mail"


@dataclass(frozen=True, slots=True)
class StatusColumn:
    """A column that says who may be mailed."""

    place: int
    heading: str
    how: How
    #: what its yes (or its no, if it agrees) stands for
    kind: Standing = Standing.UNSUBSCRIBED
    #: what a system means by words of its own
    words: Mapping[str, Standing | None] | None = None


#: Ends of compound words of Germanic languages: "Anmeldestatus", "Newsletterabmeldung".
COMPOUND = re.compile(
    r"(?<=[a-z])(status|einwillig|zustimm|einverst|abmeld|abbestell|widerruf|widerspruch|kundigung|sperre"
    r"|newsletter|toestemming|samtykke|samtycke|afmeld|avmeld|uitschrij)"
)


def status_column(place: int, heading: str) -> StatusColumn | None:
    """Return what a heading says of who may be mailed; None if it says nothing of that."""
    text = COMPOUND.sub(r" \1", plain(heading))
    words = set(text.split())
    no = _kind_of(text)
    aside = words & (ASIDE_OF_NO if no else ASIDE) and not words <= _MAIL_WORDS
    aside = aside and not (no and words & REASONS)
    if not text or text in UNRELATED or aside:
        return None
    if no:
        return StatusColumn(place, heading, _how_refused(text), no)
    if begins_with(text, STATING):
        return StatusColumn(place, heading, How.STATES)
    if not begins_with(text, f"{CONFIRMING}|{AGREEING}"):
        return None
    if begins_with(text, CONFIRMING):
        kind = Standing.UNCONFIRMED
    else:
        kind = Standing.UNSUBSCRIBED
    return StatusColumn(place, heading, How.AGREES, kind)


def _how_refused(text: str) -> How:
    """Return how a column whose heading is about a no is read."""
    words = set(text.split())
    if words & REASONS:
        return How.WHY
    if words & TIMES and not _is_hold(text):
        return How.WHEN
    return How.REFUSES


_MAIL_WORDS = frozenset("email mail e marketing consent status list".split())


def _is_hold(text: str) -> bool:
    """Say whether "on" belongs to "on hold", and is no word of time."""
    return "on hold" in text and not set(text.split()) & (TIMES - {"on"})


def _kind_of(text: str) -> Standing | None:
    """Return which no a heading is about."""
    for kind, stems in (
        (Standing.COMPLAINED, COMPLAINING),
        (Standing.BOUNCED, BOUNCING),
        (Standing.BLOCKED, BLOCKING),
        (Standing.UNSUBSCRIBED, LEAVING),
    ):
        if begins_with(text, stems):
            return kind
    return None


def is_refusal_heading(text: str) -> bool:
    """Say whether a heading (`plain`) is about a no of any kind."""
    return _kind_of(text) is not None


def begins_with(text: str, stems: str) -> bool:
    """Say whether a word of a heading (`plain`) begins with one of some stems, parted by |."""
    padded = f" {text} "
    return any(
        f" {stem}" in padded or _is_within(stem, text) for stem in stems.split("|")
    )


def _is_within(stem: str, text: str) -> bool:
    """Say whether a stem of a script without spaces between words (CJK) is in a text."""
    return stem[:1] >= "\u1100" and stem in text


def is_other_channel(heading: str) -> bool:
    """Say whether a column is about another way to reach somebody than mail."""
    return bool(set(plain(heading).split()) & CHANNELS)


def is_place(
    column: StatusColumn, headings: Iterable[str], values: Iterable[str]
) -> bool:
    """Say whether a "State" is one to live in.

    It is if no word of it is one of a status, and other columns are of places too, or all of it are
    codes such as NY.
    """
    filled = [v.strip() for v in values if plain(v) not in EMPTY]
    if plain(column.heading) not in PLACE_NAMES or any(
        plain(v) in MEANING for v in filled
    ):
        return False
    near = any(set(plain(h).split()) & PLACES for h in headings)
    return near or (bool(filled) and all(re.fullmatch("[A-Z]{2}", v) for v in filled))


_REMARK_HEADINGS = words_of(vocabulary.REMARKS)


def is_remark_heading(heading: str) -> bool:
    """Say whether a column is one of remarks in free text, by its heading."""
    words = plain(heading).split()
    return any(word in _REMARK_HEADINGS for word in words)


_MAILINGS = "|".join(map(plain, vocabulary.MAILINGS.split("|")))


def is_mailing_heading(heading: str) -> bool:
    """Say whether a heading names a mailing, of which a list may hold several."""
    return begins_with(plain(heading), _MAILINGS)


#: Names of columns of the four languages whose words of a status are known best.
FOUR_LANGUAGES = words_of(
    "first name|last name|firstname|lastname|surname|given name|family name|full name|company"
    "|city|country|phone|language|notes|address|email address|created at|joined|tags|vorname"
    "|nachname|firma|ort|stadt|land|anrede|telefon|sprache|e mail adresse|bemerkung|nombre"
    "|apellidos|apellido|ciudad|pais|telefono|idioma|correo|correo electronico|prenom|nom"
    "|ville|pays|telephone|langue|courriel|adresse e mail|adresse mail|source|created"
    "|organization|organisation|street|zip|postcode|plz|strasse"
)
