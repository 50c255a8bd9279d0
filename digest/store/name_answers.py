"""Name answers: what a person said of what may name the organisation, for all newsletters."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Engine, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from digest.model import NameAnswer
from digest.store.tables import name_answer

MAX_DOUBT_LENGTH = 1000


class NameAnswers:
    """The answers, one for each article, name and doubt."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def list_answers(self) -> list[NameAnswer]:
        """Return all answers."""
        columns = (
            name_answer.c.article,
            name_answer.c.name,
            name_answer.c.doubt,
            name_answer.c.is_us,
        )
        in_order = select(*columns).order_by(name_answer.c.article)
        with self._engine.connect() as connection:
            return [NameAnswer(*row) for row in connection.execute(in_order)]

    def save_answers(
        self, answers: Iterable[NameAnswer], now: datetime
    ) -> None:
        """Store answers, each in place of an earlier one to the same question."""
        rows = [
            {
                "article": answer.article,
                "name": answer.name,
                "doubt": answer.doubt[:MAX_DOUBT_LENGTH],
                "is_us": answer.is_us,
                "at": now,
            }
            for answer in answers
        ]
        if not rows:
            return
        add_answers = insert(name_answer)
        store_answers = add_answers.on_conflict_do_update(
            index_elements=["article", "name", "doubt"],
            set_={
                "is_us": add_answers.excluded.is_us,
                "at": add_answers.excluded["at"],
            },
        )
        with self._engine.begin() as connection:
            connection.execute(store_answers, rows)

    def delete_answers(self, article: int) -> int:
        """Delete the answers about an article (id); return how many there were."""
        delete_own = delete(name_answer).where(name_answer.c.article == article)
        with self._engine.begin() as connection:
            return connection.execute(delete_own).rowcount

    def get_mark(self) -> tuple[int, datetime | None]:
        """Return a mark that changes whenever an answer comes, changes or goes."""
        count_and_last = select(func.count(), func.max(name_answer.c["at"]))
        with self._engine.connect() as connection:
            number, last = connection.execute(count_and_last).one()
        return number, last
