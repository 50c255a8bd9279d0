"""Import of people from CSV and spreadsheets, row by row.

`open_sheet` opens a file and surveys it; `Sheet.read_arrivals` yields its people, or raises Unanswered
while a person has to say who may be mailed. Rows that cannot be used are passed to a callback, each
with its line and reason. A million rows take little more memory than ten.
"""

from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from digest.audience.address import addresses_in, validate_address
from digest.audience.answers import NO_ANSWERS, Answers
from digest.audience.colours import marks_of
from digest.audience.columns import Columns, has_address, is_european
from digest.audience.csv_output import RejectedRow, unescape_formula
from digest.audience.first_pass import Fold, address_within
from digest.audience.newsletter_column import (
    NO_NEWSLETTERS,
    PART,
    NewsletterNames,
    find_newsletter_column,
)
from digest.audience.questions import Question, format_question
from digest.audience.sheet_headings import (
    Headings,
    add_colour_column,
    find_headings,
    rows_below,
)
from digest.audience.status_headings import Role
from digest.audience.survey import SheetContext, Survey, survey_sheet
from digest.errors import DigestError
from digest.infra.sheets.dates import is_never, parse_time
from digest.infra.sheets.file_rows import (
    Layout,
    Row,
    RowKind,
    layout_of,
    read_start,
)
from digest.infra.sheets.workbook import is_zipped
from digest.model import ImportedPerson, Standing, Subscriber

#: A date later than this from now is no time of consent.
MAX_TIME_AHEAD = timedelta(days=1)


class UnansweredQuestions(DigestError):
    """It is not clear who of a sheet may be mailed; `questions` are for a person to answer."""

    def __init__(self, file: Path, questions: Sequence[Question]) -> None:
        lines = [f"{file}: nobody has come", *map(format_question, questions)]
        super().__init__("\n".join(lines))
        self.questions = tuple(questions)


@dataclass(slots=True)
class RowCounts:
    """Counts of rows that were read and not imported, by reason."""

    read: int = 0
    blank: int = 0
    rejected: int = 0
    duplicates: int = 0
    #: lines of people whose date of consent cannot be read: that of the import stands for it
    undated_lines: "array[int]" = field(default_factory=lambda: array("l"))


@dataclass(frozen=True, slots=True)
class _RowPerson:
    """The addresses of a row, the first of which is mailed, and its person's standing."""

    addresses: Sequence[str]
    address_hash: int
    standing: Standing


class Sheet:
    """An open sheet: its columns, what the survey of it found, and its people."""

    def __init__(
        self,
        file: Path,
        layout: Layout,
        headings: Headings,
        survey: Survey,
        fold: Fold,
        names: NewsletterNames,
    ) -> None:
        self.file = file
        self.survey = survey
        self._names = names
        self.columns = _update_columns(headings.columns, survey)
        self.notes = (*layout.notes, *survey.notes)
        self.tally = RowCounts()
        self._layout = layout
        self._headings = replace(headings, columns=self.columns)
        self._fold = fold
        self._left_index = _find_left_index(headings.columns, survey)

    def read_people(
        self, source: str, now: datetime, reject: Callable[[RejectedRow], None]
    ) -> Iterator[Subscriber]:
        """Yield the people, whatever their standing; see `arrivals`."""
        for arrival in self.read_arrivals(source, now, reject):
            if not arrival.again:
                yield arrival.person

    def read_arrivals(
        self, source: str, now: datetime, reject: Callable[[RejectedRow], None]
    ) -> Iterator[ImportedPerson]:
        """Yield the people with their standing; call `reject` for each row that cannot be used.

        `source` and `now` are used where the sheet does not say how and when they gave consent.
        Raises Unanswered if it is not clear who of the sheet may be mailed.
        """
        if self.survey.questions:
            raise UnansweredQuestions(self.file, self.survey.questions)
        self.tally = RowCounts()
        number = -1  # of rows that are not blank, as the survey counts them
        repeated_hashes: set[int] = set()
        for row in rows_below(self.file, self._layout, self._headings):
            self.tally.read += 1
            if row.is_blank:
                self.tally.blank += 1
                continue
            number += 1
            try:
                row_person = self._identify_person(row, number)
                person = self._build_subscriber(row, row_person, source, now)
            except DigestError as error:
                self.tally.rejected += 1
                reject(RejectedRow(row.line, str(error), tuple(row.cells)))
                continue
            address_hash = row_person.address_hash
            is_duplicate = address_hash in repeated_hashes
            if is_duplicate:
                self.tally.duplicates += 1
            if self.survey.row_standings.may_repeat(address_hash):
                repeated_hashes.add(address_hash)
            further_addresses = tuple(row_person.addresses[1:])
            yield ImportedPerson(
                person,
                row_person.standing,
                further_addresses,
                is_duplicate,
                self._newsletters_of(row),
            )

    @property
    def names_newsletters(self) -> bool:
        """Whether a column says which newsletters each person gets."""
        return PART in self.columns.index_by_part

    def _newsletters_of(self, row: Row) -> tuple[str, ...] | None:
        """Return the newsletters that a row names; None if no column is of newsletters."""
        if not self.names_newsletters:
            return None
        return self._names.find_keys(self._part_of(row, PART))

    def _refuse_without_newsletter(self, row: Row) -> None:
        """Raise DigestError if a person is to be mailed, and nothing says what."""
        if self._newsletters_of(row) == ():
            raise DigestError(
                "the column of newsletters names none for this person"
            )

    def _identify_person(self, row: Row, number: int) -> _RowPerson:
        """Return the addresses of a row and the standing of its person. Raises DigestError.

        Of a row that cannot be used, a refusal is taken all the same, if its address can be recognised.
        """
        row_standings = self.survey.row_standings
        if row_standings.is_damaged_refusal(number):
            addresses = [address_within(row.cells)]
        else:
            addresses = self._parse_addresses(row)
        address_hash = hash(self._fold(addresses[0]))
        standing = row_standings.standing_of(number, address_hash)
        return _RowPerson(addresses, address_hash, standing)

    def _parse_addresses(self, row: Row) -> list[str]:
        """Return the addresses of a row, the one that is mailed first. Raises DigestError."""
        if row.problem:
            raise DigestError(row.problem)
        addresses = []
        first_error: DigestError | None = None
        for text in self._address_texts(row):
            try:
                addresses.append(validate_address(text))
            except DigestError as error:
                first_error = first_error or error
        if addresses:
            return addresses
        raise first_error or DigestError("there is no mail address in this row")

    def _address_texts(self, row: Row) -> Iterator[str]:
        """Yield what may be an address in a row, unvalidated."""
        for index in self.columns.address_indexes:
            yield from addresses_in(_cell_at(row.cells, index))

    def _build_subscriber(
        self, row: Row, row_person: _RowPerson, source: str, now: datetime
    ) -> Subscriber:
        """Return the person of a row; `now` replaces a date that cannot be read."""
        is_active = row_person.standing == Standing.ACTIVE
        if is_active:
            self._refuse_without_newsletter(row)
        consent_at = self._find_consent_time(row, now, is_counted=is_active)
        left_at = None
        if not is_active:
            left_at = self._parse_past_time(self._left_cell(row), now) or now
        return Subscriber(
            address=row_person.addresses[0],
            name=self._full_name(row),
            consent_source=self._part_of(row, "consent_source") or source,
            consent_at=consent_at or now,
            left_at=left_at,
            tags=_parse_tags(self._part_of(row, "tags")),
        )

    def _full_name(self, row: Row) -> str:
        name = self._part_of(row, "name")
        if name:
            return name
        names = (self._part_of(row, "first"), self._part_of(row, "last"))
        return " ".join(filter(None, names))

    def _part_of(self, row: Row, part: str) -> str:
        """Return what a row says of a part of its person, such as "name"; "" if nothing."""
        index = self.columns.index_by_part.get(part)
        if index is None:
            return ""
        return unescape_formula(_cell_at(row.cells, index).strip())

    def _left_cell(self, row: Row) -> str:
        return _cell_at(row.cells, self._left_index).strip()

    def _find_consent_time(
        self, row: Row, now: datetime, *, is_counted: bool
    ) -> datetime | None:
        """Return when a person agreed: the best of the columns that has a date in this row.

        A date that cannot be read, or lies in the future, is none: then the row is counted as
        undated if `is_counted`, for people who are mailed.
        """
        is_filled = False
        for index in self.survey.consent_indexes:
            text = _cell_at(row.cells, index).strip()
            consent_at = self._parse_past_time(text, now)
            if consent_at:
                return consent_at
            if not is_never(text):
                is_filled = True
        if is_filled and is_counted:
            self.tally.undated_lines.append(row.line)
        return None

    def _parse_past_time(self, text: str, now: datetime) -> datetime | None:
        """Return a time that is not in the future; None if a cell holds none."""
        try:
            time = parse_time(text, day_first=self.survey.day_first)
        except DigestError:
            return None
        if time is None or time > now + MAX_TIME_AHEAD:
            return None
        return time


def _update_columns(columns: Columns, survey: Survey) -> Columns:
    """Return columns with that of consent, and those that the survey reads not called unread."""
    consent_headings = {
        columns.headings[index] for index in survey.consent_indexes
    }
    status_headings = {column.heading for column in survey.status_columns}
    unread = tuple(
        heading
        for heading in columns.unread
        if heading not in consent_headings | status_headings
    )
    index_by_part = dict(columns.index_by_part)
    if survey.consent_indexes:
        index_by_part["consent_at"] = survey.consent_indexes[0]
    return replace(columns, unread=unread, index_by_part=index_by_part)


def _find_left_index(columns: Columns, survey: Survey) -> int:
    """Return the column with the time of unsubscribing; -1 if there is none.

    "Unsubscribed" may hold a yes, or the time: it is taken where no column is of the time only.
    """
    if "left_at" in columns.index_by_part:
        return columns.index_by_part["left_at"]
    for role in (Role.REFUSAL_DATE, Role.REFUSAL):
        indexes = [
            column.index
            for column in survey.status_columns
            if column.role == role
        ]
        if indexes:
            return min(indexes)
    return -1


@contextmanager
def open_sheet(
    file: Path,
    column_overrides: Mapping[str, str] | None = None,
    answers: Answers = NO_ANSWERS,
    fold: Fold = str.lower,
    names: NewsletterNames = NO_NEWSLETTERS,
) -> Iterator[Sheet]:
    """Open a sheet, whatever its form.

    `column_overrides` maps parts of a person to headings, `answers` are a person's,
    `fold` returns the same for the addresses of one person, and `names` are those of the
    newsletters that a column may say; without any, none is searched for. The sheet is read once
    here, to interpret its columns, and once more for its people. Raises DigestError if it has no
    column of addresses.
    """
    try:
        layout = _layout_of_people(file, answers.encoding)
        headings = find_headings(file, layout, column_overrides or {})
        has_semicolons = (
            layout.delimiter == ";"
        )  # as Excel writes CSV in Europe
        context = SheetContext(
            file.name,
            headings.titles,
            has_semicolons or is_european(headings.columns.headings),
        )
        if layout.marks:
            layout, headings = add_colour_column(file, layout, headings)
        newsletter_column = find_newsletter_column(
            headings.columns,
            names,
            answers.ignored,
            partial(rows_below, file, layout, headings),
        )
        headings = replace(headings, columns=newsletter_column.columns)
        rows = rows_below(file, layout, headings)
        survey = survey_sheet(rows, headings.columns, answers, context, fold)
        questions = (*survey.questions, *newsletter_column.questions)
        survey = replace(survey, questions=questions)
        yield Sheet(file, layout, headings, survey, fold, names)
    except OSError as error:
        raise DigestError(
            f"{file}: cannot be read ({error.strerror})"
        ) from error


def _layout_of_people(file: Path, encoding: str) -> Layout:
    """Return how a file is to be read, with the colours of its rows. Raises DigestError."""
    layout = layout_of(file, PEOPLE, encoding)
    if layout.is_text or not is_zipped(read_start(file)):
        return layout
    return replace(layout, marks=marks_of(file, layout.sheet_name))


def _is_heading_row(cells: Sequence[str]) -> bool:
    return has_address(cells, {})


def _is_lone_address(cell: str) -> bool:
    text = cell.strip(' "\r\n')
    return (
        text.count("@") == 1 and not any(map(str.isspace, text)) and "." in text
    )


PEOPLE = RowKind("people", _is_heading_row, _is_lone_address, "@")


def _cell_at(cells: Sequence[str], index: int) -> str:
    """Return a cell; "" if there is none, or the index is -1."""
    if 0 <= index < len(cells):
        return cells[index]
    return ""


def _parse_tags(text: str) -> tuple[str, ...]:
    """Return tags, as programs write them: a, b; or "a","b"; Google's "* myContacts ::: Board"."""
    if not text:
        return ()
    separated = text.replace(";", ",").replace(" ::: ", ",")
    tags = [tag.strip(" \"'*").casefold() for tag in separated.split(",")]
    return tuple(dict.fromkeys(filter(None, tags)))
