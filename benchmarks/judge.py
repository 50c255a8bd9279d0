"""How fast the judgement is, beside what else finds names in texts: ratios of one run.

    python benchmarks/judge.py [articles]

Articles of 800 words, made up; 500 names and phrases. Prints two tables and the peak memory.
"""

import random
import re
import resource
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from flashtext import KeywordProcessor

from digest.model import Article
from digest.relevance import (
    Fingerprint,
    PreferenceModel,
    RelevanceRules,
    StoryGrouping,
    count_background,
    group_into_stories,
    judge_read_articles,
    make_fingerprint,
    trace_of,
)
from digest.relevance.matcher import Matcher
from digest.relevance.running_text import fold_text, normalize_text
from digest.settings import (
    DEFAULTS,
    Organisation,
    Settings,
    Topic,
    load_workspace,
)

NOW = datetime(2026, 2, 27, 15, tzinfo=UTC)
WORDS, VOCABULARY, NAMES = 800, 60_000, 500
#: Every fifth article opens an event; the next is its copy, the other three report on their own.
PER_EVENT = 5


def names(choose: random.Random) -> list[str]:
    """Return invented names of two or three words."""
    parts = [
        "".join(choose.choices("abcdeilmnorstu", k=choose.randint(4, 8)))
        for _ in range(900)
    ]
    return [
        " ".join(
            p.title() for p in choose.sample(parts, choose.choice((2, 2, 3)))
        )
        for _ in range(NAMES)
    ]


def articles(number: int, known: list[str]) -> Iterator[Article]:
    """Yield articles with words as common as words are, some of them in sentences on a name."""
    rng, choose = np.random.default_rng(1), random.Random(1)
    words = np.array(
        [
            "".join(
                choose.choices("abcdefghilmnoprstu", k=choose.randint(2, 9))
            )
            for _ in range(VOCABULARY)
        ]
    )
    common = 1 / np.arange(1, VOCABULARY + 1) ** 1.05
    common /= common.sum()
    topic: list[str] = []
    body = ""
    for n in range(number):
        if n % PER_EVENT == 0:
            topic = [
                str(words[rng.integers(500, VOCABULARY)]).title()
                for _ in range(25)
            ]
        if n % PER_EVENT != 1:
            told = rng.choice(words, WORDS - 100, p=common).tolist() + topic * 4
            choose.shuffle(told)
            sentences = [
                " ".join(told[i : i + 16]).capitalize()
                for i in range(0, len(told), 16)
            ]
            body = ". ".join(sentences) + "."
        text = (
            f"{body} The files were obtained by {choose.choice(known)}."
            if n % 10 == 0
            else body
        )
        published = NOW - timedelta(minutes=n % 10_000)
        yield Article(
            f"k{n}",
            f"https://o.example/{n}",
            f"Outlet {n % 200}",
            " ".join(topic[:8]),
            text=text,
            published=published,
            id=n + 1,
        )


def settings(known: list[str]) -> Settings:
    """Return rules that hold every name: 100 of the organisation, the others in forty topics."""
    topics = tuple(
        Topic(name=f"t{n}", any=tuple(known[100 + n * 10 : 110 + n * 10]))
        for n in range(40)
    )
    org = Organisation(name=known[0], aliases=tuple(known[1:100]))
    shipped = load_workspace(DEFAULTS, {}).settings
    return shipped.model_copy(update={"organisation": org, "topics": topics})


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds some work took, and its result."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def matching(press: list[Article], known: list[str]) -> None:
    """Print how long each way takes to find the names in every text."""
    matcher, flash = Matcher(known), KeywordProcessor(case_sensitive=True)
    flash.add_keywords_from_list(known)
    longest = sorted(known, key=len, reverse=True)
    plain = re.compile(r"\b(?:" + "|".join(map(re.escape, longest)) + r")\b")
    some = press[:: max(len(press) // 200, 1)]
    ways: dict[str, Callable[[str], int]] = {
        "digest (any capitals, accents, hyphens)": lambda t: len(
            list(matcher.find_phrases(fold_text(normalize_text(t))))
        ),
        "flashtext (exact)": lambda t: len(flash.extract_keywords(t)),
        "re alternation (exact)": lambda t: len(plain.findall(t)),
    }
    print(
        f"| {len(known)} names in {len(some)} articles | found | ms an article | ratio |"
    )
    print("| --- | --- | --- | --- |")
    first = 0.0
    for name, way in ways.items():
        seconds, found = timed(lambda way=way: sum(way(a.text) for a in some))  # type: ignore[misc]
        first = first or seconds
        print(
            f"| {name} | {found} | {1000 * seconds / len(some):.2f} | {seconds / first:.1f} |"
        )


def whole(press: list[Article], rules: Settings) -> None:
    """Print how long each step of the judgement takes, and all of them together."""
    reader = RelevanceRules(rules)
    reading, readings = timed(lambda: [reader.read_article(a) for a in press])
    printing, prints = timed(
        lambda: [
            Fingerprint.from_bytes(make_fingerprint(a).to_bytes())
            for a in press
        ]
    )
    traces = [
        trace_of(replace(a, text=""), p)
        for a, p in zip(press, prints, strict=True)
    ]
    counting, usual = timed(lambda: count_background(traces))
    gathering, belongs = timed(lambda: group_into_stories(traces, usual))
    late = {t.id for t in traces[-10:]}
    before = {n: b for n, b in belongs.items() if n not in late}
    joining, _ = timed(
        lambda: StoryGrouping(traces, usual).join_new_articles(late, before)
    )
    read = list(zip(press, readings, prints, strict=True))
    weighing, judged = timed(
        lambda: judge_read_articles(
            read, belongs, rules, PreferenceModel([], usual), NOW
        )
    )
    total = reading + printing + counting + gathering + weighing
    print(f"\n| {len(press)} articles | seconds | share |\n| --- | --- | --- |")
    for name, seconds in (
        ("read: mentions, topics, agency", reading),
        ("fingerprint", printing),
        ("count common words", counting),
        ("gather into stories", gathering),
        ("weigh", weighing),
        ("**the whole judgement**", total),
        ("(ten late articles join the week)", joining),
    ):
        print(f"| {name} | {seconds:.2f} | {seconds / total:.0%} |")
    stories = len({b.story for b in belongs.values()})
    filed = sum(bool(j.judgement.section) for j in judged)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"\n{stories} stories, {filed} articles in a section; peak memory {peak:.0f} MB"
    )


def main() -> None:
    """Measure with as many articles as the command line says."""
    known = names(random.Random(2))
    press = list(
        articles(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000, known)
    )
    matching(press, known)
    whole(press, settings(known))


if __name__ == "__main__":
    main()
