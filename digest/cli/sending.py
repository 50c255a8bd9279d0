"""A person's yes, and the mail that follows it."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, TextIO

import click

from digest.cli.bounces import read_if_set
from digest.cli.common import (
    Context,
    EditionDate,
    Failure,
    as_json,
    edition_argument,
    local_user,
    pass_app,
    print_json,
    report_findings,
    say_filled,
    show_progress,
)
from digest.cli.send_progress import (
    describe_waiting,
    halt_send,
    left_undone,
    print_status,
)
from digest.cli.stop_signals import asked_to_stop
from digest.errors import DigestError
from digest.model import REHEARSAL, Plan, Proof, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.app import App
    from digest.model import Finding


@click.command("doctor")
@click.option("--dns", "server", metavar="ADDRESS[:PORT]", help="Ask this name server.")
@as_json
@pass_app
@click.pass_obj
def doctor(context: Context, app: "App", server: str | None, *, as_json: bool) -> None:
    """Examine the sender's domain as mailboxes do.

    SPF, DKIM, DMARC, MX and the unsubscribe host are looked at.

    Each finding names the record to add. Exit code 1 if something must be fixed.
    """
    from digest.delivery.domain_check.dns import lookups

    address, _, port = (server or "").partition(":")
    if port and not port.isdigit():
        raise click.BadParameter(
            f"expected a port number, found {port!r}", param_hint="--dns"
        )
    found = app.domain_check.findings(
        lookups([(address, int(port or 53))] if address else ())
    )
    domain = app.settings.newsletter.sender.address.rpartition("@")[2]
    report_findings(context, found, f"{domain}: nothing must be fixed", as_json=as_json)


@click.command("approve")
@edition_argument
@click.option(
    "--by", "name", metavar="NAME", help="Who says it (default: your login here)."
)
@click.option(
    "--withdraw", is_flag=True, help="Take the approval back: it is a draft again."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_app
@click.pass_obj
def approve(
    context: Context,
    app: "App",
    edition: date | None,
    name: str | None,
    *,
    withdraw: bool,
    yes: bool,
) -> None:
    """Approve an edition exactly as it stands; any change takes the approval away.

    What must be corrected is listed first. An edition without a lead or a story is refused.
    """
    day = app.editions.resolve_date(edition)
    if withdraw:
        app.approval.withdraw_approval(day, name or local_user())
        click.echo(
            f"the edition of {day} is a draft again; it leaves once it is approved anew"
        )
        return
    app.approval.check_approvable(day)
    plan, musts = app.sending.plan_send(day), app.checks.open_musts(day)
    context.say(f"edition {day}: {plan.subject}\ncontent {plan.content_hash}")
    _print_audience(context, plan)
    _print_musts(musts)
    if not yes:
        asked = (
            f"{_counted(musts)} must be corrected. Approve all the same?"
            if musts
            else ""
        )
        click.confirm(asked or "Approve exactly this?", abort=True)
    given = app.approval.approve_edition(day, name or local_user(), plan.content_hash)
    both = f"{given.by} and {given.second}" if given.second else given.by
    click.echo(f"approved {day} by {both}: {given.content_hash}")


@click.command("send")
@edition_argument
@click.option(
    "--test",
    "address",
    metavar="ADDR",
    help="Mail this one address; needs no approval.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be done and do nothing.")
@click.option(
    "--pause", "halt", flag_value="pause", help="Let a send stop; it can go on later."
)
@click.option("--resume", "halt", flag_value="resume", help="Let a paused send go on.")
@click.option("--cancel", "halt", flag_value="cancel", help="End a send for good.")
@click.option(
    "--give-up",
    is_flag=True,
    help="Leave an edition unsent whose hour has passed; its stories go to the next one.",
)
@click.option(
    "--retry-refused",
    is_flag=True,
    help="Also send to whoever the provider refused before, once that is repaired.",
)
@click.option("--status", is_flag=True, help="Say how far it is.")
@click.option(
    "--to", metavar="FILTER", help="Only those who meet it, such as 'tag:board'."
)
@click.option(
    "--correction",
    type=EditionDate(),
    help="Only those who were handed the edition it corrects.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@pass_app
@click.pass_obj
def send(
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

    Run it again after whatever happened: it goes on where it stopped. Exit code 1 if anything
    was left undone or is uncertain.
    """
    day = app.editions.resolve_date(edition)
    if address:
        _test(app, day, address)
        return
    if give_up:
        app.unsent.give_up(day, local_user())
        click.echo(
            f"the edition of {day} is left unsent; its stories are offered for the next one"
        )
        return
    if status or halt in ("pause", "cancel"):
        print_status(context, app, day, halt_send(app, day, halt), as_json=as_json)
        return
    if halt:
        app.halting.resume_send(day, local_user())
    whom = f"got:{correction}" if correction else to
    plan = _plan_for(app, day, whom)
    if not as_json:
        _print_plan(context, plan)
        _print_musts(app.checks.open_musts(day))
    if dry_run:
        _print_proof(plan.proof, as_json=as_json)
        return
    _check_sendable(plan, yes=yes, on_stderr=as_json)
    if retry_refused:
        context.say(
            f"{app.halting.retry_refused(day, local_user())} who were refused are tried again"
        )
    _finish(app, day, _send(context, app, day, plan.remaining, whom), as_json=as_json)


def _check_sendable(plan: Plan, *, yes: bool, on_stderr: bool) -> None:
    """Refuse what is not approved, and ask once before anybody is mailed. Raises Failure, Abort."""
    if plan.not_approved:
        raise Failure(plan.not_approved, 1)
    if not yes:
        halt, who = plan.halted
        if halt == "cancelled":
            raise Failure(f"{who} has cancelled it for good: nobody else is mailed", 1)
        asked = f"Send to {plan.remaining} people by {plan.transport}?"
        click.confirm(asked, abort=True, err=on_stderr)


@click.command("reconcile")
@edition_argument
@click.option("--sent", multiple=True, metavar="ADDR", help="It was sent: you know.")
@click.option(
    "--again", multiple=True, metavar="ADDR", help="It was not: send it again."
)
@as_json
@pass_app
def reconcile(
    app: "App",
    edition: date | None,
    sent: tuple[str, ...],
    again: tuple[str, ...],
    *,
    as_json: bool,
) -> None:
    """Settle deliveries of which nobody knows whether they left.

    They are taken back where that can be; else you say what you know. Events of the provider
    settle more as they come. Nothing is sent again on a guess: what is left is listed. Exit
    code 1 if anything is.
    """
    day = app.editions.resolve_date(edition)
    for address in sent:
        app.reconciliation.settle_delivery(day, address, sent=True, by=local_user())
    for address in again:
        app.reconciliation.settle_delivery(day, address, sent=False, by=local_user())
    left = app.reconciliation.reconcile_edition(day)
    if as_json:
        print_json([{"address": address, "why": why} for address, why in left])
    for address, why in left if not as_json else ():
        click.echo(f"{address}: {why}")
    queued = app.store.deliveries.proof(day).counts.get(State.QUEUED, 0)
    if queued:
        click.echo(f"{queued} are to be sent again: `digest send {day}`", err=True)
    if left:
        raise Failure(
            f"{len(left)} are uncertain; --sent or --again says what you know", 1
        )


@click.command("verify")
@click.argument("file", type=click.File("r", "utf-8"))
@pass_app
def verify(app: "App", file: TextIO) -> None:
    """Check a manifest: unaltered, and what was approved was sent.

    FILE is output/DATE/manifest.json, written by each send.
    """
    from digest.delivery.manifest import verify as checked

    told = checked(file.read())
    own = checked(app.manifests.signed_manifest(date.fromisoformat(told["edition"])))[
        "public_key"
    ]
    if told["public_key"] != own:
        raise Failure("it was not signed here", 1)
    approved, sent = told["approved"]["content_hash"], told["sent"]["content_hash"]
    if approved != sent:
        raise Failure(
            f"what was sent ({sent[:12]}) is not what was approved ({approved[:12]})", 1
        )
    click.echo(
        f"unaltered; {sent[:12]} was approved by {' and '.join(told['approved']['by'])}"
    )


@click.command("run")
@click.option(
    "--send",
    "send_it",
    is_flag=True,
    help="Also send the edition that is due, if approved.",
)
@pass_app
@click.pass_obj
def run(context: Context, app: "App", *, send_it: bool) -> None:
    """Collect, draft, build, and with --send mail what is due: what cron calls.

    Confirmations and welcomes that a mail server did not take are tried again first.

    The next edition is drafted newsletter.draft_ahead hours before its own, and filled with what is
    new by each run until its hour or its approval; what persons did to it stands. It is due from
    its date and hour (newsletter.weekday, newsletter.hour) on; unapproved then, it is left and the
    exit code is 1.
    """
    app.joining.mail_waiting()
    collected = app.collection.collect_and_fill()
    report = collected.report
    if report.stopped:
        raise click.Abort
    tallies = report.values()
    context.say(f"collected {sum(t.new for t in tallies)} new articles")
    for problem in (p for t in tallies for p in (*t.problems, t.silence) if p):
        click.secho(problem, err=True, fg="yellow")
    read_if_set(context, app)
    say_filled(context, collected.filled)
    if app.filling.has_next_draft() or app.filling.is_draft_due():
        day = app.filling.draft_if_new()
        app.edition_files.write_edition(day)
        context.say(f"edition {day} is in {app.workspace.output / day.isoformat()}")
    else:
        from digest.infra.time_format import minute

        begins = minute(app.filling.next_draft_time(), app.settings.newsletter.zone)
        context.say(f"the next edition is drafted from {begins} on")
    _look_at_links(app)
    told_below = app.send_schedule.due_editions() if send_it else []
    for waiting in app.unsent.waiting_editions():
        if waiting.edition not in told_below:
            click.secho(
                describe_waiting(waiting, app.settings.newsletter.zone),
                err=True,
                fg="yellow",
            )
    if send_it:
        _send_due(context, app)


def _look_at_links(app: "App") -> None:
    """Say what became of the links of editions that are about to leave; they leave as approved."""
    for day in app.unsent.leaving_soon():
        found = app.checks.changed_links(day)
        for one in found:
            said = f"edition {day}, {one.where}: {one.what}: {one.how}"
            click.secho(said, err=True, fg="yellow")
        app.unsent.add_link_findings(day, [one.what for one in found])


def _plan_for(app: "App", day: date, whom: str | None) -> Plan:
    """Return what a send would do that is begun for some alone, if it was not begun yet."""
    plan = app.sending.plan_send(day)
    if not whom or plan.sent_by:
        return plan
    people = app.readers.count(whom)
    return replace(plan, segment=whom, audience=people, remaining=people)


def _send_due(context: Context, app: "App") -> None:
    """Send what is due; what one edition lacks stops no other. Raises Failure if any lacks."""
    late = []
    for day in app.send_schedule.due_editions():
        try:
            _send_one_due(context, app, day)
        except Failure as e:
            late.append(e.message)
        except DigestError as e:
            late.append(f"edition {day} is due, and is not sent: {e}")
    if late:
        raise Failure("\n".join(late), 1)


def _send_one_due(context: Context, app: "App", day: date) -> None:
    plan = app.sending.plan_send(day)
    if not plan.approved:
        raise Failure(f"edition {day} is due, and is not sent: {plan.not_approved}", 1)
    _finish(app, day, _send(context, app, day, plan.remaining), as_json=False)


def _send(
    context: Context, app: "App", day: date, audience: int, whom: str | None = None
) -> Proof:
    sent = 0
    with show_progress(context) as show, asked_to_stop() as stop:

        def count(more: int) -> None:
            nonlocal sent
            sent += more
            show("mail", sent, audience)

        try:
            return app.sending.send_edition(day, count, whom, stop)
        except DigestError:
            click.echo(str(app.store.deliveries.proof(day)), err=True)
            raise


def _finish(app: "App", day: date, proof: Proof, *, as_json: bool) -> None:
    _print_proof(proof, as_json=as_json)
    for state in (State.EXCLUDED, State.UNCERTAIN):
        for who, why in app.store.deliveries.of(day, state):
            click.secho(f"{state}: {who}: {why}", err=True, fg="yellow")
    done = proof.counts.get(State.ACCEPTED, 0) + proof.counts.get(State.EXCLUDED, 0)
    if done < proof.planned:
        raise Failure(left_undone(app, day), 1)


def _test(app: "App", day: date, address: str) -> None:
    from digest.audience import checked

    outcome = app.sending.send_test(day, checked(address))
    more = f". {outcome.advice}" if outcome.advice else ""
    click.echo(f"test to {address}: {outcome.state} ({outcome.detail}){more}")
    if outcome.state != State.ACCEPTED:
        raise click.exceptions.Exit(1)


def _print_plan(context: Context, plan: "Plan") -> None:
    yes = "approved" if plan.approved else "not approved"
    context.say(
        f"edition {plan.edition}: {plan.subject}\ncontent {plan.content_hash}, {yes}"
    )
    _print_audience(context, plan)
    if plan.sent_by:
        context.say(
            f"it went out by {plan.sent_by} before: whoever was served then is left alone"
        )


def _print_audience(context: Context, plan: "Plan") -> None:
    context.say(f"from {plan.sender}")
    only = f" ({plan.segment} only)" if plan.segment else ""
    context.say(f"to {plan.remaining} people{only} by {plan.transport}")
    if plan.transport == REHEARSAL:
        context.say("the outbox mails nobody: the messages become files")


def _print_musts(musts: "Sequence[Finding]") -> None:
    """Print what must be corrected, on standard error."""
    for found in musts:
        click.secho(
            f"must    {found.where}: {found.what}: {found.how}", err=True, fg="red"
        )


def _counted(musts: "Sequence[Finding]") -> str:
    return "1 finding" if len(musts) == 1 else f"{len(musts)} findings"


def _print_proof(proof: Proof, *, as_json: bool) -> None:
    if as_json:
        print_json(
            {"planned": proof.planned} | {s: proof.counts.get(s, 0) for s in State}
        )
    else:
        click.echo(str(proof))
