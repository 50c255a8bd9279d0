"""How the order of stories improves as an editor picks: on the half of the press kept back."""

import random
from datetime import timedelta
from functools import cache

import numpy as np
from sklearn.metrics import average_precision_score

from digest.model import FOLLOWING, Article, ArticleAnalysis
from digest.relevance import (
    Background,
    EditorChoice,
    Fingerprint,
    PreferenceModel,
    RelevanceRules,
    count_background,
    features_of,
    judge_read_articles,
    make_fingerprint,
    trace_of,
)
from digest.settings import DEFAULTS, Organisation, Settings, load_workspace
from tests.cases.relevance import Editor, real_press, split
from tests.conftest import NOW

PICKS = (0, 5, 20, 50, 200)
PASSED_OVER = 2  #: stories that the editor saw beside each pick, and left
SEEDS = 5
PICKS_OF_EDITION = 5


def curve(editor: Editor) -> dict[str, list[tuple[float, float]]]:
    """Return (precision@10, average precision) after so many picks, for each way to rank."""
    ways: dict[str, list[tuple[float, float]]] = {
        "rules alone": [],
        "picks alone": [],
        "digest": [],
    }
    for picks in PICKS:
        runs = [_run(editor, picks, seed) for seed in range(SEEDS)]
        for way, measured in ways.items():
            measured.append(tuple(np.mean([run[way] for run in runs], axis=0)))
    return ways


def _run(
    editor: Editor, picks: int, seed: int
) -> dict[str, tuple[float, float]]:
    """Let an editor pick from one half of the press, and order the other by what was learned."""
    settings = _settings(editor)
    taste = PreferenceModel(_choices(editor, picks, seed), _usual())
    looked = [each for each in _read(editor) if each[0].id in _kept_back()]
    wanted = np.array([editor.picks(a) for a, _, _ in looked])
    judged = judge_read_articles(looked, {}, settings, taste, NOW)
    mixed = np.array(
        [j.judgement.score if j.judgement.section else 0 for j in judged]
    )
    rules = np.array(
        [j.judgement.rules if j.reading.topics else 0 for j in judged]
    )
    alone = (
        np.array(
            taste.predict_likings(
                [features_of(*each, FOLLOWING) for each in looked]
            )
        )
        if picks
        else rules * 0
    )
    noise = (
        np.random.default_rng(seed).random(len(looked)) * 1e-6
    )  # ties fall at random
    return {
        way: _measured(wanted, scores + noise)
        for way, scores in (
            ("rules alone", rules),
            ("picks alone", alone),
            ("digest", mixed),
        )
    }


def _measured(wanted: np.ndarray, scores: np.ndarray) -> tuple[float, float]:
    best = np.argsort(-scores)[:10]
    return float(wanted[best].mean()), float(
        average_precision_score(wanted, scores)
    )


def _choices(editor: Editor, picks: int, seed: int) -> list[EditorChoice]:
    """Return picks, and what the rules would have proposed beside them."""
    choose = random.Random(seed)
    known = [each for each in _read(editor) if each[0].id not in _kept_back()]
    liked = [each for each in known if editor.picks(each[0])]
    other = [
        each for each in known if not editor.picks(each[0]) and each[1].topics
    ]
    choose.shuffle(liked)
    choose.shuffle(other)
    passed = other[: PASSED_OVER * picks]
    offered = [*liked[:picks], *passed]
    by_rules = judge_read_articles(
        offered, {}, _settings(editor), PreferenceModel([], _usual()), NOW
    )
    editions = max(1, picks // PICKS_OF_EDITION)
    return [
        EditorChoice(
            features_of(*each, FOLLOWING),
            place < len(liked[:picks]),
            judged.judgement.rules,
            NOW.date() + timedelta(days=7 * (place % editions)),
        )
        for place, (each, judged) in enumerate(
            zip(offered, by_rules, strict=True)
        )
    ]


@cache
def _read(editor: Editor) -> list[tuple[Article, ArticleAnalysis, Fingerprint]]:
    rules = RelevanceRules(_settings(editor))
    return [(a, rules.read_article(a), _prints()[a.id]) for a in real_press()]


@cache
def _prints() -> dict[int, Fingerprint]:
    return {a.id: make_fingerprint(a) for a in real_press()}


@cache
def _usual() -> Background:
    return count_background(trace_of(a, _prints()[a.id]) for a in real_press())


@cache
def _kept_back() -> frozenset[int]:
    return frozenset(a.id for a in split(kept_back=True))


def _settings(editor: Editor) -> Settings:
    """Return the shipped settings with the editor's topics, for an organisation nobody names."""
    ours = {
        "organisation": Organisation(name="Nobody Named So"),
        "topics": editor.topics,
    }
    return load_workspace(DEFAULTS, {}).settings.model_copy(update=ours)
