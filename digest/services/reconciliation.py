"""Reconciliation: resolve uncertain deliveries by asking the provider or a person."""

import logging
from datetime import date, timedelta
from typing import TYPE_CHECKING

from digest.errors import NotFound
from digest.model import CANCELLED, DeliveryState
from digest.ports import Recalling
from digest.services.held_mail import HeldMail
from digest.services.sending_context import SendingContext
from digest.services.sent_contents import SentContents
from digest.services.transports import Transports

if TYPE_CHECKING:
    from digest.store import Store

#: Providers list a mail by its last event, which may be a click weeks later.
NAMESAKE_WINDOW = timedelta(days=35)

log = logging.getLogger("digest")


class Reconciliation:
    """The uncertain deliveries of one newsletter's editions."""

    def __init__(self, context: SendingContext, contents: SentContents) -> None:
        self._context = context
        self._store = context.store
        self._ledger = context.store.deliveries
        self._contents = contents
        self._transports = Transports(context)
        self._held_mail = HeldMail(context)

    def reconcile_edition(self, day: date) -> list[tuple[str, str]]:
        """Cancel uncertain deliveries that the provider still holds, and ask it for the others.

        Returns the addresses that stay uncertain, and why. Raises Busy during a send.
        """
        store = self._store
        send_spec = self._ledger.get_send_spec(day)
        store.provider_events.accept_known_to_have_left(day)
        if store.send_halts.get_halt(day)[0] == CANCELLED:
            with store.hold_send_lock():
                self._held_mail.call_off_cancelled(day)
        elif (
            send_spec
            and send_spec.transport == self._context.delivery.transport
        ):
            self._ask_provider(day, send_spec.content_hash)
        return self._ledger.list_deliveries_in_state(
            day, DeliveryState.UNCERTAIN
        )

    def settle_delivery(
        self, day: date, address: str, *, sent: bool, by: str
    ) -> None:
        """Resolve one uncertain delivery as a person says: it was sent, or is to be sent again.

        Raises NotFound if it is not uncertain (any more).
        """
        self._store.provider_events.accept_known_to_have_left(day)
        if not self._ledger.resolve_uncertain(day, address, sent=sent):
            name = self._context.settings.name_edition(day)
            raise NotFound(
                f"the delivery of {name} to {address} is not uncertain"
            )
        decision = "send it again"
        if sent:
            decision = "it was sent"
        self._context.add_audit_entry(by, f"said of {address}: {decision}", day)

    def _ask_provider(self, day: date, content_hash: str) -> None:
        """Resolve deliveries that the provider cancels, or lists as accepted."""
        with (
            self._store.hold_send_lock(),
            self._transports.open_transport(day) as transport,
        ):
            self._held_mail.take_back_uncertain(day, transport)
            if isinstance(transport, Recalling):
                email = self._contents.frozen_email(day, content_hash)
                if self._has_namesake(day, email.subject):
                    return
                self._held_mail.count_as_accepted_if_shown(
                    day, transport, email.subject
                )

    def _has_namesake(self, day: date, subject: str) -> bool:
        """Return whether another newsletter mailed the same subject about that time.

        A provider's list shows the subject and no edition: it cannot tell the two apart.
        """
        own_key = self._context.settings.newsletter.key
        for newsletter in self._context.settings.newsletters:
            if newsletter.key == own_key:
                continue
            store = self._store.for_newsletter(newsletter.key)
            if subject in self._list_subjects(store, day):
                log.warning(
                    "%s mailed the same subject: what the provider lists settles nothing",
                    newsletter.key,
                )
                return True
        return False

    def _list_subjects(self, store: "Store", day: date) -> list[str]:
        """Return the subjects of the editions that a newsletter mailed near a date."""
        mailed_days = [
            other_day
            for other_day in store.editions.list_dates()
            if abs(other_day - day) <= NAMESAKE_WINDOW
            and store.deliveries.get_mailing_transport(other_day)
        ]
        contents = [store.sent_contents.get_content(one) for one in mailed_days]
        return [
            self._contents.frozen_subject(content)
            for content in contents
            if content is not None
        ]
