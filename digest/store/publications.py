"""What is public of editions: what left, what a person published or withdrew, corrections."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    RowMapping,
    and_,
    delete,
    exists,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from digest.errors import AlreadySent
from digest.model import REHEARSAL, PageCorrection, Publication, State
from digest.store.tables import chunk, delivery, page_correction, publication, sending

#: What is known of a delivery that was handed over, or may have been.
HANDED = (State.CLAIMED, State.ACCEPTED, State.UNCERTAIN)


class Publications:
    """Which editions are public, and as what."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def sent(self) -> dict[date, datetime]:
        """Return the editions of which anything was handed to a transport that mails, with the
        time at which their audience was frozen.
        """
        with self._engine.connect() as c:
            return _sent(c)

    def sent_at(self, day: date) -> datetime | None:
        """Return when an edition's audience was frozen, if anything of it was handed over."""
        with self._engine.connect() as c:
            return _sent(c, sending.c.edition == day).get(day)

    def is_sent(self, day: date) -> bool:
        """Say whether anything of an edition was handed to a transport that mails."""
        return self.sent_at(day) is not None

    def is_draft(self, day: date) -> bool:
        """Say whether an edition may be edited: nothing of it was sent, nobody published it."""
        with self._engine.connect() as c:
            return not is_sent(c, day) and not _is_published(c, day)

    def check_draft(self, day: date) -> None:
        """Raise AlreadySent if an edition was sent, or a person published it."""
        with self._engine.connect() as c:
            refuse_if_locked(c, day)

    def all(self) -> dict[date, Publication]:
        """Return what persons published or withdrew, by edition, without the pages."""
        columns = [column for column in publication.c if column.name != "page"]
        with self._engine.connect() as c:
            rows = c.execute(select(*columns, literal("").label("page")))
            return {row.edition: _publication(row._mapping) for row in rows}

    def get(self, day: date) -> Publication | None:
        """Return what a person published or withdrew of an edition; None if nobody did."""
        with self._engine.connect() as c:
            row = c.execute(
                select(publication).where(publication.c.edition == day)
            ).first()
            if row:
                return _publication(row._mapping)
            return None

    def publish(
        self, day: date, by: str, now: datetime, source: str, page: str
    ) -> None:
        """Make an edition public as given; nothing that is public is replaced."""
        values = {
            "published_at": now,
            "published_by": by,
            "source": source,
            "page": page,
        }
        statement = upsert(publication).values(edition=day, **values)
        with self._engine.begin() as c:
            c.execute(statement.on_conflict_do_nothing())

    def put_back(self, day: date) -> None:
        """Make a sent edition that was withdrawn public again."""
        blank = {"withdrawn_at": None, "withdrawn_by": ""}
        with self._engine.begin() as c:
            c.execute(
                update(publication).where(publication.c.edition == day).values(blank)
            )

    def withdraw(self, day: date, by: str, now: datetime) -> None:
        """Take an edition off the web; one that was not sent is a draft again.

        Corrections of a draft's page are forgotten with it.
        """
        values = {"withdrawn_at": now, "withdrawn_by": by}
        statement = upsert(publication).values(edition=day, **values)
        with self._engine.begin() as c:
            if is_sent(c, day):
                c.execute(
                    statement.on_conflict_do_update(
                        index_elements=["edition"], set_=values
                    )
                )
                return
            for table in (page_correction, publication):
                c.execute(delete(table).where(table.c.edition == day))

    def correct(self, day: date, correction: PageCorrection) -> None:
        """Keep a correction of an edition's page."""
        values = {
            "at": correction.at,
            "by": correction.by,
            "note": correction.note,
            "source": correction.source,
            "page": correction.page,
        }
        with self._engine.begin() as c:
            c.execute(insert(page_correction).values(edition=day, **values))

    def last_corrections(self) -> dict[date, PageCorrection]:
        """Return the last correction of each page that was corrected."""
        ordered = select(page_correction).order_by(page_correction.c.id)
        with self._engine.connect() as c:
            return {row.edition: _correction(row) for row in c.execute(ordered)}

    def corrections(self, day: date) -> list[PageCorrection]:
        """Return the corrections of an edition's page, the oldest first."""
        mine = select(page_correction).where(page_correction.c.edition == day)
        with self._engine.connect() as c:
            rows = c.execute(mine.order_by(page_correction.c.id))
            return [_correction(row) for row in rows]


def is_sent(c: Connection, day: date) -> bool:
    """Say whether anything of an edition was handed to a transport that mails."""
    return bool(_sent(c, sending.c.edition == day))


def refuse_if_locked(c: Connection, day: date) -> None:
    """Raise AlreadySent if an edition was sent, or a person published it."""
    if is_sent(c, day):
        raise AlreadySent(
            f"the edition of {day} was sent, and what was sent stays as it is; "
            f"`digest correct {day} --mail` drafts a correction for its readers, "
            f"`digest correct {day} --note …` corrects its web page and says so there"
        )
    if _is_published(c, day):
        raise AlreadySent(
            f"the edition of {day} is published on the web; `digest publish {day} --withdraw` "
            f"makes it a draft again, `digest correct {day} --note …` corrects its page and says "
            f"so there"
        )


def _sent(c: Connection, *where: ColumnElement[bool]) -> dict[date, datetime]:
    """Return the editions of which anything was handed over, with the time of their freeze."""
    columns = (sending.c.edition, sending.c.frozen_at, sending.c.kept)
    handed = or_(_handed_by_itself(), _handed_with_its_chunk()).label("handed")
    mailed = (sending.c.transport != REHEARSAL, *where)
    rows = c.execute(select(*columns, handed).where(*mailed))
    return {r.edition: r.frozen_at for r in rows if r.handed or _kept_as_handed(r.kept)}


def _handed_by_itself() -> ColumnElement[bool]:
    mine = delivery.c.edition == sending.c.edition
    return exists().where(mine, delivery.c.state.in_(HANDED)).correlate(sending)


def _handed_with_its_chunk() -> ColumnElement[bool]:
    shared = and_(
        delivery.c.edition == chunk.c.edition,
        delivery.c.chunk == chunk.c.no,
        delivery.c.state.is_(None),
    )
    # a chunk that is claimed is announced only once `handing` says so
    left = or_(chunk.c.state.in_([State.ACCEPTED, State.UNCERTAIN]), chunk.c.handing)
    return (
        exists()
        .where(chunk.c.edition == sending.c.edition, left, shared)
        .correlate(sending)
    )


def _kept_as_handed(kept: dict[str, dict[str, int]] | None) -> bool:
    """Say whether what is left of pruned deliveries counts any that was handed over."""
    if kept:
        counts = kept["counts"]
    else:
        counts = {}
    return any(counts.get(state) for state in HANDED)


def _is_published(c: Connection, day: date) -> bool:
    mine = (publication.c.edition == day, publication.c.published_at.is_not(None))
    shown = publication.c.withdrawn_at.is_(None)
    return bool(c.scalar(select(exists().where(*mine, shown))))


def _publication(row: RowMapping) -> Publication:
    names = (
        "published_at",
        "published_by",
        "withdrawn_at",
        "withdrawn_by",
        "source",
        "page",
    )
    return Publication(*(row[name] for name in names))


def _correction(row: Row[Any]) -> PageCorrection:
    return PageCorrection(row.at, row.by, row.note, row.source, row.page)
