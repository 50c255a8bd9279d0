"""The hard passages of mentions.toml: what is marked there, against what is found."""

import re
import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from digest.model import Article
from digest.relevance.mentions import Names, find_occurrences
from digest.relevance.running_text import fold_text, normalize_text
from digest.settings import Organisation

_MARK = re.compile(r"\[\[(.+?)\]\](?:\{(\w+)\})?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Passage:
    org: Organisation
    title: str
    text: str
    marks: tuple[
        tuple[str, str], ...
    ]  #: (words, where or what), in reading order

    @property
    def article(self) -> Article:
        return Article(
            "k",
            "https://o.example/1",
            "The Courier",
            self.title,
            text=self.text,
            id=1,
        )

    @property
    def counted(self) -> Counter[str]:
        """What the passage names, where that counts."""
        return Counter(
            _key(w)
            for w, mark in self.marks
            if mark not in ("byline", "related", "credit")
        )


def passages(kept_back: bool) -> list[Passage]:
    sets = tomllib.loads(
        (Path(__file__).parent / "mentions.toml").read_text("utf-8")
    )
    found = []
    for raw in sets["organisation"]:
        written = raw.pop("passages")
        tuned = raw.pop("tuned", False)
        org = Organisation(**raw)
        found += [
            _passage(org, p)
            for n, p in enumerate(written)
            if (bool(n % 2) and not tuned) == kept_back
        ]
    return found


def _passage(org: Organisation, raw: dict[str, str]) -> Passage:
    whole = f"{raw.get('title', '')}\n{raw['text']}"
    marks = tuple((m[1], m[2] or "") for m in _MARK.finditer(whole))
    title, _, text = _MARK.sub(r"\1", whole).partition("\n")
    return Passage(org, title, text, marks)


def _key(words: str) -> str:
    return fold_text(normalize_text(words))


def score(
    found: Callable[[Passage], Counter[str]], chosen: list[Passage]
) -> tuple[float, float, list[str]]:
    """Return precision and recall over all mentions, and each passage that went wrong."""
    good = ours = theirs = 0
    wrong = []
    for p in chosen:
        got, expected = found(p), p.counted
        good += (got & expected).total()
        ours, theirs = ours + got.total(), theirs + expected.total()
        if got != expected:
            wrong.append(
                f"{p.title} | {p.text}\n    {dict(got)}, not {dict(expected)}"
            )
    return good / ours, good / theirs, wrong


def by_judge(p: Passage) -> Counter[str]:
    found = find_occurrences(p.article, Names(p.org))
    return Counter(_key(o.words) for o in found if o.mention.counts)


def by_judge_or_shown(p: Passage) -> Counter[str]:
    found = find_occurrences(p.article, Names(p.org))
    return Counter(
        _key(o.words) for o in found if o.mention.counts or o.mention.doubtful
    )


def by_substring(p: Passage) -> Counter[str]:
    text = f"{p.title}\n{p.text}".lower()
    return Counter(
        {_key(n): c for n in _phrases(p.org) if (c := text.count(n.lower()))}
    )


def by_word(p: Passage) -> Counter[str]:
    """What a press officer's saved search does: the exact words, with capitals, as words."""
    every = "|".join(
        re.escape(n) for n in sorted(_phrases(p.org), key=len, reverse=True)
    )
    return Counter(
        _key(m) for m in re.findall(rf"\b(?:{every})\b", f"{p.title}\n{p.text}")
    )


def _phrases(org: Organisation) -> tuple[str, ...]:
    return (org.name, *org.aliases, *org.people, *org.cases)
