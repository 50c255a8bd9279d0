"""Sending: plan a send, send an edition alone or by workers' lanes, send single emails.

Each use case calls the steps of `sending_steps`, these call the sender or a transport; nothing
calls back up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from digest.audience import parse_filter
from digest.model import (
    REHEARSAL,
    TEST_SUBSCRIBER,
    DeliveryReport,
    DeliveryState,
    Email,
    Job,
    Outcome,
    Recipient,
    SendPlan,
    SendSpec,
    SentContent,
    Subscriber,
)
from digest.ports import Readmitting
from digest.services.editions import Editions
from digest.services.held_mail import HeldMail
from digest.services.manifests import Manifests
from digest.services.sending_context import SendingContext
from digest.services.sending_steps import (
    ReportProgress,
    SendingSteps,
    ShouldStop,
    lane_job,
    recipients_filter,
)
from digest.services.sent_contents import SentContents
from digest.services.transports import Transports
from digest.services.workers import Workers, send_lanes

#: The folder in the output that notices are written into by the outbox.
NOTICES_FOLDER = "notices"
#: Ending of the name of a notice to a person who subscribes again.
COMES_BACK = " back"


@dataclass(frozen=True, slots=True)
class _PlannedContent:
    """The content that a send now would send."""

    subject: str
    content_hash: str
    reason_for_not_sending: str = ""  #: as a sentence; "" if it may be sent


class Sending:
    """The sends of one newsletter's editions."""

    def __init__(
        self,
        context: SendingContext,
        contents: SentContents,
        editions: Editions,
        workers: Workers,
    ) -> None:
        self._context = context
        self._store = context.store
        self._ledger = context.store.deliveries
        self._contents = contents
        self._editions = editions
        self._workers = workers
        self._steps = SendingSteps(context, contents)
        self._transports = Transports(context)
        self._held_mail = HeldMail(context)
        self._manifests = Manifests(context)

    # Plan

    def plan_send(self, day: date) -> SendPlan:
        """Return what a send would do."""
        store = self._store
        frozen_content = self._contents.frozen_content(day)
        content = self._planned_content(day, frozen_content)
        proof = self._ledger.get_delivery_report(day)
        audience_filter = self._steps.audience_filter(day)
        audience = self.count_audience(audience_filter)
        is_same = self._is_begun_with(content, self._ledger.get_send_spec(day))
        is_complete = self._ledger.is_complete(day)
        remaining = audience
        if is_same and (frozen_content is not None or is_complete):
            remaining = proof.count_in_state(DeliveryState.QUEUED)
        rest = store.refused_deliveries.get_send_remainder(day)
        on_its_way = self._held_mail.on_its_way(day)
        return SendPlan(
            edition=day,
            subject=content.subject,
            transport=self._context.delivery.transport,
            audience=audience,
            content_hash=content.content_hash,
            approved=not content.reason_for_not_sending,
            sent_by=self._ledger.get_mailing_transport(day),
            proof=proof,
            halted=store.send_halts.get_halt(day),
            served=is_same and is_complete,
            sender=self._sender_of(frozen_content),
            segment=audience_filter,
            remaining=remaining,
            not_approved=content.reason_for_not_sending,
            stopped=rest.stop_reason,
            again_at=rest.next_try_at,
            later=rest.refused_for_now_count,
            refused=rest.refused_count,
            on_its_way=on_its_way.delivery_count,
            leaves_until=on_its_way.last,
        )

    def count_audience(self, audience_filter: str) -> int:
        """Count those who would get the newsletter, and meet a filter.

        Raises DigestError if that is none.
        """
        return self._store.subscribers.count_active(
            parse_filter(audience_filter),
            self._context.settings.newsletter.audience,
        )

    def recipients_filter(self, day: date) -> str:
        """Return the filter of those to whom an edition was handed over."""
        return recipients_filter(self._context.settings, day)

    def _planned_content(
        self, day: date, frozen_content: SentContent | None
    ) -> _PlannedContent:
        if frozen_content:
            subject = self._contents.frozen_subject(frozen_content)
            return _PlannedContent(subject, frozen_content.content_hash)
        rendered = self._editions.render_stored(day)
        return _PlannedContent(
            rendered.letter.subject,
            rendered.content_hash,
            self._contents.reason_for_not_sending(rendered),
        )

    def _is_begun_with(
        self, content: _PlannedContent, send_spec: SendSpec | None
    ) -> bool:
        """Return whether a send was begun with this content.

        A rehearsal does not count once another transport is set: it reached nobody, so a send now
        mails everybody.
        """
        if send_spec is None or send_spec.content_hash != content.content_hash:
            return False
        is_rehearsed = send_spec.transport == REHEARSAL
        return not is_rehearsed or self._context.delivery.transport == REHEARSAL

    def _sender_of(self, frozen_content: SentContent | None) -> str:
        """Return the sender as mailboxes show it: name and address."""
        if frozen_content and frozen_content.letter:
            email = frozen_content.letter
            return f"{email.sender_name} <{email.sender_address}>"
        sender = self._context.settings.newsletter.sender
        return f"{sender.name} <{sender.address}>"

    # Send

    def send_edition(
        self,
        day: date,
        progress: ReportProgress = lambda _count: None,
        to: str | None = None,
        stop: ShouldStop = lambda: False,
    ) -> DeliveryReport:
        """Send an approved edition to every subscriber not yet mailed; return the delivery report.

        Workers do it if some send mail; else it is done in this process.

        `to` is a filter of subscribers; None means the one it was begun with, or everybody.

        Once `stop` returns true the messages in hand are finished, and no more are begun.

        Messages that the transport certainly did not accept go through the fallback, if any.

        Raises NotApproved, Busy, TransportDown, and DigestError while it is halted; whatever
        happens, running it again is safe.
        """
        if self._workers.list_mailers():
            self.enqueue_send(day, to)
            if self._workers.follow_send(day, progress, stop):
                return self._ledger.get_delivery_report(day)
        self._send_here(day, progress, to, stop)
        return self._ledger.get_delivery_report(day)

    def _send_here(
        self,
        day: date,
        progress: ReportProgress,
        to: str | None,
        stop: ShouldStop,
    ) -> None:
        """Send an edition in this process, as `send_edition` describes."""
        with self._store.hold_send_lock():
            email = self._steps.freeze_audience(day, to, submit_jobs=None)
            with self._steps.closing_pass(day, alone=True):
                for attempt in self._transports.attempts_in_order():
                    with attempt as transport_name:
                        self._steps.take_back_uncertain(day, transport_name)
                        self._steps.send_queued(
                            transport_name, email, progress, stop
                        )
            if self._ledger.is_complete(day):
                self._manifests.write_manifest(day)

    # Send, by workers

    def enqueue_send(self, day: date, to: str | None = None) -> None:
        """Freeze an approved edition's audience, or recover one left by a dead process; enqueue its lanes.

        The jobs are put into the queue in that same transaction. Raises as `send_edition` does.
        """
        with self._store.hold_send_lock():
            self._steps.freeze_audience(day, to, self._workers.enqueue_jobs)

    def send_lane(self, day: date, lane: int, stop: ShouldStop) -> bool:
        """Send on one lane until `stop` returns true; return whether there is more to do.

        Raises NotYet, Busy, TransportDown; whatever happens, running it again is safe.
        """
        with self._store.hold_send_lock(shared=True):
            send_spec = self._ledger.get_send_spec(day)
            if send_spec is None or self._is_halted_or_stopped(day):
                return False
            email = self._contents.frozen_email(day, send_spec.content_hash)
            with self._steps.closing_pass(day, alone=False):
                for attempt in self._transports.attempts_in_order():
                    with attempt as transport_name:
                        self._steps.send_lane(transport_name, email, lane, stop)
            if self._ledger.is_complete(day):
                self._manifests.write_manifest(day)
                return False
        return stop()

    def lane_job(self, day: date, lane: int) -> Job:
        """Return the job of going on with one of an edition's lanes."""
        return lane_job(self._context.settings, day, lane)

    def lane_prefix(self, day: date) -> str:
        """Return how the names of an edition's lane jobs begin in the queue."""
        return send_lanes(self._context.settings, day)

    def _is_halted_or_stopped(self, day: date) -> bool:
        """Return whether a person halted the send, or the provider refused us on another lane."""
        if self._store.send_halts.get_halt(day)[0]:
            return True
        return (
            self._store.refused_deliveries.get_send_remainder(day).stop_reason
            != ""
        )

    # Single emails, outside the ledger

    def send_test(self, day: date, address: str) -> Outcome:
        """Send the edition to one address; needs no approval."""
        from digest.render import without_counted_links

        rendered = self._editions.render_stored(day)
        self._store.editions.keep_pictures(rendered.pictures)
        test_email = replace(
            rendered.letter,
            subject=f"[Test] {rendered.letter.subject}",
            html=without_counted_links(
                rendered.html, rendered.edition, self._context.settings
            ),
        )
        with self._transports.open_transport(day) as transport:
            tokens = self._context.open_tokens()
            test_token = tokens.sign_subscriber(TEST_SUBSCRIBER)
            recipient = Recipient(TEST_SUBSCRIBER, address, test_token)
            return transport.send(test_email, [recipient])[0]

    def send_notice(
        self,
        name: str,
        person: Subscriber,
        token: str,
        newsletters: Sequence[str] = (),
    ) -> Outcome:
        """Send one person a notice (confirm, welcome), with the token given or their own.

        It is about these newsletters (keys), or about this one alone.

        For one who subscribes again ("confirm back") the address is first removed from the
        provider's own suppression lists. Returns the outcome. Raises TransportDown if the notice
        was certainly not sent.
        """
        from digest.render import notice_email

        email = notice_email(
            name.removesuffix(COMES_BACK),
            self._context.settings,
            self._context.workspace.templates_folder,
            self._context.clock(),
            newsletters,
        )
        own_token = token or self._context.open_tokens().sign_subscriber(
            person.id
        )
        recipient = Recipient(person.id, person.address, own_token)
        return self._send_single(
            email, recipient, readmit=name.endswith(COMES_BACK)
        )

    def _send_single(
        self, email: Email, recipient: Recipient, *, readmit: bool
    ) -> Outcome:
        for attempt in self._transports.attempts_in_order():
            with (
                attempt as transport_name,
                self._transports.open_transport(
                    NOTICES_FOLDER, transport_name
                ) as transport,
            ):
                if readmit and isinstance(transport, Readmitting):
                    transport.readmit(recipient.address)
                return transport.send(email, [recipient])[-1]
        raise AssertionError("the last attempt returns or raises")
