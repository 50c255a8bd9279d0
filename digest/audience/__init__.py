"""Audience: mail addresses, sheets of people in and out, filters. Knows no store.

A file becomes people in these steps: `infra.sheets` reads its rows, `sheet_headings` finds where its
people begin, `columns` identifies what they hold. `status_headings`, `status_words`, `standing` and
`systems` hold the rules by which people may be mailed or not. `survey` interprets a whole sheet after a
first pass, with `status_columns`, `interpretation` and `open_questions`; `sheet_import` yields its
people: each row is a person or a reason why not. `csv_output` writes people, and rejected rows.
"""

from digest.audience.address import is_address, validate_address
from digest.audience.answers import (
    NO_ANSWERS,
    Answers,
    parse_standing,
    parse_statuses,
)
from digest.audience.columns import Columns
from digest.audience.csv_output import (
    RejectedRow,
    make_rejection_writer,
    write_csv,
)
from digest.audience.filters import parse_filter
from digest.audience.newsletter_column import NewsletterNames
from digest.audience.questions import Question, format_question
from digest.audience.sheet_import import (
    RowCounts,
    Sheet,
    UnansweredQuestions,
    open_sheet,
)
from digest.audience.survey import Survey

__all__ = [
    "NO_ANSWERS",
    "Answers",
    "Columns",
    "NewsletterNames",
    "Question",
    "RejectedRow",
    "RowCounts",
    "Sheet",
    "Survey",
    "UnansweredQuestions",
    "format_question",
    "is_address",
    "make_rejection_writer",
    "open_sheet",
    "parse_filter",
    "parse_standing",
    "parse_statuses",
    "validate_address",
    "write_csv",
]
