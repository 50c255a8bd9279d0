"""Mail through SendGrid's HTTP API v3, by the SDK the user asked for. Its only user.

Facts about the API are from Twilio's OpenAPI files (twilio/sendgrid-oai).
"""

import json
import logging
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from urllib.error import URLError
from urllib.parse import quote

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from digest.delivery.refusal_streaks import ENOUGH
from digest.delivery.refusals import Verdict, judge_request
from digest.delivery.transports.sendgrid_client import KeptClient
from digest.delivery.transports.sendgrid_payload import Body, Payload
from digest.errors import SenderRefused, TransportDown
from digest.model import About, CallOff, Hold, Letter, Outcome, Recipient, State
from digest.ports import Clock
from digest.settings.delivery import Sendgrid

TIMEOUT = 60  #: seconds; the SDK's own default is to wait for ever
#: before it leaves, from when a batch cannot be cancelled
TOO_LATE = timedelta(minutes=10)
PATIENT = 5
LONGEST_PAUSE = 60.0  #: answers of 429 to one request, and seconds waited for each
#: Told this, the SDK takes a body as it is (SendGrid's SDK for C# says the same).
JSON = "application/json; charset=utf-8"
ASKED = 25
A_MINUTE = 6  #: addresses in one question, and questions a minute that it answers
PLACE = re.compile(r"personalizations\.(\d+)")
#: What it says to an eleventh batch ("Cancel Scheduled Sends": ten at a time).
LIMIT_REACHED = re.compile(r"limit|too many", re.IGNORECASE)

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
        self._undo = settings.undo_minutes
        self._clock = clock
        self._sleep = sleep
        # found in the middle of a request's parts
        self._down: TransportDown | None = None

    def send(
        self, letter: Letter, recipients: Sequence[Recipient]
    ) -> Sequence[Outcome]:
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
            _raise_if_ours(e)
            said = f"{e.status_code} {_message(e.body)}".rstrip(". ")
            raise TransportDown(f"SendGrid gave no batch id: {said}") from e
        except (OSError, ValueError, KeyError) as e:
            raise TransportDown(f"SendGrid gave no batch id ({e})") from e
        return Hold(name, self._now(answer) + timedelta(minutes=self._undo))

    def send_held(
        self, letter: Letter, recipients: Sequence[Recipient], hold: Hold
    ) -> Sequence[Outcome]:
        """Hand one request over, to leave when the hold ends."""
        at = int(hold.leaves_at.timestamp())
        # with it the events that come tell which hand-over they are of
        named = {"batch": hold.id}
        more = {"batch_id": hold.id, "send_at": at, "custom_args": named}
        return self._sent(letter, recipients, more)

    def take_back(self, hold: Hold) -> bool:
        """Cancel a batch; False if that is too late, or was not heard to succeed."""
        return self.call_off(hold) == CallOff.STOPPED

    def call_off(self, hold: Hold) -> CallOff:
        """Cancel a batch; say what became of that.

        Whether it is too late is told by the provider's clock: ours may have been set back.
        """
        try:
            now, cancelled = self._status(hold)
            if cancelled:
                return CallOff.STOPPED
            if hold.leaves_at - now <= TOO_LATE:
                return CallOff.TOO_LATE
            if self._cancel(hold):
                return CallOff.STOPPED
            return CallOff.UNHEARD
        except HTTPError as e:
            return _not_called_off(_message(e.body))
        except (OSError, ValueError):
            return CallOff.UNHEARD

    def _cancel(self, hold: Hold) -> bool:
        """Cancel a batch; one whose answer was lost is asked again. Raises as the SDK does."""
        body = json.dumps({"batch_id": hold.id, "status": "cancel"})
        for _ in range(2):
            try:
                answer = self._client.user.scheduled_sends.post(request_body=body)
            except OSError:
                continue
            except HTTPError as e:
                if "exists" in _message(e.body):  # we set no other: it was heard before
                    return True
                raise
            return bool(answer.status_code == 201)
        return self._status(hold)[1]

    def _status(self, hold: Hold) -> tuple[datetime, bool]:
        """Return the provider's time, and whether a batch is known to be cancelled."""
        try:
            answer = self._client.user.scheduled_sends._(hold.id).get()
        except HTTPError as e:
            if e.status_code != 404:
                raise
            return self._now(
                e
            ), False  # it cannot be asked after; cancelled it may be all the same
        told = json.loads(answer.body)
        if isinstance(told, list):
            rows = told
        else:
            rows = [told]
        cancelled = any(
            isinstance(r, dict) and r.get("status") == "cancel" for r in rows
        )
        return self._now(answer), cancelled

    def _now(self, answer: Any) -> datetime:
        """Return when it was answered, as the provider says, else by our clock."""
        try:
            return parsedate_to_datetime((answer.headers or {})["Date"]).astimezone(UTC)
        except (KeyError, TypeError, ValueError):
            return self._clock()

    # Recalling

    def recalls(
        self, addresses: Sequence[str], subject: str, since: datetime
    ) -> set[str]:
        """Ask the Email Activity API, an add-on that answers six requests a minute.

        What a run does not get to is asked by the next. Raises TransportDown.
        """
        asked = [addresses[i : i + ASKED] for i in range(0, len(addresses), ASKED)][
            :A_MINUTE
        ]
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
            answer = self._client.messages.get(
                query_params={"query": wanted, "limit": 1000}
            )
            return list(json.loads(answer.body)["messages"])
        except HTTPError as e:
            why = f"{e.status_code} {_message(e.body)}"
            raise TransportDown(
                f"SendGrid does not say what it was given ({why})"
            ) from e
        except (OSError, ValueError, KeyError) as e:
            raise TransportDown(f"SendGrid does not say what it was given ({e})") from e

    # Readmitting

    def readmit(self, address: str) -> None:
        """Take an address off SendGrid's lists of whom it mails nothing.

        A key that may only send is told of in the log: somebody takes it off by hand then.
        Raises TransportDown if SendGrid is not reached.
        """
        name = quote(address, safe="")
        lists = self._client.suppression
        off = [
            getattr(lists, kind)._(name)
            for kind in ("bounces", "blocks", "spam_reports")
        ]
        for one in (*off, self._client.asm.suppressions._("global")._(name)):
            try:
                one.delete()
            except HTTPError as e:
                if e.status_code != 404:  # 404: it is not on this list
                    log.warning(
                        "SendGrid keeps a reader who came back on its lists (%s)",
                        e.status_code,
                    )
            except OSError as e:
                raise TransportDown(f"SendGrid cannot be reached: {e}") from e

    # Handing over

    def _sent(
        self, letter: Letter, recipients: Sequence[Recipient], more: dict[str, Any]
    ) -> Sequence[Outcome]:
        """Post a request; whom it refuses is left out, and the others are posted without them.

        Raises TransportDown if none was taken. If some were, the rest comes as queued, and it is
        raised at the next hand-over.
        """
        if self._down is not None:
            down = self._down
            self._down = None
            raise down
        known: dict[int, Outcome] = {}
        try:
            self._post_parts(letter, recipients, more, known)
        except TransportDown as e:
            if all(o.state == State.EXCLUDED for o in known.values()):
                raise
            self._down = e
            left = Outcome(State.QUEUED, f"not handed over: {e}")
            return [known.get(place, left) for place in range(len(recipients))]
        return [known[place] for place in range(len(recipients))]

    def _post_parts(
        self,
        letter: Letter,
        recipients: Sequence[Recipient],
        more: dict[str, Any],
        known: dict[int, Outcome],
    ) -> None:
        """Post all, then in parts whatever is refused; `known` takes the outcome of each place."""
        payload = self._payload(letter)
        in_a_row = Counter[About | None]()
        parts = [list(range(len(recipients)))]
        while parts:
            part = parts.pop()
            outcome, named = self._post(payload.to([recipients[n] for n in part], more))
            if outcome.state != State.EXCLUDED:
                known.update(dict.fromkeys(part, outcome))
                in_a_row.clear()
                continue
            if len(part) == 1:
                known[part[0]] = outcome
            elif named is not None and named < len(part):
                known[part[named]] = outcome
                parts.append([*part[:named], *part[named + 1 :]])
            else:
                half = len(part) // 2
                parts += [part[half:], part[:half]]  # the first half is next
                continue
            in_a_row[outcome.about] += 1
            if _is_about_us(in_a_row):
                raise SenderRefused(
                    f"SendGrid refuses whoever it is: {_words(outcome)}"
                )

    def _post(self, payload: Body) -> tuple[Outcome, int | None]:
        """Return what became of a request, and whom (by place) it was refused for."""
        for _ in range(PATIENT):
            try:
                return self._answer(
                    self._client.mail.send.post(request_body=payload)
                ), None
            except HTTPError as e:
                if e.status_code != 429:
                    return _refused(e), _named(e.body)
                self._sleep(_pause(e, self._clock().timestamp()))
            except (
                URLError
            ) as e:  # the connection was never made: nothing left this machine
                raise TransportDown(f"SendGrid cannot be reached: {e.reason}") from e
            except OSError as e:  # made and lost: it may have been accepted
                said = f"the connection broke before the answer ({e})"
                return Outcome(State.UNCERTAIN, said), None
        raise TransportDown(
            "SendGrid asks us to slow down (429); run the command again later"
        )

    def _answer(self, answer: Any) -> Outcome:
        message_id = answer.headers.get("X-Message-Id")
        if answer.status_code == 202 and message_id:
            return Outcome(State.ACCEPTED, message_id)
        return Outcome(
            State.UNCERTAIN, f"SendGrid answered {answer.status_code} without an id"
        )


def _not_called_off(said: str) -> CallOff:
    """Return why a batch was not cancelled, by what SendGrid says."""
    if "late" in said or "minutes" in said:
        return CallOff.TOO_LATE
    if LIMIT_REACHED.search(said):
        return CallOff.NO_MORE
    return CallOff.UNHEARD


def _verdict(error: HTTPError) -> Verdict:
    message, field = _first_error(error.body)
    return judge_request(error.status_code, message, field)


def _raise_if_ours(error: HTTPError) -> None:
    """Raise SenderRefused for what the next request would meet as well."""
    if 400 <= error.status_code < 500 and error.status_code != 429:
        verdict = _verdict(error)
        if verdict.about == About.US:
            said = f"{error.status_code} {_message(error.body)}".rstrip(". ")
            raise SenderRefused(
                f"SendGrid refuses our mail: {said}. {verdict.advice}. Nobody is left out: whoever "
                "has not been served stays queued; once this is repaired, send again"
            )


def _refused(error: HTTPError) -> Outcome:
    """Return the outcome of a request that was refused. Raises SenderRefused."""
    _raise_if_ours(error)
    if 400 <= error.status_code < 500:
        return _verdict(error).outcome(f"{error.status_code} {_message(error.body)}")
    return Outcome(State.UNCERTAIN, f"SendGrid failed with {error.status_code}")


def _is_about_us(in_a_row: Counter[About | None]) -> bool:
    """Say whether so many were refused and nobody was accepted that it is not about them.

    Addresses that it calls invalid are; each of those is named by itself.
    """
    return any(
        in_a_row[about] >= ENOUGH[about] for about in (About.UNCLEAR, About.READER)
    )


def _words(outcome: Outcome) -> str:
    said = outcome.detail.partition(": ")[2].rstrip(". ")
    return f"{said}. {outcome.advice}. Nobody is left out; once this is repaired, send again"


def _pause(error: HTTPError, now: float) -> float:
    """Return how many seconds a 429 asks us to wait (X-RateLimit-Reset is an epoch)."""
    headers = error.headers or {}
    after = headers.get("Retry-After")
    reset = headers.get("X-RateLimit-Reset")
    try:
        if after:
            wait = float(after)
        elif reset:
            wait = float(reset) - now
        else:
            wait = 1.0
    except ValueError:
        wait = 1.0
    return min(max(wait, 0.1), LONGEST_PAUSE)


def _named(body: bytes | str) -> int | None:
    """Return which personalization (from 0) a refusal names; None if it names none."""
    match = PLACE.search(
        body if isinstance(body, str) else body.decode("utf-8", "replace")
    )
    if match:
        return int(match[1])
    return None


def _message(body: bytes | str) -> str:
    """Return what SendGrid says was wrong, in its own words."""
    try:
        return "; ".join(str(e["message"]) for e in json.loads(body)["errors"])
    except (ValueError, KeyError, TypeError):
        return str(body)[:200]


def _first_error(body: bytes | str) -> tuple[str, str | None]:
    """Return the message and the field of the error that counts: one that names a field."""
    try:
        errors = [e for e in json.loads(body)["errors"] if isinstance(e, dict)]
    except (ValueError, KeyError, TypeError):
        return _message(body), None
    named = [e for e in errors if e.get("field")] or errors
    if not named:
        return "", None
    return str(named[0].get("message", "")), named[0].get("field")
