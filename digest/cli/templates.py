"""Templates: commands that copy a shipped template, compare it after an upgrade, and add a language."""

from dataclasses import asdict

import click

from digest.cli.common import (
    Context,
    as_json,
    count_words,
    errors_as_failures,
    print_json,
    print_table,
)


@click.group("templates")
def templates_group() -> None:
    """List, copy and compare templates, and translate the program's own words."""


@templates_group.command("list")
@as_json
@click.pass_obj
def list_templates(context: Context, *, as_json: bool) -> None:
    """List the templates: those in templates/ with what each is, and those that are used as shipped."""
    from digest.services.own_templates import (
        list_own_templates,
        list_shipped_templates,
    )
    from digest.settings import load_workspace

    with errors_as_failures():
        own = list_own_templates(load_workspace(context.folder))
    own_names = {one.name for one in own}
    others = [
        name for name in list_shipped_templates() if name not in own_names
    ]
    if as_json:
        print_json({"own": [asdict(one) for one in own], "shipped": others})
        return
    rows = [[one.name, f"yours: {one.state}{one.hint}"] for one in own]
    rows += [[name, "shipped"] for name in others]
    print_table(["template", "is"], rows)


@templates_group.command("copy")
@click.argument("name")
@click.pass_obj
def copy_template(context: Context, name: str) -> None:
    """Copy a shipped template into templates/, to change it there.

    NAME is such as story.mjml, or board/story.mjml for the newsletter `board` alone.
    """
    from digest.services.own_templates import copy_template
    from digest.settings import load_workspace

    with errors_as_failures():
        copy = copy_template(load_workspace(context.folder), name)
    context.print_note(f"wrote {copy}")


@templates_group.command("diff")
@click.argument("name", required=False)
@click.pass_obj
def compare_templates(context: Context, name: str | None) -> None:
    """Show what shipped templates have since yours were copied, and what you changed.

    Without NAME, all templates that are changed in templates/.
    """
    from digest.services.own_templates import (
        TemplateState,
        compare_template,
        list_own_templates,
    )
    from digest.settings import load_workspace

    changed = (TemplateState.CHANGED, TemplateState.BEHIND)
    with errors_as_failures():
        workspace = load_workspace(context.folder)
        names = [name] if name else []
        if not names:
            names = [
                one.name
                for one in list_own_templates(workspace)
                if one.state in changed
            ]
        for one in names:
            difference = compare_template(workspace, one)
            print_difference(
                one,
                difference.since_copied,
                difference.own_changes,
                is_origin_known=difference.is_origin_known,
            )
    if not names:
        context.print_note("no template is changed in templates/")


def print_difference(
    name: str, since_copied: str, own_changes: str, *, is_origin_known: bool
) -> None:
    """Print the differences of one template."""
    if not is_origin_known:
        heading = (
            f"{name}: from yours to the shipped one (what it was copied from is not known; "
            f"`digest templates merged {name}` notes the shipped one of today)"
        )
        click.secho(heading, bold=True)
        click.echo(since_copied or "no difference")
        return
    click.secho(f"{name}: the shipped one since it was copied", bold=True)
    click.echo(since_copied or "nothing changed")
    click.secho(f"{name}: changed here", bold=True)
    click.echo(own_changes or "nothing changed")


@templates_group.command("merged")
@click.argument("name")
@click.pass_obj
def note_merged(context: Context, name: str) -> None:
    """Note that your template has by now what the shipped one has, for the next `diff`."""
    from digest.services.own_templates import note_merged
    from digest.settings import load_workspace

    with errors_as_failures():
        note_merged(load_workspace(context.folder), name)
    context.print_note(
        f"noted: templates/{name} has what the shipped one has today"
    )


@templates_group.command("tidy")
@click.option("--remove", is_flag=True, help="Delete them.")
@click.pass_obj
def tidy_templates(context: Context, *, remove: bool) -> None:
    """List the files in templates/ that nobody changed: without them, upgrades are followed."""
    from digest.services.own_templates import list_unchanged, remove_unchanged
    from digest.settings import load_workspace

    with errors_as_failures():
        workspace = load_workspace(context.folder)
        if remove:
            unchanged = remove_unchanged(workspace)
        else:
            unchanged = list_unchanged(workspace)
    for one in unchanged:
        click.echo(f"{one.name}: {one.state}")
    number = count_words(len(unchanged), "template", "templates")
    if remove:
        context.print_note(f"{number} deleted; the shipped ones are used now")
    else:
        context.print_note(f"{number} may go: `digest templates tidy --remove`")


@templates_group.command("translate")
@click.argument("language")
@click.pass_obj
def translate_words(context: Context, language: str) -> None:
    """Write locale/LANGUAGE.po with every text that has no translation yet, to be filled in.

    LANGUAGE is a tag such as fi or pt-BR. What stands in the file stays.
    """
    from digest.services.own_words import write_catalogue
    from digest.settings import load_workspace

    with errors_as_failures():
        catalogue = write_catalogue(load_workspace(context.folder), language)
    if not catalogue.missing:
        context.print_note(f"nothing lacks a translation into {language}")
        return
    number = count_words(catalogue.missing, "text", "texts")
    context.print_note(f"{catalogue.file}: {number} to translate")
