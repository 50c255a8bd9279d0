"""Steps of a send: freeze the audience, send what is queued, decide on refusals, end the pass.

Called by the use cases of `sending`; every step goes down to the store, the sender or a transport.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import date
from typing import Any

from digest.audience import parse_filter
from digest.delivery import Conclusion, RefusalTracker, Sender
from digest.errors import SenderRefused
from digest.model import (
    CANCELLED,
    REHEARSAL,
    Email,
    Job,
    SendSpec,
    SuppressionReason,
)
from digest.services.held_mail import HeldMail
from digest.services.sending_context import SendingContext
from digest.services.sent_contents import SentContents
from digest.services.transports import Transports
from digest.services.workers import edition_args, send_lanes
from digest.settings import Settings

#: Deliveries claimed together: as many as SendGrid takes in a request; few where each is handed
#: over by itself, so that several connections have work.
SENDGRID_CHUNK_SIZE = 1000
CHUNK_SIZE = 100
LANE_PRIORITY = 10

#: Puts jobs into the queue, on the database connection of a transaction.
SubmitJobs = Callable[[Any, Sequence[Job]], object]
#: Called with the number of recipients of each hand-over.
ReportProgress = Callable[[int], None]
ShouldStop = Callable[[], bool]


class SendingSteps:
    """The steps of one newsletter's sends."""

    def __init__(self, context: SendingContext, contents: SentContents) -> None:
        self._context = context
        self._store = context.store
        self._ledger = context.store.deliveries
        self._contents = contents
        self._transports = Transports(context)
        self._held_mail = HeldMail(context)

    # Before the first mail

    def freeze_audience(
        self,
        day: date,
        audience_filter: str | None,
        submit_jobs: SubmitJobs | None,
    ) -> Email:
        """Freeze the audience with the content, or continue with a frozen one; return the email.

        The jobs of the lanes are submitted in the same transaction. Call only while holding the
        send lock.
        """
        transport = self._context.delivery.transport
        content = self._contents.content_to_send(day)
        if audience_filter is None:
            audience_filter = self.audience_filter(day)
        send_spec = SendSpec(content.content_hash, transport, audience_filter)
        lane_jobs = self._lane_jobs(day, transport)

        def submit_lane_jobs(connection: Any) -> None:
            if submit_jobs is not None:
                submit_jobs(connection, lane_jobs)

        self._ledger.freeze_audience(
            day,
            send_spec,
            self._context.clock(),
            _chunk_size(transport),
            parse_filter(audience_filter),
            submit_lane_jobs,
            content,
            self._context.settings.newsletter.audience,
        )
        return self._contents.frozen_email(day, content.content_hash)

    def audience_filter(self, day: date) -> str:
        """Return the filter of an edition's audience; a correction has its own.

        The filter that a send was begun with is kept, except a rehearsal's.
        """
        send_spec = self._ledger.get_send_spec(day)
        if send_spec and send_spec.transport != REHEARSAL:
            return send_spec.segment
        corrected_day = self._store.editions.get_corrected_edition(day)
        if corrected_day:
            return recipients_filter(self._context.settings, corrected_day)
        return ""

    def _lane_jobs(self, day: date, transport: str) -> list[Job]:
        settings = self._context.settings
        lane_count = self._transports.connection_count(transport)
        return [lane_job(settings, day, lane) for lane in range(lane_count)]

    # One pass over the queue

    @contextmanager
    def closing_pass(self, day: date, *, alone: bool) -> Iterator[None]:
        """Store how a pass over an edition's queue ended; cancel held mail if the send was cancelled.

        `alone` says that no other process is sending this edition.
        """
        store = self._store
        reason_stopped = ""
        try:
            yield
        except SenderRefused as error:
            reason_stopped = str(error)
            raise
        finally:
            store.refused_deliveries.end_pass(
                day, self._context.clock(), reason_stopped
            )
            if store.send_halts.get_halt(day)[0] == CANCELLED:
                if alone:
                    self._ledger.close_cancelled_send(day)
                self._ledger.exclude_remaining(day)
                self._held_mail.call_off_cancelled(day)

    def take_back_uncertain(self, day: date, transport_name: str) -> None:
        """Queue again uncertain deliveries of an earlier send that the provider still holds."""
        with self._transports.open_transport(day, transport_name) as transport:
            self._held_mail.take_back_uncertain(day, transport)

    def send_queued(
        self,
        transport_name: str,
        email: Email,
        report_progress: ReportProgress,
        should_stop: ShouldStop,
    ) -> None:
        """Send what is queued through one transport, over as many connections as it allows.

        Raises TransportDown.
        """
        day = email.edition
        pace = self._transports.make_pace(transport_name)
        tokens = self._context.open_tokens()
        tracker = RefusalTracker(transport_name)

        def send_over_one_connection() -> None:
            with self._transports.open_transport(
                day, transport_name
            ) as transport:
                sender = Sender(
                    email,
                    self._ledger,
                    transport,
                    tokens,
                    pace,
                    self._context.clock,
                    tracker=tracker,
                    should_stop=should_stop,
                )
                with closing(sender.send_queued()) as counts:
                    for count in counts:
                        report_progress(count)

        connection_count = self._transports.connection_count(transport_name)
        with self._deciding_on_refusals(day, tracker, should_stop):
            _run_in_threads(send_over_one_connection, connection_count)

    def send_lane(
        self,
        transport_name: str,
        email: Email,
        lane: int,
        should_stop: ShouldStop,
    ) -> None:
        """Send the queued deliveries of one lane, after recovering those of a dead worker.

        Raises TransportDown, and NotYet if the provider's rate gives it no turn soon.
        """
        day = email.edition
        tracker = RefusalTracker(transport_name)
        self._ledger.recover_stale_claims(day, lane)
        with (
            self._transports.open_transport(day, transport_name) as transport,
            self._deciding_on_refusals(day, tracker, should_stop),
        ):
            self._held_mail.take_back_uncertain(day, transport)
            sender = Sender(
                email,
                self._ledger,
                transport,
                self._context.open_tokens(),
                self._transports.make_shared_pace(transport_name),
                self._context.clock,
                tracker=tracker,
                should_stop=should_stop,
                lane=lane,
            )
            with closing(sender.send_queued()) as counts:
                for _count in counts:
                    pass

    @contextmanager
    def _deciding_on_refusals(
        self, day: date, tracker: RefusalTracker, should_stop: ShouldStop
    ) -> Iterator[None]:
        """Decide on refused recipients when a pass over the queue has ended.

        Raises SenderRefused if they were refused because of us.
        """
        finished = False
        try:
            yield
            finished = not should_stop()
        finally:
            conclusion = tracker.conclude_pass(finished=finished)
            self._store_conclusion(day, conclusion)
        if conclusion.sender_refused is not None:
            raise conclusion.sender_refused

    def _store_conclusion(self, day: date, conclusion: Conclusion) -> None:
        """Exclude, queue again or suppress the refused recipients, as was concluded."""
        store = self._store
        excluded = [
            (refused.person.subscriber, refused.outcome.detail)
            for refused in conclusion.excluded
        ]
        store.refused_deliveries.exclude_refused(day, excluded)
        queue_again = [
            refused.person.subscriber for refused in conclusion.queue_again
        ]
        store.refused_deliveries.requeue_subscribers(day, queue_again)
        for refused in conclusion.gone:
            store.subscribers.suppress_address(
                refused.person.address,
                SuppressionReason.BOUNCED,
                self._context.clock(),
                refused.outcome.detail,
            )


def recipients_filter(settings: Settings, day: date) -> str:
    """Return the filter of those to whom the newsletter's edition of a date was handed over."""
    return f"got:{settings.key_edition(day).short_name}"


def lane_job(settings: Settings, day: date, lane: int) -> Job:
    """Return the job of going on with one of an edition's lanes."""
    arguments = {**edition_args(settings, day), "lane": lane}
    job_name = f"{send_lanes(settings, day)}{lane}"
    return Job("send", arguments, "mail", priority=LANE_PRIORITY, once=job_name)


def _chunk_size(transport: str) -> int:
    if transport == "sendgrid":
        return SENDGRID_CHUNK_SIZE
    return CHUNK_SIZE


def _run_in_threads(work: Callable[[], None], thread_count: int) -> None:
    """Run work so many times at once; raise the first error of any, once all have ended."""
    with ThreadPoolExecutor(thread_count) as pool:
        futures = [pool.submit(work) for _ in range(thread_count)]
    for future in futures:
        future.result()
