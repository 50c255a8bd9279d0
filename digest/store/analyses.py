"""What articles say, which stories they make, and what was proposed of them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Engine,
    bindparam,
    delete,
    func,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from digest.model import (
    Article,
    Belongs,
    Kind,
    Mention,
    Place,
    Proposal,
    Reading,
    Role,
    TopicHit,
)
from digest.store.articles import COLUMNS, NEWEST, article_of
from digest.store.tables import article, background, judgement, missed, proposal

#: Everything of an article but its text, which is long and needed only to read it.
LIGHT = [c for c in COLUMNS if c.name != "text"]
PUBLISHED = func.coalesce(article.c.published, article.c.first_seen)
AT_ONCE = 500
NOT_READ = ("article", "rules", "version")


@dataclass(frozen=True, slots=True)
class Read:
    """An article (without its text) as it was read by the rules."""

    article: Article
    reading: Reading
    print_: bytes
    belongs: Belongs | None  #: None until it was gathered
    since: datetime  #: when it was published, or else first seen


class Judgements:
    """Readings, stories, proposals, missed clips."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def to_read(self, rules: str, start: datetime) -> list[int]:
        """Return ids of articles since a time that were not read by these rules as they stand."""
        unread = judgement.c.rules.is_(None) | (judgement.c.rules != rules)
        ids = (
            select(article.c.id)
            .outerjoin_from(article, judgement)
            .where(start <= PUBLISHED, unread)
        )
        with self._engine.connect() as c:
            return list(c.scalars(ids.order_by(article.c.id)))

    def texts(self, ids: Sequence[int]) -> Iterator[list[Article]]:
        """Yield articles with their texts, some at a time."""
        for start in range(0, len(ids), AT_ONCE):
            some = ids[start : start + AT_ONCE]
            with self._engine.connect() as c:
                rows = c.execute(select(*COLUMNS).where(article.c.id.in_(some)))
                found = [article_of(row) for row in rows]
            yield found

    def save_read(
        self, rules: str, read: Iterable[tuple[Article, Reading, bytes]]
    ) -> None:
        """Store what articles say; their stories are to be found anew."""
        rows = [
            {
                "article": a.id,
                "rules": rules,
                "detail": asdict(reading),
                "print": print_,
            }
            | {"copy_of": None, "story": None}
            for a, reading, print_ in read
        ]
        if not rows:
            return
        statement = insert(judgement)
        fresh = {
            c.name: statement.excluded[c.name] for c in judgement.c if not c.primary_key
        }
        upsert = statement.on_conflict_do_update(index_elements=["article"], set_=fresh)
        with self._engine.begin() as c:
            newest = (c.scalar(NEWEST) or 0) + 1
            c.execute(upsert, [row | {"version": newest} for row in rows])

    def newest(self) -> tuple[int, int]:
        """Return two numbers, one of which grows whenever any article is new, changed or read."""
        with self._engine.connect() as c:
            return c.scalar(select(func.max(article.c.id))) or 0, c.scalar(NEWEST) or 0

    def dated_between(self, start: datetime, end: datetime) -> int:
        """Return how many articles say that they were published from one time to another."""
        between = (start <= article.c.published) & (article.c.published <= end)
        with self._engine.connect() as c:
            return c.scalar(select(func.count()).where(between)) or 0

    def read(self, start: datetime, also: Collection[int] = ()) -> list[Read]:
        """Return articles since a time, and some others by id, as they were read."""
        columns = [*LIGHT, *(c for c in judgement.c if c.name not in NOT_READ)]
        wanted = (start <= PUBLISHED) | article.c.id.in_(also)
        rows = select(*columns).join_from(article, judgement).where(wanted)
        with self._engine.connect() as c:
            return [_read(row) for row in c.execute(rows.order_by(article.c.id))]

    def save_stories(self, belongs: Mapping[int, Belongs]) -> None:
        """Store to which stories articles (ids) belong."""
        if belongs:
            values: dict[str, Any] = {
                name: bindparam(f"new_{name}") for name in ("copy_of", "story")
            }
            statement = update(judgement).where(judgement.c.article == bindparam("id"))
            rows = [
                {"id": number, "new_copy_of": b.copy_of, "new_story": b.story}
                for number, b in belongs.items()
            ]
            with self._engine.begin() as c:
                c.execute(statement.values(values), rows)

    def belongings(self, ids: Collection[int]) -> dict[int, Belongs]:
        """Return to which stories articles (ids) belong."""
        columns = (judgement.c.article, judgement.c.copy_of, judgement.c.story)
        known = judgement.c.article.in_(ids) & judgement.c.story.is_not(None)
        with self._engine.connect() as c:
            rows = c.execute(select(*columns).where(known))
            return {row.article: Belongs(row.copy_of, row.story) for row in rows}

    def background(self) -> Any:
        """Return how common words were, as counted last; None if they never were."""
        with self._engine.connect() as c:
            return c.scalar(select(background.c.counts))

    def save_background(self, counts: Any) -> None:
        """Store how common words are."""
        statement = insert(background).values(id=1, counts=counts)
        fresh = {"counts": statement.excluded.counts}
        with self._engine.begin() as c:
            c.execute(
                statement.on_conflict_do_update(index_elements=["id"], set_=fresh)
            )

    def propose(self, day: date, proposals: Iterable[Proposal]) -> None:
        """Store what a draft proposed, in place of an earlier draft of that day."""
        rows = [asdict(p) for p in proposals]
        with self._engine.begin() as c:
            c.execute(delete(proposal).where(proposal.c.edition == day))
            if rows:
                c.execute(insert(proposal), rows)

    def proposals(self) -> list[Proposal]:
        """Return all that was ever proposed, oldest edition first, in order."""
        return self._proposals(true())

    def proposals_of(self, day: date) -> list[Proposal]:
        """Return what was proposed for an edition, in order."""
        return self._proposals(proposal.c.edition == day)

    def _proposals(self, which: ColumnElement[bool]) -> list[Proposal]:
        order = (proposal.c.edition, proposal.c.section, proposal.c.place)
        with self._engine.connect() as c:
            return [
                Proposal(**row._mapping)
                for row in c.execute(select(proposal).where(which).order_by(*order))
            ]

    def save_missed(self, number: int, cause: str, now: datetime) -> None:
        """Remember that a person had to bring an article, and why."""
        values = {"cause": cause, "at": now}
        statement = insert(missed).values(article=number, **values)
        with self._engine.begin() as c:
            c.execute(
                statement.on_conflict_do_update(index_elements=["article"], set_=values)
            )

    def missed(self) -> dict[str, int]:
        """Return how many clips were missed, by cause, the most frequent first."""
        count = func.count().label("number")
        rows = (
            select(missed.c.cause, count)
            .group_by(missed.c.cause)
            .order_by(count.desc())
        )
        with self._engine.connect() as c:
            return {row.cause: row.number for row in c.execute(rows)}


def _read(row: Any) -> Read:
    values = {c.name: row._mapping[c] for c in LIGHT}
    light = Article(**values | {"authors": tuple(values["authors"])})
    if row.story is not None:
        belongs = Belongs(row.copy_of, row.story)
    else:
        belongs = None
    since = light.published or light.first_seen or datetime.min.replace(tzinfo=UTC)
    return Read(light, _reading(row.detail), row.print, belongs, since)


def _reading(detail: Mapping[str, Any]) -> Reading:
    return Reading(
        tuple(
            Mention(
                **m
                | {
                    "kind": Kind(m["kind"]),
                    "place": Place(m["place"]),
                    "role": Role(m["role"]),
                }
            )
            for m in detail["mentions"]
        ),
        tuple(TopicHit(**t | {"words": tuple(t["words"])}) for t in detail["topics"]),
        detail["agency"],
    )
