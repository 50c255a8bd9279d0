"""Standing: which columns of a sheet say who agreed and who said no, and what their words mean.

A column is known by its heading, in any of the languages below and in `vocabulary`; its words by
the tables. Whatever looks like a status and is not understood becomes a question to a person, never
a yes.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from unicodedata import combining, normalize

from digest.model import Standing
from digest.subscribers import vocabulary
from digest.subscribers.dates import looks_like_time

MANY = 60  #: different words; a column with more of them is no status

MORE_WORDS = "(more words)"  #: stands for those of a column beyond so many
COLOUR_HEADING = "cell colour"  #: of the column that holds the colours of a spreadsheet's rows
A_DATE = "(a date)"  #: stands for any date in a column of a status
#: Marks of boxes, which `plain` would drop.
TICKS, CROSSES, NO_TICKS = frozenset("✓✔☑√●◯○✅"), frozenset("✗✘✕✖×☒❌❎"), frozenset("☐□⬜")
NO_SIGNS = frozenset("-–—_./\\ \t'\"[](){}")  #: what people write where there is nothing
#: Words of a no that may begin something else.
UNCLEAR_BEGINNINGS = frozenset(
    "left removed ended closed stop spam parti partie invalid dead gone".split()
)
#: What other systems call a standing. Sources: listmonk models, Ghost, Mailchimp and Mailjet help,
#: the Buttondown enums, Action Network, HubSpot, MailerLite, Sendy, Kit, Keila, MailPoet, Salsa.
WORDS = {
    Standing.ACTIVE: "active|subscribed|subscriber|confirmed|enabled|opted in|opt in|optin|regular"
    "|express|explicit|implied|verified|approved|granted|agreed"
    "|aktiv|angemeldet|abonniert|bestatigt|eingetragen"
    "|activo|activa|suscrito|suscrita|confirmado|confirmada|alta"
    "|actif|active|abonne|abonnee|inscrit|inscrite|confirme|confirmee",
    Standing.UNCONFIRMED: "unconfirmed|not confirmed|pending|unactivated|awaiting confirmation"
    "|pending confirmation|confirmation pending|needs approval|validating|unverified|not verified"
    "|double opt in pending|never subscribed|not subscribed|non subscribed|nonsubscribed"
    "|not opted in|transactional|no consent"
    "|unbestatigt|nicht bestatigt|ausstehend|wartet"
    "|pendiente|sin confirmar|no confirmado|no confirmada|por confirmar"
    "|en attente|non confirme|non confirmee|a confirmer",
    Standing.UNSUBSCRIBED: "unsubscribed|unsubscribe|unsub|opted out|opt out|optout|cancelled"
    "|canceled|removed|deleted|archived|inactive|disabled|left|revoked|withdrawn|on hold opt out"
    "|denied|declined"
    "|abgemeldet|abbestellt|ausgetragen|inaktiv|geloscht|widerrufen|deaktiviert|gekundigt"
    "|baja|dado de baja|dada de baja|de baja|cancelado|cancelada|desuscrito|desuscrita|inactivo"
    "|inactiva|eliminado|eliminada"
    "|desabonne|desabonnee|desinscrit|desinscrite|inactif|inactive|resilie|resiliee|supprime",
    Standing.BLOCKED: "blocklisted|blacklisted|blocked|blocklist|blacklist|suppressed|banned"
    "|do not mail|do not email|do not contact|excluded|deceased"
    "|gesperrt|blockiert|bloqueado|bloqueada|lista negra|bloque|bloquee|liste noire",
    Standing.BOUNCED: "bounced|bounce|bouncing|hard bounce|hard bounced|hardbounce|hardbounced"
    "|cleaned|undeliverable|unreachable|invalid|invalid email|bad email|on hold bounce|not valid"
    "|gebounct|gebounced|unzustellbar|ungultig|rebotado|rebotada|rebote|no valido"
    "|rebond|rejete|invalide",
    Standing.COMPLAINED: "complained|complaint|spam complaint|spam report|spam reported|spam|junk"
    "|marked as spam|reported spam|reported as spam|abuse|abuse complaint|beschwerde|queja|plainte",
}
FURTHER_WORDS = {
    Standing.ACTIVE: vocabulary.ACTIVE,
    Standing.UNCONFIRMED: vocabulary.UNCONFIRMED,
    Standing.UNSUBSCRIBED: vocabulary.UNSUBSCRIBED,
    Standing.BLOCKED: vocabulary.BLOCKED,
    Standing.BOUNCED: vocabulary.BOUNCED,
    Standing.COMPLAINED: vocabulary.COMPLAINED,
}


def plain(text: str) -> str:
    """Return words in lower case, without accents and signs: "OptOut_Mail?" is "opt out mail"."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[a-z]{2})(?=[A-Z])", " ", text)
    bare = "".join(c for c in normalize("NFKD", apart.replace("ß", "ss")) if not combining(c))
    return " ".join(re.findall(r"[^\W_]+", bare.casefold()))


def _meanings() -> dict[str, Standing]:
    """Return what each word stands for; the stricter meaning where languages differ."""
    found: dict[str, Standing] = {}
    for table in (FURTHER_WORDS, WORDS):  # the words of the four languages above win
        for standing, words in table.items():
            found |= {plain(word): standing for word in words.split("|")}
    return found | {"inactive": Standing.UNSUBSCRIBED, "active": Standing.ACTIVE}


def words_of(*lists: str) -> frozenset[str]:
    """Return the words of lists that are parted by |, as `plain` writes them."""
    return frozenset(plain(word) for words in lists for word in words.split("|"))


MEANING = _meanings()
YES = words_of("yes|y|true|t|1|x|on|checked|ja|wahr|si|s|verdadero|oui|o|vrai|sim", vocabulary.YES)
NO = words_of("no|n|false|f|0|off|unchecked|nein|falsch|falso|non|faux|nao", vocabulary.NO)
EMPTY = frozenset({"", "null", "none", "nan", "n a", "nil"})  #: after `plain`, [] and - are "" too
#: An enhanced status code (RFC 3463, 2): a bounce list says nothing else.
CODE = re.compile(r"[45]\.\d{1,3}\.\d{1,3}")

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
    kind: Standing = Standing.UNSUBSCRIBED  #: what its yes (or its no, if it agrees) stands for
    words: Mapping[str, Standing | None] | None = None  #: what a system means by words of its own


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
    if _has(text, STATING):
        return StatusColumn(place, heading, How.STATES)
    if not _has(text, f"{CONFIRMING}|{AGREEING}"):
        return None
    kind = Standing.UNCONFIRMED if _has(text, CONFIRMING) else Standing.UNSUBSCRIBED
    return StatusColumn(place, heading, How.AGREES, kind)


def _how_refused(text: str) -> How:
    """Return how a column whose heading is about a no is read."""
    words = set(text.split())
    if words & REASONS:
        return How.WHY
    return How.WHEN if words & TIMES and not _is_hold(text) else How.REFUSES


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
        if _has(text, stems):
            return kind
    return None


def begins_with(text: str, stems: str) -> bool:
    """Say whether a word of a heading (`plain`) begins with one of some stems, parted by |."""
    return _has(text, stems)


def is_refusal_heading(text: str) -> bool:
    """Say whether a heading (`plain`) is about a no of any kind."""
    return _kind_of(text) is not None


def _has(text: str, stems: str) -> bool:
    padded = f" {text} "
    return any(f" {stem}" in padded or _is_within(stem, text) for stem in stems.split("|"))


def _is_within(stem: str, text: str) -> bool:
    """Say whether a stem of a script without spaces between words (CJK) is in a text."""
    return stem[:1] >= "\u1100" and stem in text


def is_other_channel(heading: str) -> bool:
    """Say whether a column is about another way to reach somebody than mail."""
    return bool(set(plain(heading).split()) & CHANNELS)


def is_place(column: StatusColumn, headings: Iterable[str], values: Iterable[str]) -> bool:
    """Say whether a "State" is one to live in.

    It is if no word of it is one of a status, and other columns are of places too, or all of it are
    codes such as NY.
    """
    filled = [v.strip() for v in values if plain(v) not in EMPTY]
    if plain(column.heading) not in PLACE_NAMES or any(plain(v) in MEANING for v in filled):
        return False
    near = any(set(plain(h).split()) & PLACES for h in headings)
    return near or (bool(filled) and all(re.fullmatch("[A-Z]{2}", v) for v in filled))


def meaning(  # noqa: PLR0911 # one line for each way to read a column
    column: StatusColumn, cell: str
) -> Standing | str | None:
    """Return what a cell says: a standing, None for nothing, or "?" if that is not known."""
    word = plain(cell)
    if column.words and word in column.words:
        return column.words[word]
    if column.how in {How.WHEN, How.WHY, How.SINCE}:
        return _by_presence(column, word)
    if column.how == How.REMARKS:
        return "?" if word else None
    if not word and (mark := cell.strip()):
        return _of_mark(column, mark)
    if word in EMPTY:
        return None
    known = MEANING.get(word)
    if known is not None:
        agrees = known == Standing.ACTIVE
        return "?" if agrees and column.how == How.REFUSES else known
    if column.how == How.STATES:
        return Standing.BOUNCED if CODE.fullmatch(cell.strip()) else _begins_with_no(word) or "?"
    return _yes_or_no(column, word, cell)


def _of_mark(column: StatusColumn, mark: str) -> Standing | str | None:
    """Return what a cell says that holds only signs: a tick, a cross, a box, or a line."""
    if set(mark) <= NO_SIGNS:
        return None
    if column.how == How.STATES:
        return "?"
    agrees = column.how == How.AGREES
    if set(mark) <= TICKS:
        return Standing.ACTIVE if agrees else column.kind
    if set(mark) <= NO_TICKS:
        return column.kind if agrees else None
    if set(mark) <= CROSSES and agrees:
        return column.kind
    return "?"


def _begins_with_no(words: str) -> Standing | None:
    """Return the no that some words begin with, as in "unsubscribed by telephone"; None if none."""
    first = MEANING.get(words.partition(" ")[0])
    clear = words.partition(" ")[0] not in UNCLEAR_BEGINNINGS
    return first if clear and first not in {None, Standing.ACTIVE} else None


def _by_presence(column: StatusColumn, word: str) -> Standing | None:
    """Return what it says that there is anything in a cell, or nothing."""
    empty = word in EMPTY or word in NO or set(word) <= {"0", " "}
    if column.how == How.SINCE:
        return Standing.UNCONFIRMED if empty else Standing.ACTIVE
    if empty:
        return None
    if column.how == How.WHY and _has(word, COMPLAINING):
        return Standing.COMPLAINED
    return column.kind


def _yes_or_no(column: StatusColumn, word: str, cell: str) -> Standing | str | None:
    agrees = column.how == How.AGREES
    if word in YES or cell == A_DATE or looks_like_time(cell.strip()):
        return Standing.ACTIVE if agrees else column.kind
    if word in NO:
        return column.kind if agrees else None
    return "?"


def empty_means(column: StatusColumn, values: Mapping[str, int]) -> Standing | str | None:
    """Return what an empty cell says, where others of its column are filled.

    A box that nobody ticked may be a no or one that was forgotten: it is asked, as is a status.
    """
    filled = [v for v in values if not is_empty(v)]
    if not filled or column.how not in {How.STATES, How.AGREES}:
        return None
    return "?"


def is_empty(cell: str) -> bool:
    """Say whether there is nothing in a cell: no word, and no mark of a box."""
    return plain(cell) in EMPTY and (bool(plain(cell)) or set(cell.strip()) <= NO_SIGNS)


REFUSING = tuple(map(plain, vocabulary.REFUSING.split("|")))
#: What remarks of a no begin with, by their first letters: an alternation of all is slow.
LETTERS = 3
_BY_LETTERS: dict[str, list[str]] = {}
for _stem in REFUSING:
    _BY_LETTERS.setdefault(f"{_stem} "[:LETTERS], []).append(_stem)
_REFUSING_WITHIN = tuple(stem for stem in REFUSING if stem[:1] >= "\u1100")
_ASCII_WORDS = re.compile(r"[a-z0-9]+")
_REMARK_HEADINGS = words_of(vocabulary.REMARKS)


def is_remark_heading(heading: str) -> bool:
    """Say whether a column is one of remarks in free text, by its heading."""
    words = plain(heading).split()
    return any(word in _REMARK_HEADINGS for word in words)


_MAILINGS = "|".join(map(plain, vocabulary.MAILINGS.split("|")))


def is_mailing_heading(heading: str) -> bool:
    """Say whether a heading names a mailing, of which a list may hold several."""
    return _has(plain(heading), _MAILINGS)


def are_ticks(values: Iterable[str]) -> bool:
    """Say whether all that is filled of a column is a yes, a no, or the mark of a box."""
    filled = [v for v in values if not is_empty(v)]
    return bool(filled) and all(plain(v) in YES or plain(v) in NO or not plain(v) for v in filled)


def refuses_in_words(text: str) -> bool:
    """Say whether a remark seems to say that somebody wants no mail."""
    words = _ASCII_WORDS.findall(text.lower()) if text.isascii() else plain(text).split()
    for number, word in enumerate(words):
        stems = _BY_LETTERS.get(f"{word} "[:LETTERS])
        if stems and " ".join(words[number:]).startswith(tuple(stems)):
            return True
    return not text.isascii() and any(stem in " ".join(words) for stem in _REFUSING_WITHIN)


def are_status_words(values: Iterable[str]) -> bool:
    """Say whether all that is filled of a column without a heading may be a status."""
    filled = [word for v in values if (word := plain(v)) not in EMPTY]
    return bool(filled) and all(w in MEANING or w in YES or w in NO or len(w) == 1 for w in filled)


def is_date_column(values: Iterable[str]) -> bool:
    """Say whether all that is filled of a column are dates: then it is no status."""
    filled = [v for v in values if not is_empty(v)]
    return bool(filled) and all(v == A_DATE for v in filled)


#: Names of columns of the four languages whose words of a status are known best.
FOUR_LANGUAGES = words_of(
    "first name|last name|firstname|lastname|surname|given name|family name|full name|company"
    "|city|country|phone|language|notes|address|email address|created at|joined|tags|vorname"
    "|nachname|firma|ort|stadt|land|anrede|telefon|sprache|e mail adresse|bemerkung|nombre"
    "|apellidos|apellido|ciudad|pais|telefono|idioma|correo|correo electronico|prenom|nom"
    "|ville|pays|telephone|langue|courriel|adresse e mail|adresse mail|source|created"
    "|organization|organisation|street|zip|postcode|plz|strasse"
)

#: Words that mean that somebody is not to be mailed wherever they stand, as cells hold them.
REFUSAL_WORDS = frozenset(
    form(word)
    for word in (
        "unsubscribed|unsubscribe|opted out|opted-out|opt-out|opt out|bounced|hard bounce"
        "|complained|spam complaint|blocklisted|blacklisted|suppressed|undeliverable"
        "|abgemeldet|abbestellt|unzustellbar|dado de baja|dada de baja|desuscrito|desuscrita"
        "|désabonné|désabonnée|désinscrit|désinscrite|do not email|do not contact|unconfirmed"
        "|cleaned|disiscritto|disiscritta|descadastrado|descadastrada|afgemeld|uitgeschreven"
        "|avregistrerad|avanmäld|frameldt|afmeldt|avmeldt|wypisany|wypisana|odhlášen"
        "|odhlášený|odhlásený|leiratkozott|leiratkozva|dezabonat|odjavljen|iptal edildi"
        "|διαγραμμένος|διαγράφηκε|отписан|отписана|отписался|отписалась|відписаний|відписався"
        "|配信停止|購読解除|退会|退订|已退订|구독취소|수신거부|non confermato|não confirmado"
        "|niet bevestigd|niepotwierdzony|nepotvrzený|gesperrt|geblokkeerd|zablokowany"
        "|заблокирован|verstorben|deceased"
    ).split("|")
    for form in (str.lower, str.upper, str.capitalize, str.title)
)
