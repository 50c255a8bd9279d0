"""Audiences: who an edition's send was frozen for, and with which content.

All functions work inside of the caller's transaction.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from digest.errors import DigestError
from digest.model import (
    REHEARSAL,
    DeliveryState,
    EditionKey,
    FilterClause,
    SendSpec,
    SentContent,
)
from digest.store.connections import refresh_statistics
from digest.store.sent_contents import content_row
from digest.store.stale_claims import recover_edition
from digest.store.subscriber_filters import condition_of, wants_mail
from digest.store.tables import (
    EditionRef,
    chunk,
    delivery,
    sending,
    sent_content,
    subscriber,
)

#: Work that is done in the same transaction, on the driver's own connection.
DriverWork = Callable[[Any], object]


def do_nothing(_driver_connection: Any) -> None:
    """Do no further work in a transaction."""


def read_send_spec(connection: Connection, key: EditionKey) -> SendSpec | None:
    """Return what an edition's audience was frozen for, or None if it was not yet."""
    columns = (sending.c.content_hash, sending.c.transport, sending.c.segment)
    row = connection.execute(
        select(*columns).where(sending.c.edition == key)
    ).first()
    if row is None:
        return None
    return SendSpec(*row)


def is_obsolete_rehearsal(previous: SendSpec, spec: SendSpec) -> bool:
    """Return whether a freeze was a rehearsal for the outbox, and differs from the present send."""
    return previous.transport == REHEARSAL and previous != spec


def is_rehearsal_of_mailing(previous: SendSpec, spec: SendSpec) -> bool:
    """Return whether a send that mails would continue with the outbox, which mails nobody."""
    return previous.transport != REHEARSAL and spec.transport == REHEARSAL


def check_same_send(
    key: EditionKey, previous: SendSpec, spec: SendSpec
) -> None:
    """Raise DigestError if a send cannot continue, since it was begun with another content or filter."""
    name = key.short_name
    if previous.content_hash != spec.content_hash:
        raise DigestError(
            f"part of the edition of {name} was sent as {previous.content_hash[:12]}, and everybody "
            f"else gets the same; `digest correct {name} --mail` drafts a correction"
        )
    if previous.segment != spec.segment:
        raise DigestError(
            f"the send of {name} was begun for {previous.segment or 'everybody'}; it can continue "
            f"only for them"
        )


def freeze_audience(
    connection: Connection,
    key: EditionKey,
    spec: SendSpec,
    now: datetime,
    *,
    size: int,
    where: Sequence[FilterClause],
    also: DriverWork,
    content: SentContent | None,
    audience_tags: Sequence[str],
) -> None:
    """Store what an edition is sent as, and a delivery for each member of its audience.

    Chunks have `size` deliveries; `also` is done on the driver's connection.
    """
    connection.execute(
        insert(sending).values(
            edition=key,
            frozen_at=now,
            internal=bool(audience_tags),
            **asdict(spec),
        )
    )
    if content:
        connection.execute(
            insert(sent_content).values(content_row(key, content))
        )
    is_member = and_(
        wants_mail(key.newsletter, audience_tags),
        *(condition_of(clause) for clause in where),
    )
    _add_deliveries(connection, key, size, is_member)
    also(connection.connection.dbapi_connection)


def _add_deliveries(
    connection: Connection,
    key: EditionKey,
    size: int,
    is_member: ColumnElement[bool],
) -> None:
    """Store a delivery for each member of the audience, and their chunks."""
    count_members = (
        select(func.count()).select_from(subscriber).where(is_member)
    )
    member_count = connection.scalar(count_members) or 0
    if member_count == 0:
        return
    chunk_count = math.ceil(member_count / size)
    chunk_rows = [
        {"edition": key, "no": number, "state": DeliveryState.QUEUED}
        for number in range(1, chunk_count + 1)
    ]
    connection.execute(insert(chunk), chunk_rows)
    index_of_member = func.row_number().over(order_by=subscriber.c.id) - 1
    members = select(
        literal(key, EditionRef),
        subscriber.c.id,
        index_of_member // size + 1,
        subscriber.c.address,
    ).where(is_member)
    columns = ["edition", "subscriber", "chunk", "address"]
    connection.execute(insert(delivery).from_select(columns, members))
    refresh_statistics(connection, chunk, delivery)


def resume_send(
    connection: Connection, key: EditionKey, *, size: int, also: DriverWork
) -> None:
    """Continue a send: recover the claims of a dead process, and forget why it stopped."""
    recover_edition(connection, key, size)
    forget_stop = (
        update(sending)
        .where(sending.c.edition == key)
        .values(stopped="", again_at=None)
    )
    connection.execute(forget_stop)
    also(connection.connection.dbapi_connection)


def dissolve_audience(connection: Connection, key: EditionKey) -> None:
    """Delete the frozen audience of an edition."""
    for table in (delivery, chunk, sent_content, sending):
        connection.execute(delete(table).where(table.c.edition == key))
