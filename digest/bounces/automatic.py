"""Answers that no person wrote: vacation notices, receipts, reports of other kinds.

RFC 3834 (Auto-Submitted), and what programs wrote before it, or without it.
"""

import re
from email.message import Message

from digest.bounces.parts import header

AUTOMATIC_HEADERS = (
    "X-Autoreply X-Autorespond X-Autoresponder X-Auto-Reply X-Vacation X-AutoReply-From "
    "X-Mail-Autoreply X-FC-MachineGenerated X-POST-MessageClass"
).split()
AWAY = re.compile(
    r"^\W*(?:re: *|aw: *)?\W*(?:auto(?:matic|mated)?[ -]?(?:reply|response|antwort)|auto(?:reply|:)"
    r"|out[ -]of[ -](?:the[ -])?office|away from|on (?:leave|vacation|holiday)|vacation"
    r"|abwesen|automatische antwort|autom(?:atische)? antwoord|afwezig"
    r"|réponse automatique|absence|absente?\b|respuesta autom|fuera de (?:la )?oficina|ausen"
    r"|resposta autom|fora do escrit|risposta automatica|fuori (?:sede|ufficio)|assen[tz]"
    r"|autosvar|frånvar|fravær|poissa|automaattinen|odpowiedź automatyczna|nieobecn"
    r"|автоответ|отсутств"
    r"|otomatik yanıt|رد تلقائي|תשובה אוטומטית|自動返信|自動応答|不在|自动回复|자동)",
    re.IGNORECASE,
)
CHALLENGE = re.compile(
    r"\bchallenge\b|(?:confirm|verify) your (?:message|e-?mail)|please confirm",
    re.IGNORECASE,
)
#: Subject of aggregate reports (RFC 7489, 7.2.1.1; RFC 8460, 5.3).
AGGREGATE = re.compile(r"^\W*report domain:", re.IGNORECASE)
DAEMON = re.compile(
    r"^(?:mailer|mail|smtp|m)?[-_.]?daemon@|^(?:post|mail)master@|^mailer@|^(?:double-)?bounces?[@+]",
    re.IGNORECASE,
)


def is_mail_server(message: Message, sender: str) -> bool:
    """Say whether a mail server wrote it, as it says: proves nothing, and needs a token beside."""
    return bool(DAEMON.search(sender)) or message.get("X-Failed-Recipients") is not None


def why_automatic(message: Message) -> str:
    """Say by what an automatic answer is told; "" if a person may have written it."""
    submitted = header(message, "Auto-Submitted").lower()
    if submitted and not submitted.startswith("no"):
        return "an automatic answer (Auto-Submitted)"
    if header(message, "Precedence").lower() in ("auto_reply", "auto-reply"):
        return "an automatic answer (Precedence)"
    if any(message.get(name) is not None for name in AUTOMATIC_HEADERS):
        return "an automatic answer (its head says so)"
    return why_by_subject(header(message, "Subject"))


def why_by_subject(subject: str) -> str:
    """Say by which words of a subject an automatic mail is told; "" if by none."""
    if AWAY.search(subject):
        return "a vacation notice"
    if AGGREGATE.search(subject):
        return "an aggregate report (DMARC, TLS)"
    return "a question whether we are people" if CHALLENGE.search(subject) else ""
