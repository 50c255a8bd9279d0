"""Answers: what a person says of a sheet where its own words do not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from digest.audience.status_words import MEANING, plain
from digest.errors import DigestError
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
class Answers:
    """What a person has said of a sheet."""

    #: a word, or "column:word", to what it stands for; None for nothing
    statuses: Mapping[str, Standing | None] = field(default_factory=dict)
    #: headings (`plain`) that say nothing of mail
    ignored: frozenset[str] = frozenset()
    everybody: Standing | None = None  #: how all are taken that no column speaks of
    encoding: str = ""
    #: whether 03/04/2026 is the third of April; None if not said
    day_first: bool | None = None

    def of(self, heading: str, word: str) -> tuple[bool, Standing | None]:
        """Return whether a person has said what a word of a column means, and what."""
        for told, standing in self.statuses.items():
            if means(told, heading, word):
                return True, standing
        return False, None


NO_ANSWERS = Answers()


def statuses_from(told: Iterable[str]) -> dict[str, Standing | None]:
    """Return answers from "WORD=yes", "COLUMN:WORD=no" and so on. Raises DigestError otherwise."""
    found: dict[str, Standing | None] = {}
    for one in told:
        word, sign, answer = one.rpartition("=")
        if not sign:
            raise DigestError(f"expected WORD=yes, WORD=no or the like, found {one!r}")
        found[word] = standing_from(answer)
    return found


def means(told: str, heading: str, word: str) -> bool:
    """Say whether an answer is about a word of a column."""
    column, colon, value = told.rpartition(":")
    named = (
        bool(colon) and plain(column) == plain(heading) and _key(value) == _key(word)
    )
    whole = bool(plain(word)) and plain(told) == plain(
        f"{heading}:{word}"
    )  # with : in the word
    return named or whole or _key(told) == _key(word)


def standing_from(answer: str) -> Standing | None:
    """Return what an answer stands for. Raises DigestError if it is none."""
    word = answer.strip().casefold()
    if word in ANSWERS:
        return ANSWERS[word]
    if plain(answer) in MEANING:
        return MEANING[plain(answer)]
    raise DigestError(f"expected one of {', '.join(ANSWERS)}, found {answer!r}")


def _key(word: str) -> str:
    """Return a word as answers name it: signs that `plain` drops count where there is no letter."""
    if word.strip() in {"", EMPTY_WORD}:
        return EMPTY_WORD
    return plain(word) or word.strip()
