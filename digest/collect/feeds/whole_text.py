"""Whole texts in elements that no standard names: whether an element's name says that it holds one.

Feeds carry articles in elements of their makers' own, with a namespace or without: `fulltext` and
`full-text` (Rambler, Yandex), `body` (the XHTML module of RSS), `fullitem` (Radio UserLand).
"""

import re
from functools import lru_cache

#: Names in small letters, without hyphens and underscores.
WHOLE_TEXT_NAMES = frozenset(
    "fulltext fullitem fullcontent fulldescription longdescription body bodytext bodyhtml content "
    "contenthtml contentencoded encoded htmlcontent text articlebody articletext newstext storytext "
    "storybody summary".split()
)
#: Media RSS describes a picture or a film with such names, not the article.
OTHER_NAMESPACES = frozenset({"http://search.yahoo.com/mrss/"})
XHTML_BLOCK = "{http://www.w3.org/1999/xhtml}div"
SEPARATORS = re.compile(r"[-_:]")
#: Different names that are remembered.
MAX_NAMES = 2000


@lru_cache(MAX_NAMES)
def may_be_whole_text(tag: object) -> bool:
    """Return whether an element of this tag, as lxml writes it, may hold a whole text."""
    if not isinstance(tag, str):
        return False  # a comment
    if tag == XHTML_BLOCK:
        return True
    namespace, _, name = tag.rpartition("}")
    if namespace.removeprefix("{") in OTHER_NAMESPACES:
        return False
    return _fold_name(name) in WHOLE_TEXT_NAMES


@lru_cache(MAX_NAMES)
def is_key_of_whole_text(key: str) -> bool:
    """Return whether a key of feedparser, as `turbo_content`, is of an element with a whole text."""
    prefix, _, name = key.rpartition("_")
    if prefix == "media":
        return False
    return (
        _fold_name(key) in WHOLE_TEXT_NAMES
        or _fold_name(name) in WHOLE_TEXT_NAMES
    )


def _fold_name(name: str) -> str:
    return SEPARATORS.sub("", name).lower()
