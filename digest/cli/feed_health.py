"""Feed health as printed: a table of all feeds, or what is in trouble by what is wrong with it."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from digest.cli.common import Context, count_words, print_table
from digest.cli.fault_groups import wrap_words

if TYPE_CHECKING:
    from digest.collect.feeds.faults import Fault
    from digest.services.feed_health import FeedHealth


def print_health(
    context: Context, feeds: Sequence["FeedHealth"], now: datetime
) -> None:
    """Print a row for each feed, and how many are in each state."""
    from digest.services.feed_health import count_states

    headings = ["outlet", "feed", "last success", "every", "a week", "state"]
    rows = [_row_of(health, now, verbose=context.verbose) for health in feeds]
    print_table(headings, rows)
    counts = [
        f"{count} {state}" for state, count in count_states(feeds).items()
    ]
    number = count_words(len(feeds), "feed", "feeds")
    note = f"{number}: {', '.join(counts)}"
    if any(health.state.is_trouble for health in feeds):
        note += "; `digest feeds list --trouble` says what to do"
    context.print_note(note)


def print_trouble(context: Context, feeds: Sequence["FeedHealth"]) -> None:
    """Print feeds that need attention by what is wrong with them, with what to do."""
    by_fault: dict[Fault, list[FeedHealth]] = {}
    for health in feeds:
        if health.main_fault:
            by_fault.setdefault(health.main_fault, []).append(health)
    for fault, troubled in by_fault.items():
        outlets = {health.feed.outlet for health in troubled}
        heading = count_words(
            len(outlets), f"outlet {fault.one}", f"outlets {fault.several}"
        )
        click.secho(heading, bold=True)
        for health in troubled:
            _print_feed(context, health)
        for line in wrap_words(f"what to do: {fault.advice}"):
            click.echo(line)
    if feeds:
        number = count_words(len(feeds), "feed needs", "feeds need")
        context.print_note(f"{number} attention")
    else:
        context.print_note("no feed needs attention")


def health_as_data(health: "FeedHealth") -> dict[str, Any]:
    """Return the health of a feed as JSON data; `kind` tells it from a mailbox."""
    feed = health.feed
    advice = ""
    if health.main_fault:
        advice = health.main_fault.advice
    return {
        "kind": "feed",
        "outlet": feed.outlet,
        "url": feed.url,
        "state": health.state,
        "needs_attention": health.state.is_trouble,
        "reason": health.reason,
        "since": health.since,
        "what_to_do": advice,
        "last_success": feed.last_success,
        "newest_article": health.newest,
        "next_poll": feed.next_poll,
        "interval_seconds": feed.interval or None,
        "a_week": health.a_week,
        "last_week": health.last_week,
        "failures": feed.failures,
        "error": feed.error,
        "problem": feed.problem,
        "moved": feed.moved,
        "silence": health.silence,
    }


def _print_feed(context: Context, health: "FeedHealth") -> None:
    since = describe_since(health)
    parts = [health.feed.outlet, since, health.feed.url]
    if health.feed.moved:
        parts.append(f"to {health.feed.moved}")
    click.echo(f"    {'  '.join(filter(None, parts))}")
    if context.verbose and health.feed.error:
        click.echo(f"        {health.feed.error}")


def _row_of(health: "FeedHealth", now: datetime, *, verbose: bool) -> list[str]:
    feed = health.feed
    if feed.last_success:
        last_success = _format_age(feed.last_success, now)
    elif feed.next_poll:
        last_success = "never"
    else:
        last_success = "not yet"
    interval = ""
    if feed.interval:
        interval = f"{feed.interval / 3600:.1f} h"
    if health.a_week is None:
        pace = f"{health.last_week}"
    else:
        pace = f"{health.a_week:g}"
    state = describe_state(health)
    if verbose:
        own_words = (feed.error, feed.problem)
        state = "; ".join(filter(None, (state, *own_words)))
    return [feed.outlet, feed.url, last_success, interval, pace, state]


def describe_state(health: "FeedHealth") -> str:
    """Return in words how a feed is: its state, what is wrong, and since when."""
    from digest.collect.feeds.parse import EMPTY_FEED

    feed = health.feed
    parts = [str(health.state)]
    if health.reason and health.main_fault:
        parts.append(health.main_fault.one)
    elif health.silence:
        parts.append(f"usually {health.a_week:g} a week")
    since = describe_since(health)
    if since:
        parts.append(since)
    if feed.moved:
        parts.append(f"new address {feed.moved}")
    if feed.problem and EMPTY_FEED not in feed.problem:
        parts.append("malformed, and read all the same")
    return ", ".join(parts)


def describe_since(health: "FeedHealth") -> str:
    """Return since when a feed is in its state; "" where that is not known."""
    if health.since is None:
        return ""
    return f"since {health.since.date()}"


def _format_age(moment: datetime, now: datetime) -> str:
    hours = (now - moment).total_seconds() / 3600
    if hours >= 48:
        return f"{hours / 24:.0f} days ago"
    return f"{max(hours, 0):.0f} h ago"
