"""SendGrid's Event Webhook: verify the signature and age of a request, parse its events.

twilio.com/docs/sendgrid/for-developers/tracking-events/event (fields), and
…/getting-started-event-webhook-security-features (signature: ECDSA P-256, SHA-256, over timestamp
and raw body).
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from digest.errors import DigestError
from digest.model import ROOT_NEWSLETTER, EditionKey, Fate, ProviderEvent

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"
#: How far a request's time may be from ours. Older ones may be recorded and sent again.
MAX_AGE = timedelta(minutes=10)
FATES = {
    "processed": Fate.PROCESSED,
    "deferred": Fate.DEFERRED,
    "delivered": Fate.DELIVERED,
    "spamreport": Fate.COMPLAINED,
    "unsubscribe": Fate.LEFT,
    "group_unsubscribe": Fate.LEFT,
}
#: Dropped, since the provider knows by an earlier bounce or report that it may not mail them.
DROPPED = {
    "Bounced Address": Fate.BOUNCED,
    "Invalid": Fate.BOUNCED,
    "Spam Reporting Address": Fate.COMPLAINED,
    "Unsubscribed Address": Fate.LEFT,
}
#: Longest texts that are stored of an event, in characters.
MAX_ID_LENGTH = 100
MAX_ADDRESS_LENGTH = 320
MAX_DETAIL_LENGTH = 500
MAX_SUBSCRIBER_DIGITS = 11


def is_signed_by(
    body: bytes, headers: Mapping[str, str], key: str, now: datetime
) -> bool:
    """Return whether a body was signed just now by the holder of a key (as SendGrid shows it)."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from sendgrid.helpers.eventwebhook import EventWebhook

    timestamp = headers.get(TIMESTAMP, "")
    try:
        signed_at = datetime.fromtimestamp(int(timestamp), UTC)
        is_signed = EventWebhook(key).verify_signature(
            body.decode("utf-8"), headers.get(SIGNATURE, ""), timestamp
        )
    # the SDK raises on whatever is malformed (measured: missing, no base64, no UTF-8)
    except (
        ValueError,
        TypeError,
        OverflowError,
        OSError,
        InvalidSignature,
        UnsupportedAlgorithm,
    ):
        return False
    return is_signed and abs(now - signed_at) <= MAX_AGE


def read_events(body: bytes) -> list[ProviderEvent]:
    """Return the events of a body about the fate of a mail; others are left out.

    Raises DigestError if it is no list of events.
    """
    try:
        entries = json.loads(body)
    except ValueError as error:
        raise DigestError(f"expected a list of events ({error})") from error
    if not isinstance(entries, list):
        raise DigestError("expected a list of events")
    return list(_parse_events(entries))


def _parse_events(entries: list[Any]) -> Iterator[ProviderEvent]:
    for entry in entries:
        if not isinstance(entry, dict):
            continue
        fate = _find_fate(entry)
        event_id = entry.get("sg_event_id")
        address = entry.get("email")
        if not (
            fate and isinstance(event_id, str) and isinstance(address, str)
        ):
            continue
        detail = entry.get("reason") or entry.get("response") or ""
        edition = _parse_edition(entry.get("edition"))
        yield ProviderEvent(
            id=event_id[:MAX_ID_LENGTH],
            fate=fate,
            address=address[:MAX_ADDRESS_LENGTH],
            at=_parse_time(entry.get("timestamp")),
            edition=edition.day if edition else None,
            newsletter=edition.newsletter if edition else ROOT_NEWSLETTER,
            subscriber=_parse_subscriber(entry.get("subscriber")),
            detail=str(detail)[:MAX_DETAIL_LENGTH],
            batch=str(entry.get("batch") or "")[:MAX_ID_LENGTH],
        )


def _find_fate(entry: Mapping[str, Any]) -> Fate | None:
    kind = entry.get("event")
    if kind == "dropped":
        return DROPPED.get(str(entry.get("reason")), Fate.DROPPED)
    if kind != "bounce":
        return FATES.get(str(kind))
    # "blocked" is of this message, "bounce" of the address
    if entry.get("type") == "blocked":
        return Fate.BLOCKED
    return Fate.BOUNCED


def _parse_time(timestamp: Any) -> datetime:
    try:
        return datetime.fromtimestamp(int(timestamp), UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return datetime.now(UTC)


def _parse_edition(text: Any) -> EditionKey | None:
    """Return which edition a mail was of; events of old mails say its date alone."""
    try:
        return EditionKey.parse(str(text))
    except ValueError:
        return None


def _parse_subscriber(number: Any) -> int:
    """Return a subscriber's id, 0 for what cannot be one."""
    digits = str(number)
    if digits.isdecimal() and len(digits) <= MAX_SUBSCRIBER_DIGITS:
        return int(number)
    return 0
