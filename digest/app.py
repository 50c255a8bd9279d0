"""Composition root: builds the services of a working folder, each when it is first needed."""

from functools import cached_property, partial
from typing import TYPE_CHECKING

from digest.infra.clock import utc_now
from digest.ports import Clock
from digest.settings import Workspace

if TYPE_CHECKING:
    from digest.collect import FetcherFactory
    from digest.delivery import UnsubscribeTokens
    from digest.infra.job_queue import JobQueue
    from digest.model import Outcome, Subscriber
    from digest.services.approval import Approvals
    from digest.services.articles import Articles
    from digest.services.block_editing import BlockEditing
    from digest.services.blocks import SavedBlocks
    from digest.services.clicks import Clicks
    from digest.services.collection import Collection
    from digest.services.database_copy import DatabaseCopy
    from digest.services.deliveries import Deliveries
    from digest.services.discarding import Discarding
    from digest.services.drafts import Drafts
    from digest.services.editing import Editing
    from digest.services.edition_files import EditionFiles
    from digest.services.edition_states import EditionStates
    from digest.services.editions import Editions
    from digest.services.feeds import FeedList, Feeds
    from digest.services.halting import Halting
    from digest.services.like_last import LikeLast
    from digest.services.mail_sources import MailSources
    from digest.services.manifests import Manifests
    from digest.services.manual_articles import ManualArticles
    from digest.services.output_files import OutputFiles
    from digest.services.past_clips import PastClips
    from digest.services.preflight import DomainCheck, Preflight
    from digest.services.publishing import Publishing
    from digest.services.reconciliation import Reconciliation
    from digest.services.retention import Retention
    from digest.services.returned_mail import ReturnedMail
    from digest.services.send_schedule import SendSchedule
    from digest.services.sending import Sending
    from digest.services.sending_context import SendingContext
    from digest.services.sent_contents import SentContents
    from digest.services.signup import Signup
    from digest.services.staff import Staff
    from digest.services.status import Status
    from digest.services.subscribers import Subscribers
    from digest.services.token_keys import TokenKeys
    from digest.services.unsent import UnsentEditions
    from digest.services.workers import Workers
    from digest.store import Store


class App:
    """The services of a working folder, for one of its newsletters.

    Use it in a `with`, which closes the database. Those for the other newsletters, from
    `for_newsletter`, share its database, feeds and subscribers, and are closed with it.

    It has no verbs: they are methods of the services. Add a service as a cached property that
    imports and builds it, so that a command loads only what it uses.
    """

    def __init__(
        self,
        workspace: Workspace,
        clock: Clock = utc_now,
        fetcher: "FetcherFactory | None" = None,
        owner: "App | None" = None,
    ) -> None:
        """Open a working folder; `fetcher` replaces the network in tests.

        `owner` is the App that this one shares its database with; None if it opens one.
        """
        self.workspace = workspace
        self.settings = workspace.settings
        self.clock = clock
        self._fetcher = fetcher
        self._owner = owner
        self._scoped: dict[str, App] = {workspace.settings.newsletter.key: self}

    def __enter__(self) -> "App":
        return self

    # Newsletters

    @property
    def newsletters(self) -> "tuple[App, ...]":
        """The services for each newsletter, in the order of feeds.yaml."""
        keys = [newsletter.key for newsletter in self.settings.newsletters]
        return tuple(self.for_newsletter(key) for key in keys)

    def for_newsletter(self, key: str) -> "App":
        """Return the services for a newsletter. Raises NotFound if feeds.yaml has none of that key."""
        if self._owner is not None:
            return self._owner.for_newsletter(key)
        if key not in self._scoped:
            workspace = self.workspace.for_newsletter(key)
            self._scoped[key] = App(
                workspace, self.clock, self._fetcher, owner=self
            )
        return self._scoped[key]

    def __exit__(self, *_: object) -> None:
        for one in self._scoped.values():
            if "signup" in one.__dict__:
                one.signup.wait_for_mails()
        if "store" in self.__dict__:
            self.store.close()

    # What services depend on

    @cached_property
    def store(self) -> "Store":
        """The database, opened when first needed: for services and tests, and nobody else."""
        from digest.store import Store

        newsletter = self.settings.newsletter.key
        if self._owner is not None:
            return self._owner.store.for_newsletter(newsletter)
        return Store(
            self.settings.database,
            self.workspace.folder,
            self.settings.workspace,
            newsletter,
        )

    @property
    def has_current_database(self) -> bool:
        """Whether there is a database that no command has to make or upgrade first."""
        from digest.store import is_database_ready

        return is_database_ready(
            self.settings.database,
            self.workspace.folder,
            self.settings.workspace,
        )

    @property
    def tokens(self) -> "UnsubscribeTokens":
        """Signs and reads unsubscribe links. The first time, this may store a new key."""
        return self.token_keys.open_tokens()

    @cached_property
    def token_keys(self) -> "TokenKeys":
        """Token keys: what signs unsubscribe links."""
        from digest.services.token_keys import TokenKeys

        return TokenKeys(self.store, self.clock)

    @cached_property
    def jobs(self) -> "JobQueue":
        """The queue that workers take jobs from; needs PostgreSQL."""
        if self._owner is not None:
            return self._owner.jobs
        from digest.infra.job_queue import JobQueue

        return JobQueue(self.settings.database)

    def _queue(self) -> "JobQueue | None":
        """Return the queue; None without PostgreSQL, where its packages may be missing too."""
        if not self.settings.on_postgresql:
            return None
        return self.jobs

    @property
    def _open_fetcher(self) -> "FetcherFactory":
        """How services open a connection to the network; a test may replace it."""
        from digest.collect import make_fetcher

        return self._fetcher or make_fetcher

    # Feeds and articles

    @cached_property
    def feed_list(self) -> "FeedList":
        """The list of outlets and feeds in feeds.yaml."""
        from digest.services.feeds import FeedList

        return FeedList(self.workspace, self._open_fetcher)

    @cached_property
    def feeds(self) -> "Feeds":
        """Feeds: polling them, and how they fare."""
        from digest.services.feeds import Feeds

        return Feeds(self.workspace, self.store, self._open_fetcher, self.clock)

    @cached_property
    def mail_sources(self) -> "MailSources":
        """Mailboxes with newsletters and alerts: reading them, and how they fare."""
        from digest.services.mail_sources import MailSources

        return MailSources(self.workspace, self.store, self.clock)

    @cached_property
    def articles(self) -> "Articles":
        """Articles: what they say, which stories they make, how they are ranked."""
        from digest.services.articles import Articles

        return Articles(self.settings, self.store, self.clock)

    @cached_property
    def manual_articles(self) -> "ManualArticles":
        """Articles that a person adds by their addresses."""
        from digest.services.manual_articles import ManualArticles

        return ManualArticles(
            self.settings,
            self.store,
            self.articles,
            self._open_fetcher,
            self.clock,
        )

    @cached_property
    def past_clips(self) -> "PastClips":
        """Past clips: the import of them from sheets."""
        from digest.services.past_clips import PastClips

        drafts = {
            one.settings.newsletter.key: one.drafts for one in self.newsletters
        }
        return PastClips(
            self.settings,
            self.store,
            self.articles,
            self.feeds,
            drafts,
            self.clock,
        )

    @cached_property
    def collection(self) -> "Collection":
        """Collecting: from the feeds into the drafts of all newsletters."""
        from digest.services.collection import Collection

        drafts = {
            one.settings.newsletter.key: one.drafts for one in self.newsletters
        }
        articles = [one.articles for one in self.newsletters]
        return Collection(self.feeds, self.articles, drafts, articles)

    # Editions

    @cached_property
    def drafts(self) -> "Drafts":
        """Drafts: proposing them, and filling them until their cut-off."""
        from digest.services.drafts import Drafts

        return Drafts(self.settings, self.store, self.articles, self.clock)

    @cached_property
    def editions(self) -> "Editions":
        """Editions as they are stored: finding, saving and rendering them."""
        from digest.services.editions import Editions

        return Editions(
            self.workspace, self.store, self.drafts, self.blocks, self.clock
        )

    @cached_property
    def edition_states(self) -> "EditionStates":
        """Edition states: how far each edition is."""
        from digest.services.edition_states import EditionStates

        return EditionStates(
            self.settings,
            self.store,
            self.editions,
            self.sent_contents,
            self.clock,
        )

    @cached_property
    def blocks(self) -> "SavedBlocks":
        """Saved blocks: pieces that are kept for many editions."""
        from digest.services.blocks import SavedBlocks

        return SavedBlocks(self.workspace, self.store, self.clock)

    @cached_property
    def discarding(self) -> "Discarding":
        """Discarding: drafts that somebody began by mistake."""
        from digest.services.discarding import Discarding

        return Discarding(self.settings, self.store, self.clock)

    def block_editing_as(self, person: str) -> "BlockEditing":
        """Return the service that puts saved blocks into editions, for one person."""
        from digest.services.block_editing import BlockEditing

        return BlockEditing(self.blocks, self.editing_as(person))

    def like_last_as(self, person: str) -> "LikeLast":
        """Return the service that begins editions like the last one, for one person."""
        from digest.services.like_last import LikeLast

        return LikeLast(
            self.store,
            self.drafts,
            self.blocks,
            self.editing_as(person),
            self.settings.name_edition,
        )

    def editing_as(self, person: str) -> "Editing":
        """Return the service of editing, for one person: changes are noted by their name."""
        from digest.services.editing import Editing

        return Editing(
            self.settings,
            self.store,
            self.articles,
            self.drafts,
            self.clock,
            person,
        )

    @cached_property
    def preflight(self) -> "Preflight":
        """Preflight: checks of an edition before it is sent."""
        from digest.services.own_templates import list_unused_templates
        from digest.services.preflight import Preflight
        from digest.services.settings_review import list_missing_words

        return Preflight(
            self.settings,
            self.store,
            self._open_fetcher,
            self.editions.render_stored,
            self.clock,
            partial(list_missing_words, self.workspace),
            partial(list_unused_templates, self.workspace),
        )

    @cached_property
    def publishing(self) -> "Publishing":
        """Publishing: what anybody may read; publish, withdraw, correct it."""
        from digest.services.publishing import Publishing

        return Publishing(
            self.settings,
            self.workspace.templates_folder,
            self.store,
            self.editions.render_text,
            self.editions.render_as_sent,
            self.clock,
        )

    @cached_property
    def output_files(self) -> "OutputFiles":
        """Output files: what is written into the working folder."""
        from digest.services.output_files import OutputFiles

        return OutputFiles(self.workspace)

    @cached_property
    def edition_files(self) -> "EditionFiles":
        """Edition files: an edition written into the output folder."""
        from digest.services.edition_files import EditionFiles

        return EditionFiles(
            self.editions,
            self.publishing,
            self.send_schedule,
            self.output_files,
        )

    # Sending

    @cached_property
    def domain_check(self) -> "DomainCheck":
        """The check of the sender's domain."""
        from digest.services.preflight import DomainCheck

        return DomainCheck(self.settings, self._open_fetcher)

    @cached_property
    def sending_context(self) -> "SendingContext":
        """The context of services that send mail or read returned mail."""
        from digest.services.sending_context import SendingContext

        return SendingContext(
            self.workspace, self.store, self.token_keys, self.clock
        )

    @cached_property
    def sent_contents(self) -> "SentContents":
        """Sent contents: the content that a send is bound to."""
        from digest.services.sent_contents import SentContents

        return SentContents(
            self.settings, self.store, self.editions, self.blocks
        )

    @cached_property
    def approval(self) -> "Approvals":
        """Approval: approve an edition, or withdraw that."""
        from digest.services.approval import Approvals

        return Approvals(self.sending_context, self.editions)

    @cached_property
    def send_schedule(self) -> "SendSchedule":
        """Send schedule: the times at which editions are sent."""
        from digest.services.send_schedule import SendSchedule

        return SendSchedule(self.sending_context)

    @cached_property
    def unsent(self) -> "UnsentEditions":
        """Unsent editions: waiting for a person, or given up."""
        from digest.services.unsent import UnsentEditions

        return UnsentEditions(self.sending_context, self.edition_states)

    @cached_property
    def sending(self) -> "Sending":
        """Sending: plan and send editions, and single emails."""
        from digest.services.sending import Sending

        return Sending(
            self.sending_context,
            self.sent_contents,
            self.editions,
            self.workers,
        )

    @cached_property
    def deliveries(self) -> "Deliveries":
        """Deliveries: what is known of them, and what the provider reports."""
        from digest.services.deliveries import Deliveries

        return Deliveries(self.sending_context)

    @cached_property
    def halting(self) -> "Halting":
        """Halting: pause, resume and cancel sends."""
        from digest.services.halting import Halting

        return Halting(self.sending_context)

    @cached_property
    def reconciliation(self) -> "Reconciliation":
        """Reconciliation: find out what became of uncertain deliveries."""
        from digest.services.reconciliation import Reconciliation

        return Reconciliation(self.sending_context, self.sent_contents)

    @cached_property
    def manifests(self) -> "Manifests":
        """Manifests: signed records of what was approved and sent."""
        from digest.services.manifests import Manifests

        return Manifests(self.sending_context)

    @cached_property
    def workers(self) -> "Workers":
        """Workers: their queue, and following what they send."""
        from digest.services.workers import Workers

        return Workers(self.settings, self.store, self._queue())

    @cached_property
    def returned_mail(self) -> "ReturnedMail":
        """Returned mail: bounces, complaints, unsubscribe requests by mail."""
        from digest.services.returned_mail import ReturnedMail

        return ReturnedMail(self.sending_context)

    # Subscribers and staff

    @cached_property
    def subscribers(self) -> "Subscribers":
        """Subscribers: import, list, unsubscribe, erase them."""
        from digest.services.subscribers import Subscribers

        return Subscribers(
            self.settings, self.store, self.token_keys, self.clock
        )

    @cached_property
    def signup(self) -> "Signup":
        """Signup: people who subscribe themselves, and confirm it."""
        from digest.services.signup import Signup

        def send_notice(
            name: str,
            person: "Subscriber",
            token: str,
            newsletters: tuple[str, ...],
        ) -> "Outcome":
            # in the look and language of the first of them, and from its sender
            sending = self.for_newsletter(newsletters[0]).sending
            return sending.send_notice(name, person, token, newsletters)

        return Signup(self.settings, self.store, send_notice, self.clock)

    @cached_property
    def clicks(self) -> "Clicks":
        """Clicks: the counted links of editions."""
        from digest.services.clicks import Clicks

        return Clicks(self.store)

    @cached_property
    def staff(self) -> "Staff":
        """Staff: the members who work at the desk, and their logins."""
        if self._owner is not None:
            return (
                self._owner.staff
            )  # which bounds how many passwords are checked at a time
        from digest.services.staff import Staff

        return Staff(self.store, self.clock)

    # Upkeep

    @cached_property
    def status(self) -> "Status":
        """Status: the state of feeds, editions, queues and workers."""
        from digest.services.status import Status

        return Status(
            self.settings,
            self.store,
            self.drafts,
            self.edition_states,
            self._queue(),
            self.clock,
            lambda: [one.status for one in self.newsletters],
        )

    @cached_property
    def retention(self) -> "Retention":
        """Retention: deleting what is older than the settings allow."""
        from digest.services.retention import Retention

        return Retention(self.settings, self.store, self.clock)

    @cached_property
    def database_copy(self) -> "DatabaseCopy":
        """Database copy: everything into another, empty database."""
        from digest.services.database_copy import DatabaseCopy

        return DatabaseCopy(self.settings, self.store, self.workspace.folder)
