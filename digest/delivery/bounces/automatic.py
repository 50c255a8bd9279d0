"""Automatic answers: vacation notices, receipts, reports of other kinds.

RFC 3834 (Auto-Submitted), and what programs wrote before it, or without it.
"""

import re
from email.message import Message

from digest.delivery.bounces.parts import read_header

AUTOMATIC_HEADERS = (
    "X-Autoreply X-Autorespond X-Autoresponder X-Auto-Reply X-Vacation X-AutoReply-From "
    "X-Mail-Autoreply X-FC-MachineGenerated X-POST-MessageClass"
).split()
AUTOMATIC_PRECEDENCES = ("auto_reply", "auto-reply")
#: Beginnings of subjects of automatic answers; a person's reply begins with "Re:".
ANSWER_SUBJECT = re.compile(
    r"\W*(?:auto(?:matic|mated)?[ -]?(?:reply|response|antwort)|autoreply|abwesenheits"
    r"|automatische antwort|automatisch antwoord|réponse automatique|respuesta autom|resposta autom"
    r"|risposta automatica|autosvar|automaattinen|odpowiedź automatyczna|автоответ"
    r"|автоматический ответ|otomatik yanıt|رد تلقائي|תשובה אוטומטית"
    r"|自動返信|自動応答|自动回复|자동)",
    re.IGNORECASE,
)
#: The same of programs that only say so; a person may write these words, but not before a colon.
AWAY_SUBJECT = re.compile(
    r"\W*(?:out[ -]of[ -](?:the[ -])?office|on (?:leave|vacation|holiday)|vacation|abwesend|afwezig"
    r"|absence|absente?|fuera de (?:la )?oficina|ausen(?:te|cia)|fora do escritório"
    r"|fuori (?:sede|ufficio)|assen(?:te|za)|frånvaro|fravær|poissa"
    r"|nieobecno\w*|отсутств\w*)\W{0,3}:",
    re.IGNORECASE,
)
MAX_SUBJECT_LENGTH = 300
#: Subject of aggregate reports (RFC 7489, 7.2.1.1; RFC 8460, 5.3).
AGGREGATE_SUBJECT = re.compile(
    r"\s*(?:\[[^\]]*\]\s*)?\W*report domain:", re.IGNORECASE
)
#: Words of automatic answers of people who have left for good.
HAS_LEFT_TEXT = re.compile(
    r"no longer (?:works?|employed|with us)\b"
    r"|ha(?:s|ve) left (?:the |our )?(?:compan|organi[sz]ation|charity|team\b|us\b)"
    r"|(?:mailbox|address|account) (?:will be|is being) (?:closed|deleted|disabled|shut)"
    r"|(?:mailbox|address|account) is no longer (?:in use|monitored|active|read)"
    r"|nicht mehr (?:bei uns|für uns|tätig|beschäftigt)|ausgeschieden"
    r"|ne travaille plus|ne fait plus partie|ya no (?:trabaja|forma parte)"
    r"|(?:já não|não) trabalha mais|já não trabalha|non lavora più|werkt niet meer"
    r"|nie pracuje już|już nie pracuje|больше не работает|退職",
    re.IGNORECASE,
)
DAEMON_ADDRESS = re.compile(
    r"^(?:mailer|mail|smtp|m)?[-_.]?daemon@|^(?:post|mail)master@|^mailer@|^(?:double-)?bounces?[@+]",
    re.IGNORECASE,
)


def is_mail_server(message: Message, sender: str) -> bool:
    """Return whether a message claims to be a mail server's. This proves nothing: a token is needed too."""
    if DAEMON_ADDRESS.search(sender):
        return True
    return message.get("X-Failed-Recipients") is not None


def why_automatic(message: Message) -> str:
    """Return why a message is an automatic answer; "" if a person may have written it."""
    if _is_submitted_automatically(message):
        return "an automatic answer (Auto-Submitted)"
    precedence = read_header(message, "Precedence").lower()
    if precedence in AUTOMATIC_PRECEDENCES:
        return "an automatic answer (Precedence)"
    if any(message.get(name) is not None for name in AUTOMATIC_HEADERS):
        return "an automatic answer (its head says so)"
    return why_by_subject(read_header(message, "Subject"))


def why_by_subject(subject: str) -> str:
    """Return what kind of automatic mail a subject announces; "" if none."""
    beginning = subject[:MAX_SUBJECT_LENGTH]
    if ANSWER_SUBJECT.match(beginning) or AWAY_SUBJECT.match(beginning):
        return "a vacation notice"
    if AGGREGATE_SUBJECT.match(beginning):
        return "an aggregate report (DMARC, TLS)"
    return ""


def says_has_left(text: str) -> bool:
    """Return whether an automatic answer says that its writer no longer uses this address."""
    return HAS_LEFT_TEXT.search(text) is not None


def _is_submitted_automatically(message: Message) -> bool:
    """Return whether Auto-Submitted has a value other than "no" (RFC 3834, 5)."""
    submitted = read_header(message, "Auto-Submitted").lower()
    return submitted != "" and not submitted.startswith("no")
