"""Sending: commands that approve, send, reconcile and verify editions."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, TextIO

import click

from digest.cli.common import (
    Context,
    EditionDate,
    Failure,
    as_json,
    local_user,
    pass_app,
    print_json,
    show_progress,
)
from digest.cli.newsletter_choice import (
    edition_argument,
    in_any_case,
    pass_newsletter_app,
    unless_given,
)
from digest.cli.send_progress import (
    halt_send,
    left_undone,
    print_status,
)
from digest.cli.stop_signals import asked_to_stop
from digest.errors import DigestError
from digest.model import (
    REHEARSAL,
    DeliveryReport,
    DeliveryState,
    EditionKey,
    SendPlan,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.app import App
    from digest.model import Finding


@click.command("approve")
@edition_argument
@click.option(
    "--by",
    metavar="NAME",
    help="Who approves (default: your user name here).",
)
@click.option(
    "--withdraw",
    is_flag=True,
    help="Withdraw the approval: it is a draft again.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_newsletter_app(in_any_case)
@click.pass_obj
def approve_edition(
    context: Context,
    app: "App",
    edition: date | None,
    by: str | None,
    *,
    withdraw: bool,
    yes: bool,
) -> None:
    """Approve an edition exactly as it is; any later change voids the approval.

    What must be fixed is listed first. An edition without a lead or a story is refused.
    """
    day = app.editions.resolve_date(edition)
    name = app.settings.name_edition(day)
    by = by or local_user()
    if withdraw:
        app.approval.withdraw_approval(day, by)
        click.echo(
            f"the edition of {name} is a draft again; it needs a new approval to be sent"
        )
        return
    app.approval.check_approvable(day)
    plan = app.sending.plan_send(day)
    musts = app.preflight.list_open_musts(day)
    context.print_note(
        f"edition {name}: {plan.subject}\ncontent {plan.content_hash}"
    )
    _print_audience(context, plan)
    _print_musts(musts)
    if not yes:
        question = "Approve exactly this?"
        if musts:
            question = (
                f"{_count_findings(musts)} must be fixed. Approve anyway?"
            )
        click.confirm(question, abort=True)
    approval = app.approval.approve_edition(day, by, plan.content_hash)
    approvers = approval.by
    if approval.second:
        approvers = f"{approval.by} and {approval.second}"
    click.echo(f"approved {name} by {approvers}: {approval.content_hash}")


@click.command("send")
@edition_argument
@click.option(
    "--test",
    "address",
    metavar="ADDR",
    help="Send a test to this address only; needs no approval.",
)
@click.option(
    "--dry-run", is_flag=True, help="Show what would be done; do nothing."
)
@click.option(
    "--pause",
    "halt",
    flag_value="pause",
    help="Pause a send; --resume continues it.",
)
@click.option(
    "--resume", "halt", flag_value="resume", help="Resume a paused send."
)
@click.option(
    "--cancel", "halt", flag_value="cancel", help="Cancel a send for good."
)
@click.option(
    "--give-up",
    is_flag=True,
    help="Do not send an edition that is overdue; offer its stories for the next one.",
)
@click.option(
    "--retry-refused",
    is_flag=True,
    help="Also send to recipients refused by the provider before, once the cause is fixed.",
)
@click.option("--status", is_flag=True, help="Show the progress of a send.")
@click.option(
    "--to",
    metavar="FILTER",
    help="Only subscribers that match, such as 'tag:board'.",
)
@click.option(
    "--correction",
    type=EditionDate(),
    help="Only those who were sent the edition of this date, which it corrects.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@pass_newsletter_app(unless_given("status", "dry_run"))
@click.pass_obj
def send_edition(
    context: Context,
    app: "App",
    edition: date | None,
    address: str | None,
    *,
    dry_run: bool,
    halt: str | None,
    give_up: bool,
    retry_refused: bool,
    status: bool,
    to: str | None,
    correction: date | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Mail an approved edition, to each subscriber at most once.

    It is safe to run again after any interruption: it continues where it stopped. Exit code 1 if
    anything is unfinished or uncertain.
    """
    day = app.editions.resolve_date(edition)
    if address:
        _send_test(app, day, address)
        return
    if give_up:
        app.unsent.give_up(day, local_user())
        click.echo(
            f"the edition of {app.settings.name_edition(day)} will not be sent; "
            "its stories are offered for the next one"
        )
        return
    if status or halt in ("pause", "cancel"):
        print_status(
            context, app, day, halt_send(app, day, halt), as_json=as_json
        )
        return
    if halt == "resume":
        app.halting.resume_send(day, local_user())
    audience_filter = _audience_filter(app, to, correction)
    plan = _plan_for(app, day, audience_filter)
    if not as_json:
        _print_plan(context, plan, app.settings.name_edition(day))
        _print_musts(app.preflight.list_open_musts(day))
    if dry_run:
        _print_proof(plan.proof, as_json=as_json)
        return
    _check_sendable(plan, yes=yes, on_stderr=as_json)
    if retry_refused:
        retried = app.halting.retry_refused(day, local_user())
        context.print_note(
            f"trying again: {retried} recipients who were refused"
        )
    proof = send_with_progress(
        context, app, day, plan.remaining, audience_filter
    )
    print_result(app, day, proof, as_json=as_json)


def _audience_filter(
    app: "App", to: str | None, correction: date | None
) -> str | None:
    """Return the filter of --to, or that of the recipients of a corrected edition."""
    if correction:
        return app.sending.recipients_filter(correction)
    return to


def _check_sendable(plan: SendPlan, *, yes: bool, on_stderr: bool) -> None:
    """Refuse what is not approved, and ask once before anybody is mailed. Raises Failure, Abort."""
    if plan.not_approved:
        raise Failure(plan.not_approved, 1)
    if not yes:
        halt, halted_by = plan.halted
        if halt == "cancelled":
            raise Failure(
                f"{halted_by} has cancelled this send: nobody else is mailed", 1
            )
        question = f"Send to {plan.remaining} people by {plan.transport}?"
        click.confirm(question, abort=True, err=on_stderr)


@click.command("reconcile")
@edition_argument
@click.option(
    "--sent", multiple=True, metavar="ADDR", help="You know it was sent."
)
@click.option(
    "--again",
    multiple=True,
    metavar="ADDR",
    help="You know it was not: send it again.",
)
@as_json
@pass_newsletter_app(in_any_case)
def reconcile_edition(
    app: "App",
    edition: date | None,
    sent: tuple[str, ...],
    again: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Find out whether uncertain deliveries were sent.

    Those that the provider still holds are cancelled and queued again. For others, --sent and
    --again record what you know; provider events answer more as they arrive. Nothing is sent
    again on a guess: what stays uncertain is listed. Exit code 1 if anything is.
    """
    day = app.editions.resolve_date(edition)
    for address in sent:
        app.reconciliation.settle_delivery(
            day, address, sent=True, by=local_user()
        )
    for address in again:
        app.reconciliation.settle_delivery(
            day, address, sent=False, by=local_user()
        )
    uncertain = app.reconciliation.reconcile_edition(day)
    if as_json:
        print_json(
            [
                {"address": address, "why": reason}
                for address, reason in uncertain
            ]
        )
    else:
        for address, reason in uncertain:
            click.echo(f"{address}: {reason}")
    queued = app.deliveries.count_deliveries(day).counts.get(
        DeliveryState.QUEUED, 0
    )
    if queued:
        name = app.settings.name_edition(day)
        click.echo(
            f"{queued} are queued again; run `digest send {name}`", err=True
        )
    if uncertain:
        raise Failure(
            f"{len(uncertain)} are uncertain; use --sent or --again", 1
        )


@click.command("verify")
@click.argument("file", type=click.File("r", "utf-8"))
@pass_app
def verify_manifest(app: "App", file: TextIO) -> None:
    """Check that a manifest is unaltered, and that what was sent was approved.

    FILE is manifest.json in an edition's folder below output/, written by each send.
    """
    from digest.delivery.manifest import verify_manifest as verify_signature

    manifest = verify_signature(file.read())
    edition = EditionKey.parse(manifest["edition"])
    manifests = app.for_newsletter(edition.newsletter).manifests
    own_manifest = verify_signature(manifests.signed_manifest(edition.day))
    if manifest["public_key"] != own_manifest["public_key"]:
        raise Failure("this manifest was not signed with this folder's key", 1)
    approved_hash = manifest["approved"]["content_hash"]
    sent_hash = manifest["sent"]["content_hash"]
    if approved_hash != sent_hash:
        raise Failure(
            f"what was sent ({sent_hash[:12]}) is not what was approved "
            f"({approved_hash[:12]})",
            1,
        )
    approvers = " and ".join(manifest["approved"]["by"])
    click.echo(f"unaltered; {sent_hash[:12]} was approved by {approvers}")


def _plan_for(app: "App", day: date, audience_filter: str | None) -> SendPlan:
    """Return what a send would do; a filter counts unless the send has begun."""
    plan = app.sending.plan_send(day)
    if not audience_filter or plan.sent_by:
        return plan
    people = app.sending.count_audience(audience_filter)
    return replace(
        plan, segment=audience_filter, audience=people, remaining=people
    )


def send_with_progress(
    context: Context,
    app: "App",
    day: date,
    audience: int,
    audience_filter: str | None = None,
) -> DeliveryReport:
    """Send an edition, with a progress bar on a terminal; SIGTERM stops it cleanly."""
    sent = 0
    with show_progress(context) as show, asked_to_stop() as stop:

        def add_sent(number: int) -> None:
            nonlocal sent
            sent += number
            show("mail", sent, audience)

        try:
            return app.sending.send_edition(
                day, add_sent, audience_filter, stop
            )
        except DigestError:
            click.echo(str(app.deliveries.count_deliveries(day)), err=True)
            raise


def print_result(
    app: "App", day: date, proof: DeliveryReport, *, as_json: bool
) -> None:
    """Print the proof and who did not get it. Raises Failure if anything is unfinished."""
    _print_proof(proof, as_json=as_json)
    for state in (DeliveryState.EXCLUDED, DeliveryState.UNCERTAIN):
        for address, reason in app.deliveries.list_deliveries(day, state):
            click.secho(f"{state}: {address}: {reason}", err=True, fg="yellow")
    done = proof.counts.get(DeliveryState.ACCEPTED, 0) + proof.counts.get(
        DeliveryState.EXCLUDED, 0
    )
    if done < proof.planned:
        raise Failure(left_undone(app, day), 1)


def _send_test(app: "App", day: date, address: str) -> None:
    from digest.audience import validate_address

    outcome = app.sending.send_test(day, validate_address(address))
    result = f"test to {address}: {outcome.state} ({outcome.detail})"
    if outcome.advice:
        result += f". {outcome.advice}"
    click.echo(result)
    if outcome.state != DeliveryState.ACCEPTED:
        raise click.exceptions.Exit(1)


def _print_plan(context: Context, plan: "SendPlan", name: str) -> None:
    approval = "approved" if plan.approved else "not approved"
    context.print_note(f"edition {name}: {plan.subject}")
    context.print_note(f"content {plan.content_hash}, {approval}")
    _print_audience(context, plan)
    if plan.sent_by:
        context.print_note(
            f"it was sent by {plan.sent_by} before: nobody who got it then is mailed again"
        )


def _print_audience(context: Context, plan: "SendPlan") -> None:
    context.print_note(f"from {plan.sender}")
    audience = f"{plan.remaining} people"
    if plan.segment:
        audience += f" ({plan.segment} only)"
    context.print_note(f"to {audience} by {plan.transport}")
    if plan.transport == REHEARSAL:
        context.print_note(
            "the outbox mails nobody: messages are written to files"
        )


def _print_musts(musts: "Sequence[Finding]") -> None:
    """Print what must be fixed, on standard error."""
    for finding in musts:
        line = f"must    {finding.where}: {finding.what}: {finding.how}"
        click.secho(line, err=True, fg="red")


def _count_findings(findings: "Sequence[Finding]") -> str:
    if len(findings) == 1:
        return "1 finding"
    return f"{len(findings)} findings"


def _print_proof(proof: DeliveryReport, *, as_json: bool) -> None:
    if as_json:
        data = {"planned": proof.planned}
        for state in DeliveryState:
            data[state] = proof.counts.get(state, 0)
        print_json(data)
    else:
        click.echo(str(proof))
