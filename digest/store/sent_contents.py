"""Sent contents: the content that an audience was frozen with; it is sent unchanged."""

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import RowMapping, select, update

from digest.model import Approval, EditionKey, Email, SentContent
from digest.store.edition_scope import EditionScope
from digest.store.tables import sending, sent_content

#: The columns of an approval, in its fields' order.
APPROVAL_COLUMNS = (
    sent_content.c.edition,
    sent_content.c.approved_hash,
    sent_content.c.approved_by,
    sent_content.c.approved_at,
    sent_content.c.approved_second,
)


class SentContents(EditionScope):
    """The content of each send."""

    def get_content(self, day: date) -> SentContent | None:
        """Return what an edition's audience was frozen with; None where that was not kept."""
        key = self._key(day)
        content = (
            select(sent_content, sending.c.content_hash)
            .join_from(sent_content, sending)
            .where(sent_content.c.edition == key)
        )
        with self._engine.connect() as connection:
            row = connection.execute(content).first()
        if row is None:
            return None
        letter = None
        if row.letter:
            letter = _letter_from_json(row.letter)
        approval = _approval_of(row._mapping)
        return SentContent(
            row.content_hash, approval, row.source, row.page, letter
        )

    def get_approval(self, day: date) -> Approval | None:
        """Return the approval at the time when an edition's audience was frozen, if it is known."""
        key = self._key(day)
        approval = select(*APPROVAL_COLUMNS).where(
            sent_content.c.edition == key
        )
        with self._engine.connect() as connection:
            row = connection.execute(approval).first()
        if row is None:
            return None
        return _approval_of(row._mapping)

    def get_all_sources(self) -> dict[date, str]:
        """Return the Markdown of every edition whose audience was frozen, as it was then."""
        sources = select(sent_content.c.edition, sent_content.c.source).where(
            self._is_own(sent_content.c.edition)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(sources)
            return {row.edition.day: row.source for row in rows}

    def store_email(self, day: date, letter: Email) -> None:
        """Store the email of a send that an older version of digest began without storing it."""
        key = self._key(day)
        store_letter = (
            update(sent_content)
            .where(sent_content.c.edition == key)
            .values(letter=_letter_to_json(letter))
        )
        with self._engine.begin() as connection:
            connection.execute(store_letter)


def content_row(key: EditionKey, content: SentContent) -> dict[str, Any]:
    """Return the row that stores what an edition's audience is frozen with."""
    letter = ""
    if content.letter:
        letter = _letter_to_json(content.letter)
    return {
        "edition": key,
        "source": content.source,
        "page": content.page,
        "letter": letter,
        "approved_hash": content.approval.content_hash,
        "approved_by": content.approval.by,
        "approved_at": content.approval.at,
        "approved_second": content.approval.second,
    }


def _approval_of(row: RowMapping) -> Approval:
    key, *rest = (row[column.name] for column in APPROVAL_COLUMNS)
    return Approval(key.day, *rest)


def _letter_to_json(letter: Email) -> str:
    return json.dumps(asdict(letter), default=str, ensure_ascii=False)


def _letter_from_json(text: str) -> Email:
    fields = json.loads(text)
    fields["edition"] = date.fromisoformat(fields["edition"])
    return Email(**fields)
