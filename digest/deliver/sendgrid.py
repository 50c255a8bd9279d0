"""Mail through SendGrid's HTTP API v3, by the SDK the user asked for. Its only user.

Plain dicts, a thousand personalizations a request: the SDK's helper objects cost three times the
CPU for the same bytes. Facts about the API are from Twilio's OpenAPI files (twilio/sendgrid-oai).
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.error import URLError

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from digest.deliver.message import feedback_id, list_id, one_line, unsubscribe_headers
from digest.errors import TransportDown
from digest.model import TOKEN, Letter, Outcome, Recipient, State
from digest.settings.models import Sendgrid

TIMEOUT = 60  #: seconds; the SDK's own default is to wait for ever


class SendgridTransport:
    """Hands a thousand messages over in a request; a Transport."""

    name = "sendgrid"
    unit = 1000  #: personalizations allowed in one request

    def __init__(self, settings: Sendgrid, api_key: str) -> None:
        """Raises TransportDown if there is no key."""
        if not api_key:
            raise TransportDown("SendGrid needs a key; set SENDGRID_API_KEY in .env")
        self._api = SendGridAPIClient(api_key, host=settings.host.rstrip("/"))
        self._api.client.timeout = TIMEOUT

    def send(self, letter: Letter, recipients: Sequence[Recipient]) -> Sequence[Outcome]:
        """Hand over one request. All recipients share its fate."""
        outcome = self._post(_payload(letter, recipients))
        return [outcome] * len(recipients)

    def _post(self, payload: dict[str, Any]) -> Outcome:
        try:
            answer = self._api.send(payload)
        except HTTPError as e:
            return _refused(e)
        except URLError as e:  # the connection was never made: nothing left this machine
            raise TransportDown(f"SendGrid cannot be reached: {e.reason}") from e
        except OSError as e:  # made and lost: it may have been accepted
            return Outcome(State.UNCERTAIN, f"the connection broke before the answer ({e})")
        message_id = answer.headers.get("X-Message-Id")
        # The SDK follows redirects and turns a POST into a GET: only 202 with an id is a yes.
        if answer.status_code == 202 and message_id:
            return Outcome(State.ACCEPTED, message_id)
        return Outcome(State.UNCERTAIN, f"SendGrid answered {answer.status_code} without an id")


def _refused(error: HTTPError) -> Outcome:
    if error.status_code in (401, 403):
        raise TransportDown("SendGrid refuses the key; check SENDGRID_API_KEY and its scopes")
    if error.status_code == 429:
        raise TransportDown("SendGrid asks us to slow down (429); run the command again later")
    if 400 <= error.status_code < 500:
        return Outcome(State.EXCLUDED, f"refused: {error.status_code} {_message(error.body)}")
    return Outcome(State.UNCERTAIN, f"SendGrid failed with {error.status_code}")


def _message(body: bytes | str) -> str:
    try:
        return "; ".join(str(e["message"]) for e in json.loads(body)["errors"])
    except (ValueError, KeyError, TypeError):
        return str(body)[:200]


def _payload(letter: Letter, recipients: Sequence[Recipient]) -> dict[str, Any]:
    off = {"enable": False}
    return {
        "from": {"email": one_line(letter.sender_address), "name": one_line(letter.sender_name)},
        "reply_to": {"email": one_line(letter.reply_to)},
        "subject": one_line(letter.subject),
        "content": [
            {"type": "text/plain", "value": letter.text},
            {"type": "text/html", "value": letter.html},
        ],
        "headers": _headers(letter),
        "personalizations": [_personal(letter, r) for r in recipients],
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": off,
            "subscription_tracking": off,
        },
    }


def _personal(letter: Letter, recipient: Recipient) -> dict[str, Any]:
    return {
        "to": [{"email": one_line(recipient.address)}],
        "substitutions": {TOKEN: recipient.token},
        **_own_headers(letter, recipient),
        "custom_args": {
            "edition": letter.edition.isoformat(),
            "subscriber": str(recipient.subscriber),
        },
    }


def _headers(letter: Letter) -> dict[str, str]:
    if not letter.unsubscribe_url:
        return {"Auto-Submitted": "auto-replied"}  # RFC 3834, 5
    return {"List-ID": list_id(letter), "Feedback-ID": feedback_id(letter)}


def _own_headers(letter: Letter, recipient: Recipient) -> dict[str, Any]:
    own = unsubscribe_headers(letter, recipient.token) if letter.unsubscribe_url else {}
    return {"headers": own} if own else {}
