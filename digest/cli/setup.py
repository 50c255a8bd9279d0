"""Setup: commands that make a working folder, check settings, run the demonstration."""

from pathlib import Path

import click

from digest.cli.common import (
    Context,
    Failure,
    count_words,
    errors_as_failures,
)
from digest.cli.worker import print_former_newsletters


@click.command("init")
@click.argument(
    "folder", type=click.Path(file_okay=False, path_type=Path), required=False
)
@click.pass_obj
def init_workspace(context: Context, folder: Path | None) -> None:
    """Make a working folder: feeds.yaml, feeds.schema.json, .env.example, .gitignore."""
    from digest.settings.scaffold import create_working_folder

    target = folder or context.folder
    with errors_as_failures():
        for file in create_working_folder(target):
            context.print_note(f"wrote {file}")
    context.print_note(
        "Next: edit feeds.yaml for your organisation, then run `digest collect` and "
        "`digest draft`."
    )


@click.group("config")
def config_group() -> None:
    """Check feeds.yaml, or print its JSON Schema."""


@config_group.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of feeds.yaml, for editors."""
    from digest.settings import settings_schema as json_schema

    click.echo(json_schema(), nl=False)


@config_group.command("check")
@click.pass_obj
def check_settings(context: Context) -> None:
    """Check feeds.yaml, its saved blocks and the environment; print every problem with its line.

    Sections that nothing leads to, mailboxes without a password, and what is stored of newsletters
    that are not in the file any more, are warned of.
    """
    from digest.app import App
    from digest.errors import SettingsError
    from digest.infra.catalogue_review import find_catalogue_faults
    from digest.services.own_templates import list_unused_templates
    from digest.services.settings_review import (
        find_idle_sections,
        find_missing_languages,
        find_missing_passwords,
        find_wrong_blocks,
    )
    from digest.settings import load_workspace

    with errors_as_failures():
        workspace = load_workspace(context.folder)
        settings = workspace.settings
        problems = [
            *find_wrong_blocks(workspace),
            *find_catalogue_faults(workspace.locale_folder),
        ]
        if problems:
            raise SettingsError(problems)
        warnings = [
            *find_idle_sections(workspace),
            *find_missing_passwords(workspace),
            *find_missing_languages(workspace),
            *list_unused_templates(workspace),
        ]
        for warning in warnings:
            click.secho(warning, err=True, fg="yellow")
        with App(workspace) as app:
            if app.has_current_database:
                print_former_newsletters(app.status.list_former_newsletters())
    feeds = sum(len(outlet.feeds) for outlet in settings.outlets)
    outlets = count_words(len(settings.outlets), "outlet", "outlets")
    counts = f"{outlets}, {count_words(feeds, 'feed', 'feeds')}"
    if settings.has_several_newsletters:
        keys = ", ".join(one.key for one in settings.newsletters)
        counts += f", {len(settings.newsletters)} newsletters ({keys})"
    context.print_note(f"feeds.yaml is valid: {counts}")


@click.command("demo")
@click.argument(
    "folder", type=click.Path(file_okay=False, path_type=Path), required=False
)
@click.option(
    "--open/--no-open",
    "open_it",
    default=True,
    help="Open the preview at the end.",
)
@click.pass_obj
def run_demo(context: Context, folder: Path | None, *, open_it: bool) -> None:
    """Run every step, from feeds to mail, on invented outlets, in output/demo.

    Nothing outside this machine is contacted and nobody is mailed: messages are written to files
    in the outbox. The preview stays open until Ctrl-C; without a terminal it closes by itself.
    """
    from digest.demo import run_demo

    with errors_as_failures():
        folder = folder or context.folder / "output" / "demo"
        run_demo(folder, context.print_note, open_preview=open_it)


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def print_completion(shell: str) -> None:
    """Print the script by which a shell completes digest's commands.

    For bash: digest completion bash >> ~/.bashrc
    """
    from click.shell_completion import get_completion_class

    from digest.cli import cli

    completion_class = get_completion_class(shell)
    if completion_class is None:
        raise Failure(f"no completion for {shell}", 2)
    shell_completion = completion_class(cli, {}, "digest", "_DIGEST_COMPLETE")
    click.echo(shell_completion.source())
