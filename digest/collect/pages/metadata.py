"""What a page says of itself: JSON-LD first, then OpenGraph and its kin, then HTML."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from digest.collect.feeds.clean import link, moment, plain
from digest.collect.pages.byline import authors, folded, of_the_article
from digest.collect.pages.title import Claims, headline
from digest.model import Extract

#: schema.org types that are an article (schema.org/Article and what is below it, as news use it).
ARTICLE_TYPES = frozenset(
    "Article NewsArticle ReportageNewsArticle AnalysisNewsArticle OpinionNewsArticle "
    "BackgroundNewsArticle ReviewNewsArticle BlogPosting LiveBlogPosting Report WebPage".split()
)
AUTHORS = (
    "author",
    "parsely-author",
    "dc.creator",
    "sailthru.author",
    "article:author",
)
#: A full date within an address: 2026/02/27, 2026-02-27, 20260227.
URL_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[/_-]?([01]\d)[/_-]?([0-3]\d)(?!\d)")
DATES = (
    "article:published_time",
    "og:article:published_time",
    "parsely-pub-date",
    "datepublished",
    "dc.date.issued",
    "dc.date",
    "date",
    "pubdate",
    "sailthru.date",
)
#: How other names of the same end: cXenseParse:recs:publishtime, vr:published-time.
PUBLISHED = re.compile(
    r"(?<!modified)publi(?:sh(?:ed)?|cation)[-_.]?(?:time|date|at|on)$"
)
#: "Headline | Outlet | 28.04.2023", in the <title>.
DAY_BEHIND = re.compile(r"[|–—-]\s*(\d\d?)\.(\d\d?)\.((?:19|20)\d\d)$")
#: What no honest page goes beyond: letters of a headline, headlines, names.
LINE = 1000
MOST = 50
WRITTEN_BY = re.compile(
    r"written|author|verfasst|geschrieben|par|por|autor", re.IGNORECASE
)


def read_metadata(tree: HtmlElement, url: str) -> tuple[Extract, Claims]:
    """Return all but the body, and what the page calls its article in every place.

    Raises nothing, whatever the page holds.
    """
    article = _article(tree)
    meta = _meta(tree)
    claims = _claims(tree, article, meta)
    sitename = plain(_name(article.get("publisher")) or meta.get("og:site_name", ""))
    found = Extract(
        title=headline(claims, sitename, url),
        published=_on_the_day(_published(tree, article, meta), url),
        authors=authors(
            tree,
            _names(article.get("author")),
            [*_names(article.get("accounts")), *_bylines(meta)],
            _outlet(sitename, meta, url),
        ),
        sitename=sitename,
        canonical=_canonical(tree, meta, url),
        description=plain(
            _text(article.get("description"))
            or _pick(meta, ("og:description", "description"))
        ),
        image=link(meta.get("og:image", ""), url),
        language=(tree.get("lang") or "").strip()[:35],
        paywalled=str(article.get("isAccessibleForFree", "")).casefold() == "false",
    )
    return found, claims


def _claims(tree: HtmlElement, article: dict[str, Any], meta: dict[str, str]) -> Claims:
    headings = islice((" ".join(e.itertext()) for e in tree.iter("h1")), MOST)
    return Claims(
        _line(_text(article.get("headline"))),
        _line(meta.get("og:title", "")),
        _line(meta.get("twitter:title", "")),
        _line(_first(tree, "title")),
        list(filter(None, map(_line, headings))),
    )


def _line(text: str) -> str:
    return plain(text[: LINE * 4])[:LINE]


def _pick(meta: dict[str, str], names: Iterable[str]) -> str:
    return next((meta[n] for n in names if meta.get(n)), "")


def _moment(text: str) -> datetime | None:
    """Read a time as it stands: its own offset says which day it is at the outlet."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return moment(text)
    if moment(text):
        if when.tzinfo:
            return when
        return when.replace(tzinfo=UTC)
    return None


def _published(
    tree: HtmlElement, article: dict[str, Any], meta: dict[str, str]
) -> datetime | None:
    said = (
        _text(article.get("datePublished")),
        _pick(meta, DATES),
        *(text for name, text in meta.items() if PUBLISHED.search(name)),
        *(_stamp(e) for e in tree.xpath("//*[@itemprop='datePublished']")[:MOST]),
    )
    return next(
        (when for text in said if (when := _moment(text.strip()))), None
    ) or _day_behind(_first(tree, "title"))


def _stamp(e: HtmlElement) -> str:
    if of_the_article(e):
        return str(e.get("datetime") or e.get("content") or "")
    return ""


def _day_behind(title: str) -> datetime | None:
    found = DAY_BEHIND.search(title)
    if found:
        return _midnight(*map(int, reversed(found.groups())))
    return None


def _midnight(year: int, month: int, day: int) -> datetime | None:
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _on_the_day(when: datetime | None, url: str) -> datetime | None:
    """Return a time on the day that the address names, if the two are a day apart.

    The address has the outlet's own day; the page often the day in UTC.
    """
    day = day_in(url)
    if when is None or day is None or abs((day.date() - when.date()).days) != 1:
        return when
    return day


def day_in(url: str) -> datetime | None:
    """Return the full date that an address holds, as in /2026/02/27/ or /20260227/."""
    found = URL_DAY.search(urlsplit(url).path)
    if found:
        return _midnight(*map(int, found.groups()))
    return None


def _outlet(sitename: str, meta: dict[str, str], url: str) -> set[str]:
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    said = (
        sitename,
        meta.get("og:site_name", ""),
        meta.get("application-name", ""),
        host,
    )
    own = host.rpartition(".")[0].rpartition(".")[2]
    return {folded(name) for name in (*said, own)} - {""}


def _bylines(meta: dict[str, str]) -> list[str]:
    """Return what meta tags say of authors, the usual names first."""
    usual = [meta[n] for n in AUTHORS if meta.get(n)]
    others = [
        v for n, v in meta.items() if re.search(r"authors?$", n) and n not in AUTHORS
    ]
    label = meta.get("twitter:label1", "")
    if WRITTEN_BY.search(label):
        written = [meta.get("twitter:data1", "")]
    else:
        written = []
    return [text for text in (*usual, *others, *written) if "://" not in text]


def _meta(tree: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in tree.iter("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop")
        if name and tag.get("content"):
            found.setdefault(name.strip().lower(), tag.get("content").strip())
    return found


def _article(tree: HtmlElement) -> dict[str, Any]:
    """Return the JSON-LD object that says most about the article."""
    best: dict[str, Any] = {}
    for script in tree.iter("script"):
        if "ld+json" in (script.get("type") or "").lower():
            said = _loads(script.text or "")
            for found in _articles(said):
                if _weight(found) > _weight(best):
                    best = _resolved(found, said)
    return best


def _resolved(article: dict[str, Any], said: Any) -> dict[str, Any]:
    """Return the article with its publisher, and with whose accounts signed it, from the graph.

    JSON-LD 1.1, 3.3: a node may be named by its `@id` and described elsewhere. Authors so named
    are accounts of the outlet's publishing system, which often carry the outlet's own name.
    """
    if isinstance(said, dict):
        graph = said.get("@graph")
    else:
        graph = said
    if isinstance(graph, list):
        nodes = [n for n in graph if isinstance(n, dict)]
    else:
        nodes = []
    known = {str(n["@id"]): n for n in nodes if "@id" in n}
    authors = article.get("author")
    publisher = _reference(article.get("publisher"))
    if isinstance(authors, list):
        named = authors
    else:
        named = [authors]
    accounts = [known[r] for a in named if (r := _reference(a)) in known]
    return (
        article
        | {"accounts": accounts}
        | ({"publisher": known[publisher]} if publisher in known else {})
    )


def _reference(value: Any) -> str:
    if isinstance(value, dict) and not value.get("name"):
        return str(value.get("@id", ""))
    return ""


def _loads(text: str) -> Any:
    try:
        return json.loads(text.strip().removesuffix(";"), strict=False)
    except (ValueError, RecursionError):
        return None


def _articles(node: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    if depth > 4:
        return
    if isinstance(node, list):
        for inner in node:
            yield from _articles(inner, depth + 1)
    elif isinstance(node, dict):
        kinds = node.get("@type")
        if ARTICLE_TYPES & set(map(str, kinds if isinstance(kinds, list) else [kinds])):
            yield node
        for name in ("@graph", "mainEntity", "mainEntityOfPage"):
            yield from _articles(node.get(name), depth + 1)


def _weight(found: dict[str, Any]) -> int:
    keys = ("headline", "datePublished", "author", "articleBody", "publisher")
    return sum(bool(found.get(k)) for k in keys)


def _text(value: Any) -> str:
    if isinstance(value, list):
        if value:
            value = value[0]
        else:
            value = ""
    if isinstance(value, str):
        return value
    return ""


def _name(value: Any) -> str:
    if isinstance(value, list):
        if value:
            value = value[0]
        else:
            value = ""
    if isinstance(value, dict):
        return _text(value.get("name"))
    return _text(value)


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, list):
        people = value
    else:
        people = [value]
    names = (plain(_name(p)) for p in people if p)
    return tuple(dict.fromkeys(n for n in names if n and "://" not in n))


def _canonical(tree: HtmlElement, meta: dict[str, str], url: str) -> str:
    for tag in tree.iter("link"):
        if (tag.get("rel") or "").lower() == "canonical" and tag.get("href"):
            return link(tag.get("href"), url)
    return link(meta.get("og:url", ""), url) or url


def _first(tree: HtmlElement, tag: str) -> str:
    return next(
        (t for e in tree.iter(tag) if (t := " ".join(e.itertext()).strip())), ""
    )
