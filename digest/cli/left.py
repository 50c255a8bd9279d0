"""What is left of a send, and what halting it has stopped, as the command line says it."""

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING

import click

from digest.cli.common import Context, local_user, print_json
from digest.model import State, Waits

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from digest.app import App
    from digest.model import Waiting
    from digest.services.halting import Cancelled
    from digest.store.calling_off import OnItsWay
    from digest.store.second_tries import Rest

#: seconds that cancelling waits for another process to end what it has in hand
PATIENT = 5.0


def halt_send(app: "App", day: date, how: str | None) -> "Cancelled | None":
    """Pause or cancel a send; say what cancelling stopped. Raises NotFound."""
    if how == "cancel":
        return app.halting.cancel_send(day, local_user(), wait=PATIENT)
    if how == "pause":
        app.halting.pause_send(day, local_user())
    return None


def left_undone(app: "App", day: date) -> str:
    """Say what was left undone, and what to do."""
    later = app.store.deliveries.of(day, State.QUEUED)
    uncertain = app.store.deliveries.proof(day).number(State.UNCERTAIN)
    if uncertain and not later:
        return (
            f"{uncertain} may have it or not, and are not mailed again on a guess: "
            f"`digest reconcile {day}` asks, and --sent or --again says what you know"
        )
    refused = [(who, why) for who, why in later if why]
    for who, why in refused:
        click.secho(f"{State.QUEUED}: {who}: {why}", err=True, fg="yellow")
    if not refused:
        return "something was left undone; `digest send` again goes on from here"
    return (
        f"something was left undone: {len(refused)} were refused for now; `digest send` again goes "
        "on from here, in half an hour or later (`digest run --send` from cron does so), and after "
        "three days they are given up"
    )


def said_of(waiting: "Waiting", zone: "ZoneInfo") -> str:
    """Say of an edition what it waits for, and what to do."""
    from digest.infra.time_format import minute

    day = waiting.edition
    at = minute(waiting.due_at, zone)
    if waiting.is_due:
        was_due = f"was due {at}"
    else:
        was_due = f"is due {at}"
    match waiting.waits_for:
        case Waits.REST:
            if waiting.why:
                why = f" ({waiting.why})"
            else:
                why = ""
            return f"edition {day}: {waiting.people} have not got it{why}; `digest send {day}`"
        case Waits.SENDING:
            return f"edition {day} is approved, {was_due}, and is not sent; `digest send {day}`"
        case Waits.AGAIN:
            said = f"was changed since {waiting.by} approved it"
        case Waits.SECOND:
            said = (
                f"was approved by {waiting.by} alone, and a second person must as well"
            )
        case _:
            said = "was approved by nobody"
    if waiting.is_due:
        give_up = f", or `digest send {day} --give-up` leaves it unsent"
    else:
        give_up = ""
    return f"edition {day} {was_due} and {said}; `digest approve {day}`{give_up}"


def print_status(
    context: Context,
    app: "App",
    day: date,
    cancelled: "Cancelled | None",
    *,
    as_json: bool,
) -> None:
    """Print how far a send is, and before it what cancelling it has just stopped."""
    ledger = app.store.deliveries
    proof = ledger.proof(day)
    (how, by) = app.store.halts.halted(day)
    fates = app.store.events.fates(day)
    links = app.clicks.count_by_address(day)
    rest = app.store.second_tries.rest(day)
    way = app.halting.mail_on_its_way(day)
    if as_json:
        counts = {s: proof.counts.get(s, 0) for s in State}
        told = {
            "planned": proof.planned,
            "halted": how,
            "by": by,
            "fates": fates,
            "links": links,
        }
        left = {
            "stopped": rest.stopped,
            "refused_for_now": rest.later,
            "again_at": rest.again_at,
        }
        waiting = {"on_its_way": way.people, "leaves_until": way.last}
        if cancelled:
            halted = {"cancelled": asdict(cancelled)}
        else:
            halted = {}
        print_json(told | left | waiting | counts | halted)
        return
    if cancelled:
        _print_cancelled(cancelled, day)
    click.echo(str(proof))
    if how:
        context.say(f"{how} by {by}")
    _print_rest(context, rest, way, day, app.settings.newsletter.zone)
    if fates:
        context.say("since: " + ", ".join(f"{n} {fate}" for fate, n in fates.items()))
    for url, number in links.items():
        context.say(f"followed {number} times: {url}")


def _print_rest(
    context: Context, rest: "Rest", way: "OnItsWay", day: date, zone: "ZoneInfo"
) -> None:
    """Print what is left, and what was accepted and has not left yet."""
    from digest.infra.time_format import minute

    if rest.stopped:
        click.secho(f"stopped: {rest.stopped}", err=True, fg="yellow")
    if rest.later:
        context.say(f"{rest.later} were refused for now, and are tried again")
    if way.last:
        context.say(
            f"{way.people} of the accepted are with the provider still, and leave until "
            f"{minute(way.last, zone)}; `digest send {day} --cancel` stops what leaves later "
            "than ten minutes from now"
        )


def _print_cancelled(told: "Cancelled", day: date) -> None:
    click.echo(
        f"cancelled: {told.never_handed} were not handed over, {told.taken_back} were taken back "
        "from the provider before they left"
    )
    if told.left:
        click.echo(
            f"{told.left} have left, or leave within minutes: too late to stop them"
        )
    if told.beyond_limit:
        click.echo(
            f"{told.beyond_limit} leave all the same: the provider lets ten batches be cancelled "
            "at a time, and no more"
        )
    if told.uncertain:
        click.echo(
            f"{told.uncertain} may have left: `digest reconcile {day}` asks again"
        )
    if told.finishing:
        click.echo(
            "another process ends what it has in hand, and stops that as well as it can; "
            f"`digest send {day} --status` says how it ended"
        )
