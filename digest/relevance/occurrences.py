"""Occurrences: single places of a name in an article, with how sure each is by itself."""

from dataclasses import dataclass, replace

from digest.model import Mention
from digest.relevance.name_rules import Refusal

# Confidence (0 to 1) in a name that passes every rule, by what its capitals are worth.

#: The capitals can only be meant as a name's.
SURE = 0.95
#: Likewise, but other things are called by the same few letters.
ACRONYM = 0.9
#: A common word with the capital of a name, in running text.
BY_CAPITAL = 0.88
#: The words beside it, or the rest of the article, treat it as a body.
LIKELY = 0.85
#: A person, while nothing in the article names the organisation.
PERSON_ALONE = 0.75
#: The article could not be read; its feed was searched for the name.
BY_QUERY = 0.3
#: Nothing tells the name from the same words.
DOUBTFUL = 0.2


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place in one text with a name."""

    words: str  #: as they stand there
    mention: Mention
    refusal: Refusal | None = None
    #: the name is a common word, and its capital may be that of the sentence
    is_common_word: bool = False
    #: a word of the name is in no list of common words: it can only be a name
    is_certain: bool = False
    is_chapter: bool = False  #: a place stands behind it
    surname: str = ""  #: where the name is only that
    before: str = ""  #: its sentence up to it
    after: str = ""  #: its sentence behind it
    text: str = ""  #: the text it stands in
    start: int = 0  #: where, in that text

    def accept_with(self, confidence: float) -> "Occurrence":
        """Return it as one that counts."""
        mention = replace(
            self.mention, confidence=confidence, doubt="", doubtful=False
        )
        return replace(self, mention=mention)

    def refuse_for(self, reason: str) -> "Occurrence":
        """Return it as one that is somebody or something else."""
        mention = replace(
            self.mention, confidence=DOUBTFUL, doubt=reason, doubtful=False
        )
        return replace(self, mention=mention)

    def ask_about(self, reason: str) -> "Occurrence":
        """Return it as one that a person decides."""
        mention = replace(
            self.mention, confidence=DOUBTFUL, doubt=reason, doubtful=True
        )
        return replace(self, mention=mention)
