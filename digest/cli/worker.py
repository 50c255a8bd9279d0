"""Workers: the commands that run one, and that print the state of all work."""

import logging
import signal
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from digest.cli.common import (
    Context,
    as_json,
    count_words,
    errors_as_failures,
    pass_app,
    print_json,
    print_table,
)
from digest.cli.edition_words import NOT_BEGUN, StateWords, describe_state
from digest.cli.send_progress import describe_waiting
from digest.model import QUEUES, DeliveryState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from digest.app import App
    from digest.infra.job_queue import Worker


def _parse_queues(
    _context: click.Context, _param: click.Parameter, value: str
) -> list[str]:
    parts = [part.strip() for part in value.split(",")]
    chosen = [part for part in parts if part]
    unknown = set(chosen) - set(QUEUES)
    if unknown or not chosen:
        raise click.BadParameter(
            f"expected some of {', '.join(QUEUES)}, found {value!r}"
        )
    return chosen


@click.command("worker")
@click.option(
    "--queues",
    default=",".join(QUEUES),
    show_default=True,
    callback=_parse_queues,
    metavar="NAMES",
    help="The queues to work on.",
)
@click.option("--idle", is_flag=True, help="Stop when no job is waiting.")
@click.option(
    "--log",
    "how",
    type=click.Choice(["text", "json"]),
    default="text",
    help="Format of log lines.",
)
@click.pass_obj
def run_worker(
    context: Context, queues: list[str], *, idle: bool, how: str
) -> None:
    """Run jobs until stopped: collect, analyse, draft, send what is due.

    DIR (-C) is a working folder on PostgreSQL, or holds several, one for each organisation. Start
    as many workers as you like, on any machine; SIGTERM ends one gracefully, and the jobs of a
    killed worker are taken over by others.
    """
    try:
        from digest.jobs.worker import run_worker
    except ModuleNotFoundError as error:
        from digest.errors import SettingsError

        with errors_as_failures():
            raise SettingsError(
                ["workers need `pip install 'press-digest[cluster]'`"]
            ) from error
    from digest.infra.logging import configure_logging

    if context.verbose:
        level = logging.DEBUG
    else:
        level = logging.INFO
    configure_logging(how, level)
    with errors_as_failures():
        run_worker(context.folder, queues, _stop_on_signals, idle=idle)


def _stop_on_signals(worker: "Worker") -> None:
    """Let SIGTERM and Ctrl-C end a worker after its job."""

    def stop_worker(_number: int, _frame: object) -> None:
        worker.stop_soon()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop_worker)


@click.command("status")
@as_json
@pass_app
def print_work_status(app: "App", *, as_json: bool) -> None:
    """Print the state of feeds, editions, queues and workers, and failures."""

    work = app.status.describe_work()
    if as_json:
        waiting = [
            entry for one in app.newsletters for entry in _waiting_as_data(one)
        ]
        print_json(work | {"waiting": waiting})
        return
    zone = app.settings.newsletter.zone
    for one in app.newsletters:
        for edition in one.unsent.waiting_editions():
            note = describe_waiting(edition, one.settings)
            click.secho(note, err=True, fg="yellow")
    print_former_newsletters(work["former_newsletters"])
    _print_feeds(work, zone)
    rates = work["rates"]
    click.echo(
        f"rates: {rates['feeds_an_hour']} feeds and {rates['articles_an_hour']} articles in the "
        f"last hour, {rates['mails_a_minute']} mails in the last minute"
    )
    # without a list there is one newsletter, and it is part of the whole
    for editions in work.get("newsletters", [work]):
        key = editions.get("newsletter", app.settings.newsletter.key)
        one = app.for_newsletter(key)
        _print_editions(one, editions, by_workers="queues" in work)
    _print_notices(work["notices"], zone)
    if "queues" in work:
        _print_workers(work, zone)


def _waiting_as_data(app: "App") -> "Iterator[dict[str, Any]]":
    """Yield what the editions of a newsletter wait for, with its key where there are several."""
    for edition in app.unsent.waiting_editions():
        data = asdict(edition)
        if app.settings.has_several_newsletters:
            data["newsletter"] = app.settings.newsletter.key
        yield data


def _describe_stored(former: dict[str, Any]) -> str:
    """Return how many subscribers and editions are stored of a newsletter."""
    subscribers = count_words(
        former["subscribers"], "subscriber", "subscribers"
    )
    editions = count_words(former["editions"], "edition", "editions")
    return f"{subscribers} and {editions}"


def print_former_newsletters(former: "Sequence[dict[str, Any]]") -> None:
    """Print what is stored of newsletters whose key is not in feeds.yaml any more."""
    for one in former:
        click.secho(
            f"there is no newsletter {one['newsletter']!r} in feeds.yaml, so that nobody gets it; "
            f"stored of it: {_describe_stored(one)}, there again with its key in feeds.yaml",
            err=True,
            fg="yellow",
        )


def _print_editions(
    app: "App", editions: dict[str, Any], *, by_workers: bool
) -> None:
    """Print the state of a newsletter's newest edition, and of its next one."""
    _print_newest_edition(app, editions["edition"])
    if editions.get("stopped"):
        click.secho(
            f"its send has stopped: {editions['stopped']}",
            err=True,
            fg="yellow",
        )
    _print_next_edition(app, editions["next"], by_workers=by_workers)


def _print_feeds(work: dict[str, Any], zone: "ZoneInfo") -> None:
    from digest.infra.time_format import format_minute

    last_poll = "never"
    if work["last_poll"]:
        last_poll = format_minute(work["last_poll"], zone)
    lag = _format_duration(work["feeds_lag"])
    click.echo(
        f"feeds: {work['feeds']}, {work['feeds_due']} due (the oldest for {lag}), "
        f"{work['feeds_failing']} failing; last polled {last_poll}"
    )
    click.echo(f"pages: {work['pages_waiting']} waiting to be read")


def _print_newest_edition(app: "App", newest: dict[str, Any] | None) -> None:
    if newest is None:
        click.echo(f"editions{_of_newsletter(app)}: none yet")
        return
    counts = [
        f"{newest[state]} {state}" for state in DeliveryState if state in newest
    ]
    name = app.settings.name_edition(newest["date"])
    approval = app.approval.find_approval(newest["date"])
    words = describe_state(newest["state"], approval, name)
    parts = [words.approval, *words.outcomes(counts)]
    _print_edition_line(f"edition {name}: {', '.join(parts)}", words)


def _print_edition_line(line: str, words: "StateWords") -> None:
    """Print a line about an edition, in the colour of a warning if it does not leave as it is."""
    color = None
    if words.is_warning:
        color = "yellow"
    click.secho(line, fg=color)


def _of_newsletter(app: "App") -> str:
    """Return " of" and the newsletter's key; nothing if there is no other."""
    if app.settings.has_several_newsletters:
        return f" of {app.settings.newsletter.key}"
    return ""


def _print_next_edition(
    app: "App", coming: dict[str, Any] | None, *, by_workers: bool
) -> None:
    from digest.infra.time_format import format_minute

    if coming is None:
        click.echo(
            f"next edition{_of_newsletter(app)}: none is begun; editions are made by hand"
        )
        return
    zone = app.settings.newsletter.zone
    if coming["drafted"]:
        drafted = "drafted"
    else:
        drafted = "not drafted"
    if by_workers and not coming["drafted"]:
        drafted = f"drafted from {format_minute(coming['draft_at'], zone)}"
    name = app.settings.name_edition(coming["date"])
    due = format_minute(coming["leaves_at"], zone)
    words = NOT_BEGUN
    if coming["drafted"]:
        approval = app.approval.find_approval(coming["date"])
        words = describe_state(coming["state"], approval, name)
    leaves = words.describe_leaving(due)
    _print_edition_line(f"next edition {name}: {drafted}, {leaves}", words)


def _print_notices(mails: dict[str, Any], zone: "ZoneInfo") -> None:
    """Print the state of the mails to single people: confirmations and welcomes."""
    from digest.infra.time_format import format_minute

    waiting = f"{mails['waiting']} waiting to be mailed"
    if mails["oldest"]:
        waiting += f" (the oldest since {format_minute(mails['oldest'], zone)})"
    given_up = f"{mails['given_up']} given up in the last 30 days"
    if mails["why"]:
        given_up += f"; last reason: {mails['why']}"
    click.echo(f"confirmations and welcomes: {waiting}, {given_up}")


def _print_workers(work: dict[str, Any], zone: "ZoneInfo") -> None:
    from digest.infra.time_format import format_minute

    click.echo(f"workers: {len(work['workers'])}")
    for name in work["workers"]:
        click.echo(f"  {name}")
    headings = ["queue", "waiting", "later", "running", "failed", "lag"]
    rows = []
    for queue in work["queues"]:
        counts = [str(queue[heading]) for heading in headings[:-1]]
        rows.append([*counts, _format_duration(queue["lag"])])
    if rows:
        print_table(headings, rows)
    for failure in work["failures"]:
        moment = format_minute(failure["at"], zone)
        line = f"{moment} {failure['task']}: {failure['said']}"
        click.secho(line, err=True, fg="yellow")


def _format_duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min"
