"""Status columns: select the columns of a sheet that say who may be mailed.

Candidates are found by their headings, before the first pass over the sheet. After it, those are
selected whose cells do say it. Notes tell a person which ones were left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from digest.audience.answers import Answers
from digest.audience.columns import Columns
from digest.audience.consent import (
    AGREED_RANK,
    CONFIRMED_RANK,
    consent_rank,
    is_about_time,
)
from digest.audience.first_pass import FirstPass
from digest.audience.standing import are_status_words, is_date_column
from digest.audience.status_headings import (
    COLOUR_HEADING,
    Role,
    StatusColumn,
    is_mailing_heading,
    is_other_channel,
    is_place_of_residence,
    is_remark_heading,
    status_column,
)
from digest.audience.status_words import (
    A_DATE,
    MEANING,
    NO,
    has_meaning,
    is_empty,
)
from digest.audience.systems import UNKNOWN_SYSTEM, System
from digest.audience.unknown_columns import are_names_of_places
from digest.infra.sheets.words import normalize_words

#: of dates that prove consent
PROVING_RANKS = frozenset({CONFIRMED_RANK, AGREED_RANK})
#: of our own form, where an empty cell stands for now
OWN_HEADING = "consent at"
#: Roles of columns that say of everybody whether they may be mailed.
DECIDING_ROLES = frozenset(
    {
        Role.STATUS,
        Role.CONSENT,
        Role.REFUSAL,
        Role.REFUSAL_DATE,
        Role.REFUSAL_REASON,
        Role.CONFIRMATION_DATE,
    }
)
MAX_VALUES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class SelectedColumns:
    """The columns that say who is to be mailed, and what a person should know of them."""

    columns: Sequence[StatusColumn]
    notes: Sequence[str]

    @property
    def is_decided(self) -> bool:
        """Whether a column says of everybody whether they may be mailed."""
        return is_decided_by(self.columns)


def is_decided_by(columns: Iterable[StatusColumn]) -> bool:
    """Return whether one of some columns says of everybody whether they may be mailed."""
    return any(column.role in DECIDING_ROLES for column in columns)


# Candidates: by headings


def candidate_columns(
    columns: Columns, system: System, answers: Answers
) -> list[StatusColumn]:
    """Return the columns that may say who is to be mailed."""
    ignored = _ignored_headings(columns, answers)
    word_meanings = system.words or None
    candidates = []
    for index, heading in enumerate(columns.headings):
        if normalize_words(heading) in ignored:
            continue
        column = _candidate_column(index, columns, system)
        if column and column.role != Role.IRRELEVANT:
            candidates.append(replace(column, word_meanings=word_meanings))
    return candidates


def _ignored_headings(columns: Columns, answers: Answers) -> frozenset[str]:
    """Return the headings (`normalize_words`) of columns that say nothing about mail."""
    if any(
        "do not email" in normalize_words(heading)
        for heading in columns.headings
    ):
        return answers.ignored | {"do not mail"}  # then that is about post
    return answers.ignored


def _candidate_column(
    index: int, columns: Columns, system: System
) -> StatusColumn | None:
    """Return what a column may say of who is to be mailed; None if nothing."""
    heading = columns.headings[index]
    if _is_status_by_position(index, columns):
        return StatusColumn(index, heading, Role.STATUS)
    column = _column_of_heading(index, heading, system)
    if column is None and index == columns.index_by_part.get("left_at"):
        return StatusColumn(index, heading, Role.REFUSAL_DATE)
    if (
        index in _indexes_of_other_parts(columns)
        and normalize_words(heading) not in system.columns
    ):
        return None
    return column or _silent_column(index, heading)


def _is_status_by_position(index: int, columns: Columns) -> bool:
    """Return whether a column is read as a status whatever its heading.

    A person has named it, it has no heading, or it holds the colours of the rows.
    """
    if index == columns.index_by_part.get("status"):
        return True
    if columns.headings[index] == COLOUR_HEADING:
        return True
    return not columns.has_headings and index not in _indexes_of_other_parts(
        columns
    )


def _indexes_of_other_parts(columns: Columns) -> set[int]:
    """Return the columns that hold something else of a person than their standing."""
    return {
        index
        for part, index in columns.index_by_part.items()
        if part not in {"left_at", "status"}
    }


def _silent_column(index: int, heading: str) -> StatusColumn | None:
    """Return a column that says nothing by itself, but may hold a refusal; None if it is none."""
    if is_remark_heading(heading):
        return StatusColumn(index, heading, Role.REMARKS)
    if is_mailing_heading(heading) and not is_other_channel(heading):
        return StatusColumn(index, heading, Role.OTHER_MAILING)
    return None


def _column_of_heading(
    index: int, heading: str, system: System
) -> StatusColumn | None:
    """Return what a heading says, by the rules of its system or the general ones."""
    text = normalize_words(heading)
    if text in system.columns:
        meaning = system.columns[text]
        return StatusColumn(index, heading, meaning.role, meaning.excluded_as)
    column = status_column(index, heading)
    if column is None and system.has_refusals_elsewhere and text != "email":
        return StatusColumn(index, heading, Role.REFUSAL)
    return column


# Selection: by cells


@dataclass(frozen=True, slots=True)
class _DateColumn:
    """A column that holds dates."""

    column: StatusColumn
    #: its different cells, and how often each stands there
    values: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Verdicts:
    """Verdicts on each candidate, by its cells."""

    selected: list[StatusColumn] = field(default_factory=list)
    #: columns of consent (or a status) that hold dates, which may count as consent
    date_columns: list[_DateColumn] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def select_columns(
    candidates: Sequence[StatusColumn],
    first_pass: FirstPass,
    columns: Columns,
    system: System,
) -> SelectedColumns:
    """Return the candidates that do say who is to be mailed, by their cells."""
    verdicts = _judge_candidates(candidates, first_pass, columns)
    selected = list(verdicts.selected)
    notes = list(verdicts.notes)
    colour_column = _find_superfluous_colour(selected)
    if colour_column:
        selected.remove(colour_column)
        notes.append(
            "some rows have a colour of their own: it is not read, as a column says more"
        )
    is_decided = (
        is_decided_by(selected)
        or system is not UNKNOWN_SYSTEM
        or _is_decided_by_proofs(verdicts.date_columns, first_pass)
    )
    selected += [
        dated.column
        for dated in verdicts.date_columns
        if _counts_as_consent(dated, is_decided=is_decided)
    ]
    selected.sort(key=lambda column: column.index)
    return SelectedColumns(tuple(selected), tuple(notes))


def _judge_candidates(
    candidates: Sequence[StatusColumn], first_pass: FirstPass, columns: Columns
) -> _Verdicts:
    verdicts = _Verdicts()
    for position, column in enumerate(candidates):
        values = first_pass.count_values(position)
        is_named = column.index == columns.index_by_part.get("status")
        if _says_nothing(column, values):
            continue
        if holds_dates(column, values) and not is_named:
            verdicts.date_columns.append(_DateColumn(column, values))
        elif not _fits_role(column, values, columns):
            continue
        elif _is_place_of_residence(column, values, columns) and not is_named:
            verdicts.notes.append(_note_on_places(column, values))
        else:
            verdicts.selected.append(column)
    return verdicts


def _says_nothing(column: StatusColumn, values: Iterable[str]) -> bool:
    """Return whether a column is about another mailing, or of remarks without a refusal."""
    if column.role == Role.OTHER_MAILING:
        return True
    return column.role == Role.REMARKS and not any(values)


def _fits_role(
    column: StatusColumn, values: Iterable[str], columns: Columns
) -> bool:
    """Return whether the cells of a column are what its heading, or the lack of one, promises."""
    is_consent_date = column.role == Role.CONSENT and is_about_time(
        column.heading
    )
    if is_consent_date and not any(map(has_meaning, values)):
        return False
    return columns.has_headings or are_status_words(values)


def _is_place_of_residence(
    column: StatusColumn, values: Iterable[str], columns: Columns
) -> bool:
    """Return whether a status is one to live in: "State" may be either."""
    if column.role != Role.STATUS:
        return False
    by_heading = is_place_of_residence(column, columns.headings, values)
    return by_heading or are_names_of_places(values)


def _note_on_places(column: StatusColumn, values: Iterable[str]) -> str:
    first_values = list(values)[:MAX_VALUES_SHOWN]
    shown = ", ".join(filter(None, first_values))
    return f"{column.heading} is taken for a place to live in ({shown})"


def _find_superfluous_colour(
    selected: Sequence[StatusColumn],
) -> StatusColumn | None:
    """Return the column of the rows' colours, if another one says more; None otherwise."""
    colours = [
        column for column in selected if column.heading == COLOUR_HEADING
    ]
    others = [column for column in selected if column.heading != COLOUR_HEADING]
    if colours and is_decided_by(others):
        return colours[0]
    return None


def _is_decided_by_proofs(
    date_columns: Sequence[_DateColumn], first_pass: FirstPass
) -> bool:
    """Return whether each row has a date that proves consent, in one of several columns."""
    proofs = [
        dated.column.index
        for dated in date_columns
        if consent_rank(dated.column.heading) in PROVING_RANKS
    ]
    return len(proofs) > 1 and first_pass.all_rows_fill(proofs)


def holds_dates(column: StatusColumn, values: Mapping[str, int]) -> bool:
    """Return whether a column of consent (or a status) holds dates: all of it, or nearly."""
    if column.role not in {Role.STATUS, Role.CONSENT}:
        return False
    if is_date_column(values):
        return True
    has_dates = column.role == Role.CONSENT and A_DATE in values
    return has_dates and is_about_time(column.heading)


def _counts_as_consent(dated: _DateColumn, *, is_decided: bool) -> bool:
    """Return whether a column of dates says who agreed: it holds a no, or nothing else says it.

    Then it counts where it is empty for some: "Consent on" without a date is to be asked about.
    """
    if dated.column.role != Role.CONSENT:
        return False
    if any(map(_is_status_or_no, dated.values)):
        return True
    if is_decided or not _proves_consent(dated.column.heading):
        return False
    return any(map(is_empty, dated.values))


def _is_status_or_no(value: str) -> bool:
    word = normalize_words(value)
    return not is_empty(value) and (word in MEANING or word in NO)


def _proves_consent(heading: str) -> bool:
    """Return whether the dates below a heading prove consent; in our own form they may be missing."""
    if normalize_words(heading) == OWN_HEADING:
        return False
    if not is_about_time(heading):  # "Subscribed", with dates for a yes
        return True
    return consent_rank(heading) in PROVING_RANKS
