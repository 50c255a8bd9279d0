"""Words of sheets: compare headings and cells whatever their case, accents and signs."""

import re
from unicodedata import combining, normalize

#: Where words are joined in one: between "Opt" and "Out", before "ID" in "userID".
WORD_BOUNDARY = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[a-z]{2})(?=[A-Z])")
LETTERS_AND_DIGITS = re.compile(r"[^\W_]+")


def normalize_words(text: str) -> str:
    """Return words in lower case, without accents and signs: "OptOut_Mail?" is "opt out mail"."""
    separated = WORD_BOUNDARY.sub(" ", text)
    decomposed = normalize("NFKD", separated.replace("ß", "ss"))
    letters = [
        character for character in decomposed if not combining(character)
    ]
    return " ".join(LETTERS_AND_DIGITS.findall("".join(letters).casefold()))


def words_of(*lists: str) -> frozenset[str]:
    """Return the words of lists that are separated by |, as `normalize_words` writes them."""
    return frozenset(
        normalize_words(word) for words in lists for word in words.split("|")
    )
