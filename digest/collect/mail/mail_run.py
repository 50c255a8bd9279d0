"""Reading of mail: each mailbox's new mails become articles; one that fails stops nothing else.

mailboxes | new mails | decide | follow what hides its target | decide | articles | save

Articles are saved before their mails are remembered: a run that is killed between reads them again,
and finds all known.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from digest.collect.feeds.clean import article_key
from digest.collect.feeds.dedupe import Memory, sort_out
from digest.collect.interrupt import defer_interrupts
from digest.collect.mail.articles import make_articles
from digest.collect.mail.follow import follow_links
from digest.collect.mail.mail_links import MailLinks, decide_links
from digest.collect.mail.mail_message import Mail, MailUnreadable, read_mail
from digest.collect.mail.mailboxes import (
    ListedMail,
    MailReader,
    is_of_senders,
    open_source,
)
from digest.collect.report import MailboxTally, Report
from digest.errors import DigestError
from digest.model import Article
from digest.model.mail import (
    MailboxState,
    MailLink,
    ReadMail,
    SetAsideLink,
    UnreadReason,
)
from digest.ports import Fetcher, Progress

if TYPE_CHECKING:
    from digest.collect.feeds.poll import FeedShelf
    from digest.settings import MailSource, Outlet

#: Mails of one mailbox that are read in one run.
MAX_MAILS = 500
#: How long a mail is read again whose links could not be followed for now.
TRY_AGAIN_FOR = timedelta(days=1)


class MailShelf(Protocol):
    """The part of the store that reading mail uses."""

    def find_read(self, keys: Sequence[str]) -> set[str]:
        """Return those of some keys whose mails were read."""
        ...

    def note_seen(self, keys: Sequence[str], now: datetime) -> None:
        """Remember that mails which were read are still in their mailbox."""
        ...

    def save_read(self, mails: Sequence[ReadMail]) -> None:
        """Remember mails that were read."""
        ...

    def save_set_aside(self, links: Sequence[SetAsideLink]) -> None:
        """Remember links that were not taken."""
        ...

    def get_mailboxes(self) -> dict[str, MailboxState]:
        """Return how reading each mailbox went, by its name."""
        ...

    def save_mailbox(self, state: MailboxState) -> None:
        """Remember how reading a mailbox went."""
        ...


@dataclass(slots=True)
class _OpenedMail:
    """A mail, and what is decided of its links."""

    mail: Mail
    decided: MailLinks


@dataclass(slots=True)
class _Batch:
    """What one mailbox gave in a run."""

    source: "MailSource"
    tally: MailboxTally
    opened: list[_OpenedMail] = field(default_factory=list)
    #: mails that cannot be read, which need not be tried again
    unread: list[ReadMail] = field(default_factory=list)


@dataclass(slots=True)
class MailRun:
    """One run over all mailboxes."""

    shelf: "FeedShelf"
    mail_shelf: MailShelf
    fetch: Fetcher
    now: datetime
    report: Report
    progress: Progress

    def read_sources(
        self,
        sources: Sequence["MailSource"],
        passwords: Mapping[str, str],
        folder: Path,
        outlets: Sequence["Outlet"],
    ) -> None:
        """Read the new mails of all mailboxes, and store the articles that they link to."""
        batches = [
            self._read_source(source, passwords.get(source.name, ""), folder)
            for source in sources
        ]
        resolved, failed_for_now = self._follow_all(batches)
        for batch in batches:
            with defer_interrupts():
                self._save_batch(batch, resolved, failed_for_now, outlets)

    def _read_source(
        self, source: "MailSource", password: str, folder: Path
    ) -> _Batch:
        """Read the new mails of one mailbox. A failure is noted, and what came before it stays."""
        batch = _Batch(source, MailboxTally(source.name))
        self.report.mailboxes.append(batch.tally)
        try:
            with open_source(source, folder, password, self.now) as reader:
                self._read_mails(batch, reader)
        except DigestError as error:
            batch.tally.error = str(error)
        return batch

    def _read_mails(self, batch: _Batch, reader: MailReader) -> None:
        mails = self._list_unread(batch, reader.list_mails())
        for done, listed in enumerate(mails, 1):
            try:
                mail = read_mail(reader.read_content(listed.place))
                decided = decide_links(mail, {})
            except MailUnreadable as error:
                batch.tally.broken.append(f"{listed.place}: {error}")
                if error.reason != UnreadReason.GONE:  # it may come back
                    batch.unread.append(self._note_unread(batch, listed, error))
                continue
            batch.tally.mails += 1
            # by its headers it is known at the next look
            mail = replace(mail, key=listed.envelope.key)
            batch.opened.append(_OpenedMail(mail, decided))
            self.progress("mails", done, len(mails))

    def _note_unread(
        self, batch: _Batch, listed: ListedMail, error: MailUnreadable
    ) -> ReadMail:
        """Return what is remembered of a mail that cannot be read, by which a person finds it."""
        place = Path(listed.place).name
        if not batch.source.path:
            place = listed.envelope.address.rpartition("@")[2]
        return ReadMail(
            listed.envelope.key,
            batch.source.name,
            self.now,
            error.reason,
            place,
        )

    def _list_unread(
        self, batch: _Batch, listed: Sequence[ListedMail]
    ) -> list[ListedMail]:
        """Return the mails of a mailbox that are to be read now, each once."""
        tally = batch.tally
        senders = batch.source.senders
        chosen = [
            mail
            for mail in listed
            if is_of_senders(mail.envelope.address, senders)
        ]
        tally.other_senders = len(listed) - len(chosen)
        by_key = {mail.envelope.key: mail for mail in chosen}
        read_keys = self.mail_shelf.find_read(list(by_key))
        self.mail_shelf.note_seen(sorted(read_keys), self.now)
        tally.read_before = len(read_keys)
        unread = [one for key, one in by_key.items() if key not in read_keys]
        tally.left_for_later = max(0, len(unread) - MAX_MAILS)
        return unread[:MAX_MAILS]

    def _follow_all(
        self, batches: Sequence[_Batch]
    ) -> tuple[dict[str, str], set[str]]:
        """Follow the links of all mailboxes that may be followed, each once."""
        urls = dict.fromkeys(
            url
            for batch in batches
            if batch.source.follow
            for opened in batch.opened
            for url in opened.decided.to_follow
        )
        if not urls:
            return {}, set()
        return follow_links(list(urls), self.fetch, self.progress)

    def _save_batch(
        self,
        batch: _Batch,
        resolved: Mapping[str, str],
        failed_for_now: set[str],
        outlets: Sequence["Outlet"],
    ) -> None:
        """Store the articles of a mailbox, then that its mails were read."""
        articles: list[Article] = []
        finished: list[ReadMail] = []
        links: Counter[str] = Counter()
        set_aside: list[SetAsideLink] = []
        for opened in batch.opened:
            decided = opened.decided
            if not resolved.keys().isdisjoint(decided.to_follow):
                decided = decide_links(opened.mail, resolved)
            batch.tally.count_links(decided.links)
            articles += make_articles(
                decided.links,
                decided.site_names,
                batch.source.name,
                opened.mail.sent or self.now,
                outlets,
            )
            if self._is_to_be_read_again(opened, failed_for_now):
                continue
            mail = opened.mail
            finished.append(ReadMail(mail.key, batch.source.name, self.now))
            links.update(link.kind for link in decided.links)
            set_aside += self._set_aside(batch, mail.sent, decided.links)
        self._store_articles(articles, batch.tally)
        self.mail_shelf.save_set_aside(set_aside)
        self.mail_shelf.save_read([*finished, *batch.unread])
        self._save_state(batch, len(finished), links)

    def _set_aside(
        self,
        batch: _Batch,
        sent: datetime | None,
        links: Sequence[MailLink],
    ) -> Iterator[SetAsideLink]:
        """Yield the links of a mail that are not taken, and that a person may want to see."""
        for link in links:
            if not link.is_shown:
                continue
            url = link.target or link.url
            yield SetAsideLink(
                key_of_address(url),
                batch.source.name,
                url,
                link.title,
                link.kind,
                link.reason,
                sent or self.now,
                self.now,
            )

    def _is_to_be_read_again(
        self, opened: _OpenedMail, failed_for_now: set[str]
    ) -> bool:
        """Return whether links of a mail could not be followed now, and may be later."""
        sent = opened.mail.sent
        if sent is None or self.now - sent > TRY_AGAIN_FOR:
            return False
        return not failed_for_now.isdisjoint(opened.decided.to_follow)

    def _store_articles(
        self, articles: Sequence[Article], tally: MailboxTally
    ) -> None:
        """Store what is new; a newsletter's words do not replace a known headline."""
        memory = Memory()
        if articles:
            for known_article in self.shelf.find_known_articles(articles):
                memory.remember(known_article)
        new = sort_out(articles, memory).new
        tally.new = len(new)
        for article in new:
            self.report[article.outlet].new += 1
        self.shelf.save_polls([], new, [], self.now)

    def _save_state(
        self, batch: _Batch, finished: int, links: Counter[str]
    ) -> None:
        tally = batch.tally
        earlier = self.mail_shelf.get_mailboxes().get(batch.source.name)
        state = earlier or MailboxState(batch.source.name)
        state = replace(
            state,
            mails=state.mails + finished,
            articles=state.articles + tally.new,
            error=tally.error,
            last_look=self.now,
            links=dict(Counter(state.links) + links),
        )
        if not tally.error:
            state = replace(state, last_success=self.now)
        if tally.mails:
            state = replace(state, last_mail=self.now)
        self.mail_shelf.save_mailbox(state)


def key_of_address(url: str) -> str:
    """Return a short key that addresses of one page share: those of trackers are very long."""
    return hashlib.sha256(article_key(url).encode()).hexdigest()
