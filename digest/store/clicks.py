"""Clicks on the links of an edition: numbers alone, no person, no time."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from digest.store.edition_scope import EditionScope
from digest.store.tables import follow


class Clicks(EditionScope):
    """Counts of clicks, by edition and place of the link."""

    def count_click(self, day: date, place: int) -> None:
        """Count one more click."""
        key = self._key(day)
        add_click = (
            insert(follow)
            .values(edition=key, place=place, number=1)
            .on_conflict_do_update(
                index_elements=[follow.c.edition, follow.c.place],
                set_={"number": follow.c.number + 1},
            )
        )
        with self._engine.begin() as connection:
            connection.execute(add_click)

    def get_click_counts(self, day: date) -> dict[int, int]:
        """Return the counts of an edition's links, by place."""
        key = self._key(day)
        counts = (
            select(follow.c.place, follow.c.number)
            .where(follow.c.edition == key)
            .order_by(follow.c.place)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(counts)
            return {row.place: row.number for row in rows}
