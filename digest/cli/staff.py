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
from digest.model import StaffRights

if TYPE_CHECKING:
    from digest.app import App

role_option = click.option(
    "--role",
    type=click.Choice([rights.value for rights in StaffRights]),
    default=StaffRights.EDITOR.value,
    help="What they may do (default: editor).",
)


@click.group("staff")
def staff_group() -> None:
    """Members of staff of a hosted desk: add, list, role, reset, remove."""


@staff_group.command("add")
@click.argument("name")
@role_option
@pass_app
@click.pass_obj
def add_member(context: Context, app: "App", name: str, role: str) -> None:
    """Add a member of staff.

    It prints the address at which they set their password. With a provider (desk.oidc) NAME is
    the mail address by which it knows them.
    """
    _print_invitation(
        context,
        app,
        app.staff.invite_member(name, StaffRights(role), local_user()),
    )


@staff_group.command("list")
@as_json
@pass_app
def list_members(app: "App", *, as_json: bool) -> None:
    """List the members of staff."""
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


@staff_group.command("role")
@click.argument("name")
@role_option
@pass_app
def change_role(app: "App", name: str, role: str) -> None:
    """Give a member of staff other rights."""
    app.staff.change_role(name, StaffRights(role), local_user())
    click.echo(f"{name}: {role}")


@staff_group.command("reset")
@click.argument("name")
@pass_app
@click.pass_obj
def reset_login(context: Context, app: "App", name: str) -> None:
    """Reset a member's password and second factor.

    Their sessions end. It prints the address at which they set a new password.
    """
    _print_invitation(context, app, app.staff.reset_member(name, local_user()))


@staff_group.command("remove")
@click.argument("name")
@pass_app
def remove_member(app: "App", name: str) -> None:
    """Remove a member of staff; their sessions end at once."""
    app.staff.remove_member(name, local_user())
    click.echo(f"{name}: removed")


def _print_invitation(context: Context, app: "App", token: str) -> None:
    home = (app.settings.desk.url or "http://127.0.0.1:8480").rstrip("/")
    click.echo(f"{home}/join/{token}")
    context.print_note(
        "Give them this address; it works once, within three days."
    )
