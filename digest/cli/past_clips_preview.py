"""Previews of past clips: what a sheet is taken for, printed and as JSON data."""

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from digest.cli.common import Context, print_table

if TYPE_CHECKING:
    from digest.collect.sheets.clip_columns import ClipColumns
    from digest.collect.sheets.clip_dates import DateRules
    from digest.collect.sheets.clip_rows import SheetClip
    from digest.collect.sheets.clip_sheet import ClipSheet, RowNote
    from digest.collect.sheets.doubles import Double
    from digest.model import Article
    from digest.services.known_clips import KnownDifference
    from digest.services.past_clips import ClipsPreview

ROWS_SHOWN = 5  #: clips shown of a sheet before it is imported
#: Rows shown of each kind that a person should look at; --verbose and --json show all.
NOTES_SHOWN = 12
CELL_WIDTH = 48  #: characters of a cell that are shown


def print_preview(
    context: Context, preview: "ClipsPreview", *, reads_pages: bool
) -> None:
    """Print what importing a sheet would do."""
    for note in preview.notes:
        click.echo(f"note: {note}")
    for sheet in preview.sheets:
        _print_columns(context, sheet)
    if preview.new:
        print_table(
            ["day", "outlet", "headline", "address or place", "note"],
            [_row_of_article(one) for one in preview.new[:ROWS_SHOWN]],
        )
    limit = NOTES_SHOWN
    if context.verbose:
        limit = preview.rows
    for title, lines in _list_kinds(preview):
        _print_kind(title, lines, limit)
    for line in _lines_of_window(preview, reads_pages=reads_pages):
        context.print_note(line)
    click.echo(line_of_sum(preview))


def _print_kind(title: str, lines: list[str], limit: int) -> None:
    """Print the rows of a kind that a person should look at, a line each, at most so many."""
    if not lines:
        return
    click.secho(title, bold=True)
    for line in lines[:limit]:
        click.echo(f"  {line}")
    if len(lines) > limit:
        click.echo(f"  … and {len(lines) - limit} more (-v shows all)")


def _print_columns(context: Context, sheet: "ClipSheet") -> None:
    """Print which column was taken for what, and how dates are read."""
    columns = sheet.columns
    in_order = sorted(columns.index_by_part.items(), key=lambda item: item[1])
    parts = [_describe_column(part, columns) for part, _ in in_order]
    if columns.has_links:
        parts.append("addresses are behind cells")
    name = "columns"
    if sheet.name:
        name = f"sheet {sheet.name}"
    click.echo(f"{name}: {', '.join(parts)}")
    if columns.unread:
        context.print_note(f"not read: {', '.join(columns.unread)}")
    if sheet.dates.because:
        click.echo(_describe_order(sheet.dates))
    for note in sheet.notes:
        click.echo(f"note: {note}")


def _describe_column(part: str, columns: "ClipColumns") -> str:
    """Return which column was taken for a part: “date is “When” (by what it holds)”."""
    words = f"{part} is “{columns.heading_of(part)}”"
    if part in columns.guessed:
        words += " (by what it holds)"
    return words


def _describe_order(dates: "DateRules") -> str:
    """Return which of day and month is first in dates, and why."""
    order = "month first"
    if dates.day_first:
        order = "day first"
    words = f"dates: {order}, {dates.because}"
    if dates.is_guess:
        words += " (a guess; --dates says it)"
    return words


def _row_of_article(article: "Article") -> list[str]:
    day = ""
    if article.published:
        day = f"{article.published:%Y-%m-%d}"
    place = article.place or "no address"
    if article.has_link:
        place = article.url
    cells = (day, article.outlet, article.title, place, article.note)
    return [_cut(cell) for cell in cells]


def _cut(text: str) -> str:
    line = " ".join(text.split())
    if len(line) > CELL_WIDTH:
        return line[: CELL_WIDTH - 1] + "…"
    return line


def _list_kinds(preview: "ClipsPreview") -> Iterator[tuple[str, list[str]]]:
    """Yield the kinds of rows that a person should look at, each with a line for every row."""
    yield "doubtful", list(_lines_of_doubts(preview))
    yield "twice in the sheet", list(map(_line_of_double, preview.repeated))
    yield "known already", list(_lines_of_known(preview))
    yield "passed over", list(map(_line_of_row, preview.passed_over))
    yield "set aside", list(map(_line_of_row, preview.set_aside))


def _line_of_row(note: "RowNote") -> str:
    return f"{_place_of(note.sheet, note.line)}: {note.reason}: {note.shown}"


def _lines_of_doubts(preview: "ClipsPreview") -> Iterator[str]:
    clips = preview.clips
    precisions = Counter(clip.day.precision for clip in clips)
    for precision in ("month", "year"):
        number = precisions[precision]
        if number:
            dates = count_of(number, "date")
            yield f"{dates} of which only the {precision} is known: the first day of it is stored"
    for clip in clips:
        yield from _lines_of_clip(clip)
    for word, number in preview.unknown_words.items():
        rows = count_of(number, "row")
        yield f"“{word}” in {rows} names no section, and is not stored"


def _lines_of_clip(clip: "SheetClip") -> Iterator[str]:
    """Yield what a person should check of a clip."""
    place = _place_of(clip.sheet, clip.line)
    for doubt in clip.doubts:
        yield f"{place}: {doubt}"


def _line_of_double(double: "Double") -> str:
    clip = double.clip
    if double.article:
        other = f"article {double.article}"
    else:
        other = _place_of(double.sheet, double.line)
    return (
        f"{_place_of(clip.sheet, clip.line)}: {other} has {double.because}: "
        f"{_cut(clip.title)}"
    )


def _lines_of_known(preview: "ClipsPreview") -> Iterator[str]:
    """Yield the rows of known clips: first how many say more than is taken, then each."""
    yield from _lines_of_differences(preview)
    differences = {(one.sheet, one.line): one for one in preview.differences}
    for double in preview.known:
        line = _line_of_double(double)
        difference = differences.get((double.clip.sheet, double.clip.line))
        if difference:
            line += _describe_difference(difference)
        yield line


def _lines_of_differences(preview: "ClipsPreview") -> Iterator[str]:
    """Yield how much rows of known clips say that is kept, and that is not taken."""
    if preview.kept_notes:
        notes = count_of(len(preview.kept_notes), "note")
        yield f"kept with clips that had none: {notes}"
    parts = Counter(part for one in preview.differences for part in one.untaken)
    if parts:
        numbers = [count_of(number, part) for part, number in parts.items()]
        yield (
            "not taken, since the article says otherwise or has no place for it: "
            f"{', '.join(numbers)}"
        )


def _describe_difference(difference: "KnownDifference") -> str:
    """Return what becomes of what a row says beyond the known article."""
    words = ""
    if difference.kept_note:
        words = f"; its note is kept: {_cut(difference.kept_note)}"
    for part, value in difference.untaken.items():
        words += f"; not taken, {part}: {_cut(value)}"
    return words


def _place_of(sheet: str, line: int) -> str:
    if sheet:
        return f"{sheet}, row {line}"
    return f"row {line}"


def _lines_of_window(
    preview: "ClipsPreview", *, reads_pages: bool
) -> Iterator[str]:
    """Yield what becomes of the clips: the editions, the sections, the pages."""
    days = [one.published for one in preview.new if one.published]
    if days:
        yield f"they came out from {min(days):%Y-%m-%d} to {max(days):%Y-%m-%d}"
    for offered in preview.offered:
        yield (
            f"{count_of(offered.clips, 'clip')} of the present window of {offered.newsletter}: "
            f"proposed as usual; all others are in no edition"
        )
    if preview.new and not preview.offered:
        yield "all are older than the present window: none is proposed"
    for section, number in preview.filed.items():
        yield f"{count_of(number, 'clip')} filed under {section}, as the sheet says"
    if preview.linked and not reads_pages:
        yield (
            "pages are not fetched: headline, note and sentence are what clips are judged by "
            "(--read fetches them)"
        )


def line_of_sum(preview: "ClipsPreview") -> str:
    """Return the rows and what they come to, as an equation."""
    parts = (
        (preview.linked, "new with an address"),
        (len(preview.new) - preview.linked, "new without"),
        (len(preview.known), "known"),
        (len(preview.repeated), "twice in the sheet"),
        (preview.blank, "blank"),
        (len(preview.passed_over), "passed over"),
        (len(preview.set_aside), "set aside"),
    )
    total = sum(number for number, _ in parts)
    sign = "="
    if total != preview.rows:
        sign = "≠"
    words = " + ".join(f"{number} {name}" for number, name in parts)
    return f"{preview.rows} rows {sign} {words}"


def count_of(number: int, noun: str) -> str:
    """Return a number with its noun: “1 row”, “2 rows”."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun}s"


def preview_as_data(preview: "ClipsPreview") -> dict[str, Any]:
    """Return a preview as JSON data."""
    from dataclasses import asdict

    data = asdict(preview)
    for article, fields in zip(preview.new, data["new"], strict=True):
        fields["note"] = article.note
    data["rows"] = preview.rows
    data["sum"] = line_of_sum(preview)
    return data
