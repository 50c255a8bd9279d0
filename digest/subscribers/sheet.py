"""Sheets of subscribers, in and out, row by row: a million take little more memory than ten."""

import csv
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TextIO

from digest.errors import DigestError
from digest.model import Arrival, Standing, Subscriber
from digest.subscribers.address import addresses_in, checked, is_address, mailboxes_in
from digest.subscribers.answers import NO_ANSWERS, Answers
from digest.subscribers.colours import telling
from digest.subscribers.columns import Columns, columns, has_address, is_european
from digest.subscribers.dates import is_never, moment
from digest.subscribers.questions import Question, asked
from digest.subscribers.reading import Layout, Row, layout_of, lines_of, rows_of
from digest.subscribers.seen import address_within
from digest.subscribers.standing import COLOUR_HEADING, How
from digest.subscribers.survey import Survey, survey

FIELDS = ("address", "name", "tags", "consent_source", "consent_at", "left_at")
#: What a spreadsheet takes for a formula (owasp.org/www-community/attacks/CSV_Injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")
AHEAD = timedelta(days=1)  #: a date later than this from now is no time of consent
HEADING_ROWS = 30  #: rows among which the headings are looked for: titles may stand above them


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that could not be used."""

    line: int
    why: str
    row: tuple[str, ...]


class Unanswered(DigestError):
    """A sheet leaves open who of it may be mailed; `questions` says what a person has to say."""

    def __init__(self, file: Path, questions: Sequence[Question]) -> None:
        super().__init__("\n".join([f"{file}: nobody has come", *map(asked, questions)]))
        self.questions = tuple(questions)


@dataclass(slots=True)
class Tally:
    """What became of the rows that were read, but for those that came."""

    read: int = 0
    blank: int = 0
    refused: int = 0
    doubles: int = 0
    undated: "array[int]" = field(default_factory=lambda: array("l"))
    """Lines of people whose date of consent cannot be read: that of the import stands for it."""


class Sheet:
    """An open sheet: its columns, what a first reading told of it, and its people."""

    def __init__(
        self, file: Path, layout: Layout, start: int, told: Columns, survey: Survey, fold: "Fold"
    ) -> None:
        speaking = {c.heading for c in survey.speaking}
        read = speaking | {told.headings[place] for place in survey.consents}
        unread = tuple(heading for heading in told.unread if heading not in read)
        places = told.places | ({"consent_at": survey.consents[0]} if survey.consents else {})
        self.file, self.survey = file, survey
        self.columns = replace(told, unread=unread, places=places)
        self.notes = (*layout.notes, *survey.notes)
        self.tally = Tally()
        self._layout, self._start, self._fold = layout, start, fold
        leaving = sorted(
            (c.how != How.WHEN, c.place)
            for c in survey.speaking
            if c.how in {How.WHEN, How.REFUSES}  # "Unsubscribed" may hold a yes, or the time
        )
        self._left = leaving[0][1] if leaving else -1
        if "left_at" in told.places:
            self._left = told.places["left_at"]

    def people(
        self, source: str, now: datetime, refuse: Callable[[Refused], None]
    ) -> Iterator[Subscriber]:
        """Yield the people, whatever their standing; see `arrivals`."""
        for arrival in self.arrivals(source, now, refuse):
            if not arrival.again:
                yield arrival.person

    def arrivals(
        self, source: str, now: datetime, refuse: Callable[[Refused], None]
    ) -> Iterator[Arrival]:
        """Yield the people and how they stood; tell `refuse` of each row that cannot be used.

        `source` and `now` stand in where the sheet does not say how and when they agreed.
        Raises Unanswered if it is not clear who of the sheet may be mailed.
        """
        if self.survey.questions:
            raise Unanswered(self.file, self.survey.questions)
        tally = self.tally = Tally()
        number, seen = -1, set[int]()
        for row in _rows_below(self.file, self._layout, self._start, self.columns):
            tally.read += 1
            if not row.why and not any(map(str.strip, row.cells)):
                tally.blank += 1
                continue
            number += 1
            try:
                addresses, key, standing = self._who(row, number)
                person = self._person(row, addresses[0], source, now, standing)
            except DigestError as e:
                tally.refused += 1
                refuse(Refused(row.line, str(e), tuple(row.cells)))
                continue
            again = key in seen
            tally.doubles += again
            if self.survey.may_repeat(key):
                seen.add(key)
            yield Arrival(person, standing, tuple(addresses[1:]), again)

    def _who(self, row: Row, number: int) -> tuple[list[str], int, Standing]:
        """Return the addresses of a row, the first one's hash, and a standing. Raises DigestError.

        Of a row that cannot be used, a no is taken all the same, if its address can be told.
        """
        no = self.survey.rescued(number)
        addresses = self._addresses(row) if no is None else [address_within(row.cells)]
        key = hash(self._fold(addresses[0]))
        return addresses, key, self.survey.standing(number, key, no)

    def _addresses(self, row: Row) -> list[str]:
        """Return the addresses of a row, the one that is mailed first. Raises DigestError."""
        if row.why:
            raise DigestError(row.why)
        cells, found, wrong = row.cells, [], None
        for place in (self.columns.places["address"], *self.columns.further):
            if place < len(cells) and cells[place]:
                for told in addresses_in(cells[place]):
                    try:
                        found.append(checked(told))
                    except DigestError as e:
                        wrong = wrong or e
        if not found:
            raise wrong or DigestError("there is no mail address in this row")
        return found

    def _person(
        self, row: Row, address: str, source: str, now: datetime, standing: Standing
    ) -> Subscriber:
        """Return the person of a row; `now` stands for a date that cannot be read."""
        places, cells = self.columns.places, row.cells

        def cell(part: str) -> str:
            at = places.get(part, -1)
            return _unquoted(cells[at].strip()) if 0 <= at < len(cells) else ""

        agreed = standing == Standing.ACTIVE
        return Subscriber(
            address=address,
            name=cell("name") or " ".join(filter(None, (cell("first"), cell("last")))),
            consent_source=cell("consent_source") or source,
            consent_at=self._agreed_at(row, now, tells=agreed) or now,
            left_at=None if agreed else self._moment(self._left_cell(cells), now) or now,
            tags=_tags(cell("tags")),
        )

    def _left_cell(self, row: Sequence[str]) -> str:
        return row[self._left].strip() if 0 <= self._left < len(row) else ""

    def _agreed_at(self, row: Row, now: datetime, *, tells: bool) -> datetime | None:
        """Return when a person agreed: the best of the columns that has a date in this row.

        A date that cannot be read, or of which only the import would be the past, is none: the row
        is counted where it `tells` of somebody who is mailed.
        """
        filled = False
        for place in self.survey.consents:
            text = row.cells[place].strip() if place < len(row.cells) else ""
            found = self._moment(text, now)
            if found:
                return found
            filled = filled or not is_never(text)
        if filled and tells:
            self.tally.undated.append(row.line)
        return None

    def _moment(self, text: str, now: datetime) -> datetime | None:
        """Return a time that is not to come; None if a cell holds none."""
        try:
            found = moment(text, day_first=self.survey.day_first)
        except DigestError:
            return None
        return found if found and found <= now + AHEAD else None


Fold = Callable[[str], str]


@contextmanager
def open_sheet(
    file: Path,
    told: Mapping[str, str] | None = None,
    answers: Answers = NO_ANSWERS,
    fold: Fold = str.lower,
) -> Iterator[Sheet]:
    """Open a sheet, whatever its form; `told` maps parts to headings, `answers` clears doubts.

    `fold` tells which addresses are one person's. The sheet is read once here, to judge its
    columns, and once more for its people. Raises DigestError if it has no column of addresses.
    """
    try:
        layout = layout_of(file, answers.encoding)
        start, found, titles = _columns(file, layout, told or {})
        if layout.marks:
            layout, found = _with_marks(file, layout, start, found)
        judged = survey(
            _rows_below(file, layout, start, found),
            found,
            answers,
            file.name,
            fold,
            titles,
            is_european=layout.delimiter == ";" or is_european(found.headings),
        )
        yield Sheet(file, layout, start, found, judged, fold)
    except OSError as e:
        raise DigestError(f"{file}: cannot be read ({e.strerror})") from e


def write_csv(file: TextIO, people: Iterable[Subscriber]) -> None:
    """Write people as CSV that a spreadsheet will not run."""
    writer = csv.writer(file)
    writer.writerow(FIELDS)
    for p in people:
        writer.writerow([_cell(getattr(p, field)) for field in FIELDS])


def write_refused(file: TextIO, told: Columns) -> Callable[[Refused], None]:
    """Return what writes refused rows as CSV: line, reason, and the row as it was."""
    writer = csv.writer(file)
    writer.writerow(["line", "why", *map(_cell, told.headings)])
    return lambda refused: writer.writerow(
        [refused.line, _cell(refused.why), *map(_cell, refused.row)]
    )


# Reading


def _with_marks(file: Path, layout: Layout, start: int, found: Columns) -> tuple[Layout, Columns]:
    """Return a sheet with a column for the colours of its rows, where those tell them apart."""
    rows = _rows_below(file, replace(layout, marks={}), start, found)
    marks = telling(layout.marks, (row.line for row in rows if any(row.cells)))
    if not marks:
        return replace(layout, marks={}), found
    headings = (*found.headings, COLOUR_HEADING)
    unread = (*found.unread, COLOUR_HEADING)
    return replace(layout, marks=marks), replace(found, headings=headings, unread=unread)


def _columns(
    file: Path, layout: Layout, told: Mapping[str, str]
) -> tuple[int, Columns, tuple[str, ...]]:
    """Return below which row (from 1; 0 for none) the people stand, what the columns are, and
    the words above them.

    Raises DigestError if no row is one of headings and the first one holds no address.
    """
    first: Row | None = None
    number = 0
    titles = [layout.sheet_name] if layout.sheet_name else []
    for number, row in enumerate(rows_of(file, layout), 1):
        cells = [_heading(c) for c in row.cells]
        if not any(cells):
            continue
        if has_address(cells, told):
            return number, columns(cells, told, f"{file}:{row.line}"), tuple(titles)
        first = first or row
        if not any(_is_address_cell(c) for c in cells):
            titles.extend(c for c in cells if c)
        if number >= HEADING_ROWS or any(_is_address_cell(c) for c in cells):
            break
    if layout.delimiter and _is_text_of_mailboxes(file, layout):
        return 0, MAILBOXES, tuple(titles)
    return (*_without_headings(file, layout, told, first), tuple(titles))


def _without_headings(
    file: Path, layout: Layout, told: Mapping[str, str], first: Row | None
) -> tuple[int, Columns]:
    """Return what `_columns` does for a list with headings that are not known, or with none."""
    place = next((n for n, c in enumerate(first.cells) if _is_address_cell(c)), -1) if first else -1
    headed = _headings_by_cells(file, layout) if first is not None and not told else None
    if headed:
        above, cells, place = headed
        named = columns(cells, {"address": cells[place]}, f"{file}:{above}")
        return above, named
    if first is None or place < 0:
        line = first.line if first else 1
        columns([_heading(c) for c in first.cells] if first else [], told, f"{file}:{line}")
    assert first is not None  # noqa: S101 # `columns` has raised
    names = [f"column {n}" for n in range(1, len(first.cells) + 1)]
    names[place] = "address"
    unread = tuple(name for name in names if name != "address")
    if sum(_is_address_cell(cell) for cell in first.cells) > 1:  # a list in one line, or in several
        spread = Columns({"address": 0}, (), ("address",), headed=False, spread=True)
        return 0, spread
    return 0, Columns({"address": place}, unread, tuple(names), headed=False)


def _headings_by_cells(file: Path, layout: Layout) -> tuple[int, list[str], int] | None:
    """Return the row of headings (from 1), its cells, and the one of addresses; None if unclear.

    For headings in languages that are not known: the row above the first address, if it has as
    many cells, all of them different, and only one of them stands above addresses.
    """
    above: tuple[int, list[str]] | None = None
    found: tuple[int, list[str], int] | None = None
    for number, row in enumerate(islice(rows_of(file, layout), HEADING_ROWS), 1):
        cells = [_heading(cell) for cell in row.cells]
        places = [n for n, cell in enumerate(cells) if _is_address_cell(cell)]
        if found and places not in ([], [found[2]]):
            return None
        if not found and places:
            if above is None or len(places) > 1 or len(above[1]) != len(cells) or len(cells) < 2:
                return None
            found = (*above, places[0])
        if any(cells) and not found:
            above = number, cells
    if found is None or not found[1][found[2]] or len(set(found[1])) < len(found[1]):
        return None
    return found


#: The columns of a text that holds any number of mailboxes in a line.
MAILBOXES = Columns({"address": 0, "name": 1}, (), ("address", "name"), headed=False, spread=True)


def _is_text_of_mailboxes(file: Path, layout: Layout) -> bool:
    """Say whether the lines of a text hold nothing but mailboxes, and one of them several."""
    several = False
    for row in islice(lines_of(file, layout), HEADING_ROWS):
        found = mailboxes_in(row.cells[0])
        if found and not all(is_address(address) for _, address in found):
            return False
        several = several or len(found) > 1 or "<" in row.cells[0]
    return several


def _heading(cell: str) -> str:
    return cell.removeprefix("\ufeff").strip().strip('"')


def _is_address_cell(cell: str) -> bool:
    try:
        return any(checked(told) for told in addresses_in(_heading(cell)))
    except DigestError:
        return False


def _rows_below(file: Path, layout: Layout, start: int, told: Columns) -> Iterator[Row]:
    """Yield the rows of people; each cell as one of its own where each is of another person."""
    if told == MAILBOXES:
        yield from _rows_of_mailboxes(lines_of(file, layout))
        return
    width = len(told.headings) - 1
    for row in islice(rows_of(file, layout), start, None):
        if layout.marks and any(row.cells):
            padding = [""] * (width - len(row.cells))
            yield Row(row.line, [*row.cells[:width], *padding, layout.marks.get(row.line, "")])
            continue
        if not told.spread or row.why:
            yield row
            continue
        for cell in filter(str.strip, row.cells):
            yield Row(row.line, [cell])


def _rows_of_mailboxes(lines: Iterable[Row]) -> Iterator[Row]:
    """Yield a row for each mailbox of some lines, and one for each line without any."""
    for line in lines:
        found = [] if line.why else mailboxes_in(line.cells[0])
        if not found:
            yield line
        for name, address in found:
            yield Row(line.line, [address, name])


def _tags(text: str) -> tuple[str, ...]:
    """Return tags, as programs write them: a, b; or "a","b"; Google's "* myContacts ::: Board"."""
    if not text:
        return ()
    parts = (t.strip(" \"'*") for t in text.replace(";", ",").replace(" ::: ", ",").split(","))
    return tuple(dict.fromkeys(t.casefold() for t in parts if t))


# Writing


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    text = ", ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
    return "'" + text if text.startswith(FORMULA) else text


def _unquoted(text: str) -> str:
    return text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA) else text
