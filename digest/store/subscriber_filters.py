"""Who is meant: conditions on subscribers, made of typed clauses and nothing else."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, exists, func, not_, select

from digest.model import Clause, State
from digest.store.tables import chunk, delivery, subscriber, suppression, tag


def wanting() -> ColumnElement[bool]:
    """Return the condition that somebody wants mail and may be mailed."""
    barred = exists().where(suppression.c.folded == subscriber.c.folded)
    return subscriber.c.left_at.is_(None) & not_(barred)


def matches(clause: Clause) -> ColumnElement[bool]:
    """Return the condition that a clause sets."""
    held = _held(clause)
    if clause.no:
        return not_(held)
    return held


def _held(clause: Clause) -> ColumnElement[bool]:
    if clause.field == "tag":
        return subscriber.c.id.in_(
            select(tag.c.subscriber).where(tag.c.name == clause.value)
        )
    if clause.field == "domain":
        return subscriber.c.folded.endswith(f"@{clause.value}", autoescape=True)
    if clause.field == "source":
        return subscriber.c.consent_source.icontains(str(clause.value), autoescape=True)
    if isinstance(clause.value, datetime) and clause.field == "got":
        return subscriber.c.id.in_(_served(clause.value.date()))
    column = subscriber.c.consent_at
    if clause.sign == ">":
        return column >= clause.value
    return column < clause.value


def _served(day: date) -> Select[tuple[int]]:
    """Select who was handed an edition."""
    whose = (chunk.c.edition == delivery.c.edition) & (chunk.c.no == delivery.c.chunk)
    served = func.coalesce(delivery.c.state, chunk.c.state) == State.ACCEPTED
    joined = select(delivery.c.subscriber).join_from(delivery, chunk, whose)
    return joined.where(delivery.c.edition == day, served)
