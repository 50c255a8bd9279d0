"""Publishing: commands that publish, withdraw and correct an edition on the web."""

from datetime import date
from typing import TYPE_CHECKING, TextIO

import click

from digest.cli.common import (
    Context,
    EditionDate,
    Failure,
    count_words,
    local_user,
)
from digest.cli.newsletter_choice import (
    edition_argument,
    in_any_case,
    pass_newsletter_app,
)

if TYPE_CHECKING:
    from digest.app import App


@click.command("publish")
@edition_argument
@click.option("--withdraw", is_flag=True, help="Remove it from the web.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_newsletter_app(in_any_case)
@click.pass_obj
def publish_edition(
    context: Context,
    app: "App",
    edition: date | None,
    *,
    withdraw: bool,
    yes: bool,
) -> None:
    """Publish on the web an approved edition that digest did not mail.

    Editions that `digest send` mails are published without this. An edition that is withdrawn
    and was never mailed becomes a draft again.
    """
    from digest.render import page_url

    day = app.editions.resolve_date(edition)
    url = page_url(day, app.settings)
    if withdraw:
        app.publishing.check_withdrawable(day)
        _ask_unless_yes(f"Remove {url} from the web?", yes=yes)
        app.publishing.withdraw_edition(day, local_user())
        click.echo(f"withdrawn: {url}")
        return
    app.publishing.check_publishable(day)
    name = app.settings.name_edition(day)
    _warn_if_early(app, day)
    context.print_note(f"edition {name}: {app.sending.plan_send(day).subject}")
    context.print_note("`digest run --send` does not mail what is published")
    _ask_unless_yes(f"Publish it at {url}?", yes=yes)
    app.publishing.publish_edition(day, local_user())
    click.echo(f"published: {url}")


@click.command("correct")
@edition_argument
@click.option(
    "--note",
    metavar="TEXT",
    help="Correct the web page; this note is shown on it.",
)
@click.option(
    "--from",
    "file",
    type=click.File("r", "utf-8"),
    help="Read the corrected text from this file instead of an editor; - is stdin.",
)
@click.option(
    "--mail",
    is_flag=True,
    help="Draft a correction to mail to those who got it.",
)
@click.option(
    "--date",
    "on",
    type=EditionDate(),
    help="The date of that draft (default: the next free date).",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_newsletter_app(in_any_case)
@click.pass_obj
def correct_edition(
    context: Context,
    app: "App",
    edition: date | None,
    note: str | None,
    file: TextIO | None,
    *,
    mail: bool,
    on: date | None,
    yes: bool,
) -> None:
    """Correct a sent edition: its web page, or by a mail to those who got it.

    --note corrects the web page, --mail drafts a mail. What was sent does not change. The
    corrected page says when and why it was corrected, and links to the earlier version.
    """
    from digest.cli.editions import in_editor, read_text
    from digest.render import page_url

    if bool(note) == mail:
        raise click.UsageError(
            "give either --note TEXT (the web page) or --mail (to those who got it)"
        )
    day = app.editions.resolve_date(edition)
    if mail:
        correction = app.publishing.draft_correction(day, local_user(), on)
        people = app.sending.plan_send(correction).audience
        name = app.settings.name_edition(correction)
        click.echo(
            f"drafted {name}: a correction for the {count_words(people, 'person', 'people')} who got "
            f"{app.settings.name_edition(day)}"
        )
        context.print_note(
            f"Next: `digest edit {name}`, `digest approve {name}`, "
            f"`digest send {name}`."
        )
        return
    if not app.publishing.find_status(day).is_public:
        raise Failure(
            f"the edition of {app.settings.name_edition(day)} is not public, "
            "so there is no page to correct",
            1,
        )
    if file:
        text = read_text(file)
    else:
        text = in_editor(app, day, app.publishing.public_source(day))
    _ask_unless_yes(
        f"Publish the corrected page with the note “{note}”?", yes=yes
    )
    app.publishing.correct_page(day, text, note or "", local_user())
    click.echo(f"corrected: {page_url(day, app.settings)}")


def _warn_if_early(app: "App", day: date) -> None:
    """Warn that an edition is published before it is due."""
    from digest.infra.time_format import format_minute

    due_at = app.send_schedule.due_at(day)
    if due_at <= app.clock():
        return
    at = format_minute(due_at, app.settings.newsletter.zone)
    click.secho(
        f"edition {app.settings.name_edition(day)} is due {at} only: once it is published, anybody "
        "can read it, nobody can edit it, and `digest run --send` does not mail it",
        err=True,
        fg="yellow",
    )


def _ask_unless_yes(question: str, *, yes: bool) -> None:
    if not yes:
        click.confirm(question, abort=True)
