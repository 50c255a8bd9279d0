"""Subscribers, and the one address they can reach."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from digest.cli.common import Context, Failure, as_json, pass_app, print_json, table
from digest.model import Subscriber

if TYPE_CHECKING:
    from digest.app import App

FIELDS = ("address", "name", "consent_source", "consent_at", "left_at")


@click.group()
def subscribers() -> None:
    """Import, add, list, remove, export."""


@subscribers.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", default="", help="How these people agreed, where the file does not say.")
@pass_app
def import_(app: "App", file: Path, source: str) -> None:
    """Add the people of a CSV file; it needs a column address (or email).

    Columns name, consent_source and consent_at are read too. Whoever left stays gone, whatever
    the file says. Refused rows are named with their line; exit code 1 if there were any.
    """
    from digest.subscribers import read_csv

    refused: list[str] = []
    default = source or f"import of {file.name}"
    counts = app.import_subscribers(read_csv(file, default, app.clock(), refused.append))
    for problem in refused:
        click.secho(problem, err=True, fg="yellow")
    click.echo(
        f"{counts.added} added, {counts.known} known already, {counts.left} left earlier and stay "
        f"gone, {len(refused)} rows refused"
    )
    if refused:
        raise click.exceptions.Exit(1)


@subscribers.command("add")
@click.argument("address")
@click.option("--name", default="", help="The person's name.")
@click.option("--source", default="by hand", help="How they agreed.")
@pass_app
def add(app: "App", address: str, name: str, source: str) -> None:
    """Add one person."""
    from digest.subscribers import checked

    person = Subscriber(checked(address), name, source, app.clock())
    counts = app.import_subscribers([person])
    if counts.left:
        raise Failure(f"{address} has left; only they can come back, by subscribing themselves", 1)
    click.echo(f"{address}: {'added' if counts.added else 'known already'}")


@subscribers.command("list")
@click.option("--all", "everybody", is_flag=True, help="Also those who left.")
@as_json
@pass_app
@click.pass_obj
def list_(context: Context, app: "App", everybody: bool, as_json: bool) -> None:
    """List those who want the newsletter."""
    people = list(app.store.subscribers.all(active_only=not everybody))
    rows = [{f: getattr(p, f) for f in FIELDS} for p in people]
    if as_json:
        print_json(rows)
        return
    table(list(FIELDS), [[_short(v) for v in r.values()] for r in rows])
    context.say(f"{len(rows)} people")


@subscribers.command("remove")
@click.argument("address")
@pass_app
def remove(app: "App", address: str) -> None:
    """Record that a person leaves; no import brings them back."""
    app.remove_subscriber(address)
    click.echo(f"{address}: left")


@subscribers.command("export")
@click.argument("file", type=click.File("w", "utf-8", lazy=False), default="-")
@pass_app
def export(app: "App", file: TextIO) -> None:
    """Write everybody, those who left included, as CSV."""
    from digest.subscribers import write_csv

    write_csv(file, app.store.subscribers.all())


@click.command()
@click.option("--host", default="127.0.0.1", help="The address to listen on.")
@click.option("--port", default=8025, help="The port to listen on.")
@pass_app
@click.pass_obj
def serve(context: Context, app: "App", host: str, port: int) -> None:
    """Serve what subscribers reach: one-click unsubscribing, and the web archive with its feed.

    Put it behind a web server with TLS, at newsletter.public_url.
    """
    from digest.web.public import serve as run

    context.say(f"listening on http://{host}:{port}, for {app.settings.newsletter.public_url}")
    run(app, host, port)


def _short(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d")
    return "" if value is None else str(value)
