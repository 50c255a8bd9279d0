"""Answers: what a person says about a sheet where its own words are not clear.

They come from options of the command line: --status, --ignore-column, --everybody, --encoding and
--dates. An answer that cannot be parsed raises DigestError.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from digest.audience.status_words import MEANING
from digest.errors import DigestError
from digest.infra.sheets.words import normalize_words
from digest.model import Standing

EMPTY_WORD = "(empty)"  #: stands for a cell with nothing in it
#: What a person may answer, beside the words of other systems.
ANSWERS: Mapping[str, Standing | None] = {
    "yes": Standing.ACTIVE,
    "no": Standing.UNSUBSCRIBED,
    **{str(standing): standing for standing in Standing},
    "ignore": None,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A person's answer about one word of a column."""

    standing: Standing | None  #: None if the word says nothing about mail


@dataclass(frozen=True, slots=True)
class Answers:
    """All that a person has answered about a sheet."""

    #: a word, or "column:word", to what it stands for; None for nothing
    statuses: Mapping[str, Standing | None] = field(default_factory=dict)
    #: headings (`normalize_words`) that say nothing about mail
    ignored: frozenset[str] = frozenset()
    #: how all are taken that no column speaks of
    everybody: Standing | None = None
    encoding: str = ""
    #: whether 03/04/2026 is the third of April; None if not answered
    day_first: bool | None = None

    def find_answer(self, heading: str, word: str) -> Answer | None:
        """Return what a person has answered about a word of a column; None if nothing."""
        for answered_word, standing in self.statuses.items():
            if is_about(answered_word, heading, word):
                return Answer(standing)
        return None


NO_ANSWERS = Answers()


def parse_statuses(options: Iterable[str]) -> dict[str, Standing | None]:
    """Return answers from "WORD=yes", "COLUMN:WORD=no" and so on. Raises DigestError otherwise."""
    statuses: dict[str, Standing | None] = {}
    for option in options:
        word, sign, answer = option.rpartition("=")
        if not sign:
            raise DigestError(
                f"expected WORD=yes, WORD=no or the like, found {option!r}"
            )
        statuses[word] = parse_standing(answer)
    return statuses


def is_about(answered_word: str, heading: str, word: str) -> bool:
    """Return whether an answer to WORD or COLUMN:WORD is about a word of a column."""
    key = _comparison_key(word)
    if _comparison_key(answered_word) == key:
        return True
    if normalize_words(word) and normalize_words(
        answered_word
    ) == normalize_words(f"{heading}:{word}"):
        return True  # a colon may stand in the word itself
    column, _, column_word = answered_word.rpartition(":")
    return (
        normalize_words(column) == normalize_words(heading)
        and _comparison_key(column_word) == key
    )


def parse_standing(answer: str) -> Standing | None:
    """Return the standing that an answer means. Raises DigestError if it means none."""
    word = answer.strip().casefold()
    if word in ANSWERS:
        return ANSWERS[word]
    if normalize_words(answer) in MEANING:
        return MEANING[normalize_words(answer)]
    raise DigestError(f"expected one of {', '.join(ANSWERS)}, found {answer!r}")


def _comparison_key(word: str) -> str:
    """Return a word as answers name it.

    Signs that `normalize_words` drops count where there is no letter.
    """
    if word.strip() in {"", EMPTY_WORD}:
        return EMPTY_WORD
    return normalize_words(word) or word.strip()
