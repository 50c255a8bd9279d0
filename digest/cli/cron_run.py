"""Cron run: the command that collects, drafts, builds, and sends what is due."""

from datetime import date
from typing import TYPE_CHECKING

import click

from digest.cli.bounces import read_if_set
from digest.cli.common import (
    Context,
    Failure,
    pass_app,
    print_problems,
    say_filled,
)
from digest.cli.send_progress import describe_waiting
from digest.cli.sending import print_result, send_with_progress
from digest.errors import DigestError

if TYPE_CHECKING:
    from digest.app import App
    from digest.collect import Report


@click.command("run")
@click.option(
    "--send",
    "send_it",
    is_flag=True,
    help="Also send the edition that is due, if approved.",
)
@pass_app
@click.pass_obj
def run_schedule(context: Context, app: "App", *, send_it: bool) -> None:
    """Collect, draft, build, and with --send mail what is due; to be run by cron.

    Confirmation and welcome mails that a mail server did not accept are tried again first.

    The next edition is drafted newsletter.draft_ahead hours before it is due. Each run adds new
    stories until it is due or approved, and keeps all changes made by people. It is due at its
    date and hour (newsletter.weekday, newsletter.hour); if it is not approved by then, it is not
    sent, and the exit code is 1.
    """
    app.signup.send_waiting_mails()
    collected = app.collection.collect_and_fill()
    report = collected.report
    if report.stopped:
        raise click.Abort
    _print_collected(context, report)
    read_if_set(context, app)
    say_filled(context, collected.filled)
    if app.drafts.has_next_draft() or app.drafts.is_draft_due():
        day = app.drafts.create_draft_if_missing()
        app.edition_files.write_edition(day)
        context.print_note(
            f"edition {day} is in {app.workspace.output_folder / day.isoformat()}"
        )
    else:
        from digest.infra.time_format import format_minute

        begins = format_minute(
            app.drafts.next_draft_time(), app.settings.newsletter.zone
        )
        context.print_note(f"the next edition is drafted from {begins} on")
    _print_changed_links(app)
    # sending reports on the editions that it sends
    reported_below = []
    if send_it:
        reported_below = app.send_schedule.due_editions()
    for waiting in app.unsent.waiting_editions():
        if waiting.edition not in reported_below:
            note = describe_waiting(waiting, app.settings.newsletter.zone)
            click.secho(note, err=True, fg="yellow")
    if send_it:
        _send_due(context, app)


def _print_collected(context: Context, report: "Report") -> None:
    """Print how many articles are new, and which feeds have problems."""
    new_articles = sum(tally.new for tally in report.values())
    context.print_note(f"collected {new_articles} new articles")
    print_problems(report)


def _print_changed_links(app: "App") -> None:
    """Print and record links that broke in editions about to be sent.

    The editions are sent as they were approved.
    """
    for day in app.unsent.leaving_soon():
        findings = app.preflight.find_changed_links(day)
        for finding in findings:
            note = (
                f"edition {day}, {finding.where}: {finding.what}: {finding.how}"
            )
            click.secho(note, err=True, fg="yellow")
        app.unsent.add_link_findings(
            day, [finding.what for finding in findings]
        )


def _send_due(context: Context, app: "App") -> None:
    """Send the editions that are due; a problem of one stops no other. Raises Failure then."""
    problems = []
    for day in app.send_schedule.due_editions():
        try:
            _send_due_edition(context, app, day)
        except Failure as failure:
            problems.append(failure.message)
        except DigestError as error:
            problems.append(f"edition {day} is due, but was not sent: {error}")
    if problems:
        raise Failure("\n".join(problems), 1)


def _send_due_edition(context: Context, app: "App", day: date) -> None:
    plan = app.sending.plan_send(day)
    if not plan.approved:
        raise Failure(
            f"edition {day} is due, but was not sent: {plan.not_approved}", 1
        )
    proof = send_with_progress(context, app, day, plan.remaining)
    print_result(app, day, proof, as_json=False)
