"""Word lists: how common the words of a name are as plain words of a language.

A name whose words are in no word list ("Greenpeace") can only be a name; one that is a common word
("Shelter") may be that word wherever a capital says nothing. The lists are those of pyspellchecker,
which counts words in film subtitles and knows names badly on purpose. They are inside the package;
nothing is downloaded.
"""

import gzip
import re
from functools import lru_cache
from importlib.resources import files

#: Languages that have a list, by the code of the language (ISO 639-1).
LISTED_LANGUAGES = frozenset({"de", "en", "es", "fr", "it", "nl", "pt"})
#: Taken where an article names no language, or one without a list.
FALLBACK_LANGUAGE = "en"
#: How often a word must have been counted to be a common one. What a list has from a dictionary,
#: and never counted, stands there with 50.
COMMON = 100
_NUMBER = re.compile(r"\d+")


def is_common_word(word: str, language: str) -> bool:
    """Return True if a word, in small letters, is a common one of a language.

    German writes every noun with a capital, so that there any word of its dictionary is one.
    """
    code = _listed_language(language)
    small = word.lower()
    count = max(_count_word(form, code) for form in _forms_in_list(small, code))
    # “NATO” is in the German dictionary, and no noun
    if count >= COMMON or code != "de" or word.isupper():
        return count >= COMMON
    # a name of the world's (Greenpeace) is in the dictionaries of several languages
    return bool(count) and not _count_word(small, FALLBACK_LANGUAGE)


def _forms_in_list(word: str, code: str) -> tuple[str, ...]:
    """Return the forms under which a list may have a word: the Spanish one has singulars alone."""
    if code != "es" or not word.endswith("s"):
        return (word,)
    singulars = [word, word[:-1]]
    if word.endswith("es"):
        singulars.append(word[:-2])
    if word.endswith("ces"):
        singulars.append(f"{word[:-3]}z")
    return tuple(singulars)


def _listed_language(language: str) -> str:
    code = language.partition("-")[0].lower()
    if code in LISTED_LANGUAGES:
        return code
    return FALLBACK_LANGUAGE


@lru_cache(maxsize=4096)
def _count_word(word: str, language: str) -> int:
    text = _list_of(language)
    key = f'"{word}": '
    start = text.find(key)
    if start < 0:
        return 0
    match = _NUMBER.match(text, start + len(key))
    if match is None:
        return 0
    return int(match.group())


@lru_cache(maxsize=2)
def _list_of(language: str) -> str:
    """Return a list as its JSON text; parsing it would take half a second."""
    path = files("spellchecker") / "resources" / f"{language}.json.gz"
    return gzip.decompress(path.read_bytes()).decode()
