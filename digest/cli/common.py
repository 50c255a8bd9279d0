"""Shared parts of the commands: context, parameters, errors, tables, progress, JSON."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.errors import DigestError, SettingsError

if TYPE_CHECKING:
    from digest.app import App
    from digest.model import Finding
    from digest.services.collection import FilledDraft


@dataclass(frozen=True, slots=True)
class Context:
    """Options given before the command: working folder, quiet, verbose."""

    folder: Path
    quiet: bool
    verbose: bool

    def print_note(self, text: str) -> None:
        """Print a note; results are printed by click.echo, so that --quiet keeps them."""
        if not self.quiet:
            click.echo(text)


class Failure(click.ClickException):
    """A failure in one or more lines, with its exit code."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code  # type: ignore[misc] # click reads it from the instance

    def show(self, file: Any = None) -> None:  # noqa: ARG002
        """Print each problem as a line of its own on standard error."""
        click.secho(self.message, err=True, fg="red")


class Grouped(click.Group):
    """A group whose help lists commands under headings."""

    group_of: dict[str, list[click.Command]]

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the headings and the commands below each."""
        width = max(
            len(command.name or "")
            for group in self.group_of.values()
            for command in group
        )
        for heading, commands in self.group_of.items():
            with formatter.section(heading):
                rows = [
                    (
                        (command.name or "").ljust(width),
                        command.get_short_help_str(80),
                    )
                    for command in commands
                ]
                formatter.write_dl(rows)


class EditionDate(click.ParamType):  # type: ignore[type-arg]
    """A date such as 2026-02-27."""

    name = "date"

    def convert(
        self,
        value: Any,
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> Any:
        """Return the date, or fail with what was expected."""
        if not isinstance(value, str):
            return value
        try:
            return self.parse_text(value)
        except ValueError:
            self.fail(
                f"expected a date such as 2026-02-27, found {value!r}",
                param,
                ctx,
            )

    def parse_text(self, text: str) -> Any:
        """Return the date that a text says. Raises ValueError."""
        return date.fromisoformat(text)

    def get_metavar(
        self,
        param: click.Parameter,
        ctx: click.Context | None = None,  # noqa: ARG002
    ) -> str:
        """Return the placeholder of usage lines."""
        if param.param_type_name == "argument" and param.name:
            return param.name.upper()
        return "DATE"


#: Colours of findings by severity; "may" has none.
SEVERITY_COLOURS = {"must": "red", "should": "yellow"}

proxy_option = click.option(
    "--proxy",
    default="127.0.0.1",
    help="Address of the reverse proxy whose headers name the client; * if no other can connect.",
)
as_json = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON for programs."
)


@contextmanager
def errors_as_failures() -> Iterator[None]:
    """Turn our errors into one clear message and an exit code."""
    try:
        yield
    except SettingsError as error:
        raise Failure(str(error), 2) from error
    except DigestError as error:
        raise Failure(str(error), 1) from error


def pass_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Open the working folder and pass it to the command as its first argument."""

    @click.pass_context
    def opened(context: click.Context, *args: Any, **kwargs: Any) -> Any:
        from digest.app import App
        from digest.settings import load_workspace

        with (
            errors_as_failures(),
            App(load_workspace(context.obj.folder)) as app,
        ):
            return context.invoke(command, app, *args, **kwargs)

    return update_wrapper(opened, command)


def warn_of_gaps(app: "App") -> None:
    """Warn on standard error of outlets that are silent and feeds that fail."""
    warnings = [
        *app.feeds.find_silences().values(),
        *app.feeds.list_failing_feeds(),
    ]
    for warning in warnings:
        click.secho(warning, err=True, fg="yellow")


def say_filled(
    context: Context, app: "App", drafts: "Sequence[FilledDraft]"
) -> None:
    """Print which open drafts got new stories."""
    for draft in drafts:
        settings = app.for_newsletter(draft.newsletter).settings
        name = settings.name_edition(draft.filled.edition.date)
        stories = count_words(
            len(draft.filled.came), "new story", "new stories"
        )
        context.print_note(
            f"edition {name}: {stories} added, "
            f"{len(draft.filled.went)} replaced"
        )


def print_json(value: Any) -> None:
    """Print a value as JSON; dates and times in ISO 8601, times with their offset."""
    click.echo(
        json.dumps(value, ensure_ascii=False, indent=2, default=_as_json)
    )


def _as_json(value: object) -> str:
    # a datetime is a date
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def report_findings(
    context: Context,
    findings: "Sequence[Finding]",
    all_well: str,
    *,
    as_json: bool,
) -> None:
    """Print findings; fail if any must be fixed, else print `all_well`."""
    if as_json:
        from dataclasses import asdict

        print_json([asdict(finding) for finding in findings])
    else:
        for finding in findings:
            _print_finding(finding)
    must_fix = sum(finding.severity == "must" for finding in findings)
    if must_fix:
        raise Failure(
            f"{must_fix} of {len(findings)} findings must be fixed", 1
        )
    if not as_json:
        context.print_note(f"{all_well}, {len(findings)} findings")


def _print_finding(finding: "Finding") -> None:
    colour = SEVERITY_COLOURS.get(finding.severity)
    click.secho(
        f"{finding.severity:6}  {finding.where}: {finding.what}", fg=colour
    )
    advice = f"        {finding.why}: {finding.how}"
    if finding.mends:
        advice += " (--fix does this)"
    click.echo(advice)


def local_user() -> str:
    """Return the name of the person at this machine."""
    from digest.services.staff import local_user

    return local_user()


def is_terminal() -> bool:
    """Return whether standard output is a terminal."""
    import sys

    return sys.stdout.isatty()


@contextmanager
def show_progress(
    context: Context,
) -> Iterator[Callable[[str, int, int], None]]:
    """Yield a function that shows progress: a bar on a terminal, nothing elsewhere."""
    if context.quiet or not is_terminal():
        yield _show_nothing
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description:8}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def show(task: str, done: int, total: int) -> None:
            if task not in tasks:
                tasks[task] = bars.add_task(task, total=total)
            bars.update(tasks[task], completed=done, total=total)

        yield show


def _show_nothing(_task: str, _done: int, _total: int) -> None:
    """Show no progress."""


def count_words(number: int, one: str, several: str) -> str:
    """Return a number with its noun: “1 pick”, “2 picks”."""
    if number == 1:
        return f"{number} {one}"
    return f"{number} {several}"


def print_table(
    headings: list[str],
    rows: list[list[str]],
    warnings: Collection[int] = (),
) -> None:
    """Print rows under headings: fitted to a terminal, whole in a log.

    The rows of the numbers in `warnings`, from 0, have the colour of a warning.
    """
    if is_terminal():
        from rich.console import Console
        from rich.table import Table

        grid = Table(*headings, box=None, header_style="bold", pad_edge=False)
        for column in grid.columns:
            column.overflow = "fold"  # an address cut short cannot be copied
        for number, row in enumerate(rows):
            style = None
            if number in warnings:
                style = "yellow"
            grid.add_row(*row, style=style)
        Console().print(grid)
        return
    widths = [
        max(len(cell) for cell in column)
        for column in zip(headings, *rows, strict=True)
    ]
    for row in [headings, *rows]:
        cells = [
            cell.ljust(width) for cell, width in zip(row, widths, strict=True)
        ]
        click.echo("  ".join(cells).rstrip())
