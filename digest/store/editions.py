"""Editions, as their Markdown text, and approvals."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, select, true, update
from sqlalchemy.dialects.postgresql import insert

from digest.errors import Conflict
from digest.model import Approval, Build, Deed, Picture
from digest.store.publications import refuse_if_locked
from digest.store.send_halts import GIVEN_UP
from digest.store.tables import (
    approval,
    edition,
    filling,
    picture,
    rejection,
    revision,
    schedule,
    sending,
)

#: A person who goes on writing the same words within this time makes one change of it.
BURST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to an edition, as it is written down."""

    what: str  #: in words
    by: str = ""
    target: str = ""  #: names the words that are changed; "" if it is no writing
    article: int = 0  #: that is passed over, or no more; 0 if none
    rejects: bool = False


EDITED = Change("edited")


class Editions:
    """What staff made."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def save(
        self,
        day: date,
        source: str,
        now: datetime,
        change: Change = EDITED,
        was: str | None = None,
    ) -> bool:
        """Store an edition's text, and keep what it replaces.

        With `was`, nothing is stored unless the edition still reads so; say whether it was.
        Raises AlreadySent if the edition was sent or published.
        """
        values = {"date": day, "source": source, "changed_at": now}
        with self._engine.begin() as c:
            refuse_if_locked(c, day)
            before = was if was is not None else _source(c, day)
            if was is None:
                statement = insert(edition).values(values)
                c.execute(
                    statement.on_conflict_do_update(
                        index_elements=["date"], set_=values
                    )
                )
            elif not swapped(c, was, values):
                return False
            rejected = (
                _reject(c, day, change.article, rejected=change.rejects)
                if change.article
                else None
            )
            if before is not None and (
                before != source or rejected not in (None, change.rejects)
            ):
                kept = {
                    "edition": day,
                    "source": before,
                    "at": now,
                    "was_rejected": rejected,
                }
                keep_revision(c, change, kept)
        return True

    def undo(self, day: date, now: datetime) -> str:
        """Give an edition back what it was before its last change; say what that was, or "".

        Raises AlreadySent if the edition was sent or published.
        """
        newest = (
            select(revision)
            .where(revision.c.edition == day)
            .order_by(revision.c.id.desc())
        )
        with self._engine.begin() as c:
            refuse_if_locked(c, day)
            last = c.execute(newest.limit(1)).first()
            if last is None:
                return ""
            c.execute(delete(revision).where(revision.c.id == last.id))
            values = {"source": last.source, "changed_at": now}
            c.execute(update(edition).where(edition.c.date == day).values(values))
            if last.base is not None and last.base != base_of(c, day):
                # What came since has to be filled in again, into what the edition was then.
                earlier = {"base": last.base, "mark": ""}
                c.execute(
                    update(filling).where(filling.c.edition == day).values(earlier)
                )
            if last.article:
                _reject(c, day, last.article, rejected=last.was_rejected)
            return str(last.what)

    def revisions(self, day: date, limit: int = 20) -> list[Deed]:
        """Return what was changed, when and by whom, the newest first."""
        columns = (revision.c.at, revision.c.by, revision.c.what, revision.c.edition)
        mine = select(*columns).where(revision.c.edition == day)
        with self._engine.connect() as c:
            rows = c.execute(mine.order_by(revision.c.id.desc()).limit(limit))
            return [Deed(*row) for row in rows]

    def mark(self, but: date | None) -> tuple[object, ...]:
        """Return what changes whenever an edition, or a yes to one, does; one may be left out."""
        others = edition.c.date != but if but else true()
        revised = revision.c.edition != but if but else true()
        approved = approval.c.edition != but if but else true()
        with self._engine.connect() as c:
            return (
                *c.execute(
                    select(func.count(), func.max(edition.c.changed_at)).where(others)
                ).one(),
                c.scalar(select(func.max(revision.c.id)).where(revised)),
                *c.execute(
                    select(func.count(), func.max(approval.c.at)).where(approved)
                ).one(),
                c.scalar(select(func.count()).select_from(sending).where(*GIVEN_UP)),
            )

    def rejected(self, day: date) -> set[int]:
        """Return the articles (ids) that were passed over for an edition."""
        with self._engine.connect() as c:
            return set(
                c.scalars(select(rejection.c.article).where(rejection.c.edition == day))
            )

    def source(self, day: date) -> str | None:
        """Return an edition's text, or None if there is none of that date."""
        with self._engine.connect() as c:
            return _source(c, day)

    def dates(self) -> list[date]:
        """Return the dates of all editions, newest first."""
        with self._engine.connect() as c:
            return list(
                c.scalars(select(edition.c.date).order_by(edition.c.date.desc()))
            )

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
        """Store an approval with what it was given to, replacing an earlier one of that edition.

        Raises AlreadySent if the edition was sent or published, and Conflict if it reads otherwise
        by now: nobody looked at that.
        """
        values = asdict(yes) | {"source": built.markdown, "page": built.page}
        statement = insert(approval).values(values)
        with self._engine.begin() as c:
            refuse_if_locked(c, yes.edition)
            if not locked(c, yes.edition, built.markdown):
                raise Conflict("the edition", "", "")
            c.execute(
                statement.on_conflict_do_update(index_elements=["edition"], set_=values)
            )
            _keep(c, built.pictures)

    def withdraw_approval(self, day: date) -> None:
        """Forget the approval of an edition. Raises AlreadySent if it was sent or published."""
        with self._engine.begin() as c:
            refuse_if_locked(c, day)
            c.execute(delete(approval).where(approval.c.edition == day))

    def approval(self, day: date) -> Approval | None:
        """Return the last approval given to an edition, valid still or not."""
        columns = (
            approval.c[name]
            for name in ("edition", "content_hash", "by", "at", "second")
        )
        with self._engine.connect() as c:
            row = c.execute(select(*columns).where(approval.c.edition == day)).first()
            return Approval(**row._mapping) if row else None

    def as_approved(self, day: date) -> tuple[str, str]:
        """Return the text and the page of an edition as approved; "" where that is not known."""
        columns = (approval.c.source, approval.c.page)
        with self._engine.connect() as c:
            row = c.execute(select(*columns).where(approval.c.edition == day)).first()
            return (row.source, row.page) if row else ("", "")

    def corrects(self, day: date) -> date | None:
        """Return the edition to whose readers alone this one goes; None for most."""
        with self._engine.connect() as c:
            return c.scalar(select(edition.c.corrects).where(edition.c.date == day))

    def begin_correction(self, day: date, of: date, source: str, now: datetime) -> bool:
        """Store a new edition for the readers of another; False if there is one of that date."""
        values = {"date": day, "source": source, "changed_at": now, "corrects": of}
        statement = insert(edition).values(values).on_conflict_do_nothing()
        with self._engine.begin() as c:
            return c.scalar(statement.returning(edition.c.date)) is not None

    def schedule(self, day: date, at: datetime | None, by: str = "") -> None:
        """Store when a person wants an edition to leave; None: at the newsletter's hour."""
        with self._engine.begin() as c:
            c.execute(delete(schedule).where(schedule.c.edition == day))
            if at:
                c.execute(insert(schedule).values(edition=day, at=at, by=by))

    def scheduled(self, day: date) -> tuple[datetime, str] | None:
        """Return when an edition is to leave and who said so; None if nobody did."""
        with self._engine.connect() as c:
            columns = select(schedule.c.at, schedule.c.by)
            row = c.execute(columns.where(schedule.c.edition == day)).first()
            return (row.at, row.by) if row else None

    def keep(self, pictures: Sequence[Picture]) -> None:
        """Keep images that mails are about to name."""
        with self._engine.begin() as c:
            _keep(c, pictures)

    def picture(self, key: str) -> Picture | None:
        """Return the image of a key, or None if no edition that left has it."""
        columns = (
            picture.c[name] for name in ("name", "media", "width", "height", "content")
        )
        with self._engine.connect() as c:
            row = c.execute(select(*columns).where(picture.c.key == key)).first()
            return Picture(**row._mapping) if row else None


def locked(c: Connection, day: date, was: str) -> bool:
    """Hold an edition until the transaction ends, if it reads as expected; say whether it does.

    Whoever approves and whoever fills in wait for each other here.
    """
    same = (edition.c.date == day) & (edition.c.source == was)
    return c.execute(update(edition).where(same).values(source=was)).rowcount == 1


def swapped(c: Connection, was: str, values: dict[str, Any]) -> bool:
    """Change an edition only if it reads as expected, in one statement; say whether it did."""
    same = (edition.c.date == values["date"]) & (edition.c.source == was)
    return c.execute(update(edition).where(same).values(values)).rowcount == 1


def _reject(c: Connection, day: date, article: int, *, rejected: bool) -> bool:
    """Note that a story is passed over, or no more; say whether it was before."""
    here = (rejection.c.edition == day, rejection.c.article == article)
    before = c.execute(delete(rejection).where(*here)).rowcount == 1
    if rejected:
        c.execute(insert(rejection).values({"edition": day, "article": article}))
    return before


def keep_revision(c: Connection, change: Change, kept: dict[str, Any]) -> None:
    """Keep what an edition was, unless the same person goes on with the same words."""
    newest = select(revision).where(revision.c.edition == kept["edition"])
    last = c.execute(newest.order_by(revision.c.id.desc()).limit(1)).first()
    same = (
        last and change.target and (last.by, last.target) == (change.by, change.target)
    )
    if same and last and kept["at"] - last.at < BURST:
        return
    more = {"what": change.what[:200], "by": change.by, "target": change.target}
    more["base"] = base_of(c, kept["edition"])
    c.execute(
        insert(revision).values(kept | more | {"article": change.article or None})
    )


def base_of(c: Connection, day: date) -> Any:
    """Return what the machine put into an edition; None if it fills none of that date."""
    return c.scalar(select(filling.c.base).where(filling.c.edition == day))


def _source(c: Connection, day: date) -> str | None:
    return c.scalar(select(edition.c.source).where(edition.c.date == day))


def _keep(c: Connection, pictures: Sequence[Picture]) -> None:
    rows = [asdict(p) | {"key": p.key} for p in pictures]
    if rows:
        c.execute(insert(picture).on_conflict_do_nothing(), rows)
