"""Editions: their Markdown text, approvals, schedules, and the images that mails show."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import (
    Connection,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from digest.errors import EditConflict
from digest.model import (
    Approval,
    AuditEntry,
    EditionKey,
    Picture,
    RenderedEdition,
)
from digest.store.edition_scope import (
    EditionScope,
    audit_entry_of,
    edition_columns,
)
from digest.store.publications import refuse_if_locked
from digest.store.revisions import (
    EDITED,
    EditionChange,
    PreviousText,
    keep_revision,
    lock_if_unchanged,
    read_base,
    replace_if_unchanged,
    restore_base,
    set_rejected,
)
from digest.store.send_halts import IS_GIVEN_UP
from digest.store.tables import (
    approval,
    edition,
    picture,
    rejection,
    revision,
    schedule,
    sending,
)

__all__ = ["EDITED", "EditionChange", "Editions"]


class Editions(EditionScope):
    """Editions as staff edit and approve them."""

    # Texts

    def save_text(
        self,
        day: date,
        source: str,
        now: datetime,
        change: EditionChange = EDITED,
        was: str | None = None,
    ) -> bool:
        """Store an edition's text, and keep what it replaces.

        With `was`, nothing is stored unless the edition still reads so; say whether it was.
        Raises AlreadySent if the edition was sent or published.
        """
        key = self._key(day)
        values = edition_columns(key) | {"source": source, "changed_at": now}
        store_text = (
            insert(edition)
            .values(values)
            .on_conflict_do_update(index_elements=["key"], set_=values)
        )
        with self._engine.begin() as connection:
            refuse_if_locked(connection, key)
            if was is None:
                previous_source = _read_source(connection, key)
                connection.execute(store_text)
            else:
                previous_source = was
                if not replace_if_unchanged(connection, was, values):
                    return False
            was_rejected = None
            if change.article:
                was_rejected = set_rejected(
                    connection,
                    key,
                    change.article,
                    rejected=change.rejects,
                )
            text_changed = source != previous_source
            rejection_changed = was_rejected not in (None, change.rejects)
            if previous_source is not None and (
                text_changed or rejection_changed
            ):
                previous = PreviousText(key, previous_source, now, was_rejected)
                keep_revision(connection, change, previous)
        return True

    def find_last_changed_article(self, day: date) -> int:
        """Return the article (id) that the last change picked or passed over; 0 if it was another."""
        find_last = (
            select(revision.c.article)
            .where(revision.c.edition == self._key(day))
            .order_by(revision.c.id.desc())
            .limit(1)
        )
        with self._engine.connect() as connection:
            return connection.scalar(find_last) or 0

    def undo_last_change(self, day: date, now: datetime) -> str:
        """Restore an edition to its state before the last change; return that change, or "".

        Raises AlreadySent if the edition was sent or published.
        """
        key = self._key(day)
        find_last = (
            select(revision)
            .where(revision.c.edition == key)
            .order_by(revision.c.id.desc())
            .limit(1)
        )
        with self._engine.begin() as connection:
            refuse_if_locked(connection, key)
            last = connection.execute(find_last).first()
            if last is None:
                return ""
            restore_text = (
                update(edition)
                .where(edition.c.key == key)
                .values(source=last.source, changed_at=now)
            )
            connection.execute(delete(revision).where(revision.c.id == last.id))
            connection.execute(restore_text)
            if last.base is not None and last.base != read_base(
                connection, key
            ):
                restore_base(connection, key, last.base)
            if last.article:
                set_rejected(
                    connection,
                    key,
                    last.article,
                    rejected=last.was_rejected,
                )
            return str(last.what)

    def list_revisions(self, day: date, limit: int = 20) -> list[AuditEntry]:
        """Return the changes with time and person, the newest first."""
        key = self._key(day)
        newest_first = (
            select(
                revision.c.at,
                revision.c.by,
                revision.c.what,
                revision.c.edition,
            )
            .where(revision.c.edition == key)
            .order_by(revision.c.id.desc())
            .limit(limit)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(newest_first)
            return [audit_entry_of(*row) for row in rows]

    def get_change_mark(self, but: date | None) -> tuple[object, ...]:
        """Return values that change whenever an edition of this newsletter or its approval does.

        `but` is an edition that is left out.
        """
        is_counted_edition = edition.c.newsletter == self._newsletter
        is_counted_revision = self._is_own(revision.c.edition)
        is_counted_approval = self._is_own(approval.c.edition)
        if but:
            key = self._key(but)
            is_counted_edition &= edition.c.key != key
            is_counted_revision &= revision.c.edition != key
            is_counted_approval &= approval.c.edition != key
        editions = select(func.count(), func.max(edition.c.changed_at)).where(
            is_counted_edition
        )
        last_revision = select(func.max(revision.c.id)).where(
            is_counted_revision
        )
        approvals = select(func.count(), func.max(approval.c.at)).where(
            is_counted_approval
        )
        count_given_up = (
            select(func.count())
            .select_from(sending)
            .where(*IS_GIVEN_UP, self._is_own(sending.c.edition))
        )
        with self._engine.connect() as connection:
            return (
                *connection.execute(editions).one(),
                connection.scalar(last_revision),
                *connection.execute(approvals).one(),
                connection.scalar(count_given_up),
            )

    def get_rejected_articles(self, day: date) -> set[int]:
        """Return the articles (ids) that were passed over for an edition."""
        key = self._key(day)
        articles = select(rejection.c.article).where(rejection.c.edition == key)
        with self._engine.connect() as connection:
            return set(connection.scalars(articles))

    def get_source(self, day: date) -> str | None:
        """Return an edition's text, or None if there is none of that date."""
        key = self._key(day)
        with self._engine.connect() as connection:
            return _read_source(connection, key)

    def list_dates(self) -> list[date]:
        """Return the dates of all editions, newest first."""
        newest_first = (
            select(edition.c.date)
            .where(edition.c.newsletter == self._newsletter)
            .order_by(edition.c.date.desc())
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(newest_first))

    def list_keys(self) -> list[EditionKey]:
        """Return the editions of all newsletters, newest first."""
        newest_first = select(edition.c.key).order_by(
            edition.c.date.desc(), edition.c.newsletter
        )
        with self._engine.connect() as connection:
            return list(connection.scalars(newest_first))

    def get_latest_date(self) -> date | None:
        """Return the newest edition's date."""
        newest = select(func.max(edition.c.date)).where(
            edition.c.newsletter == self._newsletter
        )
        with self._engine.connect() as connection:
            newest_day: date | None = connection.scalar(newest)
        return newest_day

    # Approvals

    def list_approved_dates(self) -> list[date]:
        """Return the dates of editions that a person approved, changed since or not."""
        approved = select(approval.c.edition).where(
            self._is_own(approval.c.edition)
        )
        with self._engine.connect() as connection:
            return [key.day for key in connection.scalars(approved)]

    def save_approval(
        self, new_approval: Approval, built: RenderedEdition
    ) -> None:
        """Store an approval with the approved content, replacing an earlier one of that edition.

        Raises AlreadySent if the edition was sent or published, and Conflict if its text has
        changed: nobody has looked at that.
        """
        key = self._key(new_approval.edition)
        values = asdict(new_approval) | {
            "edition": key,
            "source": built.markdown,
            "page": built.page,
        }
        store_approval = (
            insert(approval)
            .values(values)
            .on_conflict_do_update(index_elements=["edition"], set_=values)
        )
        with self._engine.begin() as connection:
            refuse_if_locked(connection, key)
            if not lock_if_unchanged(connection, key, built.markdown):
                raise EditConflict("the edition", "", "")
            connection.execute(store_approval)
            _store_pictures(connection, built.pictures)

    def withdraw_approval(self, day: date) -> None:
        """Forget the approval of an edition. Raises AlreadySent if it was sent or published."""
        key = self._key(day)
        with self._engine.begin() as connection:
            refuse_if_locked(connection, key)
            connection.execute(
                delete(approval).where(approval.c.edition == key)
            )

    def get_approval(self, day: date) -> Approval | None:
        """Return the last approval given to an edition, valid still or not."""
        key = self._key(day)
        last_approval = select(
            approval.c.content_hash,
            approval.c.by,
            approval.c.at,
            approval.c.second,
        ).where(approval.c.edition == key)
        with self._engine.connect() as connection:
            row = connection.execute(last_approval).first()
        if row is None:
            return None
        return Approval(day, *row)

    def get_approved_content(self, day: date) -> tuple[str, str]:
        """Return the text and the page of an edition as approved; "" where that is not known."""
        key = self._key(day)
        content = select(approval.c.source, approval.c.page).where(
            approval.c.edition == key
        )
        with self._engine.connect() as connection:
            row = connection.execute(content).first()
        if row is None:
            return "", ""
        return row.source, row.page

    # Corrections by mail

    def get_corrected_edition(self, day: date) -> date | None:
        """Return the edition that this one corrects, whose recipients alone get it; None for most."""
        key = self._key(day)
        corrected = select(edition.c.corrects).where(edition.c.key == key)
        with self._engine.connect() as connection:
            corrected_key: EditionKey | None = connection.scalar(corrected)
        if corrected_key is None:
            return None
        return corrected_key.day

    def add_correction(
        self, day: date, of: date, source: str, now: datetime
    ) -> bool:
        """Store a correction for the recipients of another edition; False if that date is taken."""
        key = self._key(day)
        add_edition = (
            insert(edition)
            .values(
                **edition_columns(key),
                source=source,
                changed_at=now,
                corrects=self._key(of),
            )
            .on_conflict_do_nothing()
            .returning(edition.c.key)
        )
        with self._engine.begin() as connection:
            return connection.scalar(add_edition) is not None

    # Schedules

    def set_schedule(
        self, day: date, at: datetime | None, by: str = ""
    ) -> None:
        """Store when a person wants an edition to be sent; None: at the newsletter's hour."""
        key = self._key(day)
        with self._engine.begin() as connection:
            connection.execute(
                delete(schedule).where(schedule.c.edition == key)
            )
            if at:
                connection.execute(
                    insert(schedule).values(edition=key, at=at, by=by)
                )

    def get_schedule(self, day: date) -> tuple[datetime, str] | None:
        """Return when an edition is to be sent, and who set that; None if nobody did."""
        key = self._key(day)
        wish = select(schedule.c.at, schedule.c.by).where(
            schedule.c.edition == key
        )
        with self._engine.connect() as connection:
            row = connection.execute(wish).first()
        if row is None:
            return None
        return row.at, row.by

    def list_schedules(self) -> dict[date, datetime]:
        """Return when editions are to be sent whose time a person set."""
        wishes = (
            select(edition.c.date, schedule.c.at)
            .join_from(schedule, edition, edition.c.key == schedule.c.edition)
            .where(edition.c.newsletter == self._newsletter)
        )
        with self._engine.connect() as connection:
            return {row.date: row.at for row in connection.execute(wishes)}

    # Images

    def keep_pictures(self, pictures: Sequence[Picture]) -> None:
        """Store images that mails are about to name."""
        with self._engine.begin() as connection:
            _store_pictures(connection, pictures)

    def get_picture(self, key: str) -> Picture | None:
        """Return the image of a key, or None if no edition that was sent has it."""
        image = select(
            picture.c.name,
            picture.c.media,
            picture.c.width,
            picture.c.height,
            picture.c.content,
        ).where(picture.c.key == key)
        with self._engine.connect() as connection:
            row = connection.execute(image).first()
        if row is None:
            return None
        return Picture(**row._mapping)


def _read_source(connection: Connection, key: EditionKey) -> str | None:
    source = select(edition.c.source).where(edition.c.key == key)
    return connection.scalar(source)


def _store_pictures(
    connection: Connection, pictures: Sequence[Picture]
) -> None:
    rows = [asdict(image) | {"key": image.key} for image in pictures]
    if rows:
        connection.execute(insert(picture).on_conflict_do_nothing(), rows)
