"""Near phrases: what a text says instead of a phrase of the settings, for advice on the settings.

Input: a text and a phrase, such as a name. Output: words of the text that are nearly the phrase, or
that may be a name nobody has configured. Nothing here decides what counts.
"""

import re
from collections import Counter
from collections.abc import Iterator
from difflib import SequenceMatcher

from digest.relevance.running_text import fold_text, normalize_text

#: Likeness (of difflib, 0 to 1) from which words may be the phrase in another spelling. Two
#: spellings of a name differ by a letter or two, or by an ending.
MIN_LIKENESS = 0.82
#: Of single words: “weather” is no spelling of “water”.
MIN_LIKENESS_ALONE = 0.88
#: Letters; shorter phrases are like too many words.
MIN_LETTERS = 5
#: Words by which another spelling may be longer or shorter: “OpenWater” for “Open Water”.
MAX_WORDS_APART = 1
#: Words of an acronym's name, at least.
MIN_ACRONYM_WORDS = 3
#: Letters that two forms of a word share at its beginning, at least; of a single word more.
MIN_STEM = 3
MIN_STEM_ALONE = 4
#: Letters that an ending has, at most: “pipes”, “piping”.
MAX_ENDING = 3
#: Characters of a text that are searched; what an article is about stands in them.
MAX_SEARCHED = 20_000
_WORD = re.compile(r"[\w’'&-]+(?:\.(?=\w))?")
#: A run of capitalised words, with the small words that European names have inside.
_CAPITALISED_RUN = re.compile(
    r"[^\W\d_a-zà-ÿ][\w’'&-]+"
    r"(?:\s(?:(?:d[eiu]|del|della|des|da|do|dos|of|for|für|la|le|les|sans|sin|van|von|voor)\s){0,2}"
    r"[^\W\d_a-zà-ÿ][\w’'&-]+){1,5}"
)
#: Words that open a sentence, with its capital, before a name.
_OPENING = re.compile(
    r"(?:(?:The|A|An|In|At|On|For|Der|Die|Das|Den|Dem|Im|Am|Le|La|Les|El|Los|Las|En|De|Il|Het|O|Os)\s)+"
)


def find_near_phrases(text: str, phrase: str) -> list[str]:
    """Return words of a text that are nearly a phrase, as they are printed, the likest first."""
    folded_phrase = fold_text(normalize_text(phrase)).rstrip("*")
    if len(folded_phrase) < MIN_LETTERS:
        return []
    likeness: dict[str, float] = {}
    length = len(folded_phrase.split())
    min_likeness = MIN_LIKENESS_ALONE
    if length > 1:
        min_likeness = MIN_LIKENESS
    for words in _iterate_windows(normalize_text(text)[:MAX_SEARCHED], length):
        folded = fold_text(words)
        if folded != folded_phrase and words not in likeness:
            likeness[words] = _rate(folded, folded_phrase, min_likeness)
    return _choose_likest(likeness, min_likeness)


def _rate(words: str, phrase: str, min_likeness: float) -> float:
    """Return how like some words are to a phrase; 0 if surely less than asked for."""
    if _is_inflected(words.split(), phrase.split()):
        return min_likeness
    matcher = SequenceMatcher(a=words, b=phrase, autojunk=False)
    if matcher.real_quick_ratio() < min_likeness:
        return 0.0
    if matcher.quick_ratio() < min_likeness:
        return 0.0
    return matcher.ratio()


def _choose_likest(
    likeness: dict[str, float], min_likeness: float
) -> list[str]:
    """Return the words that are like enough; of overlapping ones the likest."""
    in_order = sorted(likeness, key=lambda words: -likeness[words])
    chosen: dict[str, str] = {}
    for words in in_order:
        folded = fold_text(words)
        if likeness[words] < min_likeness:
            break
        # of a run of words and a longer one around it, the likelier is enough
        if not any(better in folded or folded in better for better in chosen):
            chosen[folded] = words
    return list(chosen.values())


def find_acronym(text: str, name: str) -> str:
    """Return the first letters of a name, if a text has them as a word; "" otherwise."""
    letters = "".join(
        word[0] for word in name.split() if word[:1].isupper()
    ).upper()
    if len(letters) < MIN_ACRONYM_WORDS:
        return ""
    if re.search(rf"\b{re.escape(letters)}\b", text):
        return letters
    return ""


def list_names(text: str) -> list[str]:
    """Return what reads as names of several words in a text, the most frequent first."""
    counts: Counter[str] = Counter()
    for match in _CAPITALISED_RUN.finditer(normalize_text(text)[:MAX_SEARCHED]):
        name = _OPENING.sub("", match.group())
        if " " in name:
            counts[name] += 1
    return [name for name, _ in counts.most_common()]


def _is_inflected(words: list[str], phrase: list[str]) -> bool:
    """Return True if each word differs by its ending only, and one word of several not at all."""
    if len(words) != len(phrase):
        return False
    changed = [
        (word, other)
        for word, other in zip(words, phrase, strict=True)
        if word != other
    ]
    min_stem = MIN_STEM_ALONE
    if len(phrase) > 1:
        min_stem = MIN_STEM
        if len(changed) == len(phrase):
            return False
    return all(_share_stem(word, other, min_stem) for word, other in changed)


def _share_stem(word: str, other: str, min_stem: int) -> bool:
    stem = 0
    for letter, other_letter in zip(word, other, strict=False):
        if letter != other_letter:
            break
        stem += 1
    longest_ending = max(len(word), len(other)) - stem
    return stem >= min_stem and longest_ending <= MAX_ENDING


def _iterate_windows(text: str, length: int) -> Iterator[str]:
    """Yield all runs of about so many words of a text, as they are printed."""
    words = list(_WORD.finditer(text))
    shortest = max(1, length - MAX_WORDS_APART)
    for number in range(shortest, length + MAX_WORDS_APART + 1):
        for first in range(len(words) - number + 1):
            start = words[first].start()
            end = words[first + number - 1].end()
            yield text[start:end]
