"""Approval: a person approves an edition exactly as it is, or withdraws that."""

from dataclasses import replace
from datetime import date

from digest.errors import DigestError, EditConflict, NotFound
from digest.model import (
    APPROVED,
    WITHDRAWN,
    Approval,
    RenderedEdition,
    fold_name,
)
from digest.services.editions import Editions
from digest.services.sending_context import SendingContext
from digest.services.sent_contents import (
    describe_empty_edition,
    may_not_be_empty,
)

#: Characters of a content hash that are shown to people.
SHORT_HASH_LENGTH = 12


class Approvals:
    """The approvals of one newsletter's editions."""

    def __init__(self, context: SendingContext, editions: Editions) -> None:
        self._context = context
        self._store = context.store
        self._editions = editions

    def approve_edition(
        self, day: date, by: str, seen_hash: str = ""
    ) -> Approval:
        """Record a person's approval of the edition exactly as it is.

        `seen_hash` is the content hash that they looked at: Conflict is raised if it has changed
        since.

        Where two people must approve, the second's approval joins the first's if the edition is
        still the same; it begins anew otherwise. Raises DigestError if one person approves twice or
        the edition is empty, and AlreadySent if it was sent or published.
        """
        rendered = self.check_approvable(day)
        content_hash = rendered.content_hash
        first_approval = self._store.editions.get_approval(day)
        if seen_hash and seen_hash != content_hash:
            raise EditConflict(
                "the edition",
                f"content {content_hash[:SHORT_HASH_LENGTH]}",
                f"content {seen_hash[:SHORT_HASH_LENGTH]}",
            )
        approval = Approval(day, content_hash, by, self._context.clock())
        if first_approval and self._is_second_of_two(first_approval, approval):
            approval = _join_approvals(first_approval, by)
        self._store.send_halts.forget_giving_up(day)
        self._store.editions.save_approval(approval, rendered)
        action = f"{APPROVED} {content_hash[:SHORT_HASH_LENGTH]}"
        self._context.add_audit_entry(by, action, day)
        return approval

    def find_approval(self, day: date) -> Approval | None:
        """Return the last approval given to an edition, valid still or not."""
        return self._store.editions.get_approval(day)

    def find_frozen_approval(self, day: date) -> Approval | None:
        """Return the approval that counted when the audience was frozen, if it is known."""
        return self._store.sent_contents.get_approval(day)

    def check_approvable(self, day: date) -> RenderedEdition:
        """Return an edition rendered, if a person may approve it at all.

        Raises AlreadySent if it was sent or published, and DigestError if it is empty, unless
        such editions are sent.
        """
        self._store.publications.refuse_if_not_draft(day)
        rendered = self._editions.render_stored(day)
        settings = self._context.settings
        if may_not_be_empty(rendered.edition, settings):
            name = settings.name_edition(day)
            raise DigestError(describe_empty_edition(name))
        return rendered

    def withdraw_approval(self, day: date, by: str) -> None:
        """Withdraw the approval of an edition before anything of it was sent: it is a draft again.

        Raises NotFound if nobody has approved it, AlreadySent, and Busy during a send.
        """
        store = self._store
        with store.hold_send_lock():
            store.publications.refuse_if_not_draft(day)
            if store.editions.get_approval(day) is None:
                name = self._context.settings.name_edition(day)
                raise NotFound(f"nobody has approved the edition of {name}")
            store.deliveries.dissolve_audience(day)
            store.editions.withdraw_approval(day)
        self._context.add_audit_entry(by, WITHDRAWN, day)

    def _is_second_of_two(self, first: Approval, second: Approval) -> bool:
        """Return whether two people must approve, and these are of the same content."""
        needs_two_people = self._context.settings.needs_two_people
        return needs_two_people and first.content_hash == second.content_hash


def _join_approvals(first: Approval, second_name: str) -> Approval:
    """Return the approval of two people. Raises DigestError if they are one."""
    if fold_name(first.by) == fold_name(second_name):
        raise DigestError(
            f"{second_name} has approved this already; a second person must approve it"
        )
    return replace(first, second=second_name)
