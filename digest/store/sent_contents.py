"""What editions' audiences were frozen with: the very content that leaves, never changed."""

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Engine, RowMapping, select, update

from digest.model import Approval, Letter, SentContent
from digest.store.tables import sending, sent_content

#: The columns of an approval, in its fields' order.
APPROVAL = (
    sent_content.c.edition,
    sent_content.c.approved_hash,
    sent_content.c.approved_by,
    sent_content.c.approved_at,
    sent_content.c.approved_second,
)


class SentContents:
    """The content of each send."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, day: date) -> SentContent | None:
        """Return what an edition's audience was frozen with; None where that was not kept."""
        columns = select(sent_content, sending.c.content_hash).join_from(
            sent_content, sending
        )
        with self._engine.connect() as c:
            row = c.execute(columns.where(sent_content.c.edition == day)).first()
        if row is None:
            return None
        if row.letter:
            letter = _letter(row.letter)
        else:
            letter = None
        return SentContent(
            row.content_hash, _approval(row._mapping), row.source, row.page, letter
        )

    def approval(self, day: date) -> Approval | None:
        """Return the approval that counted as an edition's audience was frozen, if it is known."""
        with self._engine.connect() as c:
            row = c.execute(
                select(*APPROVAL).where(sent_content.c.edition == day)
            ).first()
            if row:
                return _approval(row._mapping)
            return None

    def sources(self) -> dict[date, str]:
        """Return the Markdown of every edition whose audience was frozen, as it was then."""
        with self._engine.connect() as c:
            rows = c.execute(select(sent_content.c.edition, sent_content.c.source))
            return {row.edition: row.source for row in rows}

    def keep_letter(self, day: date, letter: Letter) -> None:
        """Keep the letter of a send that an older digest began without keeping it."""
        mine = update(sent_content).where(sent_content.c.edition == day)
        with self._engine.begin() as c:
            c.execute(mine.values(letter=_as_text(letter)))


def content_row(day: date, content: SentContent) -> dict[str, Any]:
    """Return the row that keeps what an edition's audience is frozen with."""
    return {
        "edition": day,
        "source": content.source,
        "page": content.page,
        "letter": _as_text(content.letter) if content.letter else "",
        "approved_hash": content.approval.content_hash,
        "approved_by": content.approval.by,
        "approved_at": content.approval.at,
        "approved_second": content.approval.second,
    }


def _approval(row: RowMapping) -> Approval:
    return Approval(*(row[column.name] for column in APPROVAL))


def _as_text(letter: Letter) -> str:
    return json.dumps(asdict(letter), default=str, ensure_ascii=False)


def _letter(text: str) -> Letter:
    fields = json.loads(text)
    return Letter(**fields | {"edition": date.fromisoformat(fields["edition"])})
