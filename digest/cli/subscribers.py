"""Subscribers: commands that manage them, and that serve the public pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from digest.cli.common import (
    Context,
    Failure,
    as_json,
    count_words,
    pass_app,
    print_json,
    print_table,
    proxy_option,
    show_progress,
)
from digest.cli.importing import (
    FIELDS,
    answers_from,
    format_cell,
    line_of_sum,
    lines_of_not_mailed,
    lines_of_tags,
    lines_of_undated,
    print_preview,
    print_preview_with_people,
)
from digest.cli.newsletter_choice import (
    complete_newsletter,
    in_any_case,
    list_apps,
    newsletter_option,
    pass_newsletter_app,
)
from digest.model import Subscriber

if TYPE_CHECKING:
    from digest.app import App
    from digest.services.subscribers import SheetPreview

where_option = click.option(
    "--where",
    metavar="FILTER",
    default="",
    help="Such as 'tag:board -tag:press joined>2026-01-01'.",
)


@click.group("subscribers")
def subscribers_group() -> None:
    """Import, add, list, tag, remove, suppress, export; show or erase a person's data."""


@subscribers_group.command("import")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--source",
    default="",
    help="How these people gave consent, if the file does not say.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="PART=NAME",
    help="Which column is a PART, such as address=Contact.",
)
@click.option("--tag", "tags", multiple=True, help="Add a tag to all of them.")
@click.option(
    "--newsletter",
    "newsletters",
    multiple=True,
    metavar="KEY",
    shell_complete=complete_newsletter,
    help="The newsletter they get, if there are several; may be repeated.",
)
@click.option(
    "--list",
    "lists",
    multiple=True,
    metavar="WORD=KEY",
    help="Which newsletter a word in a column of newsletters means; KEY may be ignore.",
)
@click.option(
    "--preview", is_flag=True, help="Show how the file is read; import nobody."
)
@click.option(
    "--status",
    "statuses",
    multiple=True,
    metavar="WORD=ANSWER",
    help="What a word in a status column means: yes, no, bounced, complained, blocked, unconfirmed.",
)
@click.option(
    "--ignore-column",
    "ignored",
    multiple=True,
    metavar="NAME",
    help="This column is not a status.",
)
@click.option(
    "--everybody",
    metavar="ANSWER",
    help="The status of everybody, if no column says it.",
)
@click.option(
    "--encoding",
    default="",
    metavar="NAME",
    help="Such as cp1250, if it is guessed wrongly.",
)
@click.option(
    "--dates",
    type=click.Choice(["day-first", "month-first"]),
    help="How 03/04/2026 is read, if that is guessed wrongly.",
)
@pass_app
@click.pass_obj
def import_subscribers(
    context: Context,
    app: "App",
    file: Path,
    source: str,
    columns: tuple[str, ...],
    tags: tuple[str, ...],
    newsletters: tuple[str, ...],
    lists: tuple[str, ...],
    *,
    preview: bool,
    statuses: tuple[str, ...],
    ignored: tuple[str, ...],
    everybody: str | None,
    encoding: str,
    dates: str | None,
) -> None:
    """Import the people of a CSV file or spreadsheet; it needs a column address (or email).

    Columns are recognised by their names, in any order and as most programs write them; --preview
    shows how they are read. People who unsubscribed, are suppressed or were erased stay out,
    whatever the file says. Those who unsubscribed or bounced in the system that wrote the file
    are not mailed. If a status is not clear you are asked, and nobody is imported before you
    answer. Where there are several newsletters, --newsletter or a column of the sheet says which they
    get; nobody gets again what they left. Refused rows are written to FILE.refused.csv with line
    and reason; exit code 1 if there are any, or questions to answer.
    """
    from digest.services.subscribers import (
        ImportWish,
        list_tags_given,
        preview_sheet,
    )

    wish = ImportWish(
        column_overrides=dict(_parse_columns(columns)),
        tags=tuple(label.casefold() for label in tags),
        answers=answers_from(statuses, ignored, everybody, encoding, dates),
        newsletters=newsletters,
        newsletter_answers=dict(_parse_lists(lists)),
    )
    tags_given = list_tags_given(wish, app.settings)
    if preview:
        print_preview_with_people(
            context,
            preview_sheet(file, wish, app.settings, app.clock()),
            app.settings.newsletter.zone,
        )
        for line in lines_of_tags(tags_given, app.settings):
            click.echo(line)
        return
    default = source or f"import of {file.name}"

    def print_columns(columns_read: "SheetPreview") -> None:
        print_preview(context, columns_read)

    with show_progress(context) as show:

        def show_people(number: int) -> None:
            show("people", number, 0)

        counts, refused, report = app.subscribers.import_sheet(
            file,
            default,
            wish,
            show_people,
            print_columns,
        )
    click.echo(
        f"{counts.added} added, {counts.already_subscribed} already subscribed, "
        f"{counts.left_earlier} unsubscribed earlier and stay so, "
        f"{counts.suppressed} suppressed, {refused} rows refused"
    )
    lines = (
        *lines_of_not_mailed(counts),
        *lines_of_undated(counts),
        *lines_of_tags(tags_given, app.settings),
    )
    for line in lines:
        click.echo(line)
    click.echo(line_of_sum(counts))
    if counts.left_earlier:
        click.echo(
            "who unsubscribed earlier comes back by themselves only, "
            f"{app.subscribers.describe_way_back()}"
        )
    if report:
        raise Failure(f"the refused rows, with their reasons: {report}", 1)


@subscribers_group.command("add")
@click.argument("address")
@click.option("--name", default="", help="The person's name.")
@click.option("--source", default="by hand", help="How they gave consent.")
@click.option("--tag", "tags", multiple=True, help="A tag.")
@pass_newsletter_app(in_any_case)
def add_subscriber(
    app: "App", address: str, name: str, source: str, tags: tuple[str, ...]
) -> None:
    """Add one person; to an internal newsletter by one of its tags, the first unless --tag says."""
    from digest.audience import validate_address
    from digest.services.subscribers import ImportWish, list_tags_given

    labels = tuple(label.casefold() for label in tags)
    wish = ImportWish(tags=labels, newsletters=(app.settings.newsletter.key,))
    app.subscribers.add_subscriber(
        Subscriber(
            validate_address(address), name, source, app.clock(), tags=labels
        )
    )
    click.echo(f"{address}: added")
    for line in lines_of_tags(
        list_tags_given(wish, app.settings), app.settings
    ):
        click.echo(line)


@subscribers_group.command("tag")
@click.argument("address")
@click.argument("tags", nargs=-1)
@pass_app
def tag_subscriber(app: "App", address: str, tags: tuple[str, ...]) -> None:
    """Set the tags of a subscriber to exactly these; none removes all."""
    app.subscribers.set_tags(address, tags)
    click.echo(f"{address}: {', '.join(tags) or 'no tags'}")


@subscribers_group.command("list")
@click.option(
    "--all",
    "everybody",
    is_flag=True,
    help="Also those who unsubscribed or are suppressed.",
)
@where_option
@as_json
@newsletter_option
@pass_app
@click.pass_obj
def list_subscribers(
    context: Context,
    app: "App",
    newsletter: str | None,
    *,
    everybody: bool,
    where: str,
    as_json: bool,
) -> None:
    """List the subscribers of all newsletters, or of one; with --all also who left.

    Where there are several newsletters, a column has those that each person gets.
    """
    keys = {one.settings.newsletter.key for one in list_apps(app, newsletter)}
    received = _list_received(app.newsletters, where)
    if everybody:
        shown = list(app.subscribers.list_matching(where, active_only=False))
    else:
        shown = [
            entry.person
            for entry in received
            if not keys.isdisjoint(entry.newsletters)
        ]
    rows = [
        {field: getattr(person, field) for field in FIELDS} for person in shown
    ]
    headings = list(FIELDS)
    if app.settings.has_several_newsletters:
        headings.append("newsletters")
        keys_by_id = {entry.person.id: entry.newsletters for entry in received}
        for row, person in zip(rows, shown, strict=True):
            row["newsletters"] = keys_by_id.get(person.id, ())
    if as_json:
        print_json(rows)
        return
    print_table(headings, _format_rows(app, rows))
    context.print_note(count_words(len(rows), "person", "people"))
    if app.settings.has_several_newsletters:
        counts = [
            f"{one.settings.newsletter.key} {one.subscribers.count_matching()}"
            for one in app.newsletters
        ]
        context.print_note(f"by newsletter: {', '.join(counts)}")


@dataclass(slots=True)
class _Recipient:
    """A person, and the newsletters (keys) that they get."""

    person: Subscriber
    newsletters: tuple[str, ...] = ()


def _list_received(apps: Sequence["App"], where: str) -> list[_Recipient]:
    """Return who gets any of some newsletters and meets a filter, by address."""
    recipients: dict[int, _Recipient] = {}
    for one in apps:
        for person in one.subscribers.list_matching(where):
            entry = recipients.setdefault(person.id, _Recipient(person))
            entry.newsletters += (one.settings.newsletter.key,)
    if len(apps) == 1:
        return list(recipients.values())
    return sorted(
        recipients.values(), key=lambda entry: entry.person.address.casefold()
    )


@subscribers_group.command("remove")
@click.argument("address")
@newsletter_option
@pass_app
def remove_subscriber(app: "App", address: str, newsletter: str | None) -> None:
    """Unsubscribe a person, from all or from one; no import subscribes them again."""
    if newsletter is None:
        app.subscribers.unsubscribe_address(address)
        click.echo(f"{address}: unsubscribed")
        return
    one = app.for_newsletter(newsletter)
    one.subscribers.leave_newsletter(address)
    click.echo(f"{address}: unsubscribed from {newsletter}")
    if one.subscribers.find_subscriber(address).left_at:
        click.echo(
            "it was the last one that they got, so that they have left everything: only they "
            "themselves can subscribe again"
        )


@subscribers_group.command("suppress")
@click.argument("address")
@click.option("--reason", default="", help="Why, in your words.")
@click.option("--allow", is_flag=True, help="Remove the suppression.")
@pass_app
def suppress_address(
    app: "App", address: str, reason: str, *, allow: bool
) -> None:
    """Never mail an address, whatever any list says."""
    if allow:
        app.subscribers.lift_suppression(address)
        click.echo(f"{address}: may be mailed again")
    else:
        app.subscribers.suppress_address(address, reason)
        click.echo(f"{address}: suppressed")


@subscribers_group.command("suppressed")
@as_json
@pass_app
def list_suppressed(app: "App", *, as_json: bool) -> None:
    """List the addresses that must not be mailed, with the reasons."""
    rows = [
        {
            "address": suppression.address,
            "reason": suppression.reason,
            "at": suppression.at,
            "detail": suppression.detail,
        }
        for suppression in app.subscribers.list_suppressions()
    ]
    if as_json:
        print_json(rows)
        return
    headings = ["address", "reason", "at", "detail"]
    print_table(headings, _format_rows(app, rows))


def _format_rows(app: "App", rows: list[dict[str, Any]]) -> list[list[str]]:
    """Return rows as cells of a table, times in the newsletter's zone."""
    zone = app.settings.newsletter.zone
    return [
        [format_cell(value, zone) for value in row.values()] for row in rows
    ]


@subscribers_group.command("show")
@click.argument("address")
@pass_app
def show_subscriber(app: "App", address: str) -> None:
    """Print all data stored about one person, as JSON, for a request of access."""
    from dataclasses import asdict

    record = app.subscribers.export_personal_data(address)
    record["subscriber"] = asdict(record["subscriber"])
    record["newsletters"] = [
        asdict(subscription) for subscription in record["newsletters"]
    ]
    record["suppressed"] = [
        asdict(suppression) for suppression in record["suppressed"]
    ]
    print_json(record)


@subscribers_group.command("erase")
@click.argument("address")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_app
def erase_subscriber(app: "App", address: str, *, yes: bool) -> None:
    """Erase a person permanently, at their request; no import brings them back."""
    app.subscribers.find_subscriber(address)
    if not yes:
        click.confirm(f"Erase {address}? This cannot be undone.", abort=True)
    app.subscribers.erase_subscriber(address)
    click.echo(f"{address}: erased")


@subscribers_group.command("export")
@click.argument("file", type=click.File("w", "utf-8", lazy=False), default="-")
@where_option
@pass_app
def export_subscribers(app: "App", file: TextIO, where: str) -> None:
    """Write all people, unsubscribed ones too, as CSV without formulas."""
    from digest.audience import write_csv

    people = app.subscribers.list_matching(where, active_only=False)
    newsletters = None
    if app.settings.has_several_newsletters:
        newsletters = app.subscribers.list_newsletters_by_person()
    write_csv(file, people, newsletters)


@click.command("serve")
@click.option("--host", default="127.0.0.1", help="The address to listen on.")
@click.option("--port", default=8025, help="The port to listen on.")
@proxy_option
@pass_app
@click.pass_obj
def serve_public(
    context: Context, app: "App", host: str, port: int, proxy: str
) -> None:
    """Serve the pages for subscribers, and the web archive.

    People subscribe, confirm, change their data and unsubscribe there. Put it behind a web
    server with TLS, at newsletter.public_url.
    """
    from digest.web.public import serve_public_app as serve_application

    context.print_note(
        f"listening on http://{host}:{port}, for {app.settings.newsletter.public_url}"
    )
    serve_application(app, host, port, proxy)


def _parse_columns(columns: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the part and heading of each --column PART=NAME."""
    for option in columns:
        part, sign, heading = option.partition("=")
        if not sign:
            raise click.BadParameter(
                f"expected PART=NAME, found {option!r}", param_hint="--column"
            )
        yield part.strip(), heading


def _parse_lists(lists: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield the word and newsletter of each --list WORD=KEY."""
    for option in lists:
        word, sign, key = option.rpartition("=")
        if not sign:
            raise click.BadParameter(
                f"expected WORD=KEY, found {option!r}", param_hint="--list"
            )
        yield word.strip(), key.strip()
