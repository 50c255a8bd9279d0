"""Database: commands that show, upgrade and copy it."""

from typing import TYPE_CHECKING

import click

from digest.cli.common import (
    Context,
    as_json,
    pass_app,
    print_json,
    show_progress,
)

if TYPE_CHECKING:
    from digest.app import App


@click.group("db")
def database_group() -> None:
    """Show the database, upgrade it, copy it to PostgreSQL or back."""


@database_group.command("status")
@as_json
@pass_app
def print_database_status(app: "App", *, as_json: bool) -> None:
    """Print where the database is, its schema's version, and the rows of each table."""
    facts = app.status.describe_database()
    if as_json:
        print_json(facts)
        return
    click.echo(f"{facts['url']}, schema {facts['schema']}")
    for name, number in facts["rows"].items():
        click.echo(f"{number:>10} {name}")
    if facts["power"]:
        click.echo(f"warning: {facts['power']}", err=True)


@database_group.command("upgrade")
@pass_app
def upgrade_database(app: "App") -> None:
    """Bring the database to this version's schema; every command does this without being asked.

    On PostgreSQL this also makes the tables that workers need, as the first worker does.
    """
    click.echo(
        f"the schema is {app.status.describe_database()['schema']}, the newest"
    )
    if app.settings.on_postgresql:
        app.workers.prepare_tables()


@database_group.command("copy")
@click.argument("url")
@pass_app
@click.pass_obj
def copy_database(context: Context, app: "App", url: str) -> None:
    """Copy everything into the empty database at URL, checked row by row.

    URL is as `database` in feeds.yaml: postgresql+psycopg://user:password@host/name, or
    sqlite:///file.db. Nothing changes here; set `database` to it afterwards.
    """
    with show_progress(context) as show:
        rows = app.database_copy.copy_to(url, show)
    context.print_note(
        f"copied {sum(rows.values())} rows of {len(rows)} tables, each compared with the original"
    )
    context.print_note("Next: set `database` in feeds.yaml to that URL.")
