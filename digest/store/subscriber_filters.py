"""Filters: conditions on subscribers, built from typed clauses and from nothing else."""

from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    Select,
    exists,
    false,
    not_,
    or_,
    select,
)

from digest.model import DeliveryState, EditionKey, FilterClause
from digest.store.delivery_statements import DELIVERY_STATE, DELIVERY_WITH_CHUNK
from digest.store.tables import (
    delivery,
    subscriber,
    subscription,
    suppression,
    tag,
)


def may_be_mailed() -> ColumnElement[bool]:
    """Return the condition that a subscriber has not left everything, and is not suppressed."""
    is_suppressed = exists().where(suppression.c.folded == subscriber.c.folded)
    return subscriber.c.left_at.is_(None) & not_(is_suppressed)


def wants_mail(
    newsletter: str, audience_tags: Sequence[str] = ()
) -> ColumnElement[bool]:
    """Return the condition that a subscriber wants a newsletter and may be mailed.

    One with an audience of tags goes to subscribers with any of them who have not left it; any
    other to those who subscribed to it and have not left it.
    """
    if not audience_tags:
        return may_be_mailed() & is_subscribed(newsletter)
    has_tag = has_any_tag(audience_tags)
    return may_be_mailed() & has_tag & not_(has_left(newsletter))


def has_any_tag(tags: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a subscriber has one of some tags."""
    is_one_of_them = [tag.c.name == name.casefold() for name in tags]
    return exists().where(
        tag.c.subscriber == subscriber.c.id,
        or_(false(), *is_one_of_them),
    )


def is_subscribed(newsletter: str) -> ColumnElement[bool]:
    """Return the condition that a subscriber subscribed to a newsletter and has not left it."""
    return exists().where(
        subscription.c.subscriber == subscriber.c.id,
        subscription.c.newsletter == newsletter,
        subscription.c.left_at.is_(None),
    )


def has_left(newsletter: str) -> ColumnElement[bool]:
    """Return the condition that a subscriber left a newsletter."""
    return exists().where(
        subscription.c.subscriber == subscriber.c.id,
        subscription.c.newsletter == newsletter,
        subscription.c.left_at.is_not(None),
    )


def condition_of(clause: FilterClause) -> ColumnElement[bool]:
    """Return the condition that a clause sets."""
    condition = _positive_condition(clause)
    if clause.no:
        return not_(condition)
    return condition


def _positive_condition(clause: FilterClause) -> ColumnElement[bool]:
    """Return the condition of a clause without its "no"."""
    if isinstance(clause.value, EditionKey):
        return subscriber.c.id.in_(_select_recipients(clause.value))
    if isinstance(clause.value, str):
        return _text_condition(clause.field, clause.value)
    if clause.sign == ">":
        return subscriber.c.consent_at >= clause.value
    return subscriber.c.consent_at < clause.value


def _text_condition(field: str, text: str) -> ColumnElement[bool]:
    """Return the condition of a clause whose value is a text."""
    if field == "tag":
        tagged = select(tag.c.subscriber).where(tag.c.name == text)
        return subscriber.c.id.in_(tagged)
    if field == "newsletter":
        return is_subscribed(text)
    if field == "domain":
        return subscriber.c.folded.endswith(f"@{text}", autoescape=True)
    return subscriber.c.consent_source.icontains(text, autoescape=True)


def _select_recipients(key: EditionKey) -> Select[tuple[int]]:
    """Select the subscribers (ids) to whom an edition was handed over."""
    return (
        select(delivery.c.subscriber)
        .select_from(DELIVERY_WITH_CHUNK)
        .where(
            delivery.c.edition == key,
            DELIVERY_STATE == DeliveryState.ACCEPTED,
        )
    )
