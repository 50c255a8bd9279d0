"""Mail: which mails were read already, and how reading each mailbox went."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from digest.model.mail import (
    MAIL_FEED,
    LinkKind,
    MailboxState,
    MailedOutlet,
    ReadMail,
    SetAsideLink,
)
from digest.store.tables import article, mailbox, read_mail, set_aside_link

BATCH_SIZE = 500  #: keys in one statement
STATE_FIELDS = [field.name for field in fields(MailboxState)]
LINK_FIELDS = [field.name for field in fields(SetAsideLink)]
LINK_KEY = ["key", "mailbox"]


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
                "unread": mail.unread,
                "place": mail.place,
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

    def list_unread(self, name: str, limit: int) -> list[ReadMail]:
        """Return the mails of a mailbox that could not be read, the newest first."""
        find_unread = (
            select(read_mail)
            .where(read_mail.c.mailbox == name, read_mail.c.unread != "")
            .order_by(read_mail.c.read_at.desc(), read_mail.c.key)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [
                ReadMail(
                    row.key, row.mailbox, row.read_at, row.unread, row.place
                )
                for row in connection.execute(find_unread)
            ]

    def save_set_aside(self, links: Sequence[SetAsideLink]) -> None:
        """Remember links that were not taken; one that is known is that of the newer mail."""
        rows = [asdict(link) for link in links]
        statement = insert(set_aside_link)
        newer = {
            name: statement.excluded[name]
            for name in LINK_FIELDS
            if name not in LINK_KEY
        }
        save_links = statement.on_conflict_do_update(
            index_elements=LINK_KEY, set_=newer
        )
        with self._engine.begin() as connection:
            for start in range(0, len(rows), BATCH_SIZE):
                connection.execute(save_links, rows[start : start + BATCH_SIZE])

    def list_set_aside(self, name: str, limit: int) -> list[SetAsideLink]:
        """Return the links of a mailbox that were not taken, the newest first."""
        find_links = (
            select(set_aside_link)
            .where(set_aside_link.c.mailbox == name)
            .order_by(
                set_aside_link.c.found_at.desc(),
                set_aside_link.c.mailed.desc(),
                set_aside_link.c.key,
            )
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [
                _link_from_row(row) for row in connection.execute(find_links)
            ]

    def forget_set_aside(self, before: datetime) -> int:
        """Forget the links that no mail has had since a time; return how many."""
        forget = delete(set_aside_link).where(
            set_aside_link.c.found_at < before
        )
        with self._engine.begin() as connection:
            return connection.execute(forget).rowcount

    def list_outlets(self, name: str) -> list[MailedOutlet]:
        """Return the outlets whose articles a mailbox brought, those with most first."""
        number = func.count().label("articles")
        find_outlets = (
            select(
                article.c.outlet,
                number,
                func.max(article.c.first_seen).label("newest"),
            )
            .where(
                article.c.mailed.is_not(None),
                article.c.feed == f"{MAIL_FEED}{name}",
            )
            .group_by(article.c.outlet)
            .order_by(number.desc(), article.c.outlet)
        )
        with self._engine.connect() as connection:
            return [
                MailedOutlet(row.outlet, row.articles, row.newest)
                for row in connection.execute(find_outlets)
            ]

    def forget_unseen(self, before: datetime) -> int:
        """Forget the mails that have not been in their mailbox since a time; return how many."""
        forget = delete(read_mail).where(read_mail.c.seen_at < before)
        with self._engine.begin() as connection:
            return connection.execute(forget).rowcount


def _link_from_row(row: Row[Any]) -> SetAsideLink:
    values = dict(row._mapping)
    values["kind"] = LinkKind(values["kind"])
    return SetAsideLink(**values)
