"""Mail through SendGrid's HTTP API v3, by the SDK the user asked for. Its only user.

Facts about the API are from Twilio's OpenAPI files (twilio/sendgrid-oai).
"""

import json
import logging
import re
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from urllib.error import URLError
from urllib.parse import quote

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from digest.deliver.kept import KeptClient
from digest.deliver.payload import Body, Payload
from digest.errors import TransportDown
from digest.model import Hold, Letter, Outcome, Recipient, State
from digest.ports import Clock
from digest.settings.models import Sendgrid

TIMEOUT = 60  #: seconds; the SDK's own default is to wait for ever
TOO_LATE = timedelta(minutes=10)  #: before it leaves, from when a batch cannot be cancelled
PATIENT, LONGEST_PAUSE = 5, 60.0  #: answers of 429 to one request, and seconds waited for each
#: Told this, the SDK takes a body as it is (SendGrid's SDK for C# says the same).
JSON = "application/json; charset=utf-8"
ASKED, A_MINUTE = 25, 6  #: addresses in one question, and questions a minute that it answers
PLACE = re.compile(r"personalizations\.(\d+)")

log = logging.getLogger("digest")


class SendgridTransport:
    """Hands a thousand messages over in a request; a Transport, Holding and Recalling.

    What is handed over leaves some minutes later, and until ten minutes before it can be taken
    back by its batch id (twilio.com/docs/sendgrid: "Canceling a Scheduled Send"). That tells apart
    what nobody could: a lost answer is taken back and handed over anew, nobody missed, nobody
    twice.
    """

    name = "sendgrid"
    unit = 1000  #: personalizations allowed in one request

    def __init__(
        self,
        settings: Sendgrid,
        api_key: str,
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Raises TransportDown if there is no key."""
        if not api_key:
            raise TransportDown("SendGrid needs a key; set SENDGRID_API_KEY in .env")
        api = SendGridAPIClient(api_key, host=settings.host.rstrip("/"))
        api.client.request_headers["Content-Type"] = JSON
        self._client = KeptClient(api.client, TIMEOUT)
        self._payload = lru_cache(maxsize=1)(Payload)
        self._undo, self._clock, self._sleep = settings.undo_minutes, clock, sleep

    def send(self, letter: Letter, recipients: Sequence[Recipient]) -> Sequence[Outcome]:
        """Hand one request over, to leave at once."""
        return self._sent(letter, recipients, {})

    # Holding

    def hold(self) -> Hold | None:
        """Return a batch id, and when it is to leave. Raises TransportDown."""
        if not self._undo:
            return None
        try:
            answer = self._client.mail.batch.post()
            name = str(json.loads(answer.body)["batch_id"])
        except HTTPError as e:
            _raise_if_down(e)
            raise TransportDown(f"SendGrid gave no batch id: {e.status_code}") from e
        except (OSError, ValueError, KeyError) as e:
            raise TransportDown(f"SendGrid gave no batch id ({e})") from e
        return Hold(name, self._now(answer) + timedelta(minutes=self._undo))

    def send_held(
        self, letter: Letter, recipients: Sequence[Recipient], hold: Hold
    ) -> Sequence[Outcome]:
        """Hand one request over, to leave when the hold ends."""
        at = int(hold.leaves_at.timestamp())
        return self._sent(letter, recipients, {"batch_id": hold.id, "send_at": at})

    def take_back(self, hold: Hold) -> bool:
        """Cancel a batch; False if that is too late, or was not heard to succeed.

        Whether it is too late is told by the provider's clock: ours may have been set back.
        """
        try:
            now, cancelled = self._status(hold)
            if cancelled or hold.leaves_at - now <= TOO_LATE:
                return cancelled
            return self._cancel(hold)
        except (HTTPError, OSError, ValueError):
            return False

    def _cancel(self, hold: Hold) -> bool:
        """Cancel a batch; one whose answer was lost is asked after. Raises as the SDK does."""
        body = json.dumps({"batch_id": hold.id, "status": "cancel"})
        try:
            answer = self._client.user.scheduled_sends.post(request_body=body)
        except OSError:
            return self._status(hold)[1]
        return bool(answer.status_code == 201)

    def _status(self, hold: Hold) -> tuple[datetime, bool]:
        """Return the provider's time, and whether a batch is cancelled."""
        answer = self._client.user.scheduled_sends._(hold.id).get()
        told = json.loads(answer.body)
        rows = told if isinstance(told, list) else [told]
        cancelled = any(isinstance(r, dict) and r.get("status") == "cancel" for r in rows)
        return self._now(answer), cancelled

    def _now(self, answer: Any) -> datetime:
        """Return when it was answered, as the provider says, else by our clock."""
        try:
            return parsedate_to_datetime((answer.headers or {})["Date"]).astimezone(UTC)
        except (KeyError, TypeError, ValueError):
            return self._clock()

    # Recalling

    def recalls(self, addresses: Sequence[str], subject: str, since: datetime) -> set[str]:
        """Ask the Email Activity API, an add-on that answers six requests a minute.

        What a run does not get to is asked by the next. Raises TransportDown.
        """
        asked = [addresses[i : i + ASKED] for i in range(0, len(addresses), ASKED)][:A_MINUTE]
        shown = [row for some in asked for row in self._messages(some)]
        return {
            str(row.get("to_email", "")).lower()
            for row in shown
            if row.get("subject") == subject
            and str(row.get("last_event_time", "")) >= f"{since:%Y-%m-%dT%H:%M:%SZ}"
        } & {address.lower() for address in addresses}

    def _messages(self, addresses: Sequence[str]) -> list[dict[str, Any]]:
        wanted = " OR ".join(f'to_email="{address}"' for address in addresses)
        try:
            answer = self._client.messages.get(query_params={"query": wanted, "limit": 1000})
            return list(json.loads(answer.body)["messages"])
        except HTTPError as e:
            why = f"{e.status_code} {_message(e.body)}"
            raise TransportDown(f"SendGrid does not say what it was given ({why})") from e
        except (OSError, ValueError, KeyError) as e:
            raise TransportDown(f"SendGrid does not say what it was given ({e})") from e

    # Readmitting

    def readmit(self, address: str) -> None:
        """Take an address off SendGrid's lists of whom it mails nothing.

        A key that may only send is told of in the log: somebody takes it off by hand then.
        Raises TransportDown if SendGrid is not reached.
        """
        name, lists = quote(address, safe=""), self._client.suppression
        off = [getattr(lists, kind)._(name) for kind in ("bounces", "blocks", "spam_reports")]
        for one in (*off, self._client.asm.suppressions._("global")._(name)):
            try:
                one.delete()
            except HTTPError as e:
                if e.status_code != 404:  # 404: it is not on this list
                    log.warning(
                        "SendGrid keeps a reader who came back on its lists (%s)", e.status_code
                    )
            except OSError as e:
                raise TransportDown(f"SendGrid cannot be reached: {e}") from e

    # Handing over

    def _sent(
        self, letter: Letter, recipients: Sequence[Recipient], more: dict[str, Any]
    ) -> Sequence[Outcome]:
        """Post a request; whom it refuses is left out, and the others are posted without them."""
        outcome, named = self._post(self._payload(letter).to(recipients, more))
        if outcome.state != State.EXCLUDED or len(recipients) == 1:
            return [outcome] * len(recipients)
        if named is not None and named < len(recipients):
            rest = [*recipients[:named], *recipients[named + 1 :]]
            others = list(self._sent(letter, rest, more))
            return [*others[:named], outcome, *others[named:]]
        half = len(recipients) // 2
        parts = (recipients[:half], recipients[half:])
        return [o for part in parts for o in self._sent(letter, part, more)]

    def _post(self, payload: Body) -> tuple[Outcome, int | None]:
        """Return what became of a request, and whom (by place) it was refused for."""
        for _ in range(PATIENT):
            try:
                return self._answer(self._client.mail.send.post(request_body=payload)), None
            except HTTPError as e:
                _raise_if_down(e)
                if e.status_code != 429:
                    return _refused(e), _named(e.body)
                self._sleep(_pause(e, self._clock().timestamp()))
            except URLError as e:  # the connection was never made: nothing left this machine
                raise TransportDown(f"SendGrid cannot be reached: {e.reason}") from e
            except OSError as e:  # made and lost: it may have been accepted
                said = f"the connection broke before the answer ({e})"
                return Outcome(State.UNCERTAIN, said), None
        raise TransportDown("SendGrid asks us to slow down (429); run the command again later")

    def _answer(self, answer: Any) -> Outcome:
        message_id = answer.headers.get("X-Message-Id")
        if answer.status_code == 202 and message_id:
            return Outcome(State.ACCEPTED, message_id)
        return Outcome(State.UNCERTAIN, f"SendGrid answered {answer.status_code} without an id")


def _raise_if_down(error: HTTPError) -> None:
    if error.status_code in (401, 403):
        raise TransportDown("SendGrid refuses the key; check SENDGRID_API_KEY and its scopes")


def _refused(error: HTTPError) -> Outcome:
    if 400 <= error.status_code < 500:
        return Outcome(State.EXCLUDED, f"refused: {error.status_code} {_message(error.body)}")
    return Outcome(State.UNCERTAIN, f"SendGrid failed with {error.status_code}")


def _pause(error: HTTPError, now: float) -> float:
    """Return how many seconds a 429 asks us to wait (X-RateLimit-Reset is an epoch)."""
    headers = error.headers or {}
    after, reset = headers.get("Retry-After"), headers.get("X-RateLimit-Reset")
    try:
        wait = float(after) if after else float(reset) - now if reset else 1.0
    except ValueError:
        wait = 1.0
    return min(max(wait, 0.1), LONGEST_PAUSE)


def _named(body: bytes | str) -> int | None:
    """Return which personalization (from 0) a refusal names; None if it names none."""
    match = PLACE.search(body if isinstance(body, str) else body.decode("utf-8", "replace"))
    return int(match[1]) if match else None


def _message(body: bytes | str) -> str:
    try:
        return "; ".join(str(e["message"]) for e in json.loads(body)["errors"])
    except (ValueError, KeyError, TypeError):
        return str(body)[:200]
