"""Subscribers as people bring them: addresses, sheets of them, filters. Knows no store.

`reading` gives a file's rows, `sheet_headings` where its people begin, `columns` what they hold.
`status_headings`, `status_words`, `standing` and `systems` tell who of them may be mailed. `survey`
judges a whole sheet by a first reading, with `status_columns` and `open_questions`, and `sheet`
yields its people: each row is a person or a reason why not.
"""

from digest.subscribers.address import checked, is_address
from digest.subscribers.answers import NO_ANSWERS, Answers, standing_from, statuses_from
from digest.subscribers.columns import Columns, columns
from digest.subscribers.questions import Question, asked
from digest.subscribers.segment import segment
from digest.subscribers.sheet import (
    Refused,
    Sheet,
    Tally,
    Unanswered,
    open_sheet,
    write_csv,
    write_refused,
)
from digest.subscribers.survey import Survey

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
