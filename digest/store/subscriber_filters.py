"""Filters: conditions on subscribers, built from typed clauses and from nothing else."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, exists, not_, select

from digest.model import DeliveryState, FilterClause
from digest.store.delivery_statements import DELIVERY_STATE, DELIVERY_WITH_CHUNK
from digest.store.tables import delivery, subscriber, suppression, tag


def wants_mail() -> ColumnElement[bool]:
    """Return the condition that a subscriber wants mail and may be mailed."""
    is_suppressed = exists().where(suppression.c.folded == subscriber.c.folded)
    return subscriber.c.left_at.is_(None) & not_(is_suppressed)


def condition_of(clause: FilterClause) -> ColumnElement[bool]:
    """Return the condition that a clause sets."""
    condition = _positive_condition(clause)
    if clause.no:
        return not_(condition)
    return condition


def _positive_condition(clause: FilterClause) -> ColumnElement[bool]:
    """Return the condition of a clause without its "no"."""
    if clause.field == "tag":
        tagged = select(tag.c.subscriber).where(tag.c.name == clause.value)
        return subscriber.c.id.in_(tagged)
    if clause.field == "domain":
        return subscriber.c.folded.endswith(f"@{clause.value}", autoescape=True)
    if clause.field == "source":
        return subscriber.c.consent_source.icontains(
            str(clause.value), autoescape=True
        )
    if isinstance(clause.value, datetime) and clause.field == "got":
        return subscriber.c.id.in_(_select_recipients(clause.value.date()))
    if clause.sign == ">":
        return subscriber.c.consent_at >= clause.value
    return subscriber.c.consent_at < clause.value


def _select_recipients(day: date) -> Select[tuple[int]]:
    """Select the subscribers (ids) to whom an edition was handed over."""
    return (
        select(delivery.c.subscriber)
        .select_from(DELIVERY_WITH_CHUNK)
        .where(
            delivery.c.edition == day,
            DELIVERY_STATE == DeliveryState.ACCEPTED,
        )
    )
