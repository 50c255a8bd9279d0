"""Past clips: the command that imports them from a sheet, with a preview first."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from digest.cli.common import (
    Context,
    Failure,
    as_json,
    pass_app,
    print_json,
    show_progress,
)
from digest.cli.past_clips_preview import (
    count_of,
    preview_as_data,
    print_preview,
)

if TYPE_CHECKING:
    from digest.app import App
    from digest.collect.sheets.clip_sheet import ClipWish
    from digest.services.past_clips import ClipsImported, ClipsPreview

PARTS = (
    "date", "outlet", "headline", "address", "note", "place", "quote", "lead", "section", "author",
    "year", "month", "day",
)  # fmt: skip


@click.group("import")
def import_group() -> None:
    """Import what a press office has: past clips from a sheet."""


@import_group.command("clips")
@click.argument(
    "file", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="PART=NAME",
    help=f"Which column is a PART: {', '.join(PARTS)}.",
)
@click.option(
    "--sheet",
    "sheets",
    multiple=True,
    metavar="NAME",
    help="Read only this sheet of a workbook; may be repeated.",
)
@click.option(
    "--dates",
    type=click.Choice(["day-first", "month-first"]),
    help="How 03/04/2026 is read, if the sheet does not show it.",
)
@click.option(
    "--year",
    type=click.IntRange(1900, 2100),
    help="The year of dates without one.",
)
@click.option(
    "--fill-down",
    "fills_down",
    is_flag=True,
    help="An empty date or outlet is that of the row above.",
)
@click.option(
    "--encoding",
    default="",
    metavar="NAME",
    help="Such as cp1250, if it is guessed wrongly.",
)
@click.option(
    "--read",
    "reads_pages",
    is_flag=True,
    help="Fetch and read the pages of addresses, too.",
)
@click.option("--yes", is_flag=True, help="Import without a question.")
@as_json
@pass_app
@click.pass_obj
def import_clips(
    context: Context,
    app: "App",
    file: Path,
    columns: tuple[str, ...],
    sheets: tuple[str, ...],
    dates: str | None,
    year: int | None,
    *,
    fills_down: bool,
    encoding: str,
    reads_pages: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Import past clips from a CSV file or spreadsheet: date, outlet, headline, address, note.

    Columns are recognised by their headings, in many languages, and by what they hold. What will be
    stored is shown first, and you are asked; --yes answers, and without it --json only shows. A
    clip without an address is kept as printed or broadcast. Pages are not fetched without --read.
    Old clips are found by `digest articles --since`, and are in no edition; what is of the present
    window is proposed as usual. The same sheet twice adds nothing. Exit code 1 if rows were set
    aside, or a question is open.
    """
    wish = _make_wish(
        columns, sheets, encoding, dates, year, fills_down=fills_down
    )
    if reads_pages:
        from dataclasses import replace

        wish = replace(wish, reads_pages=True)
    preview = app.past_clips.preview_clips(file, wish)
    if as_json:
        _import_as_json(app, file, wish, preview, yes=yes)
        return
    print_preview(context, preview, reads_pages=reads_pages)
    if preview.undecided_date:
        from digest.services.past_clips import words_for_undecided

        raise Failure(words_for_undecided(preview.undecided_date), 1)
    if preview.changes_nothing:
        click.echo("nothing to import")
    else:
        if not yes:
            _ask_to_import(preview)
        with show_progress(context) as show:
            imported = app.past_clips.import_clips(file, wish, show)
        _print_imported(imported)
    _fail_for_set_aside(preview)


def _ask_to_import(preview: "ClipsPreview") -> None:
    """Ask whether to import; raises Failure without a yes, before anything is stored."""
    acts = []
    if preview.new:
        acts.append(f"import {count_of(len(preview.new), 'clip')}")
    if preview.kept_notes:
        notes = count_of(len(preview.kept_notes), "note")
        acts.append(f"keep {notes} on known clips")
    question = f"{' and '.join(acts)}?"
    is_answered = False
    with suppress(click.Abort):
        is_answered = click.confirm(question)
    if not is_answered:
        raise Failure(
            "nothing was imported (--yes imports without a question)", 1
        )


def _make_wish(
    columns: Iterable[str],
    sheets: tuple[str, ...],
    encoding: str,
    dates: str | None,
    year: int | None,
    *,
    fills_down: bool,
) -> "ClipWish":
    from digest.collect.sheets.clip_sheet import ClipWish

    day_first = None
    if dates is not None:
        day_first = dates == "day-first"
    return ClipWish(
        column_overrides=dict(_parse_columns(columns)),
        sheets=sheets,
        encoding=encoding,
        day_first=day_first,
        year=year,
        fills_down=fills_down,
    )


def _parse_columns(columns: Iterable[str]) -> Iterator[tuple[str, str]]:
    for column in columns:
        part, equals, name = column.partition("=")
        if not equals:
            raise click.BadParameter(
                f"expected PART=NAME, such as date=When; found {column}",
                param_hint="--column",
            )
        yield part.strip(), name.strip()


def _import_as_json(
    app: "App",
    file: Path,
    wish: "ClipWish",
    preview: "ClipsPreview",
    *,
    yes: bool,
) -> None:
    data = preview_as_data(preview)
    if yes and not preview.undecided_date:
        imported = app.past_clips.import_clips(file, wish)
        data = preview_as_data(imported.preview) | {
            "added": imported.added,
            "notes_kept": imported.notes_kept,
            "by_section": dict(imported.by_section),
            "pages_read": imported.pages_read,
            "pages_unread": imported.pages_unread,
        }
    print_json(data)
    is_open = bool(preview.undecided_date) or bool(preview.set_aside)
    if is_open:
        raise SystemExit(1)


def _fail_for_set_aside(preview: "ClipsPreview") -> None:
    number = len(preview.set_aside)
    if number:
        raise Failure(
            f"{count_of(number, 'row')} set aside, with the reason above", 1
        )


def _print_imported(imported: "ClipsImported") -> None:
    if imported.notes_kept:
        click.echo(
            f"{count_of(imported.notes_kept, 'note')} kept on clips that were known"
        )
    if not imported.added:
        return
    parts = [
        f"{number} in {key}"
        for key, number in imported.by_section.items()
        if key
    ]
    without = imported.by_section.get("", 0)
    parts.append(f"{without} in no section")
    click.echo(f"{count_of(imported.added, 'clip')} added: {', '.join(parts)}")
    if imported.pages_read or imported.pages_unread:
        click.echo(
            f"{count_of(imported.pages_read, 'page')} read, {imported.pages_unread} not readable"
        )
    days = [one.published for one in imported.preview.new if one.published]
    if days:
        click.echo(f"`digest articles --since {min(days):%Y-%m-%d}` lists them")
