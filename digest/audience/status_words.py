"""Status words: what the cells of a column of a status hold, in the languages known best.

The words of further languages are in `vocabulary`. All are compared as `plain` writes them.
"""

import re
from unicodedata import combining, normalize

from digest.audience import vocabulary
from digest.model import Standing

MANY = 60  #: different words; a column with more of them is no status

MORE_WORDS = "(more words)"  #: stands for those of a column beyond so many
A_DATE = "(a date)"  #: stands for any date in a column of a status
#: Marks of boxes, which `plain` would drop.
TICKS = frozenset("✓✔☑√●◯○✅")
CROSSES = frozenset("✗✘✕✖×☒❌❎")
NO_TICKS = frozenset("☐□⬜")
#: what people write where there is nothing
NO_SIGNS = frozenset("-–—_./\\ \t'\"[](){}")
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
    bare = "".join(
        c for c in normalize("NFKD", apart.replace("ß", "ss")) if not combining(c)
    )
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
YES = words_of(
    "yes|y|true|t|1|x|on|checked|ja|wahr|si|s|verdadero|oui|o|vrai|sim", vocabulary.YES
)
NO = words_of(
    "no|n|false|f|0|off|unchecked|nein|falsch|falso|non|faux|nao", vocabulary.NO
)
#: after `plain`, [] and - are "" too
EMPTY = frozenset({"", "null", "none", "nan", "n a", "nil"})
#: An enhanced status code (RFC 3463, 2): a bounce list says nothing else.
CODE = re.compile(r"[45]\.\d{1,3}\.\d{1,3}")

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


def is_empty(cell: str) -> bool:
    """Say whether there is nothing in a cell: no word, and no mark of a box."""
    return plain(cell) in EMPTY and (bool(plain(cell)) or set(cell.strip()) <= NO_SIGNS)
