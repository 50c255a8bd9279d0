"""Editions, as their Markdown text, and approvals."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.dialects.sqlite import insert

from digest.model import Approval, Build, Picture
from digest.store.tables import approval, edition, picture


class Editions:
    """What staff made."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def save(self, day: date, source: str, now: datetime) -> None:
        """Store an edition's text, replacing an earlier one of that date."""
        values = {"date": day, "source": source, "changed_at": now}
        statement = insert(edition).values(values)
        with self._engine.begin() as c:
            c.execute(statement.on_conflict_do_update(index_elements=["date"], set_=values))

    def source(self, day: date) -> str | None:
        """Return an edition's text, or None if there is none of that date."""
        with self._engine.connect() as c:
            return c.scalar(select(edition.c.source).where(edition.c.date == day))

    def dates(self) -> list[date]:
        """Return the dates of all editions, newest first."""
        with self._engine.connect() as c:
            return list(c.scalars(select(edition.c.date).order_by(edition.c.date.desc())))

    def approved(self) -> list[date]:
        """Return the dates of editions that a person said yes to, changed since or not."""
        with self._engine.connect() as c:
            return list(c.scalars(select(approval.c.edition)))

    def latest(self) -> date | None:
        """Return the newest edition's date."""
        with self._engine.connect() as c:
            newest: date | None = c.scalar(select(func.max(edition.c.date)))
            return newest

    def approve(self, yes: Approval, built: Build) -> None:
        """Store an approval with what it was given to, replacing an earlier one of that edition."""
        values = {
            "edition": yes.edition,
            "content_hash": yes.content_hash,
            "by": yes.by,
            "at": yes.at,
            "source": built.markdown,
            "page": built.page,
        }
        statement = insert(approval).values(values)
        with self._engine.begin() as c:
            c.execute(statement.on_conflict_do_update(index_elements=["edition"], set_=values))
            _keep(c, built.pictures)

    def approval(self, day: date) -> Approval | None:
        """Return the last approval given to an edition, valid still or not."""
        columns = (approval.c[name] for name in ("edition", "content_hash", "by", "at"))
        with self._engine.connect() as c:
            row = c.execute(select(*columns).where(approval.c.edition == day)).first()
            return Approval(**row._mapping) if row else None

    def as_approved(self, day: date) -> tuple[str, str]:
        """Return the text and the page of an edition as approved; "" where that is not known."""
        columns = (approval.c.source, approval.c.page)
        with self._engine.connect() as c:
            row = c.execute(select(*columns).where(approval.c.edition == day)).first()
            return (row.source, row.page) if row else ("", "")

    def keep(self, pictures: Sequence[Picture]) -> None:
        """Keep images that mails are about to name."""
        with self._engine.begin() as c:
            _keep(c, pictures)

    def picture(self, key: str) -> Picture | None:
        """Return the image of a key, or None if no edition that left has it."""
        columns = (picture.c[name] for name in ("name", "media", "width", "height", "content"))
        with self._engine.connect() as c:
            row = c.execute(select(*columns).where(picture.c.key == key)).first()
            return Picture(**row._mapping) if row else None


def _keep(c: Connection, pictures: Sequence[Picture]) -> None:
    rows = [
        {
            "key": p.key,
            "name": p.name,
            "media": p.media,
            "width": p.width,
            "height": p.height,
            "content": p.content,
        }
        for p in pictures
    ]
    if rows:
        c.execute(insert(picture).on_conflict_do_nothing(), rows)
