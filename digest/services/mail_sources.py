"""Mail sources: mailboxes and folders of mails from which articles come; how reading them went."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from digest.model.mail import MailboxState
from digest.services.mailbox_health import (
    MailboxDetails,
    ShownLink,
    SourceHealth,
)
from digest.settings import MailSource, Outlet, Workspace

if TYPE_CHECKING:
    from digest.collect import Report
    from digest.collect.mail.mail_check import CheckedMail
    from digest.ports import Fetcher
    from digest.store import Store


#: Mails and links of one mailbox that are listed.
MAX_LISTED = 200


class MailSources:
    """The mail sources of one working folder."""

    def __init__(
        self,
        workspace: Workspace,
        store: "Store",
        clock: Callable[[], datetime],
    ) -> None:
        self._workspace = workspace
        self._store = store
        self._clock = clock

    @property
    def is_set(self) -> bool:
        """Whether the settings name any."""
        return bool(self._sources)

    def list_health(self) -> list[SourceHealth]:
        """Return how every mail source fares, in the order of feeds.yaml."""
        states = self._store.mail.get_mailboxes()
        passwords = self._passwords
        return [
            SourceHealth(
                source,
                states.get(source.name) or MailboxState(source.name),
                has_password=bool(source.path or passwords.get(source.name)),
            )
            for source in self._sources
        ]

    def list_details(self) -> list[MailboxDetails]:
        """Return how every mail source fares, with what it brought and what was not taken of it."""
        return [self._describe_source(health) for health in self.list_health()]

    def _describe_source(self, health: SourceHealth) -> MailboxDetails:
        from digest.collect import article_key

        mail = self._store.mail
        name = health.source.name
        links = mail.list_set_aside(name, MAX_LISTED + 1)
        unread = mail.list_unread(name, MAX_LISTED + 1)
        keys = [article_key(link.url) for link in links]
        known_ids = self._store.articles.find_known_keys(keys)
        shown = [
            ShownLink(link, is_known=key in known_ids)
            for link, key in zip(links, keys, strict=True)
        ]
        return MailboxDetails(
            health,
            mail.list_outlets(name),
            unread[:MAX_LISTED],
            shown[:MAX_LISTED],
            has_more=max(len(links), len(unread)) > MAX_LISTED,
        )

    def read_mail(self, fetch: "Fetcher") -> "Report":
        """Read new mail, as `Feeds.poll_feeds` does; for a worker. Raises Busy while that runs."""
        from digest.collect import CollectRun
        from digest.infra.process_pool import Processors

        with (
            self._store.hold_lock("collect", shared=True),
            self._store.hold_lock("mail"),
            Processors() as pool,
        ):
            run = CollectRun(self._store.feeds, fetch, pool, self._clock())
            run.read_mail(
                self._workspace.settings,
                self._store.mail,
                self._passwords,
                self._workspace.folder,
            )
        return run.report

    @property
    def _sources(self) -> Sequence[MailSource]:
        return self._workspace.settings.sources.mail

    @property
    def _passwords(self) -> Mapping[str, str]:
        return self._workspace.secrets.mail_passwords


def check_files(
    files: Sequence[Path], outlets: Sequence[Outlet]
) -> list["CheckedMail"]:
    """Return what would be taken of mails in files; nothing is asked, and nothing stored."""
    from digest.collect.mail.mail_check import check_mail

    return [check_mail(file, outlets) for file in files]
