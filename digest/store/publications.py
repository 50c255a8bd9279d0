"""Publications: public editions, sent or published by a person, and their corrections."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    RowMapping,
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
from digest.model import (
    REHEARSAL,
    DeliveryState,
    EditionKey,
    PageCorrection,
    Publication,
)
from digest.store.delivery_statements import OWN_CHUNK
from digest.store.edition_scope import EditionScope
from digest.store.tables import (
    chunk,
    delivery,
    page_correction,
    publication,
    sending,
)

#: States of a delivery that was handed over, or may have been.
HANDED_OVER_STATES = (
    DeliveryState.CLAIMED,
    DeliveryState.ACCEPTED,
    DeliveryState.UNCERTAIN,
)
PUBLICATION_FIELDS = (
    "published_at",
    "published_by",
    "withdrawn_at",
    "withdrawn_by",
    "source",
    "page",
)


class Publications(EditionScope):
    """Editions that are public, and what of them."""

    def get_sent_editions(self) -> dict[date, datetime]:
        """Return the editions of which anything was handed to a transport that mails, with the
        time at which their audience was frozen.
        """
        with self._engine.connect() as connection:
            sent = _find_sent(connection, self._is_own(sending.c.edition))
        return {key.day: frozen_at for key, frozen_at in sent.items()}

    def list_public_editions(self) -> dict[date, datetime]:
        """Return the editions that ran, each with the moment from which it was out.

        An edition is out once anything of it was handed to a transport that mails, or a person
        published it. A draft is not, nor is a rehearsal in the outbox.
        """
        moments = self.get_sent_editions()
        published = select(
            publication.c.edition, publication.c.published_at
        ).where(
            self._is_own(publication.c.edition),
            publication.c.published_at.is_not(None),
        )
        with self._engine.connect() as connection:
            for key, published_at in connection.execute(published):
                first = moments.get(key.day, published_at)
                moments[key.day] = min(first, published_at)
        return moments

    def get_send_time(self, day: date) -> datetime | None:
        """Return when an edition's audience was frozen, if anything of it was handed over."""
        key = self._key(day)
        with self._engine.connect() as connection:
            sent = _find_sent(connection, sending.c.edition == key)
        return sent.get(key)

    def list_internal_editions(self) -> set[date]:
        """Return the editions that were frozen for tags while their newsletter was internal."""
        internal = select(sending.c.edition).where(
            self._is_own(sending.c.edition), sending.c.internal
        )
        with self._engine.connect() as connection:
            return {key.day for key in connection.scalars(internal)}

    def is_sent(self, day: date) -> bool:
        """Return whether anything of an edition was handed to a transport that mails."""
        return self.get_send_time(day) is not None

    def is_draft(self, day: date) -> bool:
        """Return whether an edition may be edited: nothing of it was sent, nobody published it."""
        key = self._key(day)
        with self._engine.connect() as connection:
            return not (
                was_sent(connection, key) or _is_published(connection, key)
            )

    def refuse_if_not_draft(self, day: date) -> None:
        """Raise AlreadySent if an edition was sent, or a person published it."""
        key = self._key(day)
        with self._engine.connect() as connection:
            refuse_if_locked(connection, key)

    def get_all_publications(self) -> dict[date, Publication]:
        """Return what persons published or withdrew, by edition, without the pages."""
        columns = [column for column in publication.c if column.name != "page"]
        without_pages = select(*columns, literal("").label("page")).where(
            self._is_own(publication.c.edition)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(without_pages)
            return {
                row.edition.day: _publication_of(row._mapping) for row in rows
            }

    def get_publication(self, day: date) -> Publication | None:
        """Return the publication of an edition; None if nobody published or withdrew it."""
        key = self._key(day)
        with self._engine.connect() as connection:
            row = connection.execute(
                select(publication).where(publication.c.edition == key)
            ).first()
        if row is None:
            return None
        return _publication_of(row._mapping)

    def add_publication(
        self, day: date, by: str, now: datetime, source: str, page: str
    ) -> None:
        """Make an edition public; an edition that is public is not replaced."""
        key = self._key(day)
        add_publication = (
            upsert(publication)
            .values(
                edition=key,
                published_at=now,
                published_by=by,
                source=source,
                page=page,
            )
            .on_conflict_do_nothing()
        )
        with self._engine.begin() as connection:
            connection.execute(add_publication)

    def restore_publication(self, day: date) -> None:
        """Make a sent edition that was withdrawn public again."""
        key = self._key(day)
        forget_withdrawal = (
            update(publication)
            .where(publication.c.edition == key)
            .values(withdrawn_at=None, withdrawn_by="")
        )
        with self._engine.begin() as connection:
            connection.execute(forget_withdrawal)

    def withdraw_publication(self, day: date, by: str, now: datetime) -> None:
        """Take an edition off the web; one that was not sent is a draft again.

        Corrections of a draft's page are forgotten with it.
        """
        key = self._key(day)
        withdrawal = {"withdrawn_at": now, "withdrawn_by": by}
        note_withdrawal = (
            upsert(publication)
            .values(edition=key, **withdrawal)
            .on_conflict_do_update(index_elements=["edition"], set_=withdrawal)
        )
        with self._engine.begin() as connection:
            if was_sent(connection, key):
                connection.execute(note_withdrawal)
                return
            for table in (page_correction, publication):
                connection.execute(delete(table).where(table.c.edition == key))

    def add_page_correction(
        self, day: date, correction: PageCorrection
    ) -> None:
        """Store a correction of an edition's page."""
        key = self._key(day)
        add_correction = insert(page_correction).values(
            edition=key,
            at=correction.at,
            by=correction.by,
            note=correction.note,
            source=correction.source,
            page=correction.page,
        )
        with self._engine.begin() as connection:
            connection.execute(add_correction)

    def get_last_corrections(self) -> dict[date, PageCorrection]:
        """Return the last correction of each page that was corrected."""
        oldest_first = (
            select(page_correction)
            .where(self._is_own(page_correction.c.edition))
            .order_by(page_correction.c.id)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(oldest_first)
            return {row.edition.day: _correction_of(row) for row in rows}

    def list_page_corrections(self, day: date) -> list[PageCorrection]:
        """Return the corrections of an edition's page, the oldest first."""
        key = self._key(day)
        oldest_first = (
            select(page_correction)
            .where(page_correction.c.edition == key)
            .order_by(page_correction.c.id)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(oldest_first)
            return [_correction_of(row) for row in rows]


def was_sent(connection: Connection, key: EditionKey) -> bool:
    """Return whether anything of an edition was handed to a transport that mails."""
    return bool(_find_sent(connection, sending.c.edition == key))


def refuse_if_locked(connection: Connection, key: EditionKey) -> None:
    """Raise AlreadySent if an edition was sent, or a person published it."""
    name = key.short_name
    if was_sent(connection, key):
        raise AlreadySent(
            f"the edition of {name} was sent, and cannot be changed any more; "
            f"`digest correct {name} --mail` drafts a correction for those who got it, "
            f"`digest correct {name} --note …` corrects its web page and says so there"
        )
    if _is_published(connection, key):
        raise AlreadySent(
            f"the edition of {name} is published on the web; `digest publish {name} --withdraw` "
            f"makes it a draft again, `digest correct {name} --note …` corrects its page and says "
            f"so there"
        )


def _find_sent(
    connection: Connection, *conditions: ColumnElement[bool]
) -> dict[EditionKey, datetime]:
    """Return the editions of which anything was handed over, with the time of their freeze."""
    was_handed_over = or_(
        _was_handed_over_alone(), _was_handed_over_with_chunk()
    )
    mailings = select(
        sending.c.edition,
        sending.c.frozen_at,
        sending.c.kept,
        was_handed_over.label("was_handed_over"),
    ).where(
        sending.c.transport != REHEARSAL,
        *conditions,
    )
    sent: dict[EditionKey, datetime] = {}
    for row in connection.execute(mailings):
        if row.was_handed_over or _counts_handed_over(row.kept):
            sent[row.edition] = row.frozen_at
    return sent


def _was_handed_over_alone() -> ColumnElement[bool]:
    """Return the condition that a delivery with a state of its own was handed over."""
    return (
        exists()
        .where(
            delivery.c.edition == sending.c.edition,
            delivery.c.state.in_(HANDED_OVER_STATES),
        )
        .correlate(sending)
    )


def _was_handed_over_with_chunk() -> ColumnElement[bool]:
    """Return the condition that a delivery was handed over that shares its chunk's state."""
    # a claimed chunk has announced its hand-over only once `handing` says so
    chunk_was_handed_over = or_(
        chunk.c.state.in_([DeliveryState.ACCEPTED, DeliveryState.UNCERTAIN]),
        chunk.c.handing,
    )
    return (
        exists()
        .where(
            chunk.c.edition == sending.c.edition,
            chunk_was_handed_over,
            *OWN_CHUNK,
            delivery.c.state.is_(None),
        )
        .correlate(sending)
    )


def _counts_handed_over(pruned: Mapping[str, dict[str, int]] | None) -> bool:
    """Return whether the counts of pruned deliveries hold any that was handed over."""
    if not pruned:
        return False
    counts = pruned["counts"]
    return any(counts.get(state) for state in HANDED_OVER_STATES)


def _is_published(connection: Connection, key: EditionKey) -> bool:
    is_public = exists().where(
        publication.c.edition == key,
        publication.c.published_at.is_not(None),
        publication.c.withdrawn_at.is_(None),
    )
    return bool(connection.scalar(select(is_public)))


def _publication_of(row: RowMapping) -> Publication:
    return Publication(*(row[field] for field in PUBLICATION_FIELDS))


def _correction_of(row: Row[Any]) -> PageCorrection:
    return PageCorrection(
        at=row.at,
        by=row.by,
        note=row.note,
        source=row.source,
        page=row.page,
    )
