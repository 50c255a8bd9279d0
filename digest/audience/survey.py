"""Surveys: a first reading of a whole sheet, by which its columns are interpreted.

The second reading then knows of each row how its person stood elsewhere, whether they stand in the
sheet more than once, and what a date such as 03/04/2026 is. Memory: some 20 bytes a row.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from digest.audience.answers import Answers, is_about
from digest.audience.columns import Columns
from digest.audience.consent import PLAIN_DATE_RANK, is_about_time
from digest.audience.first_pass import FirstPass, Fold
from digest.audience.interpretation import interpret_words
from digest.audience.open_questions import (
    file_questions,
    mailing_questions,
    refusal_questions,
    unknown_questions,
)
from digest.audience.questions import Question, question_of_dates
from digest.audience.row_standings import (
    RowStandings,
    count_people,
    find_damaged_refusals,
)
from digest.audience.status_columns import (
    SelectedColumns,
    candidate_columns,
    select_columns,
)
from digest.audience.status_headings import StatusColumn
from digest.audience.systems import UNKNOWN_SYSTEM, System, system_of
from digest.errors import DigestError
from digest.infra.sheets.dates import DateOrder
from digest.infra.sheets.file_rows import Row
from digest.infra.sheets.words import normalize_words
from digest.model import Standing


@dataclass(frozen=True, slots=True)
class Survey:
    """Interpretation of a whole sheet: columns, standings, questions."""

    system: System = UNKNOWN_SYSTEM
    row_count: int = 0  #: rows below the headings, empty ones too
    blank_count: int = 0
    #: rows that have no address; a date may reject more
    rejected_count: int = 0
    #: people, each once
    standings: Mapping[Standing, int] = field(default_factory=dict)
    duplicate_count: int = 0  #: rows of people who stood in the sheet before
    #: the columns that say who may be mailed
    status_columns: tuple[StatusColumn, ...] = ()
    questions: tuple[Question, ...] = ()
    #: what was guessed, and what a person should look at
    notes: tuple[str, ...] = ()
    day_first: bool = True
    #: columns that say when somebody agreed, the best one first
    consent_indexes: tuple[int, ...] = ()
    row_standings: RowStandings = field(
        default_factory=RowStandings, repr=False
    )


@dataclass(frozen=True, slots=True)
class SheetContext:
    """Facts about a sheet besides its cells."""

    file_name: str
    #: words above its headings, and the name of the sheet
    titles: tuple[str, ...]
    #: whether its form or its words are of a country where 03/04 is in April
    is_european: bool


def survey_sheet(
    rows: Iterable[Row],
    columns: Columns,
    answers: Answers,
    context: SheetContext,
    fold: Fold,
) -> Survey:
    """Read a sheet once and return what it is. Raises DigestError if an answer fits nothing."""
    system = system_of(columns.headings)
    candidates = candidate_columns(columns, system, answers)
    first_pass = FirstPass(candidates, columns, system, fold)
    for row in rows:
        first_pass.add_row(row)
    _refuse_unused_answers(answers, columns, candidates, first_pass)
    selected = select_columns(candidates, first_pass, columns, system)
    interpretation = interpret_words(selected.columns, first_pass, answers)
    questions = [
        *interpretation.questions,
        *refusal_questions(first_pass, columns, answers),
        *mailing_questions(candidates, selected.columns, first_pass, columns),
    ]
    if system is UNKNOWN_SYSTEM and not questions:
        is_decided = selected.is_decided or answers.everybody is not None
        questions += unknown_questions(
            first_pass, columns, answers, is_decided=is_decided
        )
    if not interpretation.has_statement and answers.everybody is None:
        questions = [
            *file_questions(
                context.file_name, context.titles, system, first_pass
            ),
            *questions,
        ]
    consent_indexes = _find_consent_indexes(columns, first_pass)
    if consent_indexes and _are_dates_open(
        first_pass.date_order, answers, context
    ):
        questions.append(question_of_dates(first_pass.date_order.example))
    damaged = find_damaged_refusals(selected.columns, first_pass, answers)
    people = count_people(first_pass, interpretation.standing_by_code, damaged)
    return Survey(
        system=system,
        row_count=first_pass.row_count,
        blank_count=first_pass.blank_count,
        rejected_count=first_pass.rejected_count - len(damaged),
        standings=people.people_by_standing,
        duplicate_count=people.duplicate_count,
        status_columns=tuple(selected.columns),
        questions=tuple(questions),
        notes=_collect_notes(selected, first_pass, answers, context),
        day_first=_is_day_first(first_pass.date_order, answers, context),
        consent_indexes=consent_indexes,
        row_standings=RowStandings(
            first_pass.codes,
            interpretation.standing_by_code,
            people.worst_by_address,
            damaged,
        ),
    )


def _refuse_unused_answers(
    answers: Answers,
    columns: Columns,
    candidates: Sequence[StatusColumn],
    first_pass: FirstPass,
) -> None:
    """Raise DigestError for an answer to nothing: it was mistyped, or is for another file."""
    headings = set(map(normalize_words, columns.headings))
    for heading in answers.ignored - headings:
        raise DigestError(
            f"expected --ignore-column with one of {', '.join(columns.headings)}; found {heading!r}"
        )
    if not answers.statuses:
        return
    words_by_column = [
        (column.heading, list(first_pass.count_values(position)))
        for position, column in enumerate(candidates)
    ]
    for answered_word in answers.statuses:
        if not _is_used(answered_word, words_by_column):
            raise DigestError(
                f"no column of a status holds the word {answered_word!r} of --status"
            )


def _is_used(
    answered_word: str, words_by_column: Sequence[tuple[str, Sequence[str]]]
) -> bool:
    """Return whether an answer is about a word of some column."""
    for heading, words in words_by_column:
        if any(is_about(answered_word, heading, word) for word in words):
            return True
    return False


# Dates


def _find_consent_indexes(
    columns: Columns, first_pass: FirstPass
) -> tuple[int, ...]:
    """Return the columns that say when somebody agreed, the best one first.

    One that is called "Date" and no more is of consent only where nothing else is a date.
    """
    if "consent_at" in columns.index_by_part:
        return (columns.index_by_part["consent_at"],)
    dated = [
        column
        for column in columns.consent_columns
        if first_pass.holds_dates(column.index)
    ]
    clear = [column.index for column in dated if column.rank < PLAIN_DATE_RANK]
    if clear or len(dated) != 1:
        return tuple(clear)
    only_index = dated[0].index
    for index, heading in enumerate(columns.headings):
        if index != only_index and is_about_time(heading):
            return ()
    return (only_index,)


def _are_dates_open(
    order: DateOrder, answers: Answers, context: SheetContext
) -> bool:
    """Return whether a person has to answer which number of a date is the day."""
    is_known = answers.day_first is not None or context.is_european
    return order.is_undecided and not is_known


def _is_day_first(
    order: DateOrder, answers: Answers, context: SheetContext
) -> bool:
    """Return whether 03/04 is in April: as a person or the column says, or by its country."""
    if answers.day_first is not None:
        return answers.day_first
    return order.is_day_first or (context.is_european and order.is_undecided)


# Notes


def _collect_notes(
    selected: SelectedColumns,
    first_pass: FirstPass,
    answers: Answers,
    context: SheetContext,
) -> tuple[str, ...]:
    """Return what was guessed, and what a person should look at."""
    notes = list(selected.notes)
    order = first_pass.date_order
    is_guess = order.is_guess and not order.is_undecided
    if is_guess and answers.day_first is None and not context.is_european:
        notes.append(_note_on_dates(order))
    if first_pass.several_addresses_count:
        notes.append(
            f"{first_pass.several_addresses_count} rows have more than one address: "
            f"the first of each is mailed"
        )
    return tuple(notes)


def _note_on_dates(order: DateOrder) -> str:
    taken = "month/day"
    option = "--dates day-first"
    if order.is_day_first:
        taken = "day/month"
        option = "--dates month-first"
    return (
        f"dates such as {order.example} are taken for {taken}; that is a guess, and {option} "
        f"says otherwise"
    )
