"""Audience: mail addresses, sheets of people in and out, filters. Knows no store.

A file becomes people in these steps: `file_rows` reads its rows, `sheet_headings` finds where its
people begin, `columns` identifies what they hold. `status_headings`, `status_words`, `standing` and
`systems` hold the rules by which people may be mailed or not. `survey` judges a whole sheet after a
first pass, with `status_columns`, `interpretation` and `open_questions`; `sheet_import` yields its
people: each row is a person or a reason why not. `csv_output` writes people, and rejected rows.
"""

from digest.audience.address import checked, is_address
from digest.audience.answers import NO_ANSWERS, Answers, standing_from, statuses_from
from digest.audience.columns import Columns
from digest.audience.csv_output import Refused, write_csv, write_refused
from digest.audience.filters import segment
from digest.audience.questions import Question, asked
from digest.audience.sheet_import import (
    Sheet,
    Tally,
    Unanswered,
    open_sheet,
)
from digest.audience.survey import Survey

__all__ = [
    "NO_ANSWERS",
    "Answers",
    "Columns",
    "Question",
    "Refused",
    "Sheet",
    "Survey",
    "Tally",
    "Unanswered",
    "asked",
    "checked",
    "is_address",
    "open_sheet",
    "segment",
    "standing_from",
    "statuses_from",
    "write_csv",
    "write_refused",
]
