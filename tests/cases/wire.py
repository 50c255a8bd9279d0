"""Wire texts and what papers make of them: two hundred copies, altered as papers alter them.

The texts are the reports of events.toml and of the demo's press, told end to end; the alterations
are those an editor makes at a desk. Copies of one text are one story; two reports of one event,
and two texts with one paper's boilerplate, are not copies.
"""

import random
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from digest.demo.invented_press import load_press
from digest.model import Article

MONDAY = datetime(2026, 2, 23, 9, tzinfo=UTC)
PAPERS = (
    "Courier Post Ledger Herald Gazette Review Sluice Times Argus Echo".split()
)
FOOTERS = [
    "Sign up for our morning newsletter and get the day's top stories in your inbox every weekday. "
    "You can unsubscribe at any time. By signing up you agree to our terms of use.",
    "The {paper} is published six days a week. To report an error, write to corrections at this "
    "paper. Copyright 2026. All rights reserved. This material may not be published, broadcast, "
    "rewritten or redistributed.",
    "",
]
#: What a paper adds of its own, never twice the same.
LOCAL = "{who}, who {does} in {town}, said {said}. {more}"
WHO = "Ada Bell|Moss Trent|Lia Sorel|Jon Oake|Mira Dunn|Per Holm|Ola Finn|Ruth Kade|Sam Orr".split(
    "|"
)
DOES = "keeps the bakery|drives a school bus|mends nets|sells insurance|teaches shop|runs a farm".split(
    "|"
)
TOWNS = "Ostley|Kell|Perrin|Saltmarsh|Ember|Lower Dike|Tarrow|Fairholm".split(
    "|"
)
SAID = (
    "that it had come as a surprise|that nobody had asked people here|she had seen it coming for years"
    "|the news was all over the market by ten|it would be talked of until Easter"
).split("|")
MORE = (
    "The county is to discuss it next week|A meeting will be held in the church hall"
    "|Neighbours were of two minds|The mayor could not be reached on Sunday|Opinions at the bus stop differed"
).split("|")
#: How house styles spell the same thing.
STYLE = [
    (r"\bpercent\b", "%"),
    (r"“|”", '"'),
    (r"’", "'"),
    (r"\bMonday\b", "Monday, Feb. 23,"),
    (r"\bnine\b", "9"),
    (r"\beleven\b", "11"),
    (r"\bforty\b", "40"),
    (r"\bthree\b", "3"),
    (r"\bcenter\b", "centre"),
    (r" on (Tues|Wednes|Thurs)day", ""),
    (r"\bsaid\b", "says"),
    (r"\$(\d+) million", r"$\1m"),
    (r"\bfederal\b", "Federal"),
    (r"\bpeople\b", "persons"),
]
#: Words an editor changes without changing the sense.
SYNONYMS = {
    "big": "large",
    "told": "informed",
    "wants": "would like",
    "begin": "start",
    "about": "some",
    "ended": "closed",
    "asked": "urged",
    "after": "following",
    "will": "is to",
    "would": "is to",
    "called": "termed",
    "before": "ahead of",
    "because": "since",
    "home": "house",
    "also": "too",
}


@dataclass(frozen=True, slots=True)
class Copy:
    source: int  #: which wire text it is of
    article: Article


def texts() -> list[tuple[str, list[str]]]:
    """Return wire texts as headline and sentences."""
    raw = tomllib.loads(
        (Path(__file__).parent / "events.toml").read_text("utf-8")
    )["pair"]
    found = []
    for pair in raw:
        for side in ("one", "other"):
            parts = [line.split(" | ", 2) for line in pair[side]]
            found.append(
                (parts[0][1], _sentences(" ".join(p[2] for p in parts)))
            )
    found += [
        (p.title, _sentences(" ".join(p.paragraphs))) for p in load_press()[1]
    ]
    return [
        (title, told)
        for title, told in found
        if len(" ".join(told).split()) >= 70
    ]


def copies(kept_back: bool, seed: int = 7) -> list[Copy]:
    """Return a half of the copies, each with its original, and texts that nobody copied."""
    choose, made = random.Random(seed), []
    for number, (title, told) in enumerate(texts()):
        chosen = bool(number % 2) == kept_back
        some, papers = choose.sample(ALTERATIONS, 6), choose.sample(PAPERS, 7)
        if chosen:
            made.append(
                Copy(
                    number,
                    _article(len(made), papers.pop(), title, told, choose),
                )
            )
        for alter in some if number % 3 else ():
            altered = alter(list(told), choose)
            if chosen:
                headline = (
                    title if choose.random() < 0.4 else _reworded(told, choose)
                )
                article = _article(
                    len(made), papers.pop(), headline, altered, choose
                )
                made.append(Copy(number, article))
    return made


def _article(
    number: int, paper: str, title: str, told: list[str], choose: random.Random
) -> Article:
    footer = (
        FOOTERS[PAPERS.index(paper) % 3].format(paper=paper)
        if choose.random() < 0.9
        else ""
    )
    paragraphs = [" ".join(told[i : i + 2]) for i in range(0, len(told), 2)] + [
        footer
    ]
    return Article(
        f"https://{paper.lower()}.example/{number:03}",
        f"https://{paper.lower()}.example/{number:03}",
        paper,
        title,
        text="\n\n".join(p for p in paragraphs if p),
        published=MONDAY + timedelta(hours=choose.randrange(48)),
        id=number + 1,
    )


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.”]) (?=[A-Z“])", " ".join(text.split()))


def _reworded(told: list[str], choose: random.Random) -> str:
    """Write another headline, as most papers do: from what the text says further down."""
    return " ".join(choose.choice(told[1:]).split()[:9]).rstrip(".,")


def _local(choose: random.Random) -> str:
    pick = choose.choice
    return LOCAL.format(
        who=pick(WHO),
        does=pick(DOES),
        town=pick(TOWNS),
        said=pick(SAID),
        more=pick(MORE) + ".",
    )


# What papers do to a text


def _cut_tail(told: list[str], choose: random.Random) -> list[str]:
    return told[: max(3, round(len(told) * choose.uniform(0.5, 0.8)))]


def _cut_middle(told: list[str], choose: random.Random) -> list[str]:
    start = choose.randrange(1, max(2, len(told) - 2))
    return told[:start] + told[start + 2 :]


def _lead_in(told: list[str], choose: random.Random) -> list[str]:
    return [_local(choose), *told]


def _local_paragraph(told: list[str], choose: random.Random) -> list[str]:
    place = choose.randrange(1, len(told))
    return [*told[:place], _local(choose), _local(choose), *told[place:]]


def _house_style(told: list[str], choose: random.Random) -> list[str]:
    return [_styled(s) for s in told]


def _styled(sentence: str) -> str:
    for pattern, written in STYLE:
        sentence = re.sub(pattern, written, sentence)
    return sentence


def _touched_up(told: list[str], choose: random.Random) -> list[str]:
    return [" ".join(SYNONYMS.get(w, w) for w in s.split()) for s in told]


def _reordered(told: list[str], choose: random.Random) -> list[str]:
    last = told[2:]
    choose.shuffle(last)
    return told[:2] + last


def _updated(told: list[str], choose: random.Random) -> list[str]:
    changed = [
        re.sub(r"\d+", lambda m: str(int(m[0][:6]) + 1), s) for s in told
    ]
    return [*changed, "This story has been updated. Check back for more."]


def _two_hands(told: list[str], choose: random.Random) -> list[str]:
    return _cut_middle(_house_style(_touched_up(told, choose), choose), choose)


def _dateline(told: list[str], choose: random.Random) -> list[str]:
    return [
        "NORTHGATE (Valley Wire) — " + told[0],
        *told[1:],
        "Copyright 2026 Valley Wire.",
    ]


ALTERATIONS: list[Callable[[list[str], random.Random], list[str]]] = [
    _cut_tail,
    _cut_middle,
    _lead_in,
    _local_paragraph,
    _house_style,
    _touched_up,
    _reordered,
    _updated,
    _two_hands,
    _dateline,
]


def pairwise(
    truth: dict[int, int], found: dict[int, int]
) -> tuple[float, float, float]:
    """Return precision, recall and F1 over pairs of articles put together."""
    pairs, ours = set(_pairs(truth)), set(_pairs(found))
    good = len(pairs & ours)
    return (
        good / max(len(ours), 1),
        good / max(len(pairs), 1),
        2 * good / max(len(ours) + len(pairs), 1),
    )


def _pairs(groups: dict[int, int]) -> Iterator[tuple[int, int]]:
    ids = sorted(groups)
    return (
        (a, b)
        for i, a in enumerate(ids)
        for b in ids[:i]
        if groups[a] == groups[b]
    )
