"""Answers of SendGrid's API: the message of an error, its scope, and how long to wait.

Facts about the API are from Twilio's OpenAPI files (twilio/sendgrid-oai).
"""

import json
import re
from typing import Any

from python_http_client.exceptions import HTTPError

from digest.delivery.refusals import Verdict, judge_request
from digest.errors import SenderRefused
from digest.model import CallOffResult, DeliveryState, Outcome, RefusalScope

#: Bounds of the seconds that are waited after an answer of 429, and what is waited if it names none.
MIN_PAUSE_SECONDS = 0.1
MAX_PAUSE_SECONDS = 60.0
DEFAULT_PAUSE_SECONDS = 1.0
TOO_MANY_REQUESTS = 429
#: Longest text of an answer that is no JSON, in characters.
MAX_MESSAGE_LENGTH = 200
#: The field of one personalization; its place counts from 0.
PERSONALIZATION = re.compile(r"personalizations\.(\d+)")
#: The answer to cancelling an eleventh batch ("Cancel Scheduled Sends": ten at a time).
LIMIT_REACHED = re.compile(r"limit|too many", re.IGNORECASE)


def outcome_of_answer(answer: Any) -> Outcome:
    """Return the outcome of a request that SendGrid answered without an error."""
    message_id = answer.headers.get("X-Message-Id")
    if answer.status_code == 202 and message_id:
        return Outcome(DeliveryState.ACCEPTED, message_id)
    return Outcome(
        DeliveryState.UNCERTAIN,
        f"SendGrid answered {answer.status_code} without an id",
    )


def outcome_of_error(error: HTTPError) -> Outcome:
    """Return the outcome of a request that was refused. Raises SenderRefused."""
    raise_if_sender_refused(error)
    if _is_client_error(error):
        reply = f"{error.status_code} {message_of(error.body)}"
        return _judge_error(error).to_outcome(reply)
    return Outcome(
        DeliveryState.UNCERTAIN, f"SendGrid failed with {error.status_code}"
    )


def raise_if_sender_refused(error: HTTPError) -> None:
    """Raise SenderRefused for an error that the next request would get too."""
    if not _is_client_error(error) or error.status_code == TOO_MANY_REQUESTS:
        return
    verdict = _judge_error(error)
    if verdict.about == RefusalScope.US:
        reply = describe_error(error)
        raise SenderRefused(
            f"SendGrid refuses our mail: {reply}. {verdict.advice}. Nobody is skipped: "
            "recipients not mailed yet stay queued; fix this, then send again"
        )


def describe_error(error: HTTPError) -> str:
    """Return the status and the message of an error, without a full stop."""
    return f"{error.status_code} {message_of(error.body)}".rstrip(". ")


def message_of(body: bytes | str) -> str:
    """Return SendGrid's own message."""
    try:
        errors = json.loads(body)["errors"]
        return "; ".join(str(error["message"]) for error in errors)
    except (ValueError, KeyError, TypeError):
        return str(body)[:MAX_MESSAGE_LENGTH]


def refused_place(body: bytes | str) -> int | None:
    """Return which personalization (from 0) a refusal names; None if it names none."""
    if isinstance(body, bytes):
        body = body.decode("utf-8", "replace")
    match = PERSONALIZATION.search(body)
    if match is None:
        return None
    return int(match[1])


def seconds_to_pause(error: HTTPError, now: float) -> float:
    """Return how many seconds a 429 asks us to wait.

    Retry-After is in seconds; X-RateLimit-Reset is an epoch, as `now` is.
    """
    headers = error.headers or {}
    retry_after = headers.get("Retry-After")
    reset_at = headers.get("X-RateLimit-Reset")
    pause = DEFAULT_PAUSE_SECONDS
    try:
        if retry_after:
            pause = float(retry_after)
        elif reset_at:
            pause = float(reset_at) - now
    except ValueError:
        pause = DEFAULT_PAUSE_SECONDS
    return min(max(pause, MIN_PAUSE_SECONDS), MAX_PAUSE_SECONDS)


def reason_for_not_cancelling(message: str) -> CallOffResult:
    """Return why a batch was not cancelled, by SendGrid's message."""
    if "late" in message or "minutes" in message:
        return CallOffResult.TOO_LATE
    if LIMIT_REACHED.search(message):
        return CallOffResult.NO_MORE
    return CallOffResult.UNHEARD


def _is_client_error(error: HTTPError) -> bool:
    return bool(400 <= error.status_code < 500)


def _judge_error(error: HTTPError) -> Verdict:
    message, field = _decisive_error(error.body)
    return judge_request(error.status_code, message, field)


def _decisive_error(body: bytes | str) -> tuple[str, str | None]:
    """Return the message and the field of the error that counts: one that names a field."""
    try:
        errors = [
            error
            for error in json.loads(body)["errors"]
            if isinstance(error, dict)
        ]
    except (ValueError, KeyError, TypeError):
        return message_of(body), None
    with_field = [error for error in errors if error.get("field")]
    candidates = with_field or errors
    if not candidates:
        return "", None
    first = candidates[0]
    return str(first.get("message", "")), first.get("field")
