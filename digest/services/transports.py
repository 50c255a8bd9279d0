"""Transports: open them, fall back to the second one, keep within their rates."""

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from types import TracebackType

from digest.delivery import Pace, open_transport
from digest.errors import TransportDown
from digest.ports import Paced, Transport
from digest.services.sending_context import SendingContext
from digest.settings.rates import per_minute

#: The outbox has no rate limit.
OUTBOX_RATE = "1,000,000 a second"
#: Time that a worker waits for a provider's rate before it does another job.
WORKER_PATIENCE_SECONDS = 2.0
#: Time that a command waits for it: it has nothing else to do.
COMMAND_PATIENCE_SECONDS = 86_400.0

log = logging.getLogger("digest")


@dataclass(frozen=True, slots=True)
class TransportLimits:
    """Limits of a transport, and its account: workspaces may share one."""

    rate: str  #: in words, such as 600 a minute
    connections: int  #: that send at the same time
    account: str


class Attempt:
    """One attempt to send, by one transport. Use it in a `with`.

    TransportDown ends the `with` quietly where a fallback is left to try, and is raised otherwise:
    it says that the transport certainly did not take what is still queued.
    """

    def __init__(self, transport: str, fallback: str = "") -> None:
        self.transport = transport
        self._fallback = fallback
        self.needs_fallback = False

    def __enter__(self) -> str:
        return self.transport

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> bool:
        if not self._fallback or not isinstance(error, TransportDown):
            return False
        log.warning("%s; continuing with %s", error, self._fallback)
        self.needs_fallback = True
        return True


class Transports:
    """The transports of one workspace."""

    def __init__(self, context: SendingContext) -> None:
        self._workspace = context.workspace
        self._settings = context.settings
        self._delivery = context.delivery
        self._store = context.store
        self._clock = context.clock

    def open_transport(
        self, outbox_folder: date | str, name: str = ""
    ) -> AbstractContextManager[Transport]:
        """Open a transport, by default the one that is set.

        `outbox_folder` is the folder in the output that the outbox writes into, or the date of
        the edition whose folder it is. Raises TransportDown.
        """
        if isinstance(outbox_folder, date):
            folder_name = self._settings.key_edition(outbox_folder).short_name
        else:
            folder_name = outbox_folder
        outbox = self._workspace.output_folder / folder_name / "outbox"
        return open_transport(
            name or self._delivery.transport,
            self._delivery,
            self._workspace.secrets,
            outbox,
            self._clock,
        )

    def attempts_in_order(self) -> Iterator[Attempt]:
        """Yield an attempt by the transport that is set, and one by the fallback if that is down.

        for attempt in transports.attempts_in_order():
            with attempt as name:
                ...send what is queued through the transport of that name
        """
        first = Attempt(self._delivery.transport, self._delivery.fallback)
        yield first
        if first.needs_fallback:
            yield Attempt(self._delivery.fallback)

    def connection_count(self, name: str) -> int:
        """Return how many connections may send through a transport at the same time."""
        return self._limits_of(name).connections

    def make_pace(self, name: str) -> Paced:
        """Return a pace within a transport's rate, for the connections of this process.

        Where there are several newsletters, another process may send at the same time: they
        share the rate, since that is the account's.
        """
        limits = self._limits_of(name)
        rate = per_minute(limits.rate)
        if not self._settings.has_several_newsletters:
            return Pace(rate)
        if self._settings.on_postgresql:
            self._store.create_shared_tables()
        return self._store.rate_limits.get_shared_pace(
            limits.account, rate, COMMAND_PATIENCE_SECONDS
        )

    def make_shared_pace(self, name: str) -> Paced:
        """Return a pace within a transport's rate that all workers share.

        Its `wait` raises NotYet where a turn does not come soon.
        """
        limits = self._limits_of(name)
        return self._store.rate_limits.get_shared_pace(
            limits.account, per_minute(limits.rate), WORKER_PATIENCE_SECONDS
        )

    def _limits_of(self, name: str) -> TransportLimits:
        if name == "sendgrid":
            sendgrid = self._delivery.sendgrid
            api_key = self._workspace.secrets.sendgrid_api_key
            account = f"{sendgrid.host} {api_key}"
            return TransportLimits(sendgrid.rate, sendgrid.at_once, account)
        if name == "smtp":
            smtp = self._delivery.smtp
            account = f"{smtp.host}:{smtp.port} {smtp.username}"
            return TransportLimits(smtp.rate, smtp.connections, account)
        account = f"{name} {self._workspace.folder}"
        return TransportLimits(OUTBOX_RATE, connections=1, account=account)
