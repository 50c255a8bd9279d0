"""What every parser of feeds gives: entries as the feed has them, not yet made safe."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass(slots=True)
class Entry:
    """One entry, each text as the feed gives it: markup, spaces and all."""

    title: str = ""
    link: str = ""
    guid: str = ""
    summary: str = ""
    published: datetime | None = None
    authors: tuple[str, ...] = ()


@dataclass(slots=True)
class Document:
    """One feed as it was fetched."""

    entries: list[Entry]
    ttl: timedelta = timedelta()  #: how long the feed asks not to be polled again
    #: what is wrong with it, a sentence each
    problems: list[str] = field(default_factory=list)
