"""Command line: a command parses, calls one method of a service, prints.

Nothing but click is imported until a command runs, so that `digest --help` is instant.
"""

import sys
from pathlib import Path

import click

from digest import __version__
from digest.cli import (
    articles,
    blocks,
    bounces,
    cron_run,
    database,
    drafts,
    editions,
    feeds,
    mail,
    manual_articles,
    past_clips,
    publishing,
    sender_domain,
    sending,
    setup,
    staff,
    subscribers,
    templates,
    worker,
)
from digest.cli.common import Context, Grouped

EPILOG = "Exit codes: 0 done, 1 a check failed or something was left undone, 2 wrong usage or settings."


@click.group(
    "cli",
    cls=Grouped,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "-C",
    "folder",
    metavar="DIR",
    default=".",
    type=click.Path(file_okay=False, path_type=Path),
    help="The working folder (default: the current folder).",
)
@click.option(
    "-q", "--quiet", is_flag=True, help="Print results and errors only."
)
@click.option("-v", "--verbose", is_flag=True, help="Print more.")
@click.version_option(__version__, prog_name="digest")
@click.pass_context
def cli(
    context: click.Context, folder: Path, *, quiet: bool, verbose: bool
) -> None:
    """Make a newsletter of a week's articles, and mail it to each subscriber once."""
    context.obj = Context(folder, quiet, verbose)


cli.group_of = {
    "Set up": [
        setup.init_workspace,
        setup.config_group,
        setup.run_demo,
        database.database_group,
        setup.print_completion,
    ],
    "Press": [
        articles.collect_press,
        articles.list_articles,
        manual_articles.add_article,
        past_clips.import_group,
        feeds.feeds_group,
        mail.mail_group,
        feeds.read_pages,
    ],
    "Editions": [
        editions.open_desk,
        drafts.draft_edition,
        editions.edit_edition,
        blocks.blocks_group,
        templates.templates_group,
        editions.prepare_images,
        editions.build_edition,
        editions.preview_edition,
        editions.check_edition,
        editions.list_editions,
        articles.evaluate_ranking,
    ],
    "Subscribers": [subscribers.subscribers_group, subscribers.serve_public],
    "Staff": [staff.staff_group],
    "Work": [worker.run_worker, worker.print_work_status],
    "Delivery": [
        sender_domain.check_domain,
        sending.approve_edition,
        sending.send_edition,
        publishing.publish_edition,
        publishing.correct_edition,
        sending.reconcile_edition,
        bounces.read_bounces,
        sending.verify_manifest,
        cron_run.run_schedule,
    ],
}
for commands in cli.group_of.values():
    for command in commands:
        cli.add_command(command)


def main() -> None:
    """Run the command line; never show a traceback for what a user can fix."""
    try:
        # click gives the code of an Exit back here instead of raising it
        code = cli.main(prog_name="digest", standalone_mode=False)
        if isinstance(code, int):
            sys.exit(code)
        sys.exit(0)
    except click.Abort:
        click.echo("stopped; everything done so far is kept", err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Exception as error:
        if {"-v", "--verbose"} & set(sys.argv):
            raise
        click.secho(
            f"internal error in digest: {type(error).__name__}: {error}",
            err=True,
            fg="red",
        )
        click.echo(
            "stored data is safe; run `digest -v …` for a traceback, and report it",
            err=True,
        )
        sys.exit(1)
