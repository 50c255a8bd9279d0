"""Collected press as a person reads it: what is new, then what fails by reason, and what to do.

`--json` has every feed and its own words; here outlets with the same fault stand in one line.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from digest.collect import Report, Tally

#: Outlets that a line names; the others are counted.
MAX_NAMES = 8
#: Outlets with new articles that are listed.
MAX_OUTLETS = 15
#: Failures of fewer hours are not dated: it worked at the poll before.
RECENT_HOURS = 24


@dataclass(frozen=True, slots=True)
class _Fault:
    """A fault of feeds: what one outlet does, what several do, and what a person is to do."""

    one: str
    several: str
    advice: str


LOOK_ANEW = (
    "`digest feeds add` with the outlet's homepage looks for its feeds anew"
)
WAIT = "nothing, unless it lasts: they are asked again"
OPEN_BY_HAND = (
    "open one in a browser; if it opens there, ask the outlet to let the digest in, or add its "
    "articles with `digest add`"
)
CHECK_ADDRESS = "check the address in feeds.yaml"
FAULTS = {
    "http 401": _Fault(
        "asks for a password (401)", "ask for a password (401)", OPEN_BY_HAND
    ),
    "http 403": _Fault(
        "refuses scripts (403)", "refuse scripts (403)", OPEN_BY_HAND
    ),
    "challenge": _Fault(
        "asks for a browser check", "ask for a browser check", OPEN_BY_HAND
    ),
    "paywall": _Fault(
        "asks for a subscription", "ask for a subscription", OPEN_BY_HAND
    ),
    "http 404": _Fault(
        "has no feed there any more (404)",
        "have no feed there any more (404)",
        LOOK_ANEW,
    ),
    "http 410": _Fault(
        "has taken the feed away (410)",
        "have taken the feed away (410)",
        LOOK_ANEW,
    ),
    "not a feed": _Fault(
        "answers with something that is no feed",
        "answer with something that is no feed",
        LOOK_ANEW,
    ),
    "unknown host": _Fault(
        "has a site name that no longer exists",
        "have site names that no longer exist",
        LOOK_ANEW,
    ),
    "http 429": _Fault(
        "asks for a pause (429)",
        "ask for a pause (429)",
        "nothing: they are asked more seldom",
    ),
    "timeout": _Fault("is too slow", "are too slow", WAIT),
    "dns": _Fault(
        "could not be looked up just now",
        "could not be looked up just now",
        "check this machine's connection if it lasts",
    ),
    "refused": _Fault("takes no connections", "take no connections", WAIT),
    "connection": _Fault(
        "breaks the connection off", "break the connection off", WAIT
    ),
    "tls": _Fault(
        "has no valid certificate",
        "have no valid certificate",
        "tell the outlet: browsers warn of it, too",
    ),
    "redirects": _Fault(
        "redirects in circles", "redirect in circles", LOOK_ANEW
    ),
    "too large": _Fault(
        "gives more than is read",
        "give more than is read",
        "collect.max_bytes in feeds.yaml is the limit",
    ),
    "forbidden address": _Fault(
        "leads into a private network",
        "lead into a private network",
        CHECK_ADDRESS,
    ),
    "bad address": _Fault(
        "has an address that cannot be asked",
        "have addresses that cannot be asked",
        CHECK_ADDRESS,
    ),
}
EMPTY = _Fault(
    "has a feed without entries",
    "have a feed without entries",
    "if that lasts, " + LOOK_ANEW,
)
MOVED = _Fault(
    "has moved its feed",
    "have moved their feeds",
    "`digest feeds list` has the new address; put it into feeds.yaml",
)


def print_new_articles(report: "Report", *, verbose: bool) -> None:
    """Print how many articles are new of which outlets, those with most first."""
    tallies = [tally for tally in report.values() if tally.new]
    by_number = sorted(tallies, key=lambda tally: -tally.new)
    shown = by_number
    if not verbose:
        shown = by_number[:MAX_OUTLETS]
    width = max((len(tally.outlet) for tally in shown), default=0)
    for tally in shown:
        click.echo(f"{tally.outlet.ljust(width)}  {tally.new:4} new")
    others = by_number[len(shown) :]
    if others:
        number = sum(tally.new for tally in others)
        click.echo(f"{len(others)} more outlets  {number} new")
    _print_other_sites(tallies, verbose=verbose)


def _print_other_sites(tallies: Sequence["Tally"], *, verbose: bool) -> None:
    """Print of which sites aggregators brought articles that are no outlets of feeds.yaml."""
    counts: Counter[str] = Counter()
    for tally in tallies:
        counts.update(tally.other_sites)
    if not counts:
        return
    limit = MAX_NAMES
    if verbose:
        limit = len(counts)
    shown = counts.most_common(limit)
    names = [f"{name} ({number})" for name, number in shown]
    if len(counts) > len(shown):
        names.append(f"and {len(counts) - len(shown)} more sites")
    click.echo(
        f"{counts.total()} of them from sites that are no outlets of feeds.yaml; their names are "
        f"a guess: {', '.join(names)}\n"
        "    what to do: `digest feeds add` watches a site; its tier and name then count"
    )


def print_faults(report: "Report", now: datetime) -> None:
    """Print on standard error what fails, by reason, and which outlets are silent."""
    for line in describe_faults(report, now):
        click.secho(line, err=True, fg="yellow")


def describe_faults(report: "Report", now: datetime) -> list[str]:
    """Return a line for each kind of fault, that of most outlets first; then what is silent."""
    tallies = list(report.values())
    return [
        *_describe_failures(tallies, now),
        *_describe_odd_feeds(tallies),
        *_describe_silences(tallies),
        *_describe_unread(tallies),
    ]


def _describe_failures(
    tallies: Sequence["Tally"], now: datetime
) -> Iterator[str]:
    outlets_by_reason: dict[str, dict[str, str]] = defaultdict(dict)
    for tally in tallies:
        for feed in tally.failed_feeds:
            since = _describe_since(feed.since, now)
            outlets_by_reason[feed.reason].setdefault(tally.outlet, since)
    by_size = sorted(outlets_by_reason.items(), key=lambda item: -len(item[1]))
    for reason, outlets in by_size:
        yield _describe_fault(_fault_of(reason), outlets)


def _describe_odd_feeds(tallies: Sequence["Tally"]) -> Iterator[str]:
    """Yield a line about feeds that answer well and are empty, and about those that have moved."""
    empty = {tally.outlet: "" for tally in tallies if tally.empty_feeds}
    moved = {tally.outlet: "" for tally in tallies if tally.moved_feeds}
    if empty:
        yield _describe_fault(EMPTY, empty)
    if moved:
        yield _describe_fault(MOVED, moved)


def _describe_silences(tallies: Sequence["Tally"]) -> Iterator[str]:
    silences = [tally.silence for tally in tallies if tally.silence]
    yield from silences[:MAX_NAMES]
    others = silences[MAX_NAMES:]
    if others:
        yield f"{len(others)} more are silent; `digest feeds list` has all"


def _fault_of(reason: str) -> _Fault:
    if reason.startswith("http 5"):
        trouble = f"trouble of their own ({reason.removeprefix('http ')})"
        own_trouble = trouble.replace("their", "its")
        return _Fault(f"has {own_trouble}", f"have {trouble}", WAIT)
    if reason in FAULTS:
        return FAULTS[reason]
    return _Fault(f"fails ({reason})", f"fail ({reason})", OPEN_BY_HAND)


def _describe_fault(fault: _Fault, since_by_outlet: Mapping[str, str]) -> str:
    names = [
        f"{outlet}{since}"
        for outlet, since in list(since_by_outlet.items())[:MAX_NAMES]
    ]
    others = len(since_by_outlet) - len(names)
    if others:
        names.append(f"and {others} more (`digest feeds list`)")
    if len(since_by_outlet) == 1:
        start = f"1 outlet {fault.one}"
    else:
        start = f"{len(since_by_outlet)} outlets {fault.several}"
    return f"{start}: {', '.join(names)}\n    what to do: {fault.advice}"


def _describe_since(since: datetime | None, now: datetime) -> str:
    if since is None:
        return " (never worked yet)"
    if (now - since).total_seconds() < RECENT_HOURS * 3600:
        return ""
    return f" (since {since.date()})"


def _describe_unread(tallies: Sequence["Tally"]) -> list[str]:
    """Return a line about pages that could not be read; none if all could."""
    counts: Counter[str] = Counter()
    for tally in tallies:
        counts.update(tally.unread)
    if not counts:
        return []
    reasons = [f"{count} {reason}" for reason, count in counts.most_common()]
    return [
        f"pages that could not be read: {counts.total()} ({', '.join(reasons)}); these articles "
        "are judged by what their feeds say"
    ]
