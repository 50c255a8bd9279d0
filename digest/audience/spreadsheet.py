"""Sheets of subscribers, in and out, row by row: a million take little more memory than ten."""

import csv
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

from digest.audience.address import addresses_in, checked
from digest.audience.answers import NO_ANSWERS, Answers
from digest.audience.columns import Columns, is_european
from digest.audience.dates import is_never, moment
from digest.audience.questions import Question, asked
from digest.audience.reading import Layout, Row, layout_of
from digest.audience.seen import address_within
from digest.audience.sheet_headings import find_columns, rows_below, with_marks
from digest.audience.status_headings import How
from digest.audience.survey import Survey, survey
from digest.errors import DigestError
from digest.model import Arrival, Standing, Subscriber

FIELDS = ("address", "name", "tags", "consent_source", "consent_at", "left_at")
#: What a spreadsheet takes for a formula (owasp.org/www-community/attacks/CSV_Injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")
AHEAD = timedelta(days=1)  #: a date later than this from now is no time of consent


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that could not be used."""

    line: int
    why: str
    row: tuple[str, ...]


class Unanswered(DigestError):
    """A sheet leaves open who of it may be mailed; `questions` says what a person has to say."""

    def __init__(self, file: Path, questions: Sequence[Question]) -> None:
        super().__init__(
            "\n".join([f"{file}: nobody has come", *map(asked, questions)])
        )
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
        self,
        file: Path,
        layout: Layout,
        start: int,
        told: Columns,
        survey: Survey,
        fold: "Fold",
    ) -> None:
        speaking = {c.heading for c in survey.speaking}
        read = speaking | {told.headings[place] for place in survey.consents}
        unread = tuple(heading for heading in told.unread if heading not in read)
        places = told.places | (
            {"consent_at": survey.consents[0]} if survey.consents else {}
        )
        self.file = file
        self.survey = survey
        self.columns = replace(told, unread=unread, places=places)
        self.notes = (*layout.notes, *survey.notes)
        self.tally = Tally()
        self._layout = layout
        self._start = start
        self._fold = fold
        leaving = sorted(
            (c.how != How.WHEN, c.place)
            for c in survey.speaking
            if c.how
            in {How.WHEN, How.REFUSES}  # "Unsubscribed" may hold a yes, or the time
        )
        if leaving:
            self._left = leaving[0][1]
        else:
            self._left = -1
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
        number = -1
        seen = set[int]()
        for row in rows_below(self.file, self._layout, self._start, self.columns):
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
        if no is None:
            addresses = self._addresses(row)
        else:
            addresses = [address_within(row.cells)]
        key = hash(self._fold(addresses[0]))
        return addresses, key, self.survey.standing(number, key, no)

    def _addresses(self, row: Row) -> list[str]:
        """Return the addresses of a row, the one that is mailed first. Raises DigestError."""
        if row.why:
            raise DigestError(row.why)
        cells = row.cells
        found = []
        wrong = None
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
        places = self.columns.places
        cells = row.cells

        def cell(part: str) -> str:
            at = places.get(part, -1)
            if 0 <= at < len(cells):
                return _unquoted(cells[at].strip())
            return ""

        agreed = standing == Standing.ACTIVE
        return Subscriber(
            address=address,
            name=cell("name") or " ".join(filter(None, (cell("first"), cell("last")))),
            consent_source=cell("consent_source") or source,
            consent_at=self._agreed_at(row, now, tells=agreed) or now,
            left_at=None
            if agreed
            else self._moment(self._left_cell(cells), now) or now,
            tags=_tags(cell("tags")),
        )

    def _left_cell(self, row: Sequence[str]) -> str:
        if 0 <= self._left < len(row):
            return row[self._left].strip()
        return ""

    def _agreed_at(self, row: Row, now: datetime, *, tells: bool) -> datetime | None:
        """Return when a person agreed: the best of the columns that has a date in this row.

        A date that cannot be read, or of which only the import would be the past, is none: the row
        is counted where it `tells` of somebody who is mailed.
        """
        filled = False
        for place in self.survey.consents:
            if place < len(row.cells):
                text = row.cells[place].strip()
            else:
                text = ""
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
        if found and found <= now + AHEAD:
            return found
        return None


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
        start, found, titles = find_columns(file, layout, told or {})
        if layout.marks:
            layout, found = with_marks(file, layout, start, found)
        judged = survey(
            rows_below(file, layout, start, found),
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


def _tags(text: str) -> tuple[str, ...]:
    """Return tags, as programs write them: a, b; or "a","b"; Google's "* myContacts ::: Board"."""
    if not text:
        return ()
    parts = (
        t.strip(" \"'*")
        for t in text.replace(";", ",").replace(" ::: ", ",").split(",")
    )
    return tuple(dict.fromkeys(t.casefold() for t in parts if t))


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        text = ", ".join(value)
    elif value is None:
        text = ""
    else:
        text = str(value)
    if text.startswith(FORMULA):
        return "'" + text
    return text


def _unquoted(text: str) -> str:
    if text[:1] == "'" and text[1:].startswith(FORMULA):
        return text[1:]
    return text
