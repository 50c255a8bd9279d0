"""Sent contents: the content that a send is bound to, approved first and frozen once it is begun."""

from datetime import date
from typing import TYPE_CHECKING

from digest.edition.saved_blocks import source_as_sent
from digest.errors import DigestError, NotApproved
from digest.model import (
    Approval,
    Edition,
    Email,
    RenderedEdition,
    SentContent,
)
from digest.services.blocks import SavedBlocks
from digest.services.editions import Editions
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.store import Store


class SentContents:
    """The contents of one newsletter's sends."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        editions: Editions,
        blocks: SavedBlocks,
    ) -> None:
        self._settings = settings
        self._store = store
        self._ledger = store.deliveries
        self._editions = editions
        self._blocks = blocks
        #: The email that was read last, by its content hash.
        self._emails: dict[str, Email] = {}

    def reason_for_not_sending(self, rendered: RenderedEdition) -> str:
        """Return why the present edition may not be sent, as a sentence; "" if it may."""
        day = rendered.edition.date
        name = self._settings.name_edition(day)
        if may_not_be_empty(rendered.edition, self._settings):
            return describe_empty_edition(name)
        approval = self._store.editions.get_approval(day)
        if approval is None:
            return f"the edition of {name} is not approved; run `digest approve {name}`"
        if approval.content_hash != rendered.content_hash:
            return (
                f"the edition of {name} has changed since {approval.by} approved it"
                f"{self._name_changed_blocks(rendered, approval)} "
                f"({approval.content_hash[:12]}, now {rendered.content_hash[:12]}); "
                f"run `digest approve {name}`"
            )
        if self._settings.needs_two_people and not approval.second:
            return (
                f"only {approval.by} has approved the edition of {name}; "
                "a second person must approve it too"
            )
        return ""

    def content_to_send(self, day: date) -> SentContent:
        """Return the frozen content, or else the approved one. Raises NotApproved."""
        frozen_content = self.frozen_content(day)
        if frozen_content:
            return frozen_content
        rendered = self._editions.render_stored(day)
        reason = self.reason_for_not_sending(rendered)
        approval = self._store.editions.get_approval(day)
        if reason or approval is None:
            raise NotApproved(reason)
        return SentContent(
            rendered.content_hash,
            approval,
            source_as_sent(rendered),
            rendered.page,
            rendered.letter,
        )

    def frozen_content(self, day: date) -> SentContent | None:
        """Return the content that a begun send is bound to, or None if it is bound to none.

        A rehearsal binds to nothing, and neither does a freeze of which nothing was sent, once a
        person has approved other content since.
        """
        if not self._ledger.get_mailing_transport(day):
            return None
        content = self._store.sent_contents.get_content(day)
        if content is None or self._ledger.has_anything_left(day):
            return content
        if self._is_approved_again(day, content):
            return None
        return content

    def frozen_subject(self, content: SentContent) -> str:
        """Return the subject that was frozen."""
        from digest.edition import load_edition

        if content.letter:
            return content.letter.subject
        return load_edition(content.source).subject

    def frozen_email(self, day: date, content_hash: str) -> Email:
        """Return the email that was frozen. Raises DigestError if it cannot be restored."""
        cached_email = self._emails.get(content_hash)
        if cached_email:
            return cached_email
        content = self._store.sent_contents.get_content(day)
        if content and content.letter:
            email = content.letter
        else:
            email = self._render_email_again(day, content, content_hash)
        self._emails = {content_hash: email}
        return email

    def _name_changed_blocks(
        self, rendered: RenderedEdition, approval: Approval
    ) -> str:
        """Return in words which saved blocks changed after an approval; "" if none did."""
        names = [block.name for block in rendered.blocks]
        changed = self._blocks.changed_since(names, approval.at)
        if not changed:
            return ""
        return f", and so has the saved block {', '.join(changed)}"

    def _is_approved_again(self, day: date, content: SentContent) -> bool:
        """Return whether the present edition has other content, which was approved since."""
        approval = self._store.editions.get_approval(day)
        if approval is None or approval.content_hash == content.content_hash:
            return False
        return not self.reason_for_not_sending(
            self._editions.render_stored(day)
        )

    def _render_email_again(
        self, day: date, content: SentContent | None, content_hash: str
    ) -> Email:
        """Render an email whose send an older digest began, and store it.

        Raises DigestError if it is not the same any more.
        """
        if content and content.source:
            rendered = self._editions.render_as_sent(content.source)
        else:
            rendered = self._editions.render_stored(day)
        if rendered.content_hash != content_hash:
            name = self._settings.name_edition(day)
            raise DigestError(
                f"the send of {name} was begun by an older version of digest, which did not store "
                f"the mail, and templates or feeds.yaml have changed since: undo these changes to "
                f"continue, or run `digest send {name} --cancel`"
            )
        self._store.sent_contents.store_email(day, rendered.letter)
        return rendered.letter


def may_not_be_empty(edition: Edition, settings: Settings) -> bool:
    """Return whether an edition has nothing to report, and its newsletter does not send that."""
    newsletter = settings.newsletter
    is_empty = edition.is_empty_but_for(newsletter.blocks.names)
    return is_empty and newsletter.empty == "skip"


def describe_empty_edition(name: str) -> str:
    """Return the message about an edition, by its name, that has no content."""
    return (
        f"the edition of {name} is empty: it has no lead and no story; pick some in `digest desk`, "
        f"or write them with `digest edit {name}`"
    )
