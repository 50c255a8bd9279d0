"""A person's yes, and the mail that follows it."""

from datetime import date
from typing import TYPE_CHECKING

import click

from digest.cli.common import (
    Context,
    Failure,
    as_json,
    edition_argument,
    pass_app,
    print_json,
    progress,
    report,
)
from digest.errors import DigestError
from digest.model import Plan, Proof, State

if TYPE_CHECKING:
    from digest.app import App


@click.command()
@click.option("--dns", "server", metavar="ADDRESS[:PORT]", help="Ask this name server.")
@as_json
@pass_app
@click.pass_obj
def doctor(context: Context, app: "App", server: str | None, as_json: bool) -> None:
    """Examine the sender's domain as mailboxes do: SPF, DKIM, DMARC, MX, the unsubscribe host.

    Each finding names the record to add. Exit code 1 if something must be mended.
    """
    from digest.doctor.dns import lookups

    address, _, port = (server or "").partition(":")
    if port and not port.isdigit():
        raise click.BadParameter(f"expected a port number, found {port!r}", param_hint="--dns")
    found = app.checks.domain(lookups([(address, int(port or 53))] if address else ()))
    domain = app.settings.newsletter.sender.address.rpartition("@")[2]
    report(context, found, as_json, f"{domain}: nothing must be mended")


@click.command()
@edition_argument
@click.option("--by", "name", metavar="NAME", help="Who says it (default: your login here).")
@click.option("--yes", is_flag=True, help="Do not ask.")
@pass_app
@click.pass_obj
def approve(
    context: Context, app: "App", edition: date | None, name: str | None, yes: bool
) -> None:
    """Say yes to an edition exactly as it stands; any change voids it."""
    day = app.edition(edition)
    plan = app.plan(day)
    context.say(f"edition {day}: {plan.subject}\ncontent {plan.content_hash}")
    if not yes:
        click.confirm("Approve exactly this?", abort=True)
    given = app.approve(day, name or me())
    both = f"{given.by} and {given.second}" if given.second else given.by
    click.echo(f"approved {day} by {both}: {given.content_hash}")


@click.command()
@edition_argument
@click.option("--test", "address", metavar="ADDR", help="Mail this one address; needs no approval.")
@click.option("--dry-run", is_flag=True, help="Say what would be done and do nothing.")
@click.option("--pause", "halt", flag_value="pause", help="Let a send stop; it can go on later.")
@click.option("--resume", "halt", flag_value="resume", help="Let a paused send go on.")
@click.option("--cancel", "halt", flag_value="cancel", help="End a send for good.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@pass_app
@click.pass_obj
def send(
    context: Context,
    app: "App",
    edition: date | None,
    address: str | None,
    dry_run: bool,
    halt: str | None,
    yes: bool,
    as_json: bool,
) -> None:
    """Mail an approved edition, to each subscriber at most once.

    Run it again after whatever happened: it goes on where it stopped. Exit code 1 if anything
    was left undone or is uncertain.
    """
    day = app.edition(edition)
    if address:
        _test(app, day, address)
        return
    if halt:
        getattr(app.dispatch, halt)(day, me())
    if halt in ("pause", "cancel"):
        _print_proof(app.store.deliveries.proof(day), as_json)
        return
    plan = app.plan(day)
    if not as_json:
        _print_plan(context, plan)
    if dry_run:
        _print_proof(plan.proof, as_json)
        return
    if not yes and not click.confirm(f"Send to {plan.audience} people by {plan.transport}?"):
        raise click.Abort
    _finish(app, day, _send(context, app, day, plan.audience), as_json)


@click.command()
@click.option(
    "--send", "send_it", is_flag=True, help="Also send the edition that is due, if approved."
)
@pass_app
@click.pass_obj
def run(context: Context, app: "App", send_it: bool) -> None:
    """Collect, draft, build, and with --send mail what is due: what cron calls.

    An edition that exists is never drafted again. An edition is due from its date and hour
    (newsletter.weekday, newsletter.hour) on; unapproved then, it is left and the exit code is 1.
    """
    report = app.collect()
    if report.stopped:
        raise click.Abort
    tallies = report.values()
    context.say(f"collected {sum(t.new for t in tallies)} new articles")
    for problem in (p for t in tallies for p in (*t.problems, t.silence) if p):
        click.secho(problem, err=True, fg="yellow")
    day = app.draft_if_new()
    app.build(day)
    context.say(f"edition {day} is in {app.workspace.output / day.isoformat()}")
    if send_it:
        _send_due(context, app)


def _send_due(context: Context, app: "App") -> None:
    late = []
    for day in app.dispatch.due():
        if app.plan(day).approved:
            _finish(
                app, day, _send(context, app, day, app.store.subscribers.count()), as_json=False
            )
        else:
            late.append(f"edition {day} is due and not approved; `digest approve {day}`")
    if late:
        raise Failure("\n".join(late), 1)


def _send(context: Context, app: "App", day: date, audience: int) -> Proof:
    sent = 0
    with progress(context) as show:

        def count(more: int) -> None:
            nonlocal sent
            sent += more
            show("mail", sent, audience)

        try:
            return app.send(day, count)
        except DigestError:
            click.echo(str(app.store.deliveries.proof(day)), err=True)
            raise


def _finish(app: "App", day: date, proof: Proof, as_json: bool) -> None:
    _print_proof(proof, as_json)
    for state in (State.EXCLUDED, State.UNCERTAIN):
        for who, why in app.store.deliveries.of(day, state):
            click.secho(f"{state}: {who}: {why}", err=True, fg="yellow")
    done = proof.counts.get(State.ACCEPTED, 0) + proof.counts.get(State.EXCLUDED, 0)
    if done < proof.planned:
        raise Failure("something was left undone; `digest send` again goes on from here", 1)


def me() -> str:
    """Return the name of whoever sits here."""
    from digest.staff import me as whoever

    return whoever()


def _test(app: "App", day: date, address: str) -> None:
    from digest.subscribers import checked

    outcome = app.test_send(day, checked(address))
    click.echo(f"test to {address}: {outcome.state} ({outcome.detail})")
    if outcome.state != State.ACCEPTED:
        raise click.exceptions.Exit(1)


def _print_plan(context: Context, plan: "Plan") -> None:
    yes = "approved" if plan.approved else "not approved"
    context.say(f"edition {plan.edition}: {plan.subject}\ncontent {plan.content_hash}, {yes}")
    context.say(f"to {plan.audience} people by {plan.transport}")
    if plan.sent_by:
        context.say(f"it went out by {plan.sent_by} before: whoever was served then is left alone")


def _print_proof(proof: Proof, as_json: bool) -> None:
    if as_json:
        print_json({"planned": proof.planned} | {s: proof.counts.get(s, 0) for s in State})
    else:
        click.echo(str(proof))
