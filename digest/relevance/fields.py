"""Fields: words of what the organisation works on, from its names and its topics."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from digest.relevance.place_names import starts_with_place
from digest.relevance.running_text import fold_text

#: Letters; shorter words of a name say nothing of its field.
_MIN_FIELD_LETTERS = 5
#: Words of names that say nothing of a field.
_NO_FIELD = frozenset(
    "world national international united nations northern southern eastern "
    "western central european american "
    "british foundation project union institute association council trust "
    "alliance group society action "
    "network centre center campaign institut stiftung verein bund deutsche "
    "deutscher fundacion asociacion "
    "gesellschaft verband bundesverband federation federacion ligue comision commission comite "
    "committee plataforma plateforme society sociedad societe internationale "
    "association fondation nacional nationale vereniging watch people public "
    "project research office".split()
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Field:
    """Words of what the organisation works on, folded, without their endings."""

    stems: frozenset[str]
    has_topics: bool = False  #: topics are among what it is from

    @classmethod
    def from_phrases(
        cls, names: Iterable[str], topics: Iterable[str] = ()
    ) -> "Field":
        """Return the field that some names and topics tell of."""
        topics = tuple(topics)
        phrases = (*names, *topics)
        words = {
            word.strip("'’.,")
            for phrase in phrases
            for word in fold_text(phrase).split()
        }
        return cls(
            frozenset(
                _stem_of(word) for word in words if _tells_of_field(word)
            ),
            has_topics=bool(topics),
        )

    def is_in(self, text: str) -> bool:
        """Return True if a text has a word of the field."""
        words = _WORD.findall(fold_text(text))
        return any(_stem_of(word) in self.stems for word in words)


def _tells_of_field(word: str) -> bool:
    """Return True for a word such as “rivers”, not for “Glasgow”, “world” or “alliance”."""
    is_long = len(word) >= _MIN_FIELD_LETTERS
    return is_long and word not in _NO_FIELD and not starts_with_place(word)


def _stem_of(word: str) -> str:
    """Return a word without the endings of its plural and its cases."""
    return re.sub(r"(?:es|s|en|er|n|e)$", "", word)
