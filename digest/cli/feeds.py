"""Feeds: commands that list, add, remove, import, export and check them."""

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.cli.common import (
    Context,
    as_json,
    errors_as_failures,
    pass_app,
    print_json,
    show_progress,
)
from digest.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from digest.app import App
    from digest.ports import Fetcher
    from digest.settings import Settings

    Open = Callable[[], Fetcher]


@click.group("feeds")
def feeds_group() -> None:
    """List, add, remove, import, export and check feeds."""


@feeds_group.command("list")
@click.option(
    "--trouble",
    is_flag=True,
    help="Only feeds that need attention: what is wrong, since when, and what to do.",
)
@as_json
@pass_app
@click.pass_obj
def list_feeds(
    context: Context, app: "App", *, trouble: bool, as_json: bool
) -> None:
    """Show the health of each feed: its state, since when, last success, interval, articles a week.

    Mailboxes of newsletters and alerts are listed under the feeds.
    """
    from digest.cli.feed_health import (
        health_as_data,
        print_health,
        print_trouble,
    )
    from digest.cli.mailbox_health import mailbox_as_data, print_mailboxes
    from digest.services.feed_health import trouble_only

    feeds_health = app.feeds.list_health()
    mailboxes = app.mail_sources.list_health()
    if trouble:
        shown = trouble_only(feeds_health)
        mailboxes = [mailbox for mailbox in mailboxes if mailbox.fault]
    else:
        shown = feeds_health
    if as_json:
        rows = [health_as_data(health) for health in shown]
        rows += [mailbox_as_data(mailbox) for mailbox in mailboxes]
        print_json(rows)
        return
    if trouble:
        print_trouble(context, shown)
    else:
        if shown:
            print_health(context, shown, app.clock())
        _print_without_feeds(context, app)
    print_mailboxes(mailboxes, app.settings.newsletter.zone)


def _print_without_feeds(context: Context, app: "App") -> None:
    """Name the outlets that have no feed to poll."""
    names = [outlet.name for outlet in app.settings.outlets if not outlet.feeds]
    if names:
        context.print_note(
            f"without a feed, so that they come by mail, in sheets or by hand: {', '.join(names)}"
        )


@feeds_group.command("add")
@click.argument("url")
@click.option(
    "--outlet",
    default="",
    help="The outlet's name, whatever its address says (default: the name that the site gives).",
)
@pass_app
@click.pass_obj
def add_feed(context: Context, app: "App", url: str, outlet: str) -> None:
    """Add a feed to feeds.yaml: by its address, or by that of a site to search for feeds.

    It joins the outlet that publishes it, else a new one. --outlet says whose it is.
    """
    added = app.feed_list.add_feed(url, outlet)
    if added.outlet:
        click.echo(f"added {added.url} ({added.outlet})")
    else:
        click.echo(f"{added.url} is in feeds.yaml already")
    if added.is_empty:
        click.secho(
            "it has no entries now; look on the site whether it has another feed",
            err=True,
            fg="yellow",
        )
    for other in added.others:
        context.print_note(f"more feeds of this site: digest feeds add {other}")


@feeds_group.command("remove")
@click.argument("url")
@pass_app
def remove_feed(app: "App", url: str) -> None:
    """Remove a feed from feeds.yaml; its articles stay."""
    click.echo(
        f"removed {url} ({app.feeds.remove_feed(url)}); its articles stay"
    )


@feeds_group.command("import")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@pass_app
@click.pass_obj
def import_feeds(context: Context, app: "App", file: Path) -> None:
    """Add the feeds of an OPML file to feeds.yaml.

    Every row is added, or said why not. Exit code 1 if none could be.
    """
    from digest.settings.opml import read_opml

    try:
        listed = read_opml(file.read_bytes())
    except DigestError as error:
        raise DigestError(f"{file}: {error}") from None
    with show_progress(context) as show:
        new = app.feed_list.add_feeds(listed.feeds, show)
    for feed in new:
        click.echo(f"added {feed.url} ({feed.outlet})")
    for row in listed.left_out:
        click.secho(
            f"not added: {row.name or '(no name)'}: {row.reason}",
            err=True,
            fg="yellow",
        )
    counts = [
        f"{len(new)} added",
        f"{len(listed.feeds) - len(new)} already in feeds.yaml",
    ]
    if listed.repeated:
        counts.append(f"{listed.repeated} listed more than once")
    if listed.left_out:
        counts.append(f"{len(listed.left_out)} not added")
    click.echo(", ".join(counts))
    if listed.left_out and not listed.feeds:
        raise click.exceptions.Exit(1)


@feeds_group.command("export")
@click.argument(
    "file", type=click.Path(dir_okay=False, path_type=Path), required=False
)
@pass_app
def export_feeds(app: "App", file: Path | None) -> None:
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


@feeds_group.command("check")
@click.argument("places", metavar="FILE-or-URL...", nargs=-1, required=True)
@as_json
@click.pass_obj
def check_feeds(
    context: Context, places: tuple[str, ...], *, as_json: bool
) -> None:
    """Show the entries of feeds; --json prints one object per line.

    Nothing is stored, and no working folder is needed. Exit code 1 if any could not be read.
    """
    from digest.collect.feeds.inspection import check_feed, read_contents

    any_unreadable = False
    with errors_as_failures(), _fetching(context) as (fetch, _settings):
        for place, answer in read_contents(places, fetch):
            rows = check_feed(place, answer)
            if not any("id" in row for row in rows):
                any_unreadable = True
            if as_json:
                _print_lines(rows)
            else:
                _print_feed(place, rows)
    if any_unreadable:
        raise click.exceptions.Exit(1)


@click.command("read")
@click.argument("places", metavar="FILE-or-URL...", nargs=-1, required=True)
@click.option(
    "--urls",
    "urls_file",
    type=click.File("rb"),
    help="A JSON file that maps each FILE to the address it was fetched from.",
)
@as_json
@click.pass_obj
def read_pages(
    context: Context, places: tuple[str, ...], urls_file: Any, *, as_json: bool
) -> None:
    """Show what is extracted from web pages; --json prints one object per line.

    Nothing is stored, and no working folder is needed. Exit code 1 if any could not be read.
    """
    from dataclasses import replace

    from digest.collect import READERS, outlet_of
    from digest.collect.feeds.inspection import (
        address_of,
        read_contents,
        read_page,
    )
    from digest.ports import Response

    urls = _load_addresses(urls_file)
    any_unreadable = False
    with errors_as_failures(), _fetching(context) as (fetch, settings):
        if settings:
            extract = READERS[settings.extractor]
            outlets = settings.outlets
        else:
            extract = READERS["combined"]
            outlets = ()

        def name_outlet(url: str) -> str:
            return outlet_of(url, outlets)

        for place, content in read_contents(places, fetch, page=True):
            answer = content
            if isinstance(content, Response) and not content.url:
                answer = replace(content, url=address_of(place, urls))
            row = read_page(place, answer, extract, name_outlet)
            if "error" in row:
                any_unreadable = True
            if as_json:
                _print_lines([row])
            else:
                _print_page(row)
    if any_unreadable:
        raise click.exceptions.Exit(1)


@contextmanager
def _fetching(context: Context) -> "Iterator[tuple[Open, Settings | None]]":
    """Yield a function that opens a fetcher, and the folder's settings if it has any."""
    from contextlib import ExitStack

    from digest.collect import make_fetcher
    from digest.settings import load_workspace

    if (context.folder / "feeds.yaml").exists():
        settings = load_workspace(context.folder).settings
    else:
        settings = None
    with ExitStack() as stack:
        yield lambda: stack.enter_context(make_fetcher(settings)), settings


def _load_addresses(file: Any) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        addresses = json.load(file)
    except ValueError as error:
        raise click.BadParameter(
            f"{file.name}: not JSON ({error})", param_hint="--urls"
        ) from None
    if not isinstance(addresses, dict):
        raise click.BadParameter(
            f"{file.name}: expected an object", param_hint="--urls"
        )
    return addresses


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
    facts = [
        row["sitename"],
        row["date"] or "undated",
        ", ".join(row["authors"]),
        f"read by {row['reader']}",
    ]
    click.echo(" · ".join(filter(None, facts)))
    click.echo(f"{row['canonical']}\n\n{row['text'] or '(no text)'}\n")
