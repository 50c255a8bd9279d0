"""Staff: commands that manage the members who log in to a hosted desk."""

from typing import TYPE_CHECKING

import click

from digest.cli.common import (
    Context,
    as_json,
    local_user,
    pass_app,
    print_json,
    print_table,
)
from digest.model import Rights

if TYPE_CHECKING:
    from digest.app import App

role_option = click.option(
    "--role",
    type=click.Choice([rights.value for rights in Rights]),
    default=Rights.EDITOR.value,
    help="What they may do (default: editor).",
)


@click.group("staff")
def staff() -> None:
    """Who works at a hosted desk: add, list, role, reset, remove."""


@staff.command("add")
@click.argument("name")
@role_option
@pass_app
@click.pass_obj
def add(context: Context, app: "App", name: str, role: str) -> None:
    """Add a member of staff.

    It prints the address at which they set their password. With a provider (desk.oidc) NAME is
    the mail address by which it knows them.
    """
    _print_invitation(context, app, app.staff.invite(name, Rights(role), local_user()))


@staff.command("list")
@as_json
@pass_app
def list_(app: "App", *, as_json: bool) -> None:
    """List who works here."""
    rows = [
        {
            "name": member.name,
            "role": member.role,
            "second_factor": member.second_factor,
            "joined": member.active,
        }
        for member in app.staff.list_members()
    ]
    if as_json:
        print_json(rows)
        return
    print_table(
        ["name", "role", "second factor", "joined"],
        [[str(cell) for cell in row.values()] for row in rows],
    )


@staff.command("role")
@click.argument("name")
@role_option
@pass_app
def role(app: "App", name: str, role: str) -> None:
    """Give a member of staff other rights."""
    app.staff.promote(name, Rights(role), local_user())
    click.echo(f"{name}: {role}")


@staff.command("reset")
@click.argument("name")
@pass_app
@click.pass_obj
def reset(context: Context, app: "App", name: str) -> None:
    """Reset a member's password and second factor.

    Their sessions end. It prints the address at which they set a new password.
    """
    _print_invitation(context, app, app.staff.reset(name, local_user()))


@staff.command("remove")
@click.argument("name")
@pass_app
def remove(app: "App", name: str) -> None:
    """Take a member of staff out; their sessions end at once."""
    app.staff.remove(name, local_user())
    click.echo(f"{name}: removed")


def _print_invitation(context: Context, app: "App", token: str) -> None:
    home = (app.settings.desk.url or "http://127.0.0.1:8480").rstrip("/")
    click.echo(f"{home}/join/{token}")
    context.say("Give them this address; it is good once, for three days.")
