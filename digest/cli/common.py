"""What the commands share."""

import json
from collections.abc import Callable, Iterator, Sequence
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
    from digest.services.draft_merge import Filled


@dataclass(frozen=True, slots=True)
class Context:
    """What stands before the command."""

    folder: Path
    quiet: bool
    verbose: bool

    def say(self, text: str) -> None:
        """Print what is not a result."""
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
            len(c.name or "") for group in self.group_of.values() for c in group
        )
        for heading, commands in self.group_of.items():
            with formatter.section(heading):
                rows = [
                    ((c.name or "").ljust(width), c.get_short_help_str(80))
                    for c in commands
                ]
                formatter.write_dl(rows)


class Day(click.ParamType):  # type: ignore[type-arg]
    """A date such as 2026-02-27."""

    name = "date"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Return the date, or fail with what was expected."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(
                f"expected a date such as 2026-02-27, found {value!r}", param, ctx
            )

    def get_metavar(
        self,
        param: click.Parameter,
        ctx: click.Context | None = None,  # noqa: ARG002
    ) -> str:
        """Say how it is written."""
        if param.param_type_name == "argument" and param.name:
            return param.name.upper()
        return "DATE"


edition_argument = click.argument("edition", type=Day(), required=False)
proxy_option = click.option(
    "--proxy",
    default="127.0.0.1",
    help="The web server before it, whose word on who asks is believed; * if only that gets here.",
)
as_json = click.option(
    "--json", "as_json", is_flag=True, help="Print JSON for programs."
)


@contextmanager
def failures() -> Iterator[None]:
    """Turn our errors into one clear message and an exit code."""
    try:
        yield
    except SettingsError as e:
        raise Failure(str(e), 2) from e
    except DigestError as e:
        raise Failure(str(e), 1) from e


def pass_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Open the working folder and hand it to the command as its first argument."""

    @click.pass_context
    def opened(context: click.Context, *args: Any, **kwargs: Any) -> Any:
        from digest.app import App
        from digest.settings import load

        with failures(), App(load(context.obj.folder)) as app:
            return context.invoke(command, app, *args, **kwargs)

    return update_wrapper(opened, command)


def warn_of_gaps(app: "App") -> None:
    """Say on standard error from whom an edition would lack articles."""
    for said in (*app.watch.silences().values(), *app.watch.failing()):
        click.secho(said, err=True, fg="yellow")


def say_filled(context: Context, drafts: "Sequence[Filled]") -> None:
    """Say what came into open drafts with what was collected."""
    for filled in drafts:
        context.say(
            f"edition {filled.edition.date}: {len(filled.came)} new stories filled in, "
            f"{len(filled.went)} gave way"
        )


def print_json(value: Any) -> None:
    """Print a value as JSON; dates and times in ISO 8601, times with their offset."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_as_json))


def _as_json(value: object) -> str:
    # a datetime is a date
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def report(
    context: Context, found: "Sequence[Finding]", well: str, *, as_json: bool
) -> None:
    """Print findings; fail if any of them must be fixed, else say that all is well."""
    if as_json:
        from dataclasses import asdict

        print_json([asdict(f) for f in found])
    for f in found if not as_json else ():
        colour = {"must": "red", "should": "yellow"}.get(f.severity)
        click.secho(f"{f.severity:6}  {f.where}: {f.what}", fg=colour)
        click.echo(
            f"        {f.why}: {f.how}" + (" (--fix does it)" if f.mends else "")
        )
    must = sum(f.severity == "must" for f in found)
    if must:
        raise Failure(f"{must} of {len(found)} findings must be fixed", 1)
    if not as_json:
        context.say(f"{well}, {len(found)} findings")


def me() -> str:
    """Return the name of whoever sits here."""
    from digest.services.staff import me as whoever

    return whoever()


def is_terminal() -> bool:
    """Whether a person watches."""
    import sys

    return sys.stdout.isatty()


@contextmanager
def progress(context: Context) -> Iterator[Callable[[str, int, int], None]]:
    """Yield a function that shows progress: a bar on a terminal, nothing elsewhere."""
    if context.quiet or not is_terminal():
        yield lambda _what, _done, _of: None
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

        def show(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=of)
            bars.update(tasks[what], completed=done, total=of)

        yield show


def table(headings: list[str], rows: list[list[str]]) -> None:
    """Print rows under headings: fitted to a terminal, whole in a log."""
    if is_terminal():
        from rich.console import Console
        from rich.table import Table

        shown = Table(*headings, box=None, header_style="bold", pad_edge=False)
        for column in shown.columns:
            column.overflow = "fold"  # an address cut short cannot be copied
        for row in rows:
            shown.add_row(*row)
        Console().print(shown)
        return
    widths = [
        max(len(cell) for cell in column)
        for column in zip(headings, *rows, strict=True)
    ]
    for row in [headings, *rows]:
        cells = (cell.ljust(w) for cell, w in zip(row, widths, strict=True))
        click.echo("  ".join(cells).rstrip())
