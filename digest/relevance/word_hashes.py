"""Word hashes: the words of a text in small plain letters, and the hash of a word.

Texts are compared by hashes of their words. Most words of a press are the same few thousand, so
that their hashes are remembered.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from digest.relevance.running_text import fold_text, normalize_text

#: A word in folded text, with what follows an apostrophe.
WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?")
#: "l'Oise", "qu'elle": what French and Italian write before a word.
_ELISION = re.compile(r"(?:l|d|qu|n|s|j|c|m|t|dell|nell|all|sull|un)'(?=..)")
_REMEMBERED_WORDS = 2**16


@lru_cache(_REMEMBERED_WORDS)
def hash_word(word: str) -> int:
    """Return the hash of a word, 32 bits."""
    return crc32(word.encode())


def hash_words(words: Iterable[str]) -> NDArray[np.uint64]:
    """Return the hash of each word."""
    return np.fromiter(map(hash_word, words), np.uint64)


def split_words(text: str) -> list[str]:
    """Return the words of a text, folded."""
    return find_words(normalize_text(text))


def find_words(normalized_text: str) -> list[str]:
    """Return the words of a text that is normalized, folded."""
    return WORD.findall(fold_text(normalized_text))


@lru_cache(_REMEMBERED_WORDS)
def stem_of(word: str) -> str:
    """Return a folded word without a possessive at its end or an elision before it."""
    if "'" not in word:
        return word
    return _ELISION.sub("", word.removesuffix("'s"), count=1)
