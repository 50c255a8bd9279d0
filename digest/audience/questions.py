"""Questions: asked of a person about a sheet before anybody of it is imported.

Each function returns one kind of question, with the words it is about, how often they occur in the
sheet, and options of the command line that answer it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.audience.standing import refuses_in_words
from digest.audience.status_headings import StatusColumn
from digest.infra.sheets.words import normalize_words

MAX_VALUES_SHOWN = 12
MAX_LINES_SHOWN = 12
MAX_EXAMPLES = 2  #: options of a kind that are shown as examples
#: Words in the name of a file that is no list of subscribers.
REFUSAL_IN_NAME = re.compile(
    r"unsub|nomail|no_mail|non.?sub|unconfirmed|pending|opt.?out|bounce|cleaned|clean_|suppress|block.?list|black.?list|complain|spam|invalid"
    r"|abmeld|abgemeld|gesperrt|sperrliste|baja|desuscri|rebot|desabon|desinscri|rebond|do.?not|remove"
    r"|kuendig|gekundigt|ausgetreten|verstorben|deceased|disiscri|cancellat|descadastr|cancelad|bloquead|bloccat"
    r"|afgemeld|uitgeschr|avregistr|avanmal|frameld|afmeldt|avmeldt|wypisan|rezygn|odhlas|leirat|dezabon|odjav|iptal"
    r"|διαγραφ|διαγραμμ|απεγγραφ|отпис|отказ|відпис|заблокир|черны[ий]_список|配信停止|解除|退会|退订|取消|수신거부|해지"
    r"|inactiv|inaktiv|nie_wysyl|spam|widersp|austritt"
)
OPTIONS_FOR_EVERYBODY = (
    "--everybody no",
    "--everybody bounced",
    "--everybody complained",
    "--everybody yes",
)


@dataclass(frozen=True, slots=True)
class Question:
    """A question that a person has to answer before anybody of a sheet is imported."""

    column: str  #: its heading; "" if it is about the whole file
    #: the words that are not understood, and how often
    values: tuple[tuple[str, int], ...]
    sentence: str  #: the question, as a sentence
    #: options of the command line that answer it, as examples
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Remark:
    """A remark that may be a refusal."""

    text: str
    rows: int
    lines: Sequence[int]  #: the first lines in which it stands


def format_question(question: Question) -> str:
    """Return a question in lines: what is not clear, how often, and what answers it."""
    values = ", ".join(
        f"{value} ({rows} rows)"
        for value, rows in question.values[:MAX_VALUES_SHOWN]
    )
    hidden_count = len(question.values) - MAX_VALUES_SHOWN
    if hidden_count > 0:
        values += f" and {hidden_count} more"
    return "\n".join(
        [
            f"? {question.sentence}",
            f"  found: {values}",
            f"  answer: {', or '.join(question.options)}",
        ]
    )


# About a column


def question_of_words(
    heading: str, values: Sequence[tuple[str, int]]
) -> Question:
    """Return the question whether a column with words such as "unsubscribed" is one of a status."""
    first_word = values[0][0]
    return Question(
        heading,
        tuple(values),
        f"the column {heading!r} holds words such as {first_word!r}: "
        f"does it say who may be mailed?",
        (_column_option(heading), _ignore_option(heading)),
    )


def question_of_status(
    column: StatusColumn, values: Sequence[tuple[str, int]]
) -> Question:
    """Return the question what some words of a column mean."""
    words = [word for word, _ in values]
    return Question(
        column.heading,
        tuple(values),
        f"which words of the column {column.heading!r} mean that somebody may be mailed?",
        (
            *(_status_option(f"{word}=no") for word in words[:MAX_EXAMPLES]),
            _status_option(f"{words[0]}=yes"),
            _ignore_option(column.heading),
        ),
    )


def question_of_unknown(
    heading: str, values: Sequence[tuple[str, int]]
) -> Question:
    """Return the question whether an unknown column says who may be mailed."""
    return Question(
        heading,
        tuple(values),
        f"the column {heading!r} is not known, and may say who is to be mailed: does it?",
        (_ignore_option(heading), _column_option(heading)),
    )


def question_of_remarks(
    column: StatusColumn, remarks: Sequence[Remark]
) -> Question:
    """Return the question whether some remarks mean a refusal."""
    heading = column.heading
    lines = sorted({line for remark in remarks for line in remark.lines})
    shown_lines = ", ".join(map(str, lines[:MAX_LINES_SHOWN]))
    examples = [
        _status_option(f"{heading}:{remark.text}=no")
        for remark in remarks[:MAX_EXAMPLES]
    ]
    return Question(
        heading,
        tuple((remark.text, remark.rows) for remark in remarks),
        f"remarks in the column {heading!r} (lines {shown_lines}) seem to say that somebody "
        f"wants no mail: do they?",
        (
            *examples,
            _status_option(f"{heading}:{remarks[0].text}=ignore"),
            _ignore_option(heading),
        ),
    )


def question_of_mailings(headings: Sequence[str], rows: int) -> Question:
    """Return the question which of several mailings of a sheet is meant here."""
    names = ", ".join(map(repr, headings))
    return Question(
        headings[0],
        ((" and ".join(headings), rows),),
        f"the columns {names} say who gets which mailing, and differ: which of them is meant here?",
        tuple(_ignore_option(heading) for heading in reversed(headings)),
    )


def question_of_newsletters(
    heading: str, values: Sequence[tuple[str, int]], keys: Sequence[str]
) -> Question:
    """Return the question which newsletters some words of a column mean."""
    words = [word for word, _ in values]
    return Question(
        heading,
        tuple(values),
        f"which of our newsletters ({', '.join(keys)}) do these words of the column {heading!r} "
        f"mean?",
        (
            *(
                _list_option(f"{word}={keys[0]}")
                for word in words[:MAX_EXAMPLES]
            ),
            _list_option(f"{words[0]}=ignore"),
            f"--newsletter {keys[0]} for everybody, whatever the column says",
        ),
    )


# About the whole file


def question_of_dates(example: str) -> Question:
    """Return the question what dates such as 03/04/2024 are, where nothing in the file tells."""
    return Question(
        "",
        ((example, 1),),
        f"is {example!r} written day/month or month/day? the dates of consent depend on it, and "
        f"nothing in the file tells",
        ("--dates day-first", "--dates month-first"),
    )


def question_of_book(name: str, rows: int) -> Question:
    """Return the question whether all people of an address book have agreed."""
    return Question(
        "",
        ((name, rows),),
        f"this looks like {name}: an address book does not say who agreed to get mail; "
        f"did they all?",
        (
            "--everybody yes",
            "--column status=NAME if a column says it",
            "--everybody no",
        ),
    )


def question_of_name(name: str, rows: int) -> Question | None:
    """Return the question that the name of a file poses; None if it poses none."""
    if not _names_refusal(name):
        return None
    return Question(
        "",
        ((name, rows),),
        f"the file is called {name!r}, and no column says so: do these people get mail?",
        OPTIONS_FOR_EVERYBODY,
    )


def question_of_title(title: str, rows: int) -> Question | None:
    """Return the question that words above a list, or the name of a sheet, pose; None if none."""
    if not _names_refusal(title) and not refuses_in_words(title):
        return None
    return Question(
        "",
        ((title, rows),),
        f"{title!r} stands above this list, and no column says so: do these people get mail?",
        OPTIONS_FOR_EVERYBODY,
    )


def _names_refusal(name: str) -> bool:
    """Return whether a name or a title is one of a list of people who are not to be mailed."""
    return bool(REFUSAL_IN_NAME.search(normalize_words(name).replace(" ", "_")))


# Options of the command line


def _column_option(heading: str) -> str:
    return f"--column {_quote_for_shell(f'status={heading}')}"


def _ignore_option(heading: str) -> str:
    return f"--ignore-column {_quote_for_shell(heading)}"


def _status_option(answer: str) -> str:
    return f"--status {_quote_for_shell(answer)}"


def _list_option(answer: str) -> str:
    return f"--list {_quote_for_shell(answer)}"


def _quote_for_shell(text: str) -> str:
    escaped = text.replace("'", "'\\''")
    return f"'{escaped}'"
