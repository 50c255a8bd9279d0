"""Open questions: those that the first pass over a sheet leaves for a person to answer."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from digest.audience.answers import EMPTY_WORD, Answers
from digest.audience.columns import Columns
from digest.audience.first_pass import FirstPass
from digest.audience.questions import (
    Question,
    question_of_book,
    question_of_mailings,
    question_of_name,
    question_of_title,
    question_of_unknown,
    question_of_words,
)
from digest.audience.standing import are_ticks, meaning_of
from digest.audience.status_headings import (
    Role,
    StatusColumn,
    is_mailing_heading,
)
from digest.audience.systems import System
from digest.audience.unknown_columns import may_be_status
from digest.infra.sheets.words import normalize_words
from digest.model import Standing


def file_questions(
    file_name: str, titles: Sequence[str], system: System, first_pass: FirstPass
) -> list[Question]:
    """Return the question about a whole file in which no column says who may be mailed."""
    people = first_pass.row_count - first_pass.blank_count
    question = question_of_name(file_name, people)
    if question:
        return [question]
    for title in titles:
        question = question_of_title(title, people)
        if question:
            return [question]
    if system.is_address_book:
        return [question_of_book(system.name, people)]
    return []


def mailing_questions(
    candidates: Sequence[StatusColumn],
    selected: Sequence[StatusColumn],
    first_pass: FirstPass,
    columns: Columns,
) -> list[Question]:
    """Return the question which mailing is meant, where a person gets one and not the other."""
    if "status" in columns.index_by_part:
        return []
    consent_columns = [
        column
        for column in selected
        if column.role == Role.CONSENT and is_mailing_heading(column.heading)
    ]
    other_mailings = [
        replace(column, role=Role.CONSENT)
        for column in candidates
        if column.role == Role.OTHER_MAILING
        and _holds_ticks(column, first_pass)
    ]
    mailings = [*consent_columns, *other_mailings]
    if not consent_columns or len(mailings) < 2:
        return []
    clashing_rows = _count_clashing_rows(mailings, first_pass)
    if not clashing_rows:
        return []
    headings = [column.heading for column in mailings]
    return [question_of_mailings(headings, clashing_rows)]


def _holds_ticks(column: StatusColumn, first_pass: FirstPass) -> bool:
    position = first_pass.positions()[column.index]
    return are_ticks(first_pass.count_values(position))


def _count_clashing_rows(
    mailings: Sequence[StatusColumn], first_pass: FirstPass
) -> int:
    """Count the rows of people who get one of some mailings and have refused another."""
    positions = first_pass.positions()
    rows_by_code = Counter(first_pass.codes)
    clashing_rows = 0
    for words, code in first_pass.code_by_words.items():
        meanings = {
            meaning_of(column, words[positions[column.index]])
            for column in mailings
        }
        standings = meanings.intersection(Standing)
        if Standing.ACTIVE in standings and len(standings) > 1:
            clashing_rows += rows_by_code[code]
    return clashing_rows


def unknown_questions(
    first_pass: FirstPass,
    columns: Columns,
    answers: Answers,
    *,
    is_decided: bool,
) -> list[Question]:
    """Return the questions about unknown columns that may be of a status."""
    if not columns.has_headings:
        return []
    people = sum(code >= 0 for code in first_pass.codes)
    questions = []
    for index, values in first_pass.unknown_values.items():
        heading = columns.headings[index]
        if normalize_words(heading) in answers.ignored:
            continue
        if may_be_status(
            heading,
            values,
            columns.headings,
            rows=people,
            is_decided=is_decided,
        ):
            shown_values = [
                (value or EMPTY_WORD, rows)
                for value, rows in values.most_common()
            ]
            questions.append(question_of_unknown(heading, shown_values))
    return questions


def refusal_questions(
    first_pass: FirstPass, columns: Columns, answers: Answers
) -> list[Question]:
    """Return the questions about columns that hold words of a refusal without such a heading."""
    questions = []
    for index, words in first_pass.refusal_words.items():
        heading = columns.headings[index]
        if normalize_words(heading) not in answers.ignored:
            questions.append(question_of_words(heading, words.most_common()))
    return questions
