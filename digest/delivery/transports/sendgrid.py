"""SendGrid transport: mail through the HTTP API v3, by the SDK the user asked for. Its only user.

Facts about the API are from Twilio's OpenAPI files (twilio/sendgrid-oai).
"""

import json
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from urllib.error import URLError
from urllib.parse import quote

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from digest.delivery.refusal_streaks import SENDER_REFUSED_AFTER
from digest.delivery.transports.sendgrid_answers import (
    TOO_MANY_REQUESTS,
    describe_error,
    message_of,
    outcome_of_answer,
    outcome_of_error,
    raise_if_sender_refused,
    reason_for_not_cancelling,
    refused_place,
    seconds_to_pause,
)
from digest.delivery.transports.sendgrid_client import PersistentClient
from digest.delivery.transports.sendgrid_payload import Body, Payload
from digest.errors import SenderRefused, TransportDown
from digest.model import (
    CallOffResult,
    DeliveryState,
    Email,
    Outcome,
    ProviderHold,
    Recipient,
    RefusalScope,
)
from digest.ports import Clock
from digest.settings.delivery import Sendgrid

#: For one request; the SDK's own default is to wait for ever.
TIMEOUT_SECONDS = 60
#: A batch cannot be cancelled from so long before it is sent.
CANCEL_DEADLINE = timedelta(minutes=10)
#: Attempts of a request that is answered by 429.
MAX_ATTEMPTS = 5
#: With this content type the SDK takes a body as it is (SendGrid's SDK for C# says the same).
JSON = "application/json; charset=utf-8"
#: The Email Activity API: addresses in one question, and questions that it answers in a minute.
ACTIVITY_ADDRESSES_PER_QUERY = 25
ACTIVITY_QUERIES_PER_MINUTE = 6
ACTIVITY_MAX_MESSAGES = 1000
#: SendGrid's lists of addresses that it mails nothing to, beside the one of unsubscribes.
SUPPRESSION_LISTS = ("bounces", "blocks", "spam_reports")
NOT_FOUND = 404

log = logging.getLogger("digest")


@dataclass(frozen=True, slots=True)
class _Answer:
    """The outcome of one request, and the place of the recipient that a refusal names."""

    outcome: Outcome
    refused_place: int | None = None


@dataclass(frozen=True, slots=True)
class _BatchStatus:
    """The state of a batch, and the provider's time of saying so."""

    now: datetime
    is_cancelled: bool


class SendgridTransport:
    """Hands a thousand messages over in a request; a Transport, Holding and Recalling.

    SendGrid sends messages some minutes after the hand-over; until ten minutes before that they
    can be cancelled by their batch id (twilio.com/docs/sendgrid: "Canceling a Scheduled Send").
    After a lost answer the batch is cancelled and handed over again: nobody is missed, nobody is
    mailed twice.
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
            raise TransportDown(
                "SendGrid needs a key; set SENDGRID_API_KEY in .env"
            )
        api = SendGridAPIClient(api_key, host=settings.host.rstrip("/"))
        api.client.request_headers["Content-Type"] = JSON
        self._client = PersistentClient(api.client, TIMEOUT_SECONDS)
        self._make_payload = lru_cache(maxsize=1)(Payload)
        self._undo_minutes = settings.undo_minutes
        self._clock = clock
        self._sleep = sleep
        #: Met in the middle of a request's parts; raised at the next request.
        self._pending_failure: TransportDown | None = None

    def send(
        self, email: Email, recipients: Sequence[Recipient]
    ) -> Sequence[Outcome]:
        """Make one request, for mail to be sent at once."""
        return self._send_request(email, recipients, {})

    # Holding

    def hold(self) -> ProviderHold | None:
        """Return a batch id, and when it is to be sent. Raises TransportDown."""
        if not self._undo_minutes:
            return None
        try:
            answer = self._client.mail.batch.post()
            batch_id = str(json.loads(answer.body)["batch_id"])
        except HTTPError as error:
            raise_if_sender_refused(error)
            raise TransportDown(
                f"SendGrid gave no batch id: {describe_error(error)}"
            ) from error
        except (OSError, ValueError, KeyError) as error:
            raise TransportDown(
                f"SendGrid gave no batch id ({error})"
            ) from error
        leaves_at = self._answered_at(answer) + timedelta(
            minutes=self._undo_minutes
        )
        return ProviderHold(batch_id, leaves_at)

    def send_held(
        self, email: Email, recipients: Sequence[Recipient], hold: ProviderHold
    ) -> Sequence[Outcome]:
        """Make one request, for mail to be sent when the hold ends."""
        fields = {
            "batch_id": hold.id,
            "send_at": int(hold.leaves_at.timestamp()),
            # events that come back then tell which request they are of
            "custom_args": {"batch": hold.id},
        }
        return self._send_request(email, recipients, fields)

    def take_back(self, hold: ProviderHold) -> bool:
        """Cancel a batch; False if it is too late, or success is not certain."""
        return self.call_off(hold) == CallOffResult.STOPPED

    def call_off(self, hold: ProviderHold) -> CallOffResult:
        """Cancel a batch; return the result.

        The provider's clock decides whether it is too late: ours may have been set back.
        """
        try:
            status = self._batch_status(hold)
            if status.is_cancelled:
                return CallOffResult.STOPPED
            if hold.leaves_at - status.now <= CANCEL_DEADLINE:
                return CallOffResult.TOO_LATE
            if self._cancel_batch(hold):
                return CallOffResult.STOPPED
        except HTTPError as error:
            return reason_for_not_cancelling(message_of(error.body))
        except (OSError, ValueError):
            return CallOffResult.UNHEARD
        return CallOffResult.UNHEARD

    def _cancel_batch(self, hold: ProviderHold) -> bool:
        """Cancel a batch; one whose answer was lost is cancelled again. Raises as the SDK does."""
        body = json.dumps({"batch_id": hold.id, "status": "cancel"})
        for _ in range(2):
            try:
                answer = self._client.user.scheduled_sends.post(
                    request_body=body
                )
            except OSError:
                continue
            except HTTPError as error:
                # we set no other status: it was cancelled by the request before
                if "exists" in message_of(error.body):
                    return True
                raise
            return bool(answer.status_code == 201)
        return self._batch_status(hold).is_cancelled

    def _batch_status(self, hold: ProviderHold) -> _BatchStatus:
        """Return whether a batch is known to be cancelled. Raises as the SDK does."""
        try:
            answer = self._client.user.scheduled_sends._(hold.id).get()
        except HTTPError as error:
            if error.status_code != NOT_FOUND:
                raise
            # it has no status that can be asked for; cancelled it may be all the same
            return _BatchStatus(self._answered_at(error), is_cancelled=False)
        content = json.loads(answer.body)
        entries = [content]
        if isinstance(content, list):
            entries = content
        is_cancelled = any(
            isinstance(entry, dict) and entry.get("status") == "cancel"
            for entry in entries
        )
        return _BatchStatus(self._answered_at(answer), is_cancelled)

    def _answered_at(self, answer: Any) -> datetime:
        """Return the time of an answer by the provider's clock, else by ours."""
        try:
            return parsedate_to_datetime(
                (answer.headers or {})["Date"]
            ).astimezone(UTC)
        except (KeyError, TypeError, ValueError):
            return self._clock()

    # Recalling

    def recalls(
        self, addresses: Sequence[str], subject: str, since: datetime
    ) -> set[str]:
        """Ask the Email Activity API, an add-on that answers six requests a minute.

        A run asks no more than a minute's worth; the next run asks for the rest. Raises
        TransportDown.
        """
        recalled: set[str] = set()
        earliest = f"{since:%Y-%m-%dT%H:%M:%SZ}"
        for message in self._recent_messages(addresses):
            is_same_mail = message.get("subject") == subject
            if (
                is_same_mail
                and str(message.get("last_event_time", "")) >= earliest
            ):
                recalled.add(str(message.get("to_email", "")).lower())
        return recalled & {address.lower() for address in addresses}

    def _recent_messages(
        self, addresses: Sequence[str]
    ) -> Iterator[dict[str, Any]]:
        limit = ACTIVITY_ADDRESSES_PER_QUERY * ACTIVITY_QUERIES_PER_MINUTE
        asked_addresses = addresses[:limit]
        for start in range(
            0, len(asked_addresses), ACTIVITY_ADDRESSES_PER_QUERY
        ):
            end = start + ACTIVITY_ADDRESSES_PER_QUERY
            yield from self._query_messages(asked_addresses[start:end])

    def _query_messages(self, addresses: Sequence[str]) -> list[dict[str, Any]]:
        query = " OR ".join(f'to_email="{address}"' for address in addresses)
        parameters = {"query": query, "limit": ACTIVITY_MAX_MESSAGES}
        try:
            answer = self._client.messages.get(query_params=parameters)
            return list(json.loads(answer.body)["messages"])
        except HTTPError as error:
            reply = f"{error.status_code} {message_of(error.body)}"
            raise TransportDown(
                f"SendGrid does not list the messages it accepted ({reply})"
            ) from error
        except (OSError, ValueError, KeyError) as error:
            raise TransportDown(
                f"SendGrid does not list the messages it accepted ({error})"
            ) from error

    # Readmitting

    def readmit(self, address: str) -> None:
        """Remove an address from SendGrid's suppression lists.

        With a key that may only send this logs a warning: a person removes the address by hand
        then. Raises TransportDown if SendGrid is not reached.
        """
        name = quote(address, safe="")
        suppression = self._client.suppression
        entries = [
            getattr(suppression, kind)._(name) for kind in SUPPRESSION_LISTS
        ]
        entries.append(self._client.asm.suppressions._("global")._(name))
        for entry in entries:
            try:
                entry.delete()
            except HTTPError as error:
                if (
                    error.status_code != NOT_FOUND
                ):  # 404: it is not on this list
                    log.warning(
                        "SendGrid did not remove a resubscribed address from its lists (%s)",
                        error.status_code,
                    )
            except OSError as error:
                raise TransportDown(
                    f"SendGrid cannot be reached: {error}"
                ) from error

    # Requests

    def _send_request(
        self,
        email: Email,
        recipients: Sequence[Recipient],
        fields: dict[str, Any],
    ) -> Sequence[Outcome]:
        """Post a request; refused recipients are left out, and the others are posted again.

        Raises TransportDown if none was taken. If some were, the rest is returned as queued, and
        TransportDown is raised at the next request.
        """
        if self._pending_failure is not None:
            failure = self._pending_failure
            self._pending_failure = None
            raise failure
        outcomes: dict[int, Outcome] = {}
        try:
            for places, outcome in self._post_in_parts(
                email, recipients, fields
            ):
                outcomes.update(dict.fromkeys(places, outcome))
        except TransportDown as error:
            if all(
                outcome.state == DeliveryState.EXCLUDED
                for outcome in outcomes.values()
            ):
                raise
            self._pending_failure = error
            not_posted = Outcome(
                DeliveryState.QUEUED, f"not handed over: {error}"
            )
            return [
                outcomes.get(place, not_posted)
                for place in range(len(recipients))
            ]
        return [outcomes[place] for place in range(len(recipients))]

    def _post_in_parts(
        self,
        email: Email,
        recipients: Sequence[Recipient],
        fields: dict[str, Any],
    ) -> Iterator[tuple[Sequence[int], Outcome]]:
        """Post all, then in parts whatever is refused; yield places with their common outcome.

        A refusal that names a recipient is theirs; one that names none is halved until it is one
        recipient's. Raises TransportDown; of that kind SenderRefused if refusals are about us.
        """
        payload = self._make_payload(email)
        refused_in_a_row = Counter[RefusalScope | None]()
        parts = [list(range(len(recipients)))]
        while parts:
            places = parts.pop()
            part_recipients = [recipients[place] for place in places]
            answer = self._post_request(
                payload.encode_request(part_recipients, fields)
            )
            outcome = answer.outcome
            if outcome.state != DeliveryState.EXCLUDED:
                refused_in_a_row.clear()
                yield places, outcome
                continue
            refused = _refused_index(answer, places)
            if refused is None:
                middle = len(places) // 2
                parts += [
                    places[middle:],
                    places[:middle],
                ]  # the first half is next
                continue
            yield [places[refused]], outcome
            others = [*places[:refused], *places[refused + 1 :]]
            if others:
                parts.append(others)
            refused_in_a_row[outcome.about] += 1
            if _proves_sender_refused(refused_in_a_row):
                raise SenderRefused(
                    f"SendGrid refuses every recipient: {_describe_refusal(outcome)}"
                )

    def _post_request(self, payload: Body) -> _Answer:
        """Post one request, again after each 429. Raises TransportDown."""
        for _ in range(MAX_ATTEMPTS):
            try:
                answer = self._client.mail.send.post(request_body=payload)
                return _Answer(outcome_of_answer(answer))
            except HTTPError as error:
                if error.status_code != TOO_MANY_REQUESTS:
                    return _Answer(
                        outcome_of_error(error), refused_place(error.body)
                    )
                self._sleep(seconds_to_pause(error, self._clock().timestamp()))
            except URLError as error:
                # there was no connection: nothing left this machine
                raise TransportDown(
                    f"SendGrid cannot be reached: {error.reason}"
                ) from error
            except OSError as error:
                # the connection was lost: the request may have been accepted
                detail = f"the connection broke before the answer ({error})"
                return _Answer(Outcome(DeliveryState.UNCERTAIN, detail))
        raise TransportDown(
            "SendGrid asks us to slow down (429); run the command again later"
        )


def _refused_index(answer: _Answer, places: Sequence[int]) -> int | None:
    """Return the index of the recipient a refusal is about; None if that is not known yet."""
    if len(places) == 1:
        return 0
    if answer.refused_place is not None and answer.refused_place < len(places):
        return answer.refused_place
    return None


def _proves_sender_refused(
    refused_in_a_row: Counter[RefusalScope | None],
) -> bool:
    """Return whether so many were refused in a row that the sender is refused, not they.

    Refusals of invalid addresses do not count: each of them is named by itself.
    """
    return any(
        refused_in_a_row[about] >= SENDER_REFUSED_AFTER[about]
        for about in (RefusalScope.UNCLEAR, RefusalScope.READER)
    )


def _describe_refusal(outcome: Outcome) -> str:
    reply = outcome.detail.partition(": ")[2].rstrip(". ")
    return f"{reply}. {outcome.advice}. Nobody is skipped: fix this, then send again"
