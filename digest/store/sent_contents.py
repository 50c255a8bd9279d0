"""What editions' audiences were frozen with: the very content that leaves, never changed."""

import json
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Engine, select, update

from digest.model import Approval, Letter, SentContent
from digest.store.tables import sending, sent_content


class SentContents:
    """The content of each send."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def of(self, day: date) -> SentContent | None:
        """Return what an edition's audience was frozen with; None where that was not kept."""
        columns = select(sent_content, sending.c.content_hash).join_from(sent_content, sending)
        with self._engine.connect() as c:
            row = c.execute(columns.where(sent_content.c.edition == day)).first()
        if row is None:
            return None
        names = ("approved_hash", "approved_by", "approved_at", "approved_second")
        approval = Approval(day, *(row._mapping[name] for name in names))
        letter = _letter(row.letter) if row.letter else None
        return SentContent(row.content_hash, approval, row.source, row.page, letter)

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


def _as_text(letter: Letter) -> str:
    return json.dumps(asdict(letter), default=str, ensure_ascii=False)


def _letter(text: str) -> Letter:
    fields = json.loads(text)
    return Letter(**fields | {"edition": date.fromisoformat(fields["edition"])})
