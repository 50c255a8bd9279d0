"""Blocks: commands that list saved blocks, and insert one into an edition.

A block is a file of the folder blocks/: an editor writes it, or the desk.
"""

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

import click

from digest.cli.common import (
    as_json,
    local_user,
    pass_app,
    print_json,
    print_table,
)
from digest.cli.newsletter_choice import (
    edition_argument,
    in_any_case,
    pass_newsletter_app,
)

if TYPE_CHECKING:
    from digest.app import App


@click.group("blocks")
def blocks_group() -> None:
    """List and insert saved blocks, the pieces in blocks/ that many editions show."""


@blocks_group.command("list")
@as_json
@pass_app
def list_blocks(app: "App", *, as_json: bool) -> None:
    """List the saved blocks, with the open editions and newsletters that show each."""
    listed = app.blocks.list_blocks()
    if as_json:
        print_json([asdict(one) for one in listed])
        return
    rows = []
    for one in listed:
        title = one.problem
        if one.block:
            title = one.block.title
        rows.append([one.name, title, ", ".join(one.uses)])
    print_table(["block", "heading", "shown in"], rows)


@blocks_group.command("show")
@click.argument("name")
@as_json
@pass_app
def show_block(app: "App", name: str, *, as_json: bool) -> None:
    """Print the text of a saved block, once it is checked."""
    block = app.blocks.find_block(name)
    if as_json:
        uses = app.blocks.find_uses(name)
        print_json(asdict(block) | {"uses": uses})
        return
    click.echo(block.source.rstrip("\n"))


@blocks_group.command("insert")
@click.argument("name")
@edition_argument
@click.option("--top", is_flag=True, help="Above everything.")
@click.option(
    "--after",
    metavar="SECTION",
    help="Behind the section with this key (default: at the end).",
)
@pass_newsletter_app(in_any_case)
def insert_block(
    app: "App",
    name: str,
    edition: date | None,
    *,
    top: bool,
    after: str | None,
) -> None:
    """Insert a saved block into an edition, by its name.

    In the edition's text it is a line of its own: {block: NAME}. `digest edit` moves it, or takes
    it out.
    """
    from digest.edition.block_operations import END, TOP, place_of_section

    if top and after:
        raise click.UsageError("--top and --after are two places: give one")
    place = END
    if top:
        place = TOP
    if after:
        place = place_of_section(after)
    day = app.editions.resolve_date(edition)
    app.block_editing_as(local_user()).insert_block(day, name, place)
    click.echo(f"inserted {name} into {app.settings.name_edition(day)}")
