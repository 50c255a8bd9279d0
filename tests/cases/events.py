"""The invented events of events.toml: which reports are of one event."""

import tomllib
from collections import Counter
from datetime import timedelta
from pathlib import Path

from digest.model import Article
from tests.cases.wire import MONDAY


def reports(kept_back: bool | None = None) -> list[tuple[str, Article]]:
    """Return (event, report), of a half or of all; the papers they ran in take turns."""
    raw = tomllib.loads(
        (Path(__file__).parent / "events.toml").read_text("utf-8")
    )["pair"]
    found: list[tuple[str, Article]] = []
    for number, pair in enumerate(raw):
        for side in ("one", "other"):
            for line in (
                pair[side] if kept_back in (None, bool(number % 2)) else ()
            ):
                found.append(
                    (f"{number}, {side}", _report(line, len(found) + 1))
                )
    return found


def _report(line: str, number: int) -> Article:
    day, title, text = line.split(" | ", 2)
    url = f"https://paper{number % 7}.example/{number}"
    when = MONDAY + timedelta(days=int(day) - 1, hours=number % 9)
    language = "fr" if " les " in text else "de" if " der " in text else "en"
    return Article(
        url,
        url,
        f"Paper {number % 7}",
        title,
        text=text,
        published=when,
        id=number,
        language=language,
    )


def b_cubed(
    truth: dict[int, str], found: dict[int, int]
) -> tuple[float, float, float]:
    """Return B-cubed precision, recall and F1 (Bagga and Baldwin, 1998)."""
    true, ours = Counter(truth.values()), Counter(found.values())
    both = Counter((truth[a], found[a]) for a in truth)
    precision = sum(
        both[truth[a], found[a]] / ours[found[a]] for a in truth
    ) / len(truth)
    recall = sum(
        both[truth[a], found[a]] / true[truth[a]] for a in truth
    ) / len(truth)
    return precision, recall, 2 * precision * recall / (precision + recall)
