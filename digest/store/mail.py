"""Mail: which mails were read already, and how reading each mailbox went."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from digest.model.mail import MailboxState, ReadMail
from digest.store.tables import mailbox, read_mail

BATCH_SIZE = 500  #: keys in one statement
STATE_FIELDS = [field.name for field in fields(MailboxState)]


class Mail:
    """Mails that were read, and mailboxes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def find_read(self, keys: Sequence[str]) -> set[str]:
        """Return those of some keys whose mails were read."""
        read_keys: set[str] = set()
        with self._engine.connect() as connection:
            for start in range(0, len(keys), BATCH_SIZE):
                batch = keys[start : start + BATCH_SIZE]
                find_read = select(read_mail.c.key).where(
                    read_mail.c.key.in_(batch)
                )
                read_keys.update(connection.scalars(find_read))
        return read_keys

    def note_seen(self, keys: Sequence[str], now: datetime) -> None:
        """Remember that mails which were read are still in their mailbox."""
        with self._engine.begin() as connection:
            for start in range(0, len(keys), BATCH_SIZE):
                batch = keys[start : start + BATCH_SIZE]
                note_seen = (
                    update(read_mail)
                    .where(read_mail.c.key.in_(batch))
                    .values(seen_at=now)
                )
                connection.execute(note_seen)

    def save_read(self, mails: Iterable[ReadMail]) -> None:
        """Remember mails that were read."""
        rows = [
            {
                "key": mail.key,
                "mailbox": mail.mailbox,
                "read_at": mail.read_at,
                "seen_at": mail.read_at,
            }
            for mail in mails
        ]
        if not rows:
            return
        add_mails = insert(read_mail).on_conflict_do_nothing(
            index_elements=["key"]
        )
        with self._engine.begin() as connection:
            connection.execute(add_mails, rows)

    def get_mailboxes(self) -> dict[str, MailboxState]:
        """Return how reading each mailbox went, by its name."""
        with self._engine.connect() as connection:
            rows = connection.execute(select(mailbox))
            return {row.name: MailboxState(**row._mapping) for row in rows}

    def save_mailbox(self, state: MailboxState) -> None:
        """Remember how reading a mailbox went."""
        values = {name: getattr(state, name) for name in STATE_FIELDS}
        add_mailbox = insert(mailbox).values(values)
        del values["name"]
        save_mailbox = add_mailbox.on_conflict_do_update(
            index_elements=["name"], set_=values
        )
        with self._engine.begin() as connection:
            connection.execute(save_mailbox)

    def forget_unseen(self, before: datetime) -> int:
        """Forget the mails that have not been in their mailbox since a time; return how many."""
        forget = delete(read_mail).where(read_mail.c.seen_at < before)
        with self._engine.begin() as connection:
            return connection.execute(forget).rowcount
