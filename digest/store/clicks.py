"""Clicks on the links of an edition: numbers alone, no person, no time."""

from datetime import date

from sqlalchemy import Engine, select
from sqlalchemy.dialects.postgresql import insert

from digest.store.tables import follow


class Clicks:
    """Counts of clicks, by edition and place of the link."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def count_click(self, day: date, place: int) -> None:
        """Count one more click."""
        add_click = (
            insert(follow)
            .values(edition=day, place=place, number=1)
            .on_conflict_do_update(
                index_elements=[follow.c.edition, follow.c.place],
                set_={"number": follow.c.number + 1},
            )
        )
        with self._engine.begin() as connection:
            connection.execute(add_click)

    def get_click_counts(self, day: date) -> dict[int, int]:
        """Return the counts of an edition's links, by place."""
        counts = (
            select(follow.c.place, follow.c.number)
            .where(follow.c.edition == day)
            .order_by(follow.c.place)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(counts)
            return {row.place: row.number for row in rows}
