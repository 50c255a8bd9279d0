"""Interpretation: the meaning of the words in a sheet's status columns, as a person answered or by
rules.

Input is the selected columns and the first pass over the sheet. Output is a standing for each
combination of words, and questions about the words that are not clear.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from digest.audience.answers import EMPTY_WORD, Answers
from digest.audience.first_pass import FirstPass, RecordedColumn
from digest.audience.questions import (
    Question,
    Remark,
    question_of_remarks,
    question_of_status,
)
from digest.audience.standing import (
    UNCLEAR,
    Meaning,
    meaning_of,
    meaning_of_empty,
)
from digest.audience.status_columns import holds_dates
from digest.audience.status_headings import Role, StatusColumn
from digest.audience.status_words import is_empty
from digest.model import WEIGHT, Standing


@dataclass(frozen=True, slots=True)
class Interpretation:
    """The meanings of the words of a sheet."""

    #: by the code of a combination of words
    standing_by_code: tuple[Standing, ...]
    has_statement: bool  #: whether any column says anything of anybody
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class _ColumnWords:
    """The meanings of the words of one column."""

    column: StatusColumn
    position: int  #: of the column, in a combination of words
    standing_by_word: Mapping[str, Standing | None]  #: None for nothing
    #: words of which that is not known, and how often
    unclear: Sequence[tuple[str, int]]


def interpret_words(
    columns: Sequence[StatusColumn], first_pass: FirstPass, answers: Answers
) -> Interpretation:
    """Return the standing of each combination of words, and questions about unclear words."""
    tables = _interpret_columns(columns, first_pass, answers)
    default = (
        Standing.ACTIVE if answers.everybody is None else answers.everybody
    )
    has_statement = False
    standing_by_code = []
    for words in first_pass.code_by_words:
        standings = _standings_of(words, tables)
        if standings:
            has_statement = True
            standing_by_code.append(worst_of(standings))
        else:
            standing_by_code.append(default)
    questions = []
    remark_questions = []
    for table in tables:
        if not table.unclear:
            continue
        if table.column.role != Role.REMARKS:
            questions.append(question_of_status(table.column, table.unclear))
            continue
        remarks = _find_doubtful_remarks(table, first_pass, standing_by_code)
        if remarks:
            remark_questions.append(question_of_remarks(table.column, remarks))
    return Interpretation(
        tuple(standing_by_code), has_statement, (*questions, *remark_questions)
    )


def worst_of(standings: Sequence[Standing]) -> Standing:
    """Return the standing that counts where several are stated."""
    return max(standings, key=WEIGHT.__getitem__)


def _interpret_columns(
    columns: Sequence[StatusColumn], first_pass: FirstPass, answers: Answers
) -> list[_ColumnWords]:
    positions = first_pass.positions()
    tables = []
    for column in columns:
        position = positions[column.index]
        read_column = _column_as_read(
            column, first_pass.recorded_columns[position]
        )
        values = first_pass.count_values(position)
        tables.append(_interpret_column(read_column, position, values, answers))
    return tables


def _column_as_read(
    column: StatusColumn, recorded: RecordedColumn
) -> StatusColumn:
    """Return how a column is read: any text in a crowded column of refusals is a reason."""
    if recorded.is_crowded and column.role == Role.REFUSAL:
        return replace(column, role=Role.REFUSAL_REASON)
    return column


def _interpret_column(
    column: StatusColumn, position: int, values: Counter[str], answers: Answers
) -> _ColumnWords:
    """Return the meaning of each word of a column, and the words of unknown meaning."""
    standing_by_word: dict[str, Standing | None] = {}
    unclear: list[tuple[str, int]] = []
    for word, rows in values.most_common():
        answer = answers.find_answer(column.heading, word)
        if answer:
            standing_by_word[word] = answer.standing
            continue
        meaning = _meaning_in_column(column, word, values)
        if meaning == UNCLEAR:
            standing_by_word[word] = None
            unclear.append((word or EMPTY_WORD, rows))
        else:
            standing_by_word[word] = meaning
    return _ColumnWords(column, position, standing_by_word, unclear)


def _meaning_in_column(
    column: StatusColumn, word: str, values: Mapping[str, int]
) -> Meaning:
    """Return what a word says beside the other values of its column."""
    meaning = meaning_of(column, word)
    if is_empty(word):
        return meaning or meaning_of_empty(column, values)
    if meaning == UNCLEAR and holds_dates(column, values):
        return None  # a date that cannot be read: it is none of consent
    return meaning


def _standings_of(
    words: Sequence[str], tables: Sequence[_ColumnWords]
) -> list[Standing]:
    """Return what the columns say about a person with these words."""
    standings = []
    for table in tables:
        standing = table.standing_by_word[words[table.position]]
        if standing is not None:
            standings.append(standing)
    return standings


def _find_doubtful_remarks(
    table: _ColumnWords,
    first_pass: FirstPass,
    standing_by_code: Sequence[Standing],
) -> list[Remark]:
    """Return the remarks that may be a refusal, of people who would be mailed."""
    unclear_words = {word for word, _ in table.unclear}
    rows_by_code = Counter(first_pass.codes)
    rows_by_remark: Counter[str] = Counter()
    for words, code in first_pass.code_by_words.items():
        remark = words[table.position]
        if (
            standing_by_code[code] == Standing.ACTIVE
            and remark in unclear_words
        ):
            rows_by_remark[remark] += rows_by_code[code]
    lines_by_remark = first_pass.recorded_columns[table.position].remark_lines
    return [
        Remark(text, rows, lines_by_remark.get(text, []))
        for text, rows in rows_by_remark.items()
    ]
