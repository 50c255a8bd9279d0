"""Collected press as a person reads it: what is new and for whom, what fails by reason, what to do.

`--json` has every feed and its own words; here outlets with the same fault stand together.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import click

from digest.cli.common import Context, count_words
from digest.cli.fault_groups import (
    MAX_NAMES,
    SHOW_ALL,
    FaultGroup,
    describe_by_advice,
    keep_together,
    shorten_names,
    wrap_words,
)

if TYPE_CHECKING:
    from digest.collect import Report, Tally
    from digest.services.collection import Collected
    from digest.services.new_articles import NewArticles, SectionNews
    from digest.settings import Settings

#: What one page does, and what several do, for reasons that feeds have not.
PAGE_REASONS = {
    "no article": ("shows no article", "show no article"),
    "too short": ("shows too little text", "show too little text"),
    "http 404": ("is gone (404)", "are gone (404)"),
    "http 410": ("is gone (410)", "are gone (410)"),
    "robots": (
        "asks programs to stay away (robots.txt)",
        "ask programs to stay away (robots.txt)",
    ),
    "unknown host": (
        "is on a site that no longer exists",
        "are on sites that no longer exist",
    ),
}
#: Headlines of a section that are printed.
MAX_HEADLINES = 5


def print_new_articles(
    collected: "Collected", settings: "Settings", *, verbose: bool
) -> None:
    """Print how many articles are new, for which newsletters and sections, and from whom."""
    report = collected.report
    number = report.count_new()
    if not number:
        click.echo("nothing new")
        return
    sources = [tally for tally in report.values() if tally.new]
    new_articles = count_words(number, "new article", "new articles")
    click.secho(
        f"{new_articles} from {count_words(len(sources), 'outlet', 'outlets')}",
        bold=True,
    )
    for news in collected.new:
        for line in describe_news(news, number, settings):
            click.echo(line)
    for line in [
        *_describe_sources(sources, verbose=verbose),
        *_describe_other_sites(sources, verbose=verbose),
    ]:
        click.echo(line)


def describe_news(
    news: "NewArticles", number: int, settings: "Settings"
) -> Iterator[str]:
    """Yield what becomes of all new articles in a newsletter: the counts add up to `number`."""
    from digest.services.new_articles import (
        KNOWN_ALREADY,
        NO_MENTION,
        TOO_OLD,
    )

    yield f"{news.title}:"
    command = "digest articles"
    if settings.has_several_newsletters:
        command += f" --newsletter {news.newsletter}"
    for section in news.sections:
        title = section.title.replace("{org}", settings.organisation.name)
        yield _count_line(len(section.articles), f"in “{title}”")
        yield from _describe_headlines(section, command)
    for reason, count in news.set_aside.most_common():
        yield _count_line(count, f"set aside: {reason}")
    yield _count_line(news.no_mention, NO_MENTION)
    if news.too_old:
        yield _count_line(news.too_old, TOO_OLD)
    merged = number - news.count_all
    if merged > 0:
        yield _count_line(merged, KNOWN_ALREADY)


def print_faults(report: "Report", now: datetime) -> None:
    """Print on standard error what fails, by reason, and which outlets are silent."""
    for line in describe_faults(report, now):
        click.secho(line, err=True, fg="yellow")


def describe_faults(report: "Report", now: datetime) -> list[str]:
    """Return what is wrong: what needs a person first, the fault of most outlets first."""
    tallies = list(report.values())
    return [
        *_head_faults(tallies),
        *_describe_groups(tallies, now),
        *_describe_silences(tallies),
        *_describe_unread(tallies),
    ]


def print_new_faults(report: "Report", now: datetime) -> None:
    """Print on standard error what fails since this run, and how many outlets have older faults.

    For a log that is written every hour.
    """
    faulty = [tally for tally in report.values() if _has_fault(tally)]
    new = [tally for tally in faulty if _has_new_fault(tally)]
    lines = _describe_groups(new, now)
    older = len(faulty) - len(new)
    if older:
        outlets = count_words(older, "outlet", "outlets")
        lines += wrap_words(f"{outlets} with older faults: {SHOW_ALL}", 0)
    lines += _describe_unread(list(report.values()))
    for line in lines:
        click.secho(line, err=True, fg="yellow")


def print_sums(context: Context, report: "Report") -> None:
    """Print what became of all outlets, and of all feeds and pages: numbers that add up."""
    tallies = list(report.values())
    context.print_note(_describe_feeds(tallies))
    for line in wrap_words(_describe_outlets(tallies), 0):
        context.print_note(line)


def collected_as_data(collected: "Collected") -> list[dict[str, Any]]:
    """Return what was collected of each outlet as JSON data, and what became of its new articles."""
    rows = []
    for tally in collected.report.values():
        places = {
            news.newsletter: _places_as_data(news, tally)
            for news in collected.new
        }
        rows.append(_tally_as_data(tally) | {"new_by_newsletter": places})
    return rows


# Inside


def _places_as_data(news: "NewArticles", tally: "Tally") -> dict[str, int]:
    """Return where the new articles of an outlet are in a newsletter; the counts add up to them."""
    from digest.services.new_articles import KNOWN_ALREADY

    places = dict(news.by_outlet.get(tally.outlet, {}))
    merged = tally.new - sum(places.values())
    if merged > 0:
        places[KNOWN_ALREADY] = merged
    return places


def _describe_headlines(section: "SectionNews", command: str) -> Iterator[str]:
    for judged in section.articles[:MAX_HEADLINES]:
        headline = judged.article.title or "(no headline)"
        yield from wrap_words(f"{headline} ({judged.article.outlet})", 8)
    others = len(section.articles) - MAX_HEADLINES
    if others > 0:
        yield f"        and {others} more: `{command} --section {section.key}`"


def _count_line(count: int, words: str) -> str:
    return f"{count:6} {words}"


def _describe_sources(
    tallies: Sequence["Tally"], *, verbose: bool
) -> list[str]:
    """Return from which outlets most is new; with `verbose`, from all."""
    by_number = sorted(tallies, key=lambda tally: -tally.new)
    names = [f"{tally.outlet} {tally.new}" for tally in by_number]
    shown = ", ".join(names)
    if not verbose:
        shown = shorten_names(names, "`digest feeds list`")
    return wrap_words(f"from: {shown}", 0)


def _describe_groups(tallies: Sequence["Tally"], now: datetime) -> list[str]:
    groups = [*_group_failures(tallies), *_group_odd(tallies)]
    return describe_by_advice(groups, now)


def _describe_other_sites(
    tallies: Sequence["Tally"], *, verbose: bool
) -> list[str]:
    """Return of which sites aggregators brought articles that are no outlets of feeds.yaml."""
    counts: Counter[str] = Counter()
    for tally in tallies:
        counts.update(tally.other_sites)
    if not counts:
        return []
    limit = MAX_NAMES
    if verbose:
        limit = len(counts)
    shown = counts.most_common(limit)
    names = [keep_together(f"{name} ({number})") for name, number in shown]
    if len(counts) > len(shown):
        names.append(f"and {len(counts) - len(shown)} more sites")
    return [
        *wrap_words(
            f"{counts.total()} of them from sites that are no outlets of feeds.yaml; their names "
            f"are a guess: {', '.join(names)}",
            0,
        ),
        *wrap_words(
            "what to do: `digest feeds add` watches a site; its tier and name then count",
            4,
        ),
    ]


def _group_failures(tallies: Iterable["Tally"]) -> Iterator[FaultGroup]:
    from digest.collect.feeds.faults import fault_of, precise_reason

    groups: dict[str, FaultGroup] = {}
    for tally in tallies:
        for feed in tally.failed_feeds:
            reason = precise_reason(feed.reason, feed.error)
            group = groups.setdefault(reason, FaultGroup(fault_of(reason)))
            group.since_by_outlet.setdefault(tally.outlet, feed.since)
    yield from groups.values()


def _group_odd(tallies: Sequence["Tally"]) -> Iterator[FaultGroup]:
    """Yield the outlets whose feeds answer well and are empty, and those that have moved."""
    from digest.services.feed_health import EMPTY_NOW, MOVED, NEVER_FILLED

    never_filled = FaultGroup(NEVER_FILLED, never="")
    empty = FaultGroup(EMPTY_NOW, never="")
    moved = FaultGroup(MOVED, never="")
    for tally in tallies:
        for feed in tally.empty_feeds:
            group = empty
            if feed.last_new is None:
                group = never_filled
            group.since_by_outlet.setdefault(tally.outlet, feed.last_new)
        for _old, _new in tally.moved_feeds:
            moved.since_by_outlet.setdefault(tally.outlet, None)
    for group in (never_filled, empty, moved):
        if group.since_by_outlet:
            yield group


def _head_faults(tallies: Sequence["Tally"]) -> list[str]:
    faulty = [tally for tally in tallies if _has_fault(tally)]
    if not faulty:
        return []
    number = count_words(len(tallies), "outlet", "outlets")
    return ["", f"trouble with {len(faulty)} of {number}:"]


def _has_fault(tally: "Tally") -> bool:
    return bool(
        tally.failed_feeds
        or tally.empty_feeds
        or tally.moved_feeds
        or tally.silence
    )


def _has_new_fault(tally: "Tally") -> bool:
    """Return whether a feed of an outlet fails, or is empty, for the first time in a row."""
    has_new_failure = any(not feed.again for feed in tally.failed_feeds)
    return has_new_failure or any(not feed.again for feed in tally.empty_feeds)


def _describe_silences(tallies: Sequence["Tally"]) -> Iterator[str]:
    from digest.services.feed_health import SILENT

    silences = [tally.silence for tally in tallies if tally.silence]
    if not silences:
        return
    number = count_words(len(silences), "outlet", "outlets")
    yield from wrap_words(f"what to do about {number}: {SILENT.advice}", 0)
    for sentence in silences[:MAX_NAMES]:
        yield from wrap_words(sentence, 4)
    others = silences[MAX_NAMES:]
    if others:
        yield from wrap_words(f"and {len(others)} more are silent: {SHOW_ALL}")


def _describe_unread(tallies: Sequence["Tally"]) -> list[str]:
    """Return lines about pages that could not be read; none if all could."""
    counts: Counter[str] = Counter()
    for tally in tallies:
        counts.update(tally.unread)
    if not counts:
        return []
    number = count_words(counts.total(), "page", "pages")
    lines = wrap_words(
        f"{number} of articles could not be read; these articles are judged by what their feeds say:",
        0,
    )
    for reason, count in counts.most_common():
        lines += wrap_words(f"{count:3} {_words_for_unread(reason, count)}")
    return lines


def _words_for_unread(reason: str, count: int) -> str:
    """Return what so many pages do that could not be read."""
    from digest.collect.feeds.faults import fault_of

    words = PAGE_REASONS.get(reason)
    if words is None:
        fault = fault_of(reason)
        words = (fault.one, fault.several)
    one, several = words
    if count == 1:
        return one
    return several


def _describe_feeds(tallies: Sequence["Tally"]) -> str:
    polled = _sum_of(tallies, "polled")
    new = _sum_of(tallies, "new")
    read = _sum_of(tallies, "read")
    retitled = _sum_of(tallies, "retitled")
    adopted = _sum_of(tallies, "adopted")
    failed = sum(len(tally.failed_feeds) for tally in tallies)
    parts = [
        count_words(polled, "feed polled", "feeds polled"),
        count_words(new, "new article", "new articles"),
        count_words(read, "page read", "pages read"),
    ]
    if retitled:
        parts.append(f"{retitled} with a new headline")
    if adopted:
        parts.append(f"{adopted} given to their own outlets")
    parts.append(count_words(failed, "feed failed", "feeds failed"))
    return ", ".join(parts)


def _sum_of(tallies: Iterable["Tally"], count: str) -> int:
    return sum(map(attrgetter(count), tallies))


def _describe_outlets(tallies: Sequence["Tally"]) -> str:
    """Return how many outlets there are of each kind; each is in one."""
    kinds = Counter(_kind_of(tally) for tally in tallies)
    parts = [f"{kinds[kind]} {kind}" for kind in KINDS if kinds[kind]]
    failing_before = sum(tally.failing_before for tally in tallies)
    line = (
        f"{count_words(len(tallies), 'outlet', 'outlets')}: {', '.join(parts)}"
    )
    if failing_before:
        feeds = count_words(failing_before, "feed", "feeds")
        line += f"; not asked again, since they failed before: {feeds}"
    return line


#: Kinds of outlets, each of which is in the first that holds of it.
KINDS: dict[str, Callable[["Tally"], bool]] = {
    "with something new": lambda tally: tally.new > 0 and not _has_fault(tally),
    "with something new and a fault": lambda tally: tally.new > 0,
    "with a feed that fails": lambda tally: bool(tally.failed_feeds),
    "empty, moved or silent": _has_fault,
    "with nothing new": lambda tally: tally.polled > 0,
    "not due": lambda _tally: True,
}


def _kind_of(tally: "Tally") -> str:
    return next(kind for kind, holds in KINDS.items() if holds(tally))


def _tally_as_data(tally: "Tally") -> dict[str, Any]:
    return {
        "outlet": tally.outlet,
        "polled": tally.polled,
        "unchanged": tally.unchanged,
        "new": tally.new,
        "retitled": tally.retitled,
        "adopted": tally.adopted,
        "other_sites": dict(tally.other_sites),
        "read": tally.read,
        "unread": dict(tally.unread),
        "failures": dict(tally.failures),
        "problems": tally.problems,
        "failed_feeds": [asdict(feed) for feed in tally.failed_feeds],
        "failing_before": tally.failing_before,
        "empty_feeds": [asdict(feed) for feed in tally.empty_feeds],
        "moved_feeds": dict(tally.moved_feeds),
        "silence": tally.silence,
    }
