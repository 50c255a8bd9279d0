"""Returned mail: the command that reads bounces, complaints and unsubscribe requests."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.common import (
    Context,
    Failure,
    as_json,
    errors_as_failures,
    print_json,
)

if TYPE_CHECKING:
    from digest.app import App
    from digest.services.returned_mail import ReturnedTally

#: Exit code that asks a mail server which pipes mail to us to try later (sysexits.h).
EX_TEMPFAIL = 75


@click.command("bounces")
@click.argument("file", required=False, metavar="[FILE]")
@click.option(
    "--stdin",
    "from_stdin",
    is_flag=True,
    help="Read standard input, like FILE -.",
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Also read mail that was read before.",
)
@click.option(
    "--dry-run", is_flag=True, help="Show what would be done, and do nothing."
)
@as_json
@click.pass_obj
def read_bounces(
    context: Context,
    file: str | None,
    *,
    from_stdin: bool,
    everything: bool,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Read returned mail: bounces, complaints, unsubscribe requests.

    Without FILE the mailbox of delivery.bounces is read over IMAP; mail that is not understood
    stays there, unread and flagged. FILE, or - for standard input, is one message or an mbox.

    Exit code 0 if all was read; 1 if the mailbox failed. On standard input: 0, and mail that is
    not understood is kept in output/returned/; 75 asks the mail server to try again later.
    """
    piped = from_stdin or file == "-"
    try:
        tally, kept_in = _read_mail(
            context, file, piped=piped, everything=everything, dry_run=dry_run
        )
    except Failure as error:
        # any other code makes a mail server bounce the bounce
        if piped:
            raise Failure(error.message, EX_TEMPFAIL) from error
        raise
    _print_tally(context, tally, kept_in, as_json=as_json)
    if tally.problem:
        raise Failure(tally.problem, 1)


def _read_mail(
    context: Context,
    file: str | None,
    *,
    piped: bool,
    everything: bool,
    dry_run: bool,
) -> "tuple[ReturnedTally, Path | None]":
    from digest.app import App
    from digest.settings import load_workspace

    with errors_as_failures(), App(load_workspace(context.folder)) as app:
        if piped:
            content = sys.stdin.buffer.read()
            tally = app.returned_mail.read_content(
                content, dry_run=dry_run, keep=True
            )
            return tally, app.returned_mail.kept_folder()
        if file:
            return app.returned_mail.read_content(
                _read_file(file), dry_run=dry_run
            ), None
        tally = app.returned_mail.read_mailbox(
            everything=everything, dry_run=dry_run
        )
        return tally, None


def _read_file(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except OSError as error:
        raise Failure(
            f"{file}: cannot be read ({error.strerror})", 2
        ) from error


def _print_tally(
    context: Context,
    tally: "ReturnedTally",
    kept_in: Path | None,
    *,
    as_json: bool,
) -> None:
    from digest.model.returned import Verdict

    if as_json:
        print_json(
            {
                "read": tally.read,
                "counts": tally.counts(),
                "waiting": tally.waiting,
                "problem": tally.problem,
                "mails": [
                    {
                        "verdict": outcome.verdict,
                        "address": outcome.address,
                        "why": outcome.why,
                    }
                    for outcome in tally.outcomes
                ],
            }
        )
        return
    for outcome in tally.outcomes:
        context.print_note(
            f"{outcome.verdict}: {outcome.address or '(no address)'}: {outcome.why}"
        )
    click.echo(tally_summary(tally))
    unknown = tally.counts()[Verdict.UNKNOWN]
    if unknown and kept_in:
        click.echo(
            f"mail that was not understood is kept in {kept_in}", err=True
        )


def tally_summary(tally: "ReturnedTally") -> str:
    """Return what a reading did, in one line whose sums add up."""
    counts = [
        f"{number} {verdict}"
        for verdict, number in tally.counts().items()
        if number
    ]
    text = f"read {tally.read}"
    if counts:
        text += f" = {' + '.join(counts)}"
    if tally.waiting:
        text += f"; {tally.waiting} from before wait to be read by a person"
    return text


def read_if_set(context: Context, app: "App") -> None:
    """Read the mailbox if one is set; a failure is printed, and stops nothing else."""
    from digest.errors import DigestError

    if not app.returned_mail.has_mailbox:
        return
    try:
        tally = app.returned_mail.read_mailbox()
    except DigestError as error:
        click.secho(
            f"returned mail was not read: {error}", err=True, fg="yellow"
        )
        return
    context.print_note(f"returned mail: {tally_summary(tally)}")
    if tally.problem:
        click.secho(
            f"returned mail was not all read: {tally.problem}",
            err=True,
            fg="yellow",
        )
