"""How often the links of an edition were followed: numbers alone, no person, no time."""

from datetime import date

from sqlalchemy import Engine, select
from sqlalchemy.dialects.postgresql import insert

from digest.store.tables import follow


class Follows:
    """Counts of links, by edition and place."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def count(self, day: date, place: int) -> None:
        """Count one more."""
        first = insert(follow).values(edition=day, place=place, number=1)
        keys = [follow.c.edition, follow.c.place]
        more = first.on_conflict_do_update(
            index_elements=keys, set_={"number": follow.c.number + 1}
        )
        with self._engine.begin() as c:
            c.execute(more)

    def of(self, day: date) -> dict[int, int]:
        """Return the counts of an edition's links, by place."""
        counted = select(follow.c.place, follow.c.number).where(follow.c.edition == day)
        with self._engine.connect() as c:
            return {
                row.place: row.number
                for row in c.execute(counted.order_by(follow.c.place))
            }
