"""Documents and entries of feeds, as the parsers give them: not yet made safe."""

import html
from dataclasses import dataclass, field
from datetime import datetime, timedelta

#: Digits of a feed's ttl, in minutes, beyond which it is no serious number.
MAX_TTL_DIGITS = 6


@dataclass(frozen=True, slots=True)
class EntrySource:
    """The feed or site that an entry of another feed says it is from, as written."""

    name: str = ""
    address: str = ""  #: of its feed or its site


@dataclass(slots=True)
class Entry:
    """One entry, each text as the feed gives it: markup, spaces and all."""

    title: str = ""
    link: str = ""
    guid: str = ""
    summary: str = ""
    #: the longest text that the feed gives of it, which may be the whole article
    content: str = ""
    published: datetime | None = None
    authors: tuple[str, ...] = ()
    source: EntrySource | None = None
    #: its date as written, if in figures such as 03/04/2026: the whole feed tells which is the day
    date_in_figures: str = ""


@dataclass(slots=True)
class Document:
    """One feed as it was fetched."""

    entries: list[Entry]
    #: how long the feed asks not to be polled again
    ttl: timedelta = timedelta()
    #: what is wrong with it, a sentence each
    problems: list[str] = field(default_factory=list)
    #: address of the site that the feed is of, which its relative links belong to; "" if not given
    site: str = ""
    #: what the feed calls itself, as written
    title: str = ""
    #: when it was made, and in which language, as written; "" if it does not say
    built: str = ""
    language: str = ""


def escape_plain_text(text: str) -> str:
    """Return plain text as markup that says the same: "<blink> is back".

    Text with closing tags is markup, whatever the feed calls it.
    """
    if "</" in text:
        return text
    return html.escape(text, quote=False)


def parse_ttl(text: str) -> timedelta:
    """Read RSS's ttl, a number of minutes; no time at all if it is no number."""
    if not text.isdecimal() or len(text) > MAX_TTL_DIGITS:
        return timedelta()
    return timedelta(minutes=int(text))
