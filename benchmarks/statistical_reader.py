"""A statistical reader beside the rules: does a small classifier tell a name from a word better?

    python -m benchmarks.statistical_reader SET [SET ...]

A SET is a folder with passages.jsonl, organisations.json and split.json; it is not part of this
project, and one that is missing is named and skipped. The classifier learns from the `dev` halves,
from the public cases and real pages beside the project, by features that the rules work out. It is
measured on organisations that it did not learn from (one left out at a time), and on the `kept`
halves, of which only sums are printed. Decision: docs/decisions/0047-rules-instead-of-a-reader.md.
"""

import gzip
import json
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from digest.collect import READERS
from digest.errors import PageUnread
from digest.model import Article
from digest.relevance.matcher import Matcher
from digest.relevance.mentions import Names, find_occurrences
from digest.relevance.occurrences import Occurrence
from digest.relevance.running_text import fold_text
from digest.settings import Organisation

SHARED = Path(__file__).parents[2] / "shared" / "data"
CASES = SHARED / "cases" / "judgement"
EXTRACTION = SHARED / "extraction" / "ground-truth.json"
#: Probabilities tried as thresholds, to assert and to show.
THRESHOLDS = np.arange(0.05, 0.99, 0.05)
#: Of what is shown, at most so many for each one asserted are wrong (the bar of the issue).
MAX_SHOWN_IN_VAIN = 0.1
YES = "yes"
ASK = "ask"
NO = "no"
WAYS = ("logistic regression", "random forest")
MIXES = ("alone", "only the doubtful")


@dataclass(frozen=True, eq=False)
class Case:
    """A passage with an organisation, and what a person says of it."""

    org: str
    half: str
    gold: str  #: yes, ask, no
    occurrences: tuple[Occurrence, ...]
    labels: tuple[bool | None, ...]  #: of each occurrence; None if unknown
    substring: bool
    whole_word: bool


# Reading the sets


def read_set(folder: Path) -> Iterator[Case]:
    """Yield the passages of a set."""
    organisations = json.loads((folder / "organisations.json").read_text())
    split = json.loads((folder / "split.json").read_text())
    halves = {name: half for half, names in split.items() for name in names}
    readers = {}
    for org in organisations:
        settings = Organisation(
            name=org["name"],
            aliases=tuple(org["aliases"]),
            people=tuple(person["name"] for person in org["people"]),
            cases=tuple(org["cases"]),
        )
        topics = [
            word
            for issue in org.get("issues", [])
            for word in (issue["name"], *issue["words"])
        ]
        readers[org["id"]] = (settings, Names(settings, topics))
    for line in (folder / "passages.jsonl").read_text().splitlines():
        if not line.strip():
            continue
        passage = json.loads(line)
        settings, names = readers[passage["org"]]
        article = Article(
            passage["id"],
            "",
            "",
            passage["headline"] or "",
            text=passage["text"],
            language=passage["language"],
        )
        gold = {True: YES, False: NO}.get(passage["article_mentions_org"], ASK)
        occurrences = tuple(find_occurrences(article, names))
        labels = tuple(
            label_of(occurrence, passage, gold) for occurrence in occurrences
        )
        yield make_case(
            passage["org"],
            halves.get(passage["id"], "dev"),
            gold,
            article,
            settings,
            occurrences,
            labels,
        )


def label_of(
    occurrence: Occurrence, passage: dict[str, Any], gold: str
) -> bool | None:
    """Return what the person says of one place."""
    if gold == NO:
        return False
    folded = fold_text(occurrence.words)
    same = [
        one["verdict"]
        for one in passage["mentions"]
        if folded in fold_text(one["surface"])
        or fold_text(one["surface"]) in folded
    ]
    in_sentence = [
        one["verdict"]
        for one in passage["mentions"]
        if fold_text(one["sentence"]).strip()
        == fold_text(occurrence.mention.sentence).strip()
    ]
    verdicts = set(in_sentence or same)
    if verdicts == {"counts"}:
        return True
    if verdicts and "counts" not in verdicts:
        return False
    return None


def read_public_cases() -> Iterator[Case]:
    """Yield the public cases; all are dev."""
    for file in sorted((CASES / "mentions").glob("*.toml")):
        org = tomllib.loads(file.read_text())
        settings = Organisation(
            name=org["name"],
            **{
                key: tuple(org.get(key, ()))
                for key in ("aliases", "people", "cases", "not_it")
            },
        )
        names = Names(settings)
        for one in org["article"]:
            article = Article(
                one["id"],
                "",
                "",
                one["headline"],
                summary=one.get("dek", ""),
                text="\n\n".join(one["paragraphs"]),
                language=one.get("language", org["language"]),
            )
            occurrences = tuple(find_occurrences(article, names))
            sentences = {
                fold_text(m["sentence"]).strip()
                for m in one.get("mentions", ())
            }
            labels = tuple(
                fold_text(occurrence.mention.sentence).strip() in sentences
                for occurrence in occurrences
            )
            gold = YES if one["counts"] else NO
            yield make_case(
                f"public-{file.stem}",
                "dev",
                gold,
                article,
                settings,
                occurrences,
                labels,
            )


def read_pages() -> Iterator[Case]:
    """Yield the real pages; a place is labelled where all of the page's are alike."""
    truth = json.loads(EXTRACTION.read_text())
    sets = json.loads((CASES / "pages.json").read_text())
    readers = {}
    for org in sets["orgs"]:
        settings = Organisation(
            **{
                key: tuple(value) if isinstance(value, list) else value
                for key, value in org.items()
                if key in ("name", "aliases", "people", "cases", "not_it")
            }
        )
        readers[org["name"]] = (settings, Names(settings))
    for one in sets["pages"]:
        page = truth[one["page"]]
        html = gzip.decompress((EXTRACTION.parent / page["html"]).read_bytes())
        try:
            extract = READERS["combined"](html, f"https://{page['site']}/")
        except PageUnread:
            continue
        settings, names = readers[one["org"]]
        article = Article(
            one["page"],
            "",
            "",
            extract.title,
            text=extract.text,
            language=extract.language,
        )
        occurrences = tuple(find_occurrences(article, names))
        label: bool | None = None
        if one["want"] == 0:
            label = False
        elif one["want"] >= len(occurrences):
            label = True
        yield make_case(
            f"page-{one['org']}",
            "dev",
            YES if one["want"] else NO,
            article,
            settings,
            occurrences,
            (label,) * len(occurrences),
        )


def make_case(
    org: str,
    half: str,
    gold: str,
    article: Article,
    settings: Organisation,
    occurrences: tuple[Occurrence, ...],
    labels: tuple[bool | None, ...],
) -> Case:
    """Return a case with what plain searches say."""
    text = f"{article.title}\n{article.text}\n{article.summary}"
    phrases = [
        settings.name,
        *settings.aliases,
        *settings.people,
        *settings.cases,
    ]
    folded = fold_text(text)
    matcher = Matcher(phrases)
    words = any(
        text[hit.start : hit.end] == phrases[hit.phrase]
        for hit in matcher.find_phrases(folded)
    )
    substring = any(fold_text(phrase) in folded for phrase in phrases)
    return Case(org, half, gold, occurrences, labels, substring, words)


# Features


@lru_cache(None)
def all_features_of(case: Case) -> list[dict[str, Any]]:
    """Return the features of each place of a case."""
    return [features_of(case, n) for n in range(len(case.occurrences))]


def features_of(case: Case, number: int) -> dict[str, Any]:
    """Return what the rules work out of one place."""
    occurrence = case.occurrences[number]
    mention = occurrence.mention
    others = [
        other for index, other in enumerate(case.occurrences) if index != number
    ]
    before = occurrence.before.split()
    after = occurrence.after.split()
    word_before = before[-1] if before else "^"
    word_after = after[0] if after else "$"
    reason = mention.doubt.split("“")[0][:30]
    return {
        "verdict": verdict_of(occurrence),
        "reason": reason,
        "confidence": mention.confidence,
        "kind": str(mention.kind),
        "place": str(mention.place),
        "role": str(mention.role),
        "common": occurrence.is_common_word,
        "surname": bool(occurrence.surname),
        "capitals": occurrence.words.isupper(),
        "words": len(occurrence.words.split()),
        "opens": not before,
        "before": word_before.lower()[:12],
        "after": word_after.lower()[:12],
        "capital before": word_before[:1].isupper(),
        "capital after": word_after[:1].isupper(),
        "ending after": word_after.lower().strip(".,")[-3:],
        "mark after": occurrence.after[:1].strip(),
        "places": min(len(case.occurrences), 6),
        "others that count": sum(verdict_of(one) == YES for one in others),
        "others in doubt": sum(verdict_of(one) == ASK for one in others),
        "other kinds": len({str(one.mention.kind) for one in others}),
    }


def verdict_of(occurrence: Occurrence) -> str:
    """Return what the rules say of one place."""
    if occurrence.mention.counts:
        return YES
    return ASK if occurrence.mention.doubtful else NO


def rules_of(case: Case) -> str:
    """Return what the rules say of a case."""
    verdicts = {verdict_of(occurrence) for occurrence in case.occurrences}
    for verdict in (YES, ASK):
        if verdict in verdicts:
            return verdict
    return NO


# Learning


def learn(cases: Iterable[Case], way: str) -> Any:
    """Return a classifier that learned from the labelled places."""
    rows = []
    labels = []
    for case in cases:
        for number, label in enumerate(case.labels):
            if label is not None:
                rows.append(all_features_of(case)[number])
                labels.append(label)
    if way == "random forest":
        forest = RandomForestClassifier(
            40, min_samples_leaf=3, class_weight="balanced", random_state=0
        )
        return make_pipeline(DictVectorizer(sparse=False), forest).fit(
            rows, labels
        )
    model = LogisticRegression(C=0.3, solver="liblinear")
    return make_pipeline(DictVectorizer(sparse=False), model).fit(rows, labels)


def rate(model: Any, case: Case) -> list[float]:
    """Return the probability of each place."""
    if not case.occurrences:
        return []
    rows = all_features_of(case)
    return [float(p) for p in model.predict_proba(rows)[:, 1]]


def judge(
    case: Case, rates: Sequence[float], low: float, high: float, mix: str
) -> str:
    """Return what is said of a case: by the reader alone, or with the rules."""
    rules = rules_of(case)
    if mix == "only the doubtful":
        if rules != ASK:
            return rules
        rates = [
            rate
            for rate, one in zip(rates, case.occurrences, strict=True)
            if verdict_of(one) == ASK
        ]
    best = max(rates, default=0.0)
    if best >= high:
        return YES
    return ASK if best >= low else NO


# Measuring


@dataclass(frozen=True)
class Score:
    """Precision of what is asserted, recall of what is asserted or shown."""

    precision: float
    recall: float
    in_vain: float  #: shown in vain for each one asserted


def score(cases: Sequence[Case], answers: Sequence[str]) -> Score:
    """Return the sums of some cases."""
    asserted = [
        case.gold
        for case, answer in zip(cases, answers, strict=True)
        if answer == YES
    ]
    wanted = [
        answer
        for case, answer in zip(cases, answers, strict=True)
        if case.gold == YES
    ]
    in_vain = sum(
        answer == ASK and case.gold == NO
        for case, answer in zip(cases, answers, strict=True)
    )
    return Score(
        asserted.count(YES) / max(len(asserted), 1),
        sum(answer != NO for answer in wanted) / max(len(wanted), 1),
        in_vain / max(len(asserted), 1),
    )


def choose_thresholds(
    cases: Sequence[Case], rates: Sequence[list[float]], mix: str
) -> tuple[float, float]:
    """Return the thresholds with the best sum of precision and recall that show little in vain."""
    best = (-1.0, 0.5, 0.5)
    for low in THRESHOLDS:
        for high in THRESHOLDS[low <= THRESHOLDS]:
            answers = [
                judge(case, of_case, low, high, mix)
                for case, of_case in zip(cases, rates, strict=True)
            ]
            sums = score(cases, answers)
            if sums.in_vain <= MAX_SHOWN_IN_VAIN:
                best = max(best, (sums.precision + sums.recall, low, high))
    return best[1], best[2]


def leave_one_out(cases: Sequence[Case], way: str) -> list[list[float]]:
    """Return the rates of each case by a reader that knows nothing of its organisation."""
    rates: list[list[float]] = [[] for _ in cases]
    for org in {case.org for case in cases}:
        model = learn((case for case in cases if case.org != org), way)
        for number, case in enumerate(cases):
            if case.org == org:
                rates[number] = rate(model, case)
    return rates


def print_row(name: str, cases: Sequence[Case], answers: Sequence[str]) -> None:
    """Print a row of the table."""
    sums = score(cases, answers)
    print(
        f"| {name} | {sums.precision:.3f} | {sums.recall:.3f} | {sums.in_vain:.2f} |"
    )


def print_plain_rows(cases: Sequence[Case]) -> None:
    """Print what searches and the rules say."""
    print_row("substring", cases, [(NO, YES)[c.substring] for c in cases])
    print_row("whole word", cases, [(NO, YES)[c.whole_word] for c in cases])
    print_row("rules", cases, [rules_of(case) for case in cases])


def load_sets(folders: Sequence[Path]) -> dict[str, list[Case]]:
    """Return the sets that are there, by name; the others are named."""
    sets = {}
    for folder in folders:
        if (folder / "passages.jsonl").exists():
            sets[folder.name] = list(read_set(folder))
        else:
            print(f"skipped: there is no {folder / 'passages.jsonl'}")
    return sets


def load_cases_to_learn_from(sets: dict[str, list[Case]]) -> list[Case]:
    """Return the dev halves, with the public cases and pages where they are."""
    dev = [
        case for cases in sets.values() for case in cases if case.half == "dev"
    ]
    if CASES.exists() and EXTRACTION.exists():
        return [*dev, *read_public_cases(), *read_pages()]
    print(f"skipped: the public cases, there is no {CASES}")
    return dev


def print_head(title: str) -> None:
    """Print the head of a table."""
    print(
        f"\n| {title} | precision asserted | recall asserted or shown | "
        "shown in vain for each asserted |\n| --- | --- | --- | --- |"
    )


def measure_left_out(
    dev: Sequence[Case],
) -> dict[tuple[str, str], tuple[float, float]]:
    """Print the scores on organisations left out in turn; return the thresholds of each way."""
    print_head("organisations left out in turn")
    print_plain_rows(dev)
    chosen = {}
    for way in WAYS:
        rates = leave_one_out(dev, way)
        for mix in MIXES:
            low, high = choose_thresholds(dev, rates, mix)
            chosen[way, mix] = (low, high)
            answers = [
                judge(case, of_case, low, high, mix)
                for case, of_case in zip(dev, rates, strict=True)
            ]
            print_row(f"{way}, {mix} ({low:.2f}, {high:.2f})", dev, answers)
    return chosen


def main(folders: Sequence[Path]) -> None:
    """Print the tables."""
    sets = load_sets(folders)
    dev = load_cases_to_learn_from(sets)
    if not dev:
        return
    places = sum(len(case.occurrences) for case in dev)
    organisations = len({case.org for case in dev})
    print(f"{len(dev)} cases, {places} places, {organisations} organisations")
    chosen = measure_left_out(dev)
    models = {way: learn(dev, way) for way in WAYS}
    for name, cases in sets.items():
        kept_back = [case for case in cases if case.half != "dev"]
        print_head(f"kept back, {name}, {len(kept_back)} cases")
        print_plain_rows(kept_back)
        for (way, mix), (low, high) in chosen.items():
            answers = [
                judge(case, rate(models[way], case), low, high, mix)
                for case in kept_back
            ]
            print_row(f"{way}, {mix}", kept_back, answers)


if __name__ == "__main__":
    main([Path(argument) for argument in sys.argv[1:]])
