"""What a send hands over: the content that was approved, and once it was begun, what was frozen."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from digest.errors import DigestError, NotApproved
from digest.model import Build, Letter, SentContent
from digest.settings import Settings

if TYPE_CHECKING:
    from digest.store import Store


class Contents:
    """The contents of one working folder's sends."""

    def __init__(
        self,
        settings: Settings,
        store: "Store",
        render: Callable[[date], Build],
        render_text: Callable[[str], Build],
    ) -> None:
        self._settings = settings
        self._store = store
        self._render = render
        self._render_text = render_text
        self._letters: dict[str, Letter] = {}  # by content hash

    def missing(self, built: Build) -> str:
        """Say why an edition may not be sent as it stands; "" if it may."""
        day = built.edition.date
        if built.edition.is_empty:
            return said_of_empty(day)
        yes = self._store.editions.approval(day)
        if yes is None:
            return f"nobody has approved the edition of {day}; `digest approve {day}`"
        if yes.content_hash != built.content_hash:
            return (
                f"the edition of {day} has changed since {yes.by} approved it "
                f"({yes.content_hash[:12]}, now {built.content_hash[:12]}); `digest approve {day}`"
            )
        if self._settings.desk.two_people and not yes.second:
            return f"only {yes.by} has approved the edition of {day}; a second person must as well"
        return ""

    def to_send(self, day: date) -> SentContent:
        """Return what a send hands over: what was frozen, if it was. Raises NotApproved."""
        kept = self.frozen(day)
        if kept:
            return kept
        built = self._render(day)
        missing = self.missing(built)
        approval = self._store.editions.approval(day)
        if missing or approval is None:
            raise NotApproved(missing)
        return SentContent(
            built.content_hash, approval, built.markdown, built.page, built.letter
        )

    def frozen(self, day: date) -> SentContent | None:
        """Return what a send that was begun is bound to, or None if it is bound to nothing.

        A rehearsal binds nothing, and neither does a freeze of which nothing left, once a person
        has approved other content since.
        """
        ledger = self._store.deliveries
        if not ledger.mailed_by(day):
            return None
        content = self._store.sent_contents.of(day)
        if (
            content
            and not ledger.has_left(day)
            and self._is_approved_anew(day, content)
        ):
            return None
        return content

    def subject(self, content: SentContent) -> str:
        """Return the subject that was frozen."""
        from digest.edition import load

        if content.letter:
            return content.letter.subject
        return load(content.source).subject

    def letter(self, day: date, content_hash: str) -> Letter:
        """Return the letter that was frozen. Raises DigestError if it is known no more."""
        known = self._letters.get(content_hash)
        if known:
            return known
        content = self._store.sent_contents.of(day)
        if content:
            kept = content.letter
        else:
            kept = None
        letter = kept or self._letter_anew(day, content, content_hash)
        self._letters = {content_hash: letter}
        return letter

    def _is_approved_anew(self, day: date, content: SentContent) -> bool:
        approval = self._store.editions.approval(day)
        if approval is None or approval.content_hash == content.content_hash:
            return False
        return not self.missing(self._render(day))

    def _letter_anew(
        self, day: date, content: SentContent | None, content_hash: str
    ) -> Letter:
        """Render a letter whose send an older digest began, and keep it.

        Raises DigestError if it is not the same any more.
        """
        if content:
            source = content.source
        else:
            source = ""
        if source:
            built = self._render_text(source)
        else:
            built = self._render(day)
        if built.content_hash != content_hash:
            raise DigestError(
                f"the send of {day} was begun by an older digest, which did not keep the mail, "
                f"and templates or feeds.yaml have changed since; undo that to go on, or "
                f"`digest send {day} --cancel`"
            )
        self._store.sent_contents.keep_letter(day, built.letter)
        return built.letter


def said_of_empty(day: date) -> str:
    """Return what to say of an edition that tells nothing."""
    return (
        f"the edition of {day} is empty: it has no lead and no story; pick some in `digest desk`, "
        f"or write them with `digest edit {day}`"
    )
