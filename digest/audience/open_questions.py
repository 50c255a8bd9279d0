"""Open questions: what a first reading of a whole sheet leaves for a person to say."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from digest.audience.answers import EMPTY_WORD, Answers
from digest.audience.columns import Columns
from digest.audience.questions import (
    Question,
    question_of_book,
    question_of_mailings,
    question_of_name,
    question_of_title,
    question_of_unknown,
    question_of_words,
)
from digest.audience.seen import Seen
from digest.audience.standing import are_ticks, meaning
from digest.audience.status_headings import How, StatusColumn, is_mailing_heading
from digest.audience.status_words import plain
from digest.audience.systems import System
from digest.audience.unknown import may_be_status
from digest.model import Standing


def file_questions(
    file_name: str, titles: Sequence[str], system: System, seen: Seen
) -> list[Question]:
    """Return the questions about a whole file in which no column says who may be mailed."""
    people = seen.rows - seen.blank
    named = (
        question_of_name(file_name, people),
        *(question_of_title(t, people) for t in titles),
    )
    found = [question for question in named if question]
    if not found and system.is_address_book:
        found = [question_of_book(system.name, people)]
    return found[:1]


def mailing_questions(
    speaking: Sequence[StatusColumn],
    kept: Sequence[StatusColumn],
    seen: Seen,
    columns: Columns,
) -> list[Question]:
    """Return the question which mailing is meant, where a person gets one and not the other."""
    places = {place: at for at, (place, _) in enumerate(seen.columns)}
    ours = [c for c in kept if c.how == How.AGREES and is_mailing_heading(c.heading)]
    others = [
        c
        for c in speaking
        if c.how == How.MAILING and are_ticks(seen.values(places[c.place]))
    ]
    if "status" in columns.places or len(ours) + len(others) < 2 or not ours:
        return []
    both = [replace(c, how=How.AGREES) for c in (*ours, *others)]
    clashing = 0
    numbers = Counter(seen.codes)
    for words, number in seen.words.items():
        said = {meaning(c, words[places[c.place]]) for c in both} & {*Standing}
        if Standing.ACTIVE in said and len(said) > 1:
            clashing += numbers[number]
    if clashing:
        return [question_of_mailings([c.heading for c in both], clashing)]
    return []


def unknown_questions(
    seen: Seen, columns: Columns, answers: Answers, *, is_decided: bool
) -> list[Question]:
    """Return the questions about columns that nobody knows and that may be of a status."""
    people = sum(code >= 0 for code in seen.codes)
    found = []
    for place, values in seen.unknown.items():
        heading = columns.headings[place]
        if plain(heading) in answers.ignored or not columns.headed:
            continue
        if may_be_status(
            heading, values, columns.headings, rows=people, is_decided=is_decided
        ):
            shown = [
                (value or EMPTY_WORD, number) for value, number in values.most_common()
            ]
            found.append(question_of_unknown(heading, shown))
    return found


def refusal_questions(seen: Seen, columns: Columns, answers: Answers) -> list[Question]:
    """Return the questions about columns that hold words of a no, but not the heading of one."""
    return [
        question_of_words(columns.headings[place], words.most_common())
        for place, words in seen.refusal_words.items()
        if plain(columns.headings[place]) not in answers.ignored
    ]
