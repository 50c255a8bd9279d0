"""Measure of links taken from sixty invented mails of ten kinds: `python -m tests.collect.mail.measure`.

Each case is a mail and, beside it, the addresses of its articles (`articles`), those about which one may
think either way (`optional`), where its trackers lead (`redirects`), and what must never be asked
(`must_not_fetch`). Addresses are compared by their keys. A double counts as wrong.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from digest.collect.feeds.clean import article_key
from digest.collect.mail.articles import make_articles
from digest.collect.mail.follow import follow_links
from digest.collect.mail.mail_links import decide_links
from digest.collect.mail.mail_message import MailUnreadable, read_mail
from digest.collect.mail.wrapped_links import unwrap_link
from digest.errors import FetchError
from digest.model import Article
from digest.ports import Request, Response

CASES = Path(__file__).with_name("cases")
MAX_REDIRECTS = 10
THEN = datetime(2026, 11, 27, tzinfo=UTC)


@dataclass
class Score:
    """What was right and wrong in some mails."""

    mails: int = 0
    expected: int = 0
    right: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    titles: int = 0  #: right links with the right headline
    forbidden: list[str] = field(
        default_factory=list
    )  #: asked, and must not be

    @property
    def precision(self) -> float:
        return self.right / max(self.right + len(self.wrong), 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.expected, 1)

    def add(self, other: "Score") -> None:
        self.mails += other.mails
        self.expected += other.expected
        self.right += other.right
        self.titles += other.titles
        self.wrong += other.wrong
        self.missed += other.missed
        self.forbidden += other.forbidden


class Redirects:
    """A Fetcher that answers as a case says its trackers do."""

    def __init__(self, redirects: dict[str, str]) -> None:
        self._redirects = redirects
        self.asked: list[str] = []

    def __call__(
        self, requests: Sequence[Request]
    ) -> Iterator[tuple[Request, Response | FetchError]]:
        for request in requests:
            url = request.url
            for _ in range(MAX_REDIRECTS):
                self.asked.append(url)
                if url not in self._redirects:
                    break
                url = self._redirects[url]
            if url == request.url:
                yield request, FetchError("not there", "http 404", url=url)
            else:
                yield request, Response(url, 200)


def take_articles(content: bytes, fetch: Redirects) -> list[Article]:
    try:
        mail = read_mail(content)
    except MailUnreadable:
        return []
    decided = decide_links(mail, {})
    if decided.to_follow:
        resolved, _ = follow_links(decided.to_follow, fetch, lambda *_: None)
        decided = decide_links(mail, resolved)
    return make_articles(decided.links, decided.site_names, "x", THEN, [])


def score_case(file: Path, case: dict[str, Any]) -> Score:
    fetch = Redirects(case["redirects"])
    articles = take_articles(file.read_bytes(), fetch)
    wanted = {key_of(one["url"]): one["title"] for one in case["articles"]}
    optional = {key_of(url) for url in case["optional"]} - wanted.keys()
    score = Score(mails=1, expected=len(wanted))
    found: set[str] = set()
    for article in articles:
        key = key_of(article.url)
        if key in optional:
            continue
        if key in found or key not in wanted:
            score.wrong.append(article.url)
            continue
        found.add(key)
        score.titles += is_same_title(article.title, wanted[key])
    score.right = len(found)
    score.missed = sorted(wanted.keys() - found)
    score.forbidden = [u for u in fetch.asked if u in case["must_not_fetch"]]
    return score


def key_of(url: str) -> str:
    return unquote(article_key(unwrap_link(url)))


def is_same_title(title: str, expected: str) -> bool:
    one, other = title.casefold(), expected.casefold()
    return bool(one) and (one in other or other in one)


def score_all() -> dict[str, Score]:
    """Return the score of each kind of mail."""
    by_kind: dict[str, Score] = {}
    for file in sorted(CASES.glob("*.eml")):
        case = json.loads(file.with_suffix(".json").read_text("utf-8"))
        score = score_case(file, case)
        by_kind.setdefault(case["kind"], Score()).add(score)
    return by_kind


def table_of(by_kind: dict[str, Score]) -> str:
    total = Score()
    for score in by_kind.values():
        total.add(score)
    lines = [
        "| kind | mails | articles | right | wrong | precision | recall | headlines |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for kind, score in [*by_kind.items(), ("all", total)]:
        lines.append(
            f"| {kind} | {score.mails} | {score.expected} | {score.right} | {len(score.wrong)} "
            f"| {score.precision:.3f} | {score.recall:.3f} | {score.titles} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    scores = score_all()
    print(table_of(scores))
    for score in scores.values():
        for url in score.wrong:
            print("wrong ", url)
        for url in score.missed:
            print("missed", url)
