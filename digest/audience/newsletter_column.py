"""Column of newsletters: where a sheet says which of our newsletters each person gets.

It is a column called "Lists", "Newsletters" or the like whose cells name newsletters of ours, by key
or title. A word in it that names none is asked about: nobody is subscribed by a guess.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from digest.audience.columns import Columns
from digest.audience.questions import Question, question_of_newsletters
from digest.audience.status_words import is_empty
from digest.infra.sheets.file_rows import Row
from digest.infra.sheets.words import normalize_words, words_of

PART = "newsletters"
HEADINGS = words_of(
    "newsletter|newsletters|newsletter name|list|lists|list name|mailing list|mailing lists"
    "|mailinglist|mailinglists|subscription|subscriptions|subscribed to|audience|audiences|segment"
    "|segments|verteiler|newsletterverteiler|mailverteiler|abo|abos|rundbriefe|boletín|boletines"
    "|lista|listas|suscripción|suscripciones|bulletin|bulletins|liste|listes|abonnement"
    "|abonnements|bollettino|bollettini|lijst|lijsten|nieuwsbrief|nieuwsbrieven"
)
SEPARATORS = re.compile(r"\s*(?:[,;|\n]|:::)\s*")
QUOTES = " \"'*[]"
IGNORE = "ignore"  #: the answer that a word names no newsletter of ours
NONE_OF_OURS = ""


@dataclass(frozen=True)
class NewsletterNames:
    """The newsletters that a sheet may name, and what a person has answered about its words."""

    title_by_key: Mapping[str, str] = field(default_factory=dict)
    #: a word to a key, or to IGNORE
    answers: Mapping[str, str] = field(default_factory=dict)

    def find_keys(self, cell: str) -> tuple[str, ...]:
        """Return the newsletters that a cell names."""
        keys = [self._find_key(word) for word in self.split_cell(cell)]
        return tuple(dict.fromkeys(key for key in keys if key))

    def find_unknown_words(self, cell: str) -> list[str]:
        """Return the words of a cell that name no newsletter, and that nobody has answered."""
        return [
            word
            for word in self.split_cell(cell)
            if self._find_key(word) is None
        ]

    def split_cell(self, cell: str) -> list[str]:
        """Return the names in a cell; a title may hold a comma itself."""
        text = cell.strip(QUOTES)
        if is_empty(text):
            return []
        if self._find_key(text) is not None:
            return [text]
        words = [word.strip(QUOTES) for word in SEPARATORS.split(text)]
        return [word for word in words if not is_empty(word)]

    def _find_key(self, word: str) -> str | None:
        """Return the newsletter that a word names; "" if an answer says none, None if unknown."""
        return self._key_by_name.get(normalize_words(word))

    @cached_property
    def _key_by_name(self) -> dict[str, str]:
        """The newsletters by all names they have, the answers last, which count more."""
        key_by_name: dict[str, str] = {}
        for key, title in self.title_by_key.items():
            key_by_name[normalize_words(title)] = key
        for key in self.title_by_key:
            key_by_name[normalize_words(key)] = key
        for word, answer in self.answers.items():
            key_by_name[normalize_words(word)] = (
                NONE_OF_OURS if answer == IGNORE else answer
            )
        return key_by_name


NO_NEWSLETTERS = NewsletterNames()


@dataclass(frozen=True, slots=True)
class NewsletterColumn:
    """The columns of a sheet, with that of newsletters if there is one, and what is asked about it."""

    columns: Columns
    questions: tuple[Question, ...] = ()


def find_newsletter_column(
    columns: Columns,
    names: NewsletterNames,
    ignored: frozenset[str],
    read_rows: Callable[[], Iterable[Row]],
) -> NewsletterColumn:
    """Return the columns with that of newsletters, if one is.

    `ignored` are headings (`normalize_words`) that a person says are nothing; `read_rows` reads the
    sheet, which is done only if a heading may be that of newsletters.
    """
    if not names.title_by_key:
        return NewsletterColumn(columns)
    is_named = PART in columns.index_by_part
    indexes = list(_candidate_indexes(columns, ignored))
    if not indexes:
        return NewsletterColumn(columns)
    words_by_index: dict[int, Counter[str]] = {
        index: Counter() for index in indexes
    }
    for row in read_rows():
        for index, words in words_by_index.items():
            if index < len(row.cells):
                words[row.cells[index]] += 1
    for index, cells in words_by_index.items():
        if is_named or any(map(names.find_keys, cells)):
            return _make_column(columns, index, names, cells)
    return NewsletterColumn(columns)


def _candidate_indexes(
    columns: Columns, ignored: frozenset[str]
) -> Iterator[int]:
    """Yield the columns that may name newsletters: the one that a person has named, or by heading."""
    if PART in columns.index_by_part:
        yield columns.index_by_part[PART]
        return
    identified = {*columns.index_by_part.values(), *columns.further_addresses}
    for index, heading in enumerate(columns.headings):
        if index not in identified and _may_be_heading(heading, ignored):
            yield index


def _may_be_heading(heading: str, ignored: frozenset[str]) -> bool:
    name = normalize_words(heading)
    return name in HEADINGS and name not in ignored


def _make_column(
    columns: Columns,
    index: int,
    names: NewsletterNames,
    cells: Mapping[str, int],
) -> NewsletterColumn:
    heading = columns.headings[index]
    unknown: Counter[str] = Counter()
    for cell, count in cells.items():
        for word in names.find_unknown_words(cell):
            unknown[word] += count
    questions: tuple[Question, ...] = ()
    if unknown:
        question = question_of_newsletters(
            heading, unknown.most_common(), list(names.title_by_key)
        )
        questions = (question,)
    with_column = replace(
        columns,
        index_by_part=columns.index_by_part | {PART: index},
        unread=tuple(one for one in columns.unread if one != heading),
    )
    return NewsletterColumn(with_column, questions)
