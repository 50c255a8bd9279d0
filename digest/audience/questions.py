"""Questions: what a person has to say of a sheet before anybody of it comes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.audience.standing import refuses_in_words
from digest.audience.status_headings import StatusColumn
from digest.audience.status_words import plain


@dataclass(frozen=True, slots=True)
class Question:
    """What a person has to say before anybody of a list comes."""

    column: str  #: its heading; "" if it is about the whole file
    #: the words that are not understood, and how often
    values: tuple[tuple[str, int], ...]
    about: str  #: the question, as a sentence
    options: tuple[str, ...]  #: options of the command line that answer it, as examples


def asked(question: Question) -> str:
    """Return a question in lines: what is not clear, how often, and what answers it."""
    values = ", ".join(
        f"{value} ({number} rows)" for value, number in question.values[:12]
    )
    if len(question.values) > 12:
        more = f" and {len(question.values) - 12} more"
    else:
        more = ""
    return "\n".join(
        [
            f"? {question.about}",
            f"  found: {values}{more}",
            f"  answer: {', or '.join(question.options)}",
        ]
    )


def question_of_words(heading: str, values: Sequence[tuple[str, int]]) -> Question:
    """Return the question whether a column with words such as "unsubscribed" is one of a status."""
    return Question(
        heading,
        tuple(values),
        f"the column {heading!r} holds words such as {values[0][0]!r}: "
        f"does it say who may be mailed?",
        (
            f"--column {_quoted(f'status={heading}')}",
            f"--ignore-column {_quoted(heading)}",
        ),
    )


def question_about(column: StatusColumn, values: Sequence[tuple[str, int]]) -> Question:
    """Return the question what some words of a column mean."""
    first = values[0][0]
    options = tuple(f"--status {_quoted(f'{v}=no')}" for v, _ in values[:2])
    ignore = f"--ignore-column {_quoted(column.heading)}"
    return Question(
        column.heading,
        tuple(values),
        f"which words of the column {column.heading!r} mean that somebody may be mailed?",
        (*options, f"--status {_quoted(f'{first}=yes')}", ignore),
    )


def question_of_unknown(heading: str, values: Sequence[tuple[str, int]]) -> Question:
    """Return the question whether a column that nobody knows says who may be mailed."""
    return Question(
        heading,
        tuple(values),
        f"the column {heading!r} is not known, and may say who is to be mailed: does it?",
        (
            f"--ignore-column {_quoted(heading)}",
            f"--column {_quoted(f'status={heading}')}",
        ),
    )


def question_of_remarks(
    column: StatusColumn, values: Sequence[tuple[str, int, Sequence[int]]]
) -> Question:
    """Return the question whether some remarks mean a no; each with its number and its lines."""
    lines = sorted({line for _, _, where in values for line in where})
    told = ", ".join(map(str, lines[:12]))
    heading = column.heading
    options = tuple(
        f"--status {_quoted(f'{heading}:{text}=no')}" for text, _, _ in values[:2]
    )
    first = values[0][0]
    return Question(
        heading,
        tuple((text, number) for text, number, _ in values),
        f"remarks in the column {heading!r} (lines {told}) seem to say that somebody wants no "
        f"mail: do they?",
        (
            *options,
            f"--status {_quoted(f'{heading}:{first}=ignore')}",
            f"--ignore-column {_quoted(heading)}",
        ),
    )


def question_of_mailings(headings: Sequence[str], rows: int) -> Question:
    """Return the question which of several mailings of a sheet is meant here."""
    named = ", ".join(map(repr, headings))
    return Question(
        headings[0],
        ((" and ".join(headings), rows),),
        f"the columns {named} say who gets which mailing, and differ: which of them is meant here?",
        tuple(f"--ignore-column {_quoted(heading)}" for heading in reversed(headings)),
    )


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


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


#: Words in the name of a file that is no list of readers.
NAMED = re.compile(
    r"unsub|nomail|no_mail|non.?sub|unconfirmed|pending|opt.?out|bounce|cleaned|clean_|suppress|block.?list|black.?list|complain|spam|invalid"
    r"|abmeld|abgemeld|gesperrt|sperrliste|baja|desuscri|rebot|desabon|desinscri|rebond|do.?not|remove"
    r"|kuendig|gekundigt|ausgetreten|verstorben|deceased|disiscri|cancellat|descadastr|cancelad|bloquead|bloccat"
    r"|afgemeld|uitgeschr|avregistr|avanmal|frameld|afmeldt|avmeldt|wypisan|rezygn|odhlas|leirat|dezabon|odjav|iptal"
    r"|διαγραφ|διαγραμμ|απεγγραφ|отпис|отказ|відпис|заблокир|черны[ий]_список|配信停止|解除|退会|退订|取消|수신거부|해지"
    r"|inactiv|inaktiv|nie_wysyl|spam|widersp|austritt"
)


def question_of_name(name: str, rows: int) -> Question | None:
    """Return the question that the name of a file poses; None if it poses none."""
    found = NAMED.search(plain(name).replace(" ", "_"))
    if not found:
        return None
    return Question(
        "",
        ((name, rows),),
        f"the file is called {name!r}, and no column says so: do these people get mail?",
        FOR_EVERYBODY,
    )


FOR_EVERYBODY = (
    "--everybody no",
    "--everybody bounced",
    "--everybody complained",
    "--everybody yes",
)


def question_of_title(title: str, rows: int) -> Question | None:
    """Return the question that words above a list, or the name of a sheet, pose; None if none."""
    words = plain(title)
    if not (NAMED.search(words.replace(" ", "_")) or refuses_in_words(title)):
        return None
    return Question(
        "",
        ((title, rows),),
        f"{title!r} stands above this list, and no column says so: do these people get mail?",
        FOR_EVERYBODY,
    )
