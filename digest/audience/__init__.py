"""Subscribers as people bring them: addresses, sheets of them, filters. Knows no store.

`reading` gives a file's rows, `sheet_headings` where its people begin, `columns` what they hold.
`status_headings`, `status_words`, `standing` and `systems` tell who of them may be mailed. `survey`
judges a whole sheet by a first reading, with `status_columns` and `open_questions`, and `sheet`
yields its people: each row is a person or a reason why not.
"""

from digest.audience.address import checked, is_address
from digest.audience.answers import NO_ANSWERS, Answers, standing_from, statuses_from
from digest.audience.columns import Columns, columns
from digest.audience.filters import segment
from digest.audience.questions import Question, asked
from digest.audience.spreadsheet import (
    Refused,
    Sheet,
    Tally,
    Unanswered,
    open_sheet,
    write_csv,
    write_refused,
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
    "columns",
    "is_address",
    "open_sheet",
    "segment",
    "standing_from",
    "statuses_from",
    "write_csv",
    "write_refused",
]
