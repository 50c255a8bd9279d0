"""Status words: meanings of the cells of a status column, in the languages known best.

The words of further languages are in `vocabulary`. All are compared as `normalize_words` writes them.
"""

import re

from digest.audience import vocabulary
from digest.infra.sheets.words import normalize_words, words_of
from digest.model import Standing

#: different words; a column with more of them is no status
MAX_STATUS_WORDS = 60
MORE_WORDS = "(more words)"  #: stands for those of a column beyond so many
A_DATE = "(a date)"  #: stands for any date in a column of a status
#: Marks of boxes, which `normalize_words` would drop.
TICKS = frozenset("✓✔☑√●◯○✅")
CROSSES = frozenset("✗✘✕✖×☒❌❎")
EMPTY_BOXES = frozenset("☐□⬜")
#: What people write where there is nothing.
EMPTY_SIGNS = frozenset("-–—_./\\ \t'\"[](){}")
#: Words of a refusal that may begin something else.
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


def _index_meanings() -> dict[str, Standing]:
    """Return the meaning of each word; the stricter one where languages differ."""
    meanings: dict[str, Standing] = {}
    for table in (
        FURTHER_WORDS,
        WORDS,
    ):  # the words of the four languages above win
        for standing, words in table.items():
            for word in words.split("|"):
                meanings[normalize_words(word)] = standing
    meanings["inactive"] = Standing.UNSUBSCRIBED
    meanings["active"] = Standing.ACTIVE
    return meanings


MEANING = _index_meanings()
YES = words_of(
    "yes|y|true|t|1|x|on|checked|ja|wahr|si|s|verdadero|oui|o|vrai|sim",
    vocabulary.YES,
)
NO = words_of(
    "no|n|false|f|0|off|unchecked|nein|falsch|falso|non|faux|nao", vocabulary.NO
)
#: Words for nothing; after `normalize_words`, [] and - are "" too.
EMPTY = frozenset({"", "null", "none", "nan", "n a", "nil"})
#: An enhanced status code (RFC 3463, 2): a bounce list says nothing else.
CODE = re.compile(r"[45]\.\d{1,3}\.\d{1,3}")

_REFUSAL_WORDS = (
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
)


def _forms_of_case(words: str) -> frozenset[str]:
    forms: set[str] = set()
    for word in words.split("|"):
        forms |= {word.lower(), word.upper(), word.capitalize(), word.title()}
    return frozenset(forms)


#: Words that mean that somebody is not to be mailed wherever they stand, as cells hold them.
REFUSAL_WORDS = _forms_of_case(_REFUSAL_WORDS)


def is_empty(cell: str) -> bool:
    """Return whether there is nothing in a cell: no word, and no mark of a box."""
    text = normalize_words(cell)
    if text not in EMPTY:
        return False
    return bool(text) or set(cell.strip()) <= EMPTY_SIGNS


def has_meaning(cell: str) -> bool:
    """Return whether a cell holds a word of a status, a yes, or a no."""
    text = normalize_words(cell)
    return text in MEANING or text in YES or text in NO
