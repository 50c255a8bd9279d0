"""What each rule for authors, titles and dates of pages does, outlet by outlet.

    python -m benchmarks.page_rules [TRUTH] [FIELD]

TRUTH is a file of labels with its pages in `html/` beside it, by default that beside the project;
FIELD one of author, title, date. Each rule is switched off in turn, and all pages are read again:
what changes is what the rule decides. It should help more outlets than it harms, and more than one.
"""

import gzip
import importlib.util
import json
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

from lxml.html import HtmlElement

from digest.collect.pages import byline, extract, metadata, title
from digest.collect.pages.json_ld import find_article
from digest.collect.pages.page_parts import Surroundings

EXTRACTION = Path(__file__).parents[2] / "shared" / "data" / "extraction"
FIELDS = ("author", "title", "date")
#: Meta tags that are switched off one at a time.
TAGS = {
    "author": [*metadata.AUTHOR_TAGS],
    "title": ["og:title", "twitter:title"],
    "date": [*metadata.DATE_TAGS],
}
#: Properties of JSON-LD that are switched off one at a time.
PROPERTIES = {
    "author": ["author", "accounts"],
    "title": ["headline"],
    "date": ["datePublished"],
}
#: Rules that are functions: what each returns where it has nothing to say.
FUNCTIONS: dict[str, list[tuple[Any, str, Any]]] = {
    "author": [
        (byline, "_iterate_author_pages", ()),
        (byline, "_list_classed", ([], [], [])),
        (byline, "find_signature", ()),
        (byline, "_find_full_signature", ()),
        (byline, "find_labelled_name", ()),
        (byline, "_find_single_name", ()),
        (byline, "_find_signed_word", ()),
        (byline, "_pieces_of", ()),
        (Surroundings, "is_of_article", True),
        (byline, "is_written_as_name", True),
        (byline, "is_sure_name", True),
    ],
    "title": [
        (metadata, "_is_logo", False),
        (title, "_is_outlet", False),
        (title, "_find_shorter", None),
    ],
    "date": [
        (metadata, "_marked_up_dates", ()),
        (metadata, "_day_in_title", None),
        (extract, "find_dateline", None),
        (extract, "day_in_address", None),
    ],
}
#: Rules that are tuples of places.
PLACES = {"author": [(byline, "MARKED_UP"), (metadata, "OWNER_TAGS")]}

Switch = Callable[[], AbstractContextManager[Any]]
Answers = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Page:
    """A labelled page, parsed."""

    key: str
    labels: dict[str, Any]
    tree: HtmlElement

    @property
    def outlet(self) -> str:
        """Return the domain of its outlet."""
        return str(self.labels["site"])


@dataclass
class Effect:
    """What a rule does: the outlets of pages that are right, or wrong, because of it."""

    better: list[str] = field(default_factory=list)
    worse: list[str] = field(default_factory=list)
    #: pages whose answer is another, right or wrong with it as without
    other: list[str] = field(default_factory=list)


def read_pages(truth: Path) -> Iterator[Page]:
    """Yield the pages that can be parsed."""
    from trafilatura import load_html

    labels = json.loads(truth.read_text())
    for key, labels_of_page in labels.items():
        packed = truth.parent / "html" / f"{key}.html.gz"
        tree = load_html(gzip.decompress(packed.read_bytes()))
        if tree is not None:
            yield Page(key, labels_of_page, tree)


def read_all(pages: list[Page], name: str) -> Answers:
    """Return what is found on each page; the day only where dates are asked for."""
    answers = {}
    for page in pages:
        url = page.labels.get("url", "")
        metadata_of_page, _claims = metadata.read_metadata(page.tree, url)
        published = metadata_of_page.published
        if name == "date" and published is None:
            published = extract._find_shown_date(
                page.tree, url, metadata_of_page.title
            )
        answers[page.key] = {
            "author": metadata_of_page.authors,
            "title": metadata_of_page.title,
            "date": _day_of(published),
        }
    return answers


def _day_of(published: datetime | None) -> str:
    if published is None:
        return ""
    return published.date().isoformat()


def is_right(page: Page, name: str, answer: Any, score: Any) -> bool | None:
    """Return whether an answer is the label's; None where nothing is labelled."""
    if name == "author":
        authors = page.labels.get("authors")
        if authors is None:
            return None
        return bool(score.author_score(authors, answer)[0])
    label = page.labels.get(name)
    if not isinstance(label, str) or not label:
        return None
    if name == "title":
        return bool(score.title_score(label, answer)[0])
    return bool(answer == label[:10])


def list_switches(name: str) -> Iterator[tuple[str, Switch]]:
    """Yield each rule of a field with what switches it off."""
    for tag in TAGS[name]:
        yield f"meta {tag}", partial(_without_tag, tag)
    for prop in PROPERTIES[name]:
        yield f"JSON-LD {prop}", partial(_without_property, prop)
    for module, function, nothing in FUNCTIONS[name]:
        label = function.strip("_").replace("_", " ")
        yield label, partial(_saying_nothing, module, function, nothing)
    for module, places in PLACES.get(name, []):
        every = getattr(module, places)
        for place in every:
            others = tuple(other for other in every if other is not place)
            label = f"{places} {_short_path(place)}"
            yield label, partial(mock.patch.object, module, places, others)


def _saying_nothing(
    module: Any, function: str, nothing: Any
) -> AbstractContextManager[Any]:
    return mock.patch.object(module, function, return_value=nothing)


def _short_path(place: Any) -> str:
    """Return a place as it fits in a column."""
    path = getattr(place, "path", place)
    return str(path)[:50]


def _without_tag(tag: str) -> AbstractContextManager[Any]:
    name_of_tag = metadata._name_of_tag

    def name_of_others(element: HtmlElement) -> str:
        name = name_of_tag(element)
        return "" if name.strip().lower() == tag else name

    return mock.patch.object(metadata, "_name_of_tag", name_of_others)


def _without_property(prop: str) -> AbstractContextManager[Any]:
    def find_without(tree: HtmlElement) -> dict[str, Any]:
        article = find_article(tree)
        return {key: article[key] for key in article if key != prop}

    return mock.patch.object(metadata, "find_article", find_without)


def compare(
    pages: list[Page],
    name: str,
    usual: Answers,
    without: Answers,
    score: Any,
) -> Effect:
    """Return what a rule does, from the answers with and without it."""
    effect = Effect()
    for page in pages:
        with_rule = usual[page.key][name]
        without_rule = without[page.key][name]
        if with_rule == without_rule:
            continue
        right = is_right(page, name, with_rule, score)
        if right is None:
            continue
        if right == is_right(page, name, without_rule, score):
            effect.other.append(page.outlet)
        elif right:
            effect.better.append(page.outlet)
        else:
            effect.worse.append(page.outlet)
    return effect


def print_table(every_page: list[Page], name: str, score: Any) -> None:
    """Print a row for each rule of a field."""
    nothing: Any = () if name == "author" else ""
    pages = [
        page
        for page in every_page
        if is_right(page, name, nothing, score) is not None
    ]
    usual = read_all(pages, name)
    right = [
        page
        for page in pages
        if is_right(page, name, usual[page.key][name], score)
    ]
    print(f"\n{name}: {len(right)} of {len(pages)} right\n")
    print(
        f"| {'rule':62} | outlets better | pages | outlets worse | pages"
        f" | changed, no matter | |\n| --- | --- | --- | --- | --- | --- | --- |"
    )
    for rule, switch in list_switches(name):
        with switch():
            without = read_all(pages, name)
        effect = compare(pages, name, usual, without, score)
        better, worse = set(effect.better), set(effect.worse)
        print(
            f"| {rule:62} | {len(better)} | {len(effect.better)} | {len(worse)}"
            f" | {len(effect.worse)} | {len(effect.other)} | {_judge(better, worse)} |",
            flush=True,
        )


def _judge(better: set[str], worse: set[str]) -> str:
    """Return what other outlets say of a rule, whichever outlet is left out."""
    if not better and not worse:
        return "decides nothing"
    if len(better) <= 1 and worse:
        return "helps one outlet at most"
    if len(worse) >= len(better):
        return "harms as many"
    return ""


def load_score() -> Any:
    """Return the module that compares answers with labels, as it lies beside the pages."""
    spec = importlib.util.spec_from_file_location(
        "score", EXTRACTION / "score.py"
    )
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(truth: Path, fields: tuple[str, ...]) -> None:
    """Print the tables."""
    if not truth.is_file() or not EXTRACTION.is_dir():
        sys.exit(
            f"{truth}: no labelled pages there; name the file of their labels."
            " Nothing was measured."
        )
    logging.disable(logging.CRITICAL)
    score = load_score()
    pages = list(read_pages(truth))
    print(
        f"{len(pages)} pages of {len({page.outlet for page in pages})} outlets"
    )
    for name in fields:
        print_table(pages, name, score)


if __name__ == "__main__":
    asked = tuple(name for name in sys.argv[1:] if name in FIELDS)
    files = [Path(name) for name in sys.argv[1:] if name not in FIELDS]
    truth_file = files[0] if files else EXTRACTION / "ground-truth.json"
    main(truth_file, asked or FIELDS)
