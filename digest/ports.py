"""Ports: the interfaces that stages need from outside, each one or two methods.

`app` decides which implementation provides each.
"""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar, runtime_checkable

from digest.errors import DigestError, FetchError
from digest.model import (
    CallOffResult,
    Email,
    Outcome,
    PageExtract,
    ProviderHold,
    Recipient,
)

#: Called with what is being done, how much of it is done, and the total.
Progress = Callable[[str, int, int], None]

#: Asks the DNS for records of a name and type ("example.org", "TXT"); none are an empty list.
#: Raises DigestError if no server answers.
Lookup = Callable[[str, str], list[str]]

J = TypeVar("J")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Request:
    """An address to fetch, with what is remembered of the last answer."""

    url: str
    etag: str = ""
    modified: str = ""
    #: an article's page, which robots.txt may forbid; a feed asks to be read
    page: bool = False
    #: a link that was mailed to us: it is followed to where it leads, which is not read
    mailed: bool = False

    @property
    def asks_robots(self) -> bool:
        """Whether robots.txt says if it may be asked."""
        return self.page and not self.mailed


@dataclass(frozen=True, slots=True)
class Response:
    """An answer with status 200 or 304."""

    url: str  #: after redirects
    status: int
    body: bytes = b""
    #: names in lower case
    headers: dict[str, str] = field(default_factory=dict)
    #: every redirect on the way here was permanent, and there was one
    moved: bool = False


class Fetcher(Protocol):
    """Gets many addresses at once."""

    def __call__(
        self, requests: Iterable[Request]
    ) -> Iterator[tuple[Request, Response | FetchError]]:
        """Yield each request with its answer, as answers come in. Does not raise for one."""
        ...


class Extractor(Protocol):
    """Finds the article in a page."""

    def __call__(self, html: bytes, url: str) -> PageExtract:
        """Return what was found; opens no connection.

        Raises PageUnread if the page cannot be parsed at all.
        """
        ...


class Pool(Protocol):
    """Process pool: runs work that needs the processor, perhaps on several."""

    ahead: int  #: how many results may be outstanding before one is read

    def __call__(
        self,
        work: Callable[[J], R],
        job: J,
        failed: Callable[[J, DigestError], R],
    ) -> Callable[[], R]:
        """Start a job; the returned call gives its result, or raises what the work raised.

        `failed` makes the result of a job that ended the process it was done in.
        """
        ...


def results_in_order(
    results: Iterable[Callable[[], R]], ahead: int
) -> Iterator[R]:
    """Yield what started jobs give, in their order, letting so many run ahead."""
    waiting: deque[Callable[[], R]] = deque()
    for result in results:
        waiting.append(result)
        if len(waiting) > ahead:
            yield waiting.popleft()()
    while waiting:
        yield waiting.popleft()()


class Transport(Protocol):
    """Transport: hands messages to a mail provider or server."""

    name: str
    unit: int  #: recipients per hand-over; all are uncertain if the process dies in it

    def send(
        self, letter: Email, recipients: Sequence[Recipient]
    ) -> Sequence[Outcome]:
        """Return one Outcome per recipient, in order.

        Raises TransportDown if certainly none was handed over.
        """
        ...


@runtime_checkable
class Streaming(Protocol):
    """A Transport that takes one message after another without a pause between them."""

    def stream(
        self, letter: Email, people: Iterator[Recipient | None]
    ) -> Generator[tuple[Recipient, Outcome | None], None, None]:
        """Yield each recipient when their message is about to be sent, and again with its outcome.

        The message is sent when the next item is requested; it is not if this is closed instead.
        A recipient refused before that is yielded with the outcome only. `people` may yield None:
        nobody at present, finish the messages in hand and ask again. Raises TransportDown if no
        more can be handed over; each that was about to be sent has had its outcome then.
        """
        ...


@runtime_checkable
class Holding(Protocol):
    """A Transport that keeps mail back for a while: what is uncertain can be taken back."""

    def hold(self) -> ProviderHold | None:
        """Return a name for the next hand-over; None if it is to be sent at once.

        Raises TransportDown.
        """
        ...

    def send_held(
        self, letter: Email, recipients: Sequence[Recipient], hold: ProviderHold
    ) -> Sequence[Outcome]:
        """Do as `send` does, for mail to be sent when the hold ends."""
        ...

    def take_back(self, hold: ProviderHold) -> bool:
        """Cancel a hand-over, and any that arrives late under its name.

        Returns whether that is certain.
        """
        ...

    def call_off(self, hold: ProviderHold) -> CallOffResult:
        """Do as `take_back` does; return why, if success is not certain."""
        ...


@runtime_checkable
class Recalling(Protocol):
    """A Transport whose provider can list the messages it accepted."""

    def recalls(
        self, addresses: Sequence[str], subject: str, since: datetime
    ) -> set[str]:
        """Return those of the addresses, in lower case, that it holds such mail for.

        Of the others it proves nothing: what a provider does not show may show up later.
        Raises TransportDown if it does not answer.
        """
        ...


@runtime_checkable
class Readmitting(Protocol):
    """A Transport whose provider has its own list of addresses that it does not mail."""

    def readmit(self, address: str) -> None:
        """Remove a person who subscribed again from the provider's list.

        Does nothing for others. Raises TransportDown if the provider is not reached.
        """
        ...


class Paced(Protocol):
    """Keeps hand-overs within the rate that a provider allows."""

    def wait(self, messages: int) -> None:
        """Sleep until that many more messages may be sent; raise NotYet if that is not soon."""
        ...

    def is_free(self) -> bool:
        """Return whether the next message need not wait."""
        ...


class Clock(Protocol):
    """Tells the time."""

    def __call__(self) -> datetime:
        """Return now, aware, in UTC."""
        ...
