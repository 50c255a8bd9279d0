"""Requests to be unsubscribed, by mail (RFC 2369): the whole subject or first line says so."""

import re
from email.message import Message

from digest.delivery.bounces.automatic import is_mail_server, why_automatic
from digest.delivery.bounces.evidence import (
    TOKEN_FORM,
    date_of,
    gather_evidence,
    identity_of,
)
from digest.delivery.bounces.parts import (
    address_of,
    read_header,
    text_of_message,
)
from digest.model.returned import ReturnedMessage, Verdict

#: The whole subject, or the whole first line, of a mail that asks for one thing.
UNSUBSCRIBE = re.compile(
    r"\W*(?:please[, ]+)?(?:un-?subscribe(?: me)?|opt[ -]?out|(?:remove|take) me)"
    r"(?: off| from)?(?: (?:this|the|your|my) ?)?(?: ?(?:mailing )?(?:list|newsletter|e?mails?))?"
    r"(?: please)?\W*"
    r"|\W*(?:bitte )?(?:abmelden|abbestellen|newsletter (?:abmelden|abbestellen))\W*"
    r"|\W*(?:me )?(?:désabonner|désinscrire|désinscription|désabonnement|se désabonner)\W*"
    r"|\W*(?:darme de )?baja\W*|\W*(?:cancelar|anular)(?: la| mi)? suscripción\W*"
    r"|\W*(?:cancelar|anular) (?:a )?(?:minha )?(?:inscrição|assinatura)\W*"
    r"|\W*(?:cancellami|disiscrivimi|disiscrizione|afmelden|uitschrijven|avregistrera|wypisz)\W*",
    re.IGNORECASE,
)
#: Mail programs put "Re:" before it, and some leave the link's %20 as it is.
REQUEST_WITH_TOKEN = re.compile(
    rf"(?:(?:re|aw|sv|antw|fwd?)\s?:\s*)*\W*unsubscribe(?:[\s+]|%20|_)*({TOKEN_FORM})\W*",
    re.IGNORECASE,
)
MAX_LINE_LENGTH = 80
#: Characters within which the first line stands.
MAX_START_LENGTH = 2000


def read_unsubscribe_request(message: Message) -> ReturnedMessage | None:
    """Read a request to be unsubscribed; None if the mail is none."""
    sender = address_of(message, "From")
    if is_mail_server(message, sender):
        return None
    lines = (read_header(message, "Subject"), _first_line(message))
    for line in lines:
        request = REQUEST_WITH_TOKEN.fullmatch(line)
        if request:
            return _request_with_token(message, request[1])
    if not any(_asks_to_unsubscribe(line) for line in lines):
        return None
    if _may_speak_for_sender(message):
        reason = "asks to be unsubscribed, by its sender's address"
        return gather_evidence(
            message, Verdict.LEFT, reason, sender=sender, about=sender
        )
    if _is_forged(message):
        reason = "asks to be unsubscribed, but our mail server calls its sender forged (DMARC)"
        return gather_evidence(message, Verdict.UNKNOWN, reason, about=sender)
    return None


def _request_with_token(message: Message, token: str) -> ReturnedMessage:
    """Return a request in which only the token identifies whom to unsubscribe."""
    sender = address_of(message, "From")
    return ReturnedMessage(
        Verdict.LEFT,
        "asks to be unsubscribed, with a token",
        (token,),
        sender=sender if _may_speak_for_sender(message) else "",
        about=sender,
        id=identity_of(message),
        date=date_of(message),
    )


def _asks_to_unsubscribe(line: str) -> bool:
    return (
        len(line) <= MAX_LINE_LENGTH and UNSUBSCRIBE.fullmatch(line) is not None
    )


def _may_speak_for_sender(message: Message) -> bool:
    """Return whether a person may have written it themselves, from the address that it names."""
    if why_automatic(message) or message.get("List-Id") is not None:
        return False
    return not _is_forged(message)


def _is_forged(message: Message) -> bool:
    """Return whether the server that took it last calls its sender forged (RFC 8601, 2.7)."""
    return (
        "dmarc=fail" in read_header(message, "Authentication-Results").lower()
    )


def _first_line(message: Message) -> str:
    """Return the first line that is not blank; "" if it is quoted from somebody else."""
    for raw_line in text_of_message(message)[:MAX_START_LENGTH].splitlines():
        line = raw_line.strip()
        if line.startswith(">"):
            return ""
        if line:
            return line
    return ""
