"""The feeds that are watched, and what feeds and pages give."""

import json
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.cli.common import (
    Context,
    as_json,
    errors_as_failures,
    pass_app,
    print_json,
    print_table,
)
from digest.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from digest.app import App
    from digest.ports import Fetcher
    from digest.services.feeds import Health
    from digest.settings import Settings

    Open = Callable[[], Fetcher]


@click.group("feeds")
def feeds() -> None:
    """List, add, remove, import, export, check."""


@feeds.command("list")
@as_json
@pass_app
@click.pass_obj
def list_(context: Context, app: "App", *, as_json: bool) -> None:
    """Show how each feed fares: last success, interval, articles a week, failures, silence."""
    found = app.watch.health()
    if as_json:
        print_json([_health(h) for h in found])
        return
    headings = ["outlet", "feed", "last success", "every", "a week", "what is wrong"]
    print_table(headings, [_row(h, app.clock()) for h in found])
    context.say(
        f"{len(found)} feeds, {sum(bool(_wrong(h)) for h in found)} with something wrong"
    )


@feeds.command("add")
@click.argument("url")
@click.option(
    "--outlet", default="", help="Whose it is (default: what the site calls itself)."
)
@pass_app
@click.pass_obj
def add(context: Context, app: "App", url: str, outlet: str) -> None:
    """Add a feed to feeds.yaml: its address, or that of a site whose feeds are looked for."""
    added = app.feed_list.add(url, outlet)
    if added.outlet:
        click.echo(f"added {added.url} ({added.outlet})")
    else:
        click.echo(f"{added.url} is in feeds.yaml already")
    for other in added.others:
        context.say(f"the site has also: digest feeds add {other}")


@feeds.command("remove")
@click.argument("url")
@pass_app
def remove(app: "App", url: str) -> None:
    """Remove a feed from feeds.yaml; its articles stay."""
    click.echo(f"removed {url} ({app.watch.remove(url)}); its articles stay")


@feeds.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_app
def import_(app: "App", file: Path) -> None:
    """Add the feeds of an OPML file to feeds.yaml."""
    from digest.settings.opml import read_opml

    try:
        listed = read_opml(file.read_bytes())
    except DigestError as e:
        raise DigestError(f"{file}: {e}") from None
    new = app.feed_list.add_all(listed)
    for feed in new:
        click.echo(f"added {feed.url} ({feed.outlet})")
    click.echo(f"{len(new)} added, {len(listed) - len(new)} known already")


@feeds.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@pass_app
def export(app: "App", file: Path | None) -> None:
    """Write the watched feeds as OPML to FILE, or print them."""
    from digest.settings.opml import write_opml

    text = write_opml(
        app.settings.outlets, f"What {app.settings.organisation.name} reads"
    )
    if file:
        file.write_bytes(text)
        click.echo(f"wrote {file}")
    else:
        click.echo(text.decode(), nl=False)


@feeds.command("check")
@click.argument("places", metavar="FILE-or-URL...", nargs=-1, required=True)
@as_json
@click.pass_obj
def check(context: Context, places: tuple[str, ...], *, as_json: bool) -> None:
    """Show what feeds give, entry by entry; --json prints one object a line.

    Nothing is stored, and no working folder is needed. Exit code 1 if one could not be read.
    """
    from digest.collect.feeds.inspection import check_feed, contents

    bad = False
    with errors_as_failures(), _fetching(context) as (fetch, _):
        for place, answer in contents(places, fetch):
            rows = check_feed(place, answer)
            bad |= not any("id" in row for row in rows)
            _print_lines(rows) if as_json else _print_feed(place, rows)
    if bad:
        raise click.exceptions.Exit(1)


@click.command("read")
@click.argument("places", metavar="FILE-or-URL...", nargs=-1, required=True)
@click.option(
    "--urls",
    "urls_file",
    type=click.File("rb"),
    help="A JSON object from file to the address that it was fetched from.",
)
@as_json
@click.pass_obj
def read(
    context: Context, places: tuple[str, ...], urls_file: Any, *, as_json: bool
) -> None:
    """Show what is read from pages; --json prints one object a line.

    Nothing is stored, and no working folder is needed. Exit code 1 if one could not be read.
    """
    from dataclasses import replace

    from digest.collect import READERS, outlet_of
    from digest.collect.feeds.inspection import address_of, contents, read_page
    from digest.ports import Response

    urls = _addresses(urls_file)
    bad = False
    with errors_as_failures(), _fetching(context) as (fetch, settings):
        extract = READERS[settings.extractor if settings else "combined"]
        if settings:
            outlets = settings.outlets
        else:
            outlets = ()
        for place, found in contents(places, fetch, page=True):
            answer = found
            if isinstance(found, Response) and not found.url:
                answer = replace(found, url=address_of(place, urls))
            row = read_page(place, answer, extract, lambda url: outlet_of(url, outlets))
            bad |= "error" in row
            _print_lines([row]) if as_json else _print_page(row)
    if bad:
        raise click.exceptions.Exit(1)


@contextmanager
def _fetching(context: Context) -> "Iterator[tuple[Open, Settings | None]]":
    """Give a way to a fetcher, opened if it is asked for, within the folder's settings if any."""
    from contextlib import ExitStack

    from digest.collect import fetcher
    from digest.settings import load

    if (context.folder / "feeds.yaml").exists():
        settings = load(context.folder).settings
    else:
        settings = None
    with ExitStack() as stack:
        yield lambda: stack.enter_context(fetcher(settings)), settings


def _addresses(file: Any) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        said = json.load(file)
    except ValueError as e:
        raise click.BadParameter(
            f"{file.name}: not JSON ({e})", param_hint="--urls"
        ) from None
    if not isinstance(said, dict):
        raise click.BadParameter(
            f"{file.name}: expected an object", param_hint="--urls"
        )
    return said


def _print_lines(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        click.echo(json.dumps(row, ensure_ascii=False))


def _print_feed(place: str, rows: list[dict[str, Any]]) -> None:
    entries = [row for row in rows if "id" in row]
    click.secho(f"{place}: {len(entries)} entries", bold=True)
    for row in entries:
        click.echo(
            f"  {row['published'] or 'undated':20}  {row['title'] or '(no headline)'}"
        )
        click.echo(f"  {'':20}  {row['link'] or '(no link)'}")
    for row in rows:
        if "problem" in row:
            click.secho(f"  {row['problem']}", err=True, fg="yellow")


def _print_page(row: dict[str, Any]) -> None:
    if "error" in row:
        click.secho(f"{row['file']}: {row['error']}", err=True, fg="yellow")
        return
    click.secho(row["title"] or "(no headline)", bold=True)
    by = ", ".join(row["authors"])
    facts = [row["sitename"], row["date"] or "undated", by, f"read by {row['reader']}"]
    click.echo(" · ".join(filter(None, facts)))
    click.echo(f"{row['canonical']}\n\n{row['text'] or '(no text)'}\n")


def _health(h: "Health") -> dict[str, Any]:
    f = h.feed
    return {
        "outlet": f.outlet,
        "url": f.url,
        "last_success": f.last_success,
        "next_poll": f.next_poll,
        "interval_seconds": f.interval or None,
        "a_week": h.a_week,
        "last_week": h.last_week,
        "failures": f.failures,
        "error": f.error,
        "problem": f.problem,
        "moved": f.moved,
        "silence": h.silence,
    }


def _row(h: "Health", now: datetime) -> list[str]:
    f = h.feed
    if f.last_success:
        last = _ago(f.last_success, now)
    elif f.next_poll:
        last = "never"
    else:
        last = "not yet"
    if f.interval:
        every = f"{f.interval / 3600:.1f} h"
    else:
        every = ""
    if h.a_week is None:
        pace = f"{h.last_week}"
    else:
        pace = f"{h.a_week:g}"
    return [f.outlet, f.url, last, every, pace, _wrong(h)]


def _ago(when: datetime, now: datetime) -> str:
    hours = (now - when).total_seconds() / 3600
    if hours >= 48:
        return f"{hours / 24:.0f} days ago"
    return f"{max(hours, 0):.0f} h ago"


def _wrong(h: "Health") -> str:
    if h.feed.moved:
        moved = f"moved to {h.feed.moved}; put that into feeds.yaml"
    else:
        moved = ""
    if h.feed.error:
        failed = f"failed {h.feed.failures:g}×: {h.feed.error}"
    else:
        failed = ""
    return "; ".join(filter(None, (failed, h.silence, moved, h.feed.problem)))
