"""Deliveries: the ledger of which subscriber gets which edition, and of each delivery's state.

A delivery has its chunk's state unless it has a state of its own. Every change is committed before
the act that it announces, so that after a kill a delivery is *uncertain*, never wrong.
"""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection, Engine, select, update

from digest.errors import DigestError
from digest.model import (
    CANCELLED,
    PAUSED,
    Chunk,
    DeliveryState,
    EditionKey,
    FilterClause,
    Outcome,
    ProviderHold,
    SendSpec,
    SentContent,
)
from digest.store import audiences, delivery_statements, stale_claims
from digest.store.address_folding import fold_address
from digest.store.audiences import DriverWork, do_nothing
from digest.store.delivery_reports import DeliveryReports
from digest.store.delivery_statements import DELIVERY_STATE, DELIVERY_WITH_CHUNK
from digest.store.group_commit import GroupCommit
from digest.store.provider_cancellation import NOT_KNOWN_TO_HAVE_LEFT
from digest.store.requeue import CHUNK_SIZE, REQUEUED_CHUNK, add_queued_chunk
from digest.store.send_halts import SendHalts
from digest.store.tables import chunk, delivery, subscriber


class Deliveries(DeliveryReports):
    """Deliveries of a newsletter's editions, and the chunks in which they are handed over."""

    def __init__(
        self, engine: Engine, newsletter: str, group_commit: GroupCommit
    ) -> None:
        """`group_commit` is the same for all newsletters: SQLite has one writer."""
        super().__init__(engine, newsletter)
        self._halts = SendHalts(engine, newsletter)
        self._group_commit = group_commit

    # The audience

    def freeze_audience(
        self,
        day: date,
        spec: SendSpec,
        now: datetime,
        size: int = CHUNK_SIZE,
        where: Sequence[FilterClause] = (),
        also: DriverWork = do_nothing,
        content: SentContent | None = None,
        audience_tags: Sequence[str] = (),
    ) -> None:
        """Freeze the edition's audience, or recover an earlier send that a dead process left.

        `content` is stored with a new freeze: it is sent from then on, whatever is edited.

        The audience is everybody who wants this newsletter, may be mailed, and meets a filter; of an
        internal newsletter, those with any of `audience_tags`. `also` is done
        in the same transaction, on the driver's connection: the jobs are there if the audience is.

        An audience of which nothing was sent yet is frozen again for other content. Call only while
        holding the send lock. Raises DigestError if part of the edition was sent with other
        content: it must stay known which content each subscriber got.
        """
        key = self._key(day)
        previous = self.get_send_spec(day)
        if previous and audiences.is_obsolete_rehearsal(previous, spec):
            self._dissolve_audience(day)
            previous = None
        if previous:
            self._refuse_if_halted(day)
            self._refuse_outbox_before_end(day, previous, spec)
            has_other_content = previous.content_hash != spec.content_hash
            if has_other_content and not self.has_anything_left(day):
                self._dissolve_audience(day)
                previous = None
        if previous:
            audiences.check_same_send(key, previous, spec)
            with self._engine.begin() as connection:
                audiences.resume_send(connection, key, size=size, also=also)
            return
        with self._engine.begin() as connection:
            audiences.freeze_audience(
                connection,
                key,
                spec,
                now,
                size=size,
                where=where,
                also=also,
                content=content,
                audience_tags=audience_tags,
            )

    def _refuse_if_halted(self, day: date) -> None:
        """Raise DigestError if a person paused or cancelled the send."""
        key = self._key(day)
        halt, halted_by = self._halts.get_halt(day)
        if not halt:
            return
        advice = "this cannot be undone"
        if halt == PAUSED:
            advice = "`digest send --resume` continues it"
        raise DigestError(
            f"{halted_by} has {halt} the send of {key.short_name}; {advice}"
        )

    def _refuse_outbox_before_end(
        self, day: date, previous: SendSpec, spec: SendSpec
    ) -> None:
        """Raise DigestError if the outbox, which mails nobody, would complete a send that mails."""
        key = self._key(day)
        if not audiences.is_rehearsal_of_mailing(previous, spec):
            return
        if not self.is_complete(day):
            raise DigestError(
                f"the send of {key.short_name} was begun by {previous.transport} and is not finished; the "
                f"outbox would mail nobody: set delivery.transport back to {previous.transport}"
            )

    def _dissolve_audience(self, day: date) -> None:
        key = self._key(day)
        with self._engine.begin() as connection:
            audiences.dissolve_audience(connection, key)

    def dissolve_audience(self, day: date) -> None:
        """Delete the frozen audience of an edition, if nothing of it was sent.

        Call only while holding the send lock.
        """
        if not self.has_anything_left(day):
            self._dissolve_audience(day)

    # Recovery

    def recover_stale_claims(self, day: date, lane: int) -> None:
        """Recover the claims of a dead worker on a lane. Call only as its one successor."""
        key = self._key(day)
        with self._engine.begin() as connection:
            stale_claims.recover_stale_claims(
                connection,
                chunk.c.edition == key,
                chunk.c.lane == lane,
            )

    def close_cancelled_send(self, day: date) -> None:
        """Recover the claims of a dead process on a cancelled edition; exclude queued deliveries.

        Call only while holding the send lock, with nobody else.
        """
        key = self._key(day)
        with self._engine.begin() as connection:
            stale_claims.recover_edition(connection, key)
        self.exclude_remaining(day)

    def exclude_remaining(self, day: date) -> None:
        """Exclude what is queued of a cancelled edition; claims of other processes stay."""
        key = self._key(day)
        with self._engine.begin() as connection:
            stale_claims.exclude_remaining(connection, key)

    # Handing over

    def claim_chunk(
        self, day: date, now: datetime, lane: int | None = None
    ) -> Chunk | None:
        """Claim the next queued chunk, without those who must not be mailed since the freeze.

        `lane` says for which of the edition's lanes, so that its next worker knows what it left.
        """
        key = self._key(day)

        def claim_next_chunk(connection: Connection) -> Chunk | None:
            parameters = {"edition_key": key, "now": now, "lane": lane}
            row = connection.execute(
                delivery_statements.CLAIM_NEXT_CHUNK, parameters
            ).first()
            if row is None:
                return None
            delivery_statements.exclude_barred_members(connection, key, row.no)
            members = delivery_statements.list_members(connection, key, row.no)
            return Chunk(row.no, members, row.attempt)

        return self._group_commit.run(claim_next_chunk)

    def is_any_barred(self, subscribers: Sequence[int]) -> bool:
        """Return whether one of them unsubscribed, or was suppressed, since their chunk's claim."""
        parameters = {
            "subscriber_ids": list(subscribers),
            "newsletter": self._newsletter,
        }
        with self._engine.connect() as connection:
            return bool(
                connection.scalar(delivery_statements.ANY_IS_BARRED, parameters)
            )

    def mark_in_flight(
        self,
        day: date,
        claimed: Chunk,
        subscribers: Sequence[int],
        hold: ProviderHold | None = None,
        done: Sequence[tuple[int, Outcome]] = (),
    ) -> bool:
        """Commit that these are about to be handed over.

        Returns False, and does not mark them, if the send was halted, or if the claim was lost, since
        this process was taken for dead. `done` are the outcomes of earlier deliveries, committed
        in the same transaction: one disk write, not two.
        """
        key = self._key(day)
        is_whole_chunk = len(subscribers) == len(claimed.subscribers)

        # one transaction both writes and checks: a halt comes wholly before this or wholly after
        def mark_in_flight(connection: Connection) -> bool:
            if is_whole_chunk:
                delivery_statements.record_outcomes(
                    connection, key, claimed, done
                )
                return delivery_statements.mark_chunk_in_flight(
                    connection, key, claimed, hold
                )
            in_flight = Outcome(DeliveryState.CLAIMED)
            marks = [
                (subscriber_id, in_flight) for subscriber_id in subscribers
            ]
            row_count = delivery_statements.record_outcomes(
                connection,
                key,
                claimed,
                done,
                unless_halted=marks,
            )
            return row_count > len(done)

        return self._group_commit.run(mark_in_flight)

    def record_outcomes(
        self, day: date, claimed: Chunk, outcomes: Sequence[tuple[int, Outcome]]
    ) -> None:
        """Commit the outcomes of deliveries that were in flight."""
        key = self._key(day)

        def record_outcomes(connection: Connection) -> None:
            delivery_statements.record_outcomes(
                connection, key, claimed, outcomes
            )

        self._group_commit.run(record_outcomes)

    def record_chunk_outcome(
        self, day: date, claimed: Chunk, outcome: Outcome | None = None
    ) -> None:
        """Commit that every delivery of the chunk has its outcome, or that all have this one."""
        if outcome is None:
            outcome = Outcome(DeliveryState.ACCEPTED)
        self._record_chunk_outcome(day, claimed, outcome)

    def requeue_claim(self, day: date, claimed: Chunk) -> None:
        """Queue the rest of a chunk again: the transport proved that it took none of it."""
        key = self._key(day)
        with self._engine.begin() as connection:
            connection.execute(
                delivery_statements.REQUEUE_IN_FLIGHT,
                delivery_statements.claim_parameters(key, claimed),
            )
        self._record_chunk_outcome(day, claimed, Outcome(DeliveryState.QUEUED))
        halt, _ = self._halts.get_halt(day)
        if halt == CANCELLED:
            self.exclude_remaining(day)

    def _record_chunk_outcome(
        self, day: date, claimed: Chunk, outcome: Outcome
    ) -> None:
        key = self._key(day)
        parameters = delivery_statements.claim_parameters(key, claimed) | {
            "new_state": outcome.state,
            "new_detail": outcome.detail[:500],
        }

        def record_outcome(connection: Connection) -> None:
            connection.execute(
                delivery_statements.RECORD_CHUNK_OUTCOME, parameters
            )

        self._group_commit.run(record_outcome)

    # Chunks that a provider holds back

    def list_uncertain_holds(self, day: date) -> list[tuple[int, ProviderHold]]:
        """Return the uncertain chunks (by number) that the provider may still hold back."""
        key = self._key(day)
        held_chunks = (
            select(chunk.c.no, chunk.c.batch, chunk.c.leaves_at)
            .where(
                chunk.c.edition == key,
                chunk.c.state == DeliveryState.UNCERTAIN,
                chunk.c.batch != "",
            )
            .order_by(chunk.c.no)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(held_chunks)
            return [
                (row.no, ProviderHold(row.batch, row.leaves_at)) for row in rows
            ]

    def requeue_cancelled_hold(
        self, day: date, no: int, hold: ProviderHold
    ) -> None:
        """Queue an uncertain chunk again whose hold was cancelled, so that nothing of it is sent.

        Nothing is done if somebody else did it before.
        """
        key = self._key(day)
        requeue_chunk = (
            update(chunk)
            .where(
                chunk.c.edition == key,
                chunk.c.no == no,
                chunk.c.state == DeliveryState.UNCERTAIN,
                chunk.c.batch == hold.id,
            )
            .values(REQUEUED_CHUNK)
        )
        is_uncertain = delivery.c.state == DeliveryState.UNCERTAIN
        # the provider only said that it took these; it does not mail them either
        is_only_accepted = (
            delivery.c.state == DeliveryState.ACCEPTED
        ) & NOT_KNOWN_TO_HAVE_LEFT
        requeue_deliveries = (
            update(delivery)
            .where(
                delivery.c.edition == key,
                delivery.c.chunk == no,
                is_uncertain | is_only_accepted,
            )
            .values(state=None, detail="")
        )
        with self._engine.begin() as connection:
            was_held = connection.execute(requeue_chunk).rowcount > 0
            if was_held:
                connection.execute(requeue_deliveries)

    def resolve_uncertain(
        self, day: date, address: str, *, sent: bool, by: str = "a person"
    ) -> bool:
        """Resolve an uncertain delivery as a person says; False if it is not uncertain.

        One that is to be sent again goes into a chunk of its own.
        """
        key = self._key(day)
        with self._engine.begin() as connection:
            subscriber_id = _find_uncertain(connection, key, address)
            if subscriber_id is None:
                return False
            update_delivery = update(delivery).where(
                delivery.c.edition == key,
                delivery.c.subscriber == subscriber_id,
            )
            if sent:
                accept = update_delivery.values(
                    state=DeliveryState.ACCEPTED,
                    detail=f"{by} says that it was",
                )
                connection.execute(accept)
            else:
                requeue = update_delivery.values(
                    state=None,
                    detail="",
                    chunk=add_queued_chunk(connection, key),
                )
                connection.execute(requeue)
        return True


def _find_uncertain(
    connection: Connection, key: EditionKey, address: str
) -> int | None:
    """Return the subscriber (id) of an address whose delivery is uncertain."""
    same_address = select(subscriber.c.id).where(
        subscriber.c.folded == fold_address(address)
    )
    uncertain = (
        select(delivery.c.subscriber)
        .select_from(DELIVERY_WITH_CHUNK)
        .where(
            delivery.c.edition == key,
            delivery.c.subscriber.in_(same_address),
            DELIVERY_STATE == DeliveryState.UNCERTAIN,
        )
    )
    return connection.scalar(uncertain)
