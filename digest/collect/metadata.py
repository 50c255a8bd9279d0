"""What a page says of itself: JSON-LD first, then OpenGraph and its kin, then HTML."""

import json
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

from digest.collect.clean import link, moment, plain
from digest.model import Extract

#: schema.org types that are an article (schema.org/Article and what is below it, as news use it).
ARTICLE_TYPES = frozenset(
    "Article NewsArticle ReportageNewsArticle AnalysisNewsArticle OpinionNewsArticle "
    "BackgroundNewsArticle ReviewNewsArticle BlogPosting LiveBlogPosting Report WebPage".split()
)
TITLES = ("og:title", "twitter:title", "dc.title", "parsely-title")
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
AUTHORS = ("author", "parsely-author", "dc.creator", "sailthru.author", "article:author")


def read_metadata(tree: HtmlElement, url: str) -> Extract:
    """Return all but the body. Raises nothing, whatever the page holds."""
    article, meta = _article(tree), _meta(tree)
    pick = lambda names: next((meta[n] for n in names if meta.get(n)), "")  # noqa: E731
    return Extract(
        title=plain(_text(article.get("headline")) or pick(TITLES) or _first(tree, "//h1|//title")),
        published=moment(_text(article.get("datePublished")).strip())
        or moment(pick(DATES).strip()),
        authors=_names(article.get("author")) or _byline(pick(AUTHORS)),
        sitename=plain(_name(article.get("publisher")) or meta.get("og:site_name", "")),
        canonical=_canonical(tree, meta, url),
        description=plain(
            _text(article.get("description")) or pick(("og:description", "description"))
        ),
        image=link(meta.get("og:image", ""), url),
        language=(tree.get("lang") or "").strip()[:35],
    )


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
            for found in _articles(_loads(script.text or "")):
                if _weight(found) > _weight(best):
                    best = found
    return best


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
        value = value[0] if value else ""
    return value if isinstance(value, str) else ""


def _name(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return _text(value.get("name")) if isinstance(value, dict) else _text(value)


def _names(value: Any) -> tuple[str, ...]:
    people = value if isinstance(value, list) else [value]
    names = (plain(_name(p)) for p in people if p)
    return tuple(dict.fromkeys(n for n in names if n and "://" not in n))


def _byline(text: str) -> tuple[str, ...]:
    return () if "://" in text or not text else (plain(text),)


def _canonical(tree: HtmlElement, meta: dict[str, str], url: str) -> str:
    for tag in tree.iter("link"):
        if (tag.get("rel") or "").lower() == "canonical" and tag.get("href"):
            return link(tag.get("href"), url)
    return link(meta.get("og:url", ""), url) or url


def _first(tree: HtmlElement, path: str) -> str:
    return next((t for e in tree.xpath(path) if (t := " ".join(e.itertext()).strip())), "")
