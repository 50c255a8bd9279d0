"""Questions: what a person has to say of a sheet before anybody of it comes."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.subscribers.standing import StatusColumn, plain


@dataclass(frozen=True, slots=True)
class Question:
    """What a person has to say before anybody of a list comes."""

    column: str  #: its heading; "" if it is about the whole file
    values: tuple[tuple[str, int], ...]  #: the words that are not understood, and how often
    about: str  #: the question, as a sentence
    options: tuple[str, ...]  #: options of the command line that answer it, as examples


def asked(question: Question) -> str:
    """Return a question in lines: what is not clear, how often, and what answers it."""
    values = ", ".join(f"{value} ({number} rows)" for value, number in question.values[:12])
    more = f" and {len(question.values) - 12} more" if len(question.values) > 12 else ""
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
        (f"--column {_quoted(f'status={heading}')}", f"--ignore-column {_quoted(heading)}"),
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


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


#: Words in the name of a file that is no list of readers.
NAMED = re.compile(
    r"unsub|non.?sub|unconfirmed|pending|opt.?out|bounce|cleaned|clean_|suppress|block.?list|black.?list|complain|spam|invalid"
    r"|abmeld|abgemeld|gesperrt|sperrliste|baja|desuscri|rebot|desabon|desinscri|rebond|do.?not|remove"
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
        ("--everybody no", "--everybody bounced", "--everybody complained", "--everybody yes"),
    )
