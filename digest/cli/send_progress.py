"""Progress of a send: what remains, what cancelling stopped, and what to do about it."""

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

import click

from digest.cli.common import Context, local_user, print_json
from digest.model import DeliveryState, WaitReason

if TYPE_CHECKING:
    from digest.app import App
    from digest.model import WaitingEdition
    from digest.services.deliveries import SendProgress
    from digest.services.halting import CancelledSend
    from digest.services.unsent import LeftOutEdition
    from digest.settings import Settings

#: Seconds that cancelling waits for another process to finish its chunk.
CANCEL_WAIT_SECONDS = 5.0


def halt_send(app: "App", day: date, how: str | None) -> "CancelledSend | None":
    """Pause or cancel a send; return what cancelling stopped. Raises NotFound."""
    if how == "cancel":
        return app.halting.cancel_send(
            day, local_user(), wait=CANCEL_WAIT_SECONDS
        )
    if how == "pause":
        app.halting.pause_send(day, local_user())
    return None


def left_undone(app: "App", day: date) -> str:
    """Return what is unfinished, and what to do."""
    later = app.deliveries.list_deliveries(day, DeliveryState.QUEUED)
    proof = app.deliveries.count_deliveries(day)
    uncertain = proof.count_in_state(DeliveryState.UNCERTAIN)
    if uncertain and not later:
        name = app.settings.name_edition(day)
        return (
            f"{uncertain} are uncertain, and are not mailed again on a guess: run "
            f"`digest reconcile {name}`, with --sent or --again for what you know"
        )
    refused = [(address, reason) for address, reason in later if reason]
    for address, reason in refused:
        click.secho(
            f"{DeliveryState.QUEUED}: {address}: {reason}",
            err=True,
            fg="yellow",
        )
    command = "digest send"
    if app.settings.has_several_newsletters:
        command += f" {app.settings.name_edition(day)}"
    if not refused:
        return f"the send is not finished; run `{command}` again to continue"
    return (
        f"the send is not finished: {len(refused)} were refused for now; run `{command}` again in "
        "half an hour or later (`digest run --send` from cron does so); after three days they are "
        "given up"
    )


def describe_left_out(left_out: "LeftOutEdition", settings: "Settings") -> str:
    """Return why an edition of a newsletter is not sent, though nobody need do anything."""
    name = settings.name_edition(left_out.edition)
    if left_out.why == "empty":
        return f"edition {name}: nothing to report, skipped"
    return (
        f"edition {name}: nobody approved it before the next one was due, which offers its "
        "stories again"
    )


def describe_waiting(waiting: "WaitingEdition", settings: "Settings") -> str:
    """Return what an edition of a newsletter waits for, and what to do."""
    from digest.infra.time_format import format_minute

    name = settings.name_edition(waiting.edition)
    at = format_minute(waiting.due_at, settings.newsletter.zone)
    if waiting.is_due:
        was_due = f"was due {at}"
    else:
        was_due = f"is due {at}"
    match waiting.waits_for:
        case WaitReason.REST:
            reason = ""
            if waiting.why:
                reason = f" ({waiting.why})"
            return (
                f"edition {name}: {waiting.people} have not got it{reason}; "
                f"run `digest send {name}`"
            )
        case WaitReason.SENDING:
            return f"edition {name} is approved, {was_due}, but is not sent; run `digest send {name}`"
        case WaitReason.AGAIN:
            state = f"was changed since {waiting.by} approved it"
        case WaitReason.SECOND:
            state = f"was approved by {waiting.by} only; a second person must approve it too"
        case _:
            state = "is not approved"
    advice = f"run `digest approve {name}`"
    if waiting.is_due:
        advice += f", or `digest send {name} --give-up` not to send it"
    return f"edition {name} {was_due} and {state}; {advice}"


def print_status(
    context: Context,
    app: "App",
    day: date,
    cancelled: "CancelledSend | None",
    *,
    as_json: bool,
) -> None:
    """Print the progress of a send, after what cancelling it has just stopped."""
    progress = app.deliveries.describe_progress(day)
    proof = progress.deliveries
    fates = progress.fates
    links = app.clicks.count_by_address(day)
    if as_json:
        data: dict[str, Any] = {
            "planned": proof.planned,
            "halted": progress.halt,
            "by": progress.halted_by,
            "fates": fates,
            "links": links,
            "stopped": progress.rest.stop_reason,
            "refused_for_now": progress.rest.refused_for_now_count,
            "again_at": progress.rest.next_try_at,
            "on_its_way": progress.on_its_way.delivery_count,
            "leaves_until": progress.on_its_way.last,
        }
        for state in DeliveryState:
            data[state] = proof.counts.get(state, 0)
        if cancelled:
            data["cancelled"] = asdict(cancelled)
        print_json(data)
        return
    if cancelled:
        _print_cancelled(cancelled, app.settings.name_edition(day))
    click.echo(str(proof))
    if progress.halt:
        context.print_note(f"{progress.halt} by {progress.halted_by}")
    _print_rest(context, progress, day, app.settings)
    if fates:
        counts = [f"{number} {fate}" for fate, number in fates.items()]
        context.print_note(f"reported since: {', '.join(counts)}")
    for url, number in links.items():
        context.print_note(f"clicked {number} times: {url}")


def _print_rest(
    context: Context, progress: "SendProgress", day: date, settings: "Settings"
) -> None:
    """Print what is still to be sent, and what the provider still holds."""
    from digest.infra.time_format import format_minute

    rest = progress.rest
    on_its_way = progress.on_its_way
    zone = settings.newsletter.zone
    if rest.stop_reason:
        click.secho(f"stopped: {rest.stop_reason}", err=True, fg="yellow")
    if rest.refused_for_now_count:
        context.print_note(
            f"{rest.refused_for_now_count} were refused for now, and will be tried again"
        )
    if on_its_way.last:
        name = settings.name_edition(day)
        context.print_note(
            f"the provider still holds {on_its_way.delivery_count} of the accepted, and sends the last "
            f"at {format_minute(on_its_way.last, zone)}; `digest send {name} --cancel` stops those "
            "that it sends more than ten minutes from now"
        )


def _print_cancelled(cancelled: "CancelledSend", name: str) -> None:
    """Print what cancelling the send of an edition of that name stopped."""
    click.echo(
        f"cancelled: {cancelled.never_handed} were not handed over, {cancelled.taken_back} were stopped "
        "at the provider before they were sent"
    )
    if cancelled.left:
        click.echo(
            f"{cancelled.left} were sent, or will be within minutes: too late to stop them"
        )
    if cancelled.beyond_limit:
        click.echo(
            f"{cancelled.beyond_limit} will be sent anyway: the provider allows only ten cancelled "
            "batches at a time"
        )
    if cancelled.uncertain:
        click.echo(
            f"{cancelled.uncertain} may have been sent: run `digest reconcile {name}`"
        )
    if cancelled.finishing:
        click.echo(
            "another process is finishing its current messages, and will stop what it can; "
            f"`digest send {name} --status` shows the result"
        )
