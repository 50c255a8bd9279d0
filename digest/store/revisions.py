"""Revisions: what an edition was before each change, so that every change can be undone.

All functions work inside of the caller's transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from digest.model import EditionKey
from digest.store.tables import edition, filling, rejection, revision

#: Changes of the same words by the same person within this time are one change.
BURST = timedelta(minutes=5)
MAX_DESCRIPTION_LENGTH = 200


@dataclass(frozen=True, slots=True)
class EditionChange:
    """A change of an edition, as it is written down."""

    description: str  #: in words
    by: str = ""
    #: names the words that are changed; "" if it is no writing
    target: str = ""
    article: int = 0  #: that is passed over, or no more; 0 if none
    rejects: bool = False


EDITED = EditionChange("edited")


@dataclass(frozen=True, slots=True)
class PreviousText:
    """An edition as it was before a change."""

    edition: EditionKey
    source: str
    at: datetime  #: when it was changed
    #: None if the change passed no article over
    was_rejected: bool | None = None


def keep_revision(
    connection: Connection, change: EditionChange, previous: PreviousText
) -> None:
    """Store the previous text of an edition, unless the same person continues the same change."""
    find_last = (
        select(revision)
        .where(revision.c.edition == previous.edition)
        .order_by(revision.c.id.desc())
        .limit(1)
    )
    last = connection.execute(find_last).first()
    if last is not None and _goes_on_with(last, change, previous.at):
        return
    add_revision = insert(revision).values(
        edition=previous.edition,
        source=previous.source,
        at=previous.at,
        was_rejected=previous.was_rejected,
        what=change.description[:MAX_DESCRIPTION_LENGTH],
        by=change.by,
        target=change.target,
        article=change.article or None,
        base=read_base(connection, previous.edition),
    )
    connection.execute(add_revision)


def _goes_on_with(last: Row[Any], change: EditionChange, now: datetime) -> bool:
    """Return whether a change continues the last one."""
    has_same_target = change.target != "" and last.target == change.target
    is_by_same_person = last.by == change.by
    return has_same_target and is_by_same_person and now - last.at < BURST


def newest_revision(connection: Connection, key: EditionKey) -> int:
    """Return the id of an edition's newest revision; 0 if there is none."""
    newest = select(func.max(revision.c.id)).where(revision.c.edition == key)
    return connection.scalar(newest) or 0


def read_base(connection: Connection, key: EditionKey) -> Any:
    """Return what the machine put into an edition; None if it fills none of that date."""
    base = select(filling.c.base).where(filling.c.edition == key)
    return connection.scalar(base)


def restore_base(connection: Connection, key: EditionKey, base: Any) -> None:
    """Give a filling an earlier base, so that what came since is filled in again."""
    set_base = (
        update(filling)
        .where(filling.c.edition == key)
        .values(base=base, mark="")
    )
    connection.execute(set_base)


def lock_if_unchanged(
    connection: Connection, key: EditionKey, expected: str
) -> bool:
    """Hold an edition until the transaction ends, if it reads as expected; say whether it does.

    Approving and filling in wait for each other here.
    """
    touch_edition = (
        update(edition)
        .where(
            edition.c.key == key,
            edition.c.source == expected,
        )
        .values(source=expected)
    )
    return connection.execute(touch_edition).rowcount == 1


def replace_if_unchanged(
    connection: Connection, expected: str, values: dict[str, Any]
) -> bool:
    """Change an edition only if it reads as expected, in one statement; say whether it did."""
    change_edition = (
        update(edition)
        .where(
            edition.c.key == values["key"],
            edition.c.source == expected,
        )
        .values(values)
    )
    return connection.execute(change_edition).rowcount == 1


def set_rejected(
    connection: Connection, key: EditionKey, article: int, *, rejected: bool
) -> bool:
    """Note that a story is passed over, or no more; say whether it was before."""
    forget = delete(rejection).where(
        rejection.c.edition == key,
        rejection.c.article == article,
    )
    was_rejected = connection.execute(forget).rowcount == 1
    if rejected:
        connection.execute(
            insert(rejection).values(edition=key, article=article)
        )
    return was_rejected
