"""Workers, and how work stands."""

import logging
import signal
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from digest.cli.common import (
    Context,
    as_json,
    errors_as_failures,
    pass_app,
    print_json,
    print_table,
)
from digest.cli.send_progress import describe_waiting
from digest.model import QUEUES

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from digest.app import App


def _queues(_context: click.Context, _param: click.Parameter, value: str) -> list[str]:
    chosen = [q.strip() for q in value.split(",") if q.strip()]
    wrong = sorted(set(chosen) - set(QUEUES))
    if wrong or not chosen:
        raise click.BadParameter(
            f"expected some of {', '.join(QUEUES)}, found {value!r}"
        )
    return chosen


@click.command("worker")
@click.option(
    "--queues",
    default=",".join(QUEUES),
    show_default=True,
    callback=_queues,
    metavar="NAMES",
    help="What to work on.",
)
@click.option("--idle", is_flag=True, help="End when nothing waits.")
@click.option(
    "--log",
    "how",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Log lines.",
)
@click.pass_obj
def worker(context: Context, queues: list[str], *, idle: bool, how: str) -> None:
    """Work on jobs until told to stop: collect, judge, draft, send what is due.

    DIR (-C) is a working folder on PostgreSQL, or holds several, one for each organisation. Start
    as many as you like, on any machine; each ends gracefully at SIGTERM, and what one leaves that
    was killed the others take up.
    """
    try:
        from digest.jobs.worker import run_worker
    except ModuleNotFoundError as e:
        from digest.errors import SettingsError

        with errors_as_failures():
            raise SettingsError(
                ["workers need `pip install 'press-digest[cluster]'`"]
            ) from e
    from digest.infra.logging import speak

    speak(how, logging.DEBUG if context.verbose else logging.INFO)
    with errors_as_failures():
        run_worker(context.folder, queues, _stopped_by_signals, idle=idle)


def _stopped_by_signals(worker: Any) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())


@click.command("status")
@as_json
@pass_app
def status(app: "App", *, as_json: bool) -> None:
    """Say how work stands: feeds, editions, queues and failures."""
    from digest.infra.time_format import minute

    found = app.status.describe_work()
    waiting = app.unsent.waiting_editions()
    if as_json:
        print_json(found | {"waiting": [asdict(w) for w in waiting]})
        return
    zone = app.settings.newsletter.zone
    for one in waiting:
        click.secho(describe_waiting(one, zone), err=True, fg="yellow")
    _press(found, zone)
    rates = found["rates"]
    click.echo(
        f"rates: {rates['feeds_an_hour']} feeds and {rates['articles_an_hour']} articles in the "
        f"last hour, {rates['mails_a_minute']} mails in the last minute"
    )
    _edition(found["edition"])
    if found.get("stopped"):
        click.secho(f"its send has stopped: {found['stopped']}", err=True, fg="yellow")
    coming = found["next"]
    if coming["drafted"]:
        left = app.publishing.status(coming["date"]).sent_at
    else:
        left = None
    if left:
        click.echo(
            f"next edition {coming['date']}: has left since {minute(left, zone)}"
        )
    else:
        _next(coming, zone, by_workers="queues" in found)
    _notices(found["notices"], zone)
    if "queues" in found:
        _workers(found, zone)


def _press(found: dict[str, Any], zone: "ZoneInfo") -> None:
    from digest.infra.time_format import minute

    last = found["last_poll"]
    click.echo(
        f"feeds: {found['feeds']}, {found['feeds_due']} due "
        f"(the oldest for {_lasted(found['feeds_lag'])}), {found['feeds_failing']} failing; "
        f"last polled {minute(last, zone) if last else 'never'}"
    )
    click.echo(f"pages: {found['pages_waiting']} wait to be read")


def _edition(newest: dict[str, Any] | None) -> None:
    if newest is None:
        click.echo("editions: none yet")
        return
    counts = {k: v for k, v in newest.items() if k not in ("date", "approved")}
    told = ", ".join(f"{n} {state}" for state, n in counts.items()) or "not sent"
    if newest["approved"]:
        yes = "approved"
    else:
        yes = "not approved"
    click.echo(f"edition {newest['date']}: {yes}, {told}")


def _next(coming: dict[str, Any], zone: "ZoneInfo", *, by_workers: bool) -> None:
    from digest.infra.time_format import minute

    if coming["drafted"]:
        drafted = "drafted"
    else:
        drafted = "not drafted"
    if by_workers and not coming["drafted"]:
        drafted = f"drafted from {minute(coming['draft_at'], zone)}"
    leaves = f"leaves {minute(coming['leaves_at'], zone)}"
    if coming["approved"]:
        yes = ""
    else:
        yes = " once approved"
    click.echo(f"next edition {coming['date']}: {drafted}, {leaves}{yes}")


def _notices(mails: dict[str, Any], zone: "ZoneInfo") -> None:
    """Say how the mails to single people stand: confirmations and welcomes."""
    from digest.infra.time_format import minute

    oldest = mails["oldest"]
    if oldest:
        since = f" (the oldest since {minute(oldest, zone)})"
    else:
        since = ""
    if mails["why"]:
        why = f"; the last time: {mails['why']}"
    else:
        why = ""
    click.echo(
        f"confirmations and welcomes: {mails['waiting']} wait to be mailed{since}, "
        f"{mails['given_up']} given up in the last 30 days{why}"
    )


def _workers(found: dict[str, Any], zone: "ZoneInfo") -> None:
    from digest.infra.time_format import minute

    click.echo(f"workers: {len(found['workers'])}")
    for name in found["workers"]:
        click.echo(f"  {name}")
    headings = ["queue", "waiting", "later", "running", "failed", "lag"]
    rows = [
        [*(str(q[h]) for h in headings[:-1]), _lasted(q["lag"])]
        for q in found["queues"]
    ]
    if rows:
        print_table(headings, rows)
    for f in found["failures"]:
        click.secho(
            f"{minute(f['at'], zone)} {f['task']}: {f['said']}", err=True, fg="yellow"
        )


def _lasted(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"
