"""SendGrid's Event Webhook: is it them, is it now, and what do they say.

twilio.com/docs/sendgrid/for-developers/tracking-events/event (fields), and
…/getting-started-event-webhook-security-features (signature: ECDSA P-256, SHA-256, over timestamp
and raw body).
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from digest.errors import DigestError
from digest.model import Event, Fate

SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"
#: How far a clock may be off. What is captured is good no longer.
FRESH = timedelta(minutes=10)
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


def verified(body: bytes, headers: Mapping[str, str], key: str, now: datetime) -> bool:
    """Say whether a body was signed by the holder of a key (as SendGrid shows it) just now."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from sendgrid.helpers.eventwebhook import EventWebhook

    stamp = headers.get(TIMESTAMP, "")
    try:
        said = datetime.fromtimestamp(int(stamp), UTC)
        good = EventWebhook(key).verify_signature(
            body.decode("utf-8"), headers.get(SIGNATURE, ""), stamp
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
    return good and abs(now - said) <= FRESH


def read_events(body: bytes) -> list[Event]:
    """Return the events of a body that say what became of mail; others are left out.

    Raises DigestError if it is no list of events.
    """
    try:
        told = json.loads(body)
    except ValueError as e:
        raise DigestError(f"expected a list of events ({e})") from e
    if not isinstance(told, list):
        raise DigestError("expected a list of events")
    return list(_events(told))


def _events(told: list[Any]) -> Iterator[Event]:
    for one in told:
        if isinstance(one, dict):
            fate = _fate(one)
        else:
            fate = None
        if (
            fate
            and isinstance(one.get("sg_event_id"), str)
            and isinstance(one.get("email"), str)
        ):
            yield Event(
                one["sg_event_id"][:100],
                fate,
                one["email"][:320],
                _moment(one.get("timestamp")),
                _day(one.get("edition")),
                _number(one.get("subscriber")),
                str(one.get("reason") or one.get("response") or "")[:500],
                str(one.get("batch") or "")[:100],
            )


def _fate(one: Mapping[str, Any]) -> Fate | None:
    kind = one.get("event")
    if kind == "bounce":  # "blocked" is of this message, "bounce" of the address
        if one.get("type") == "blocked":
            return Fate.BLOCKED
        return Fate.BOUNCED
    if kind == "dropped":
        return DROPPED.get(str(one.get("reason")), Fate.DROPPED)
    return FATES.get(str(kind))


def _moment(told: Any) -> datetime:
    try:
        return datetime.fromtimestamp(int(told), UTC)
    except (ValueError, TypeError, OverflowError, OSError):
        return datetime.now(UTC)


def _day(told: Any) -> date | None:
    try:
        return date.fromisoformat(str(told))
    except ValueError:
        return None


def _number(told: Any) -> int:
    if str(told).isdecimal() and len(str(told)) < 12:
        return int(told)
    return 0
