"""Where an article names the organisation, its people or its cases, with the sentence."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from digest.judge.text import any_of, sentences
from digest.model import Article, Kind, Mention, Place
from digest.settings import Organisation


@dataclass(frozen=True, slots=True)
class Names:
    """The organisation's names, compiled once."""

    found: re.Pattern[str]
    kinds: dict[str, tuple[str, Kind]]  #: normalised name -> (as configured, kind)
    not_it: re.Pattern[str]


def compile_names(org: Organisation) -> Names:
    """Prepare for `mentions`. Names match with their capitals; what is not it matches without."""
    groups = (
        (org.people, Kind.PERSON),
        (org.aliases, Kind.ALIAS),
        (org.cases, Kind.CASE),
        ((org.name,), Kind.ORGANISATION),
    )
    kinds = {_normal(name): (name, kind) for names, kind in groups for name in names}
    every = (name for names, _ in groups for name in names)
    return Names(any_of(every), kinds, any_of(org.not_it, re.IGNORECASE))


def mentions(article: Article, names: Names) -> tuple[Mention, ...]:
    """Return every mention, in reading order; one for each name and sentence."""
    found: dict[tuple[str, str], Mention] = {}
    places = (
        (Place.HEADLINE, article.title),
        (Place.BODY, article.text),
        (Place.SUMMARY, article.summary),
    )
    for place, text in places:
        for mention in _in_text(text, place, names):
            found.setdefault((mention.name, _normal(mention.sentence)), mention)
    return tuple(found.values())


def _in_text(text: str, place: Place, names: Names) -> Iterator[Mention]:
    if not names.found.search(text):
        return
    for start, end in sentences(text):
        sentence = text[start:end]
        excluded = [m.span() for m in names.not_it.finditer(sentence)]
        for match in names.found.finditer(sentence):
            if not any(a < match.end() and match.start() < b for a, b in excluded):
                name, kind = names.kinds[_normal(match.group())]
                yield Mention(name, kind, place, " ".join(sentence.split()))


def _normal(text: str) -> str:
    """Return text with plain spaces, apostrophes and hyphens."""
    plain = re.sub("[’‘ʼ]", "'", re.sub("[‐‑–]", "-", text))
    return " ".join(plain.split())
