"""Cron run: the command that collects, drafts, builds, and sends what is due."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING

import click

from digest.cli.bounces import read_if_set
from digest.cli.collected import print_new_articles, print_new_faults
from digest.cli.common import (
    Context,
    Failure,
    pass_app,
    say_filled,
)
from digest.cli.send_progress import describe_left_out, describe_waiting
from digest.cli.sending import print_result, send_with_progress
from digest.errors import DigestError

if TYPE_CHECKING:
    from digest.app import App
    from digest.services.collection import Collected

log = logging.getLogger("digest")


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
    sent, and the exit code is 1. This is done for each newsletter; a problem of one stops no other.
    """
    app.signup.send_waiting_mails()
    collected = app.collection.collect_and_fill()
    if collected.report.stopped:
        raise click.Abort
    _print_collected(context, app, collected)
    read_if_set(context, app)
    say_filled(context, app, collected.filled)
    problems: list[str] = []
    for one in app.newsletters:
        with _noting_problems(one, problems):
            _prepare_next(context, one)
    # sending takes long, so that it comes when all is drafted
    for one in app.newsletters:
        with _noting_problems(one, problems):
            _warn_and_send(context, one, send_it=send_it)
    if problems:
        raise Failure("\n".join(problems), 1)


@contextmanager
def _noting_problems(app: "App", problems: list[str]) -> Iterator[None]:
    """Note a problem of one newsletter, so that it stops no other."""
    try:
        yield
    except Failure as failure:
        problems.append(failure.message)
    except DigestError as error:
        problem = str(error)
        if app.settings.has_several_newsletters:
            problem = f"{app.settings.newsletter.key}: {problem}"
        problems.append(problem)
    except (click.Abort, click.ClickException, click.exceptions.Exit):
        raise
    # an error of ours in one newsletter must not keep the others from their readers
    except Exception as error:
        log.exception("newsletter %s", app.settings.newsletter.key)
        problems.append(
            f"{app.settings.newsletter.key}: an error of the program "
            f"({type(error).__name__}: {error}); the log has it"
        )


def _prepare_next(context: Context, app: "App") -> None:
    """Draft and build a newsletter's next edition, once it is time."""
    if app.drafts.has_next_draft() or app.drafts.is_draft_due():
        day = app.drafts.create_draft_if_missing()
        files = app.edition_files.write_edition(day)
        name = app.settings.name_edition(day)
        context.print_note(f"edition {name} is in {files[0].parent}")
        return
    from digest.infra.time_format import format_minute

    draft_time = app.drafts.next_draft_time()
    if draft_time is None:
        note = "no edition is begun; editions are made by hand"
    else:
        begins = format_minute(draft_time, app.settings.newsletter.zone)
        note = f"the next edition is drafted from {begins} on"
    if app.settings.has_several_newsletters:
        note = f"{app.settings.newsletter.key}: {note}"
    context.print_note(note)


def _warn_and_send(context: Context, app: "App", *, send_it: bool) -> None:
    """Print what a newsletter's editions wait for, and send those that are due."""
    _print_changed_links(app)
    # sending reports on the editions that it sends
    reported_below = []
    if send_it:
        reported_below = app.send_schedule.due_editions()
    for waiting in app.unsent.waiting_editions():
        if waiting.edition not in reported_below:
            note = describe_waiting(waiting, app.settings)
            click.secho(note, err=True, fg="yellow")
    for left_out in app.unsent.left_out_editions():
        context.print_note(describe_left_out(left_out, app.settings))
    if send_it:
        _send_due(context, app)


def _print_collected(
    context: Context, app: "App", collected: "Collected"
) -> None:
    """Print what is new and for whom, and which feeds have had faults since the last run."""
    if not context.quiet:
        print_new_articles(collected, app.settings, verbose=context.verbose)
    print_new_faults(collected.report, app.clock())


def _print_changed_links(app: "App") -> None:
    """Print and record links that broke in editions about to be sent.

    The editions are sent as they were approved.
    """
    for day in app.unsent.leaving_soon():
        findings = app.preflight.find_changed_links(day)
        name = app.settings.name_edition(day)
        for finding in findings:
            note = f"edition {name}, {finding.where}: {finding.what}: {finding.how}"
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
            name = app.settings.name_edition(day)
            problems.append(f"edition {name} is due, but was not sent: {error}")
    if problems:
        raise Failure("\n".join(problems), 1)


def _send_due_edition(context: Context, app: "App", day: date) -> None:
    plan = app.sending.plan_send(day)
    if not plan.approved:
        name = app.settings.name_edition(day)
        raise Failure(
            f"edition {name} is due, but was not sent: {plan.not_approved}", 1
        )
    proof = send_with_progress(context, app, day, plan.remaining)
    print_result(app, day, proof, as_json=False)
