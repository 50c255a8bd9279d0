"""JSON-LD of a page: find the object that describes the article, and read its values.

The vocabulary is schema.org's; the syntax is JSON-LD 1.1. Pages nest and link these
objects in many ways and may be hostile, so nothing here raises: what has an unexpected
type counts as absent.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml.html import HtmlElement

from digest.collect.feeds.clean import plain_text

JsonObject = dict[str, Any]

#: Ends of the schema.org types that are an article: NewsArticle, BlogPosting, Report, WebPage, …
ARTICLE_TYPES = ("article", "posting", "report", "webpage")
#: What scripts have around JSON and within it: comments, CDATA, a comma before a bracket.
COMMENT = re.compile(r"^[ \t]*(?://.*|/\*.*?\*/[ \t]*)$", re.MULTILINE)
CDATA = re.compile(r"(?://|/\*)?\s*(?:<!\[CDATA\[|\]\]>)\s*(?:\*/)?")
LOOSE_COMMA = re.compile(r",(?=\s*[}\]])")
#: Properties by which two candidates are compared: the more of them, the better.
TELLING_PROPERTIES = (
    "headline",
    "datePublished",
    "author",
    "articleBody",
    "publisher",
)
#: Properties under which an article may be nested.
NESTING_PROPERTIES = ("@graph", "mainEntity", "mainEntityOfPage")
MAX_DEPTH = 4
#: A first name with up to two more: "Ada Byron" of "Ada Byron writes about engines".
FULL_NAME = re.compile(r"([^\W\d_]+)(?:\s[A-ZÀ-Þ][\w'’-]+){1,2}")


def find_article(tree: HtmlElement) -> JsonObject:
    """Return the JSON-LD object that says most about the article; {} if there is none.

    The authors that are named by reference only are added to it as `accounts`.
    """
    best: JsonObject = {}
    for script in tree.iter("script"):
        media_type = script.get("type", "").lower()
        if "ld+json" not in media_type:
            continue
        document = _parse_json(script.text or "")
        for candidate in _iterate_articles(document):
            if _count_properties(candidate) > _count_properties(best):
                best = _resolve_references(candidate, document)
    return best


def text_of(value: Any) -> str:
    """Return a property's text, the first of several; "" if it is no text."""
    first = _first_value(value)
    if isinstance(first, str):
        return first
    return ""


def name_of(value: Any) -> str:
    """Return the name of a person or organisation, the first of several."""
    first = _first_value(value)
    if isinstance(first, dict):
        return text_of(first.get("name"))
    return text_of(first)


def names_of(value: Any) -> tuple[str, ...]:
    """Return the names of all people in a property, each once, without profile addresses."""
    names: dict[str, None] = {}
    for person in _as_list(value):
        name = _full_name_of(person) if person else ""
        if name and "://" not in name:
            names[name] = None
    return tuple(names)


def _full_name_of(person: Any) -> str:
    """Return a person's name; the whole one if their description begins with it.

    "Ada", "Ada Byron writes about engines": accounts often have a first name only.
    """
    name = plain_text(name_of(person))
    if " " in name or not isinstance(person, dict):
        return name
    description = plain_text(text_of(person.get("description")))
    match = FULL_NAME.match(description)
    if match and match[1] == name:
        return match[0]
    return name


def _parse_json(text: str) -> Any:
    """Return what a script says, mended if it is not proper JSON; None if it cannot be read."""
    document = text.strip().removesuffix(";")
    try:
        return json.loads(document, strict=False)
    except (ValueError, RecursionError):
        pass
    try:
        return json.loads(_mend_json(document), strict=False)
    except (ValueError, RecursionError):
        return None


def _mend_json(text: str) -> str:
    without_cdata = CDATA.sub("", text)
    without_comments = COMMENT.sub("", without_cdata)
    return LOOSE_COMMA.sub("", without_comments)


def _iterate_articles(node: Any, depth: int = 0) -> Iterator[JsonObject]:
    """Yield the objects of an article's type in a document, the outer ones first."""
    if depth > MAX_DEPTH:
        return
    if _is_article(node):
        yield node
    for inner in _inner_nodes(node):
        yield from _iterate_articles(inner, depth + 1)


def _inner_nodes(node: Any) -> list[Any]:
    if isinstance(node, list):
        return node
    if isinstance(node, dict):
        return [node.get(name) for name in NESTING_PROPERTIES]
    return []


def _is_article(node: Any) -> bool:
    if not isinstance(node, dict):
        return False
    types = [str(value).lower() for value in _as_list(node.get("@type"))]
    return any(name.endswith(ARTICLE_TYPES) for name in types)


def _count_properties(node: JsonObject) -> int:
    return sum(1 for name in TELLING_PROPERTIES if node.get(name))


def _resolve_references(article: JsonObject, document: Any) -> JsonObject:
    """Return the article with its publisher, and with whose accounts signed it, from the graph.

    JSON-LD 1.1, 3.3: a node may be named by its `@id` and described elsewhere. Authors so named
    are accounts of the outlet's publishing system, which often carry the outlet's own name.
    """
    nodes = _nodes_by_id(document)
    authors = _as_list(article.get("author"))
    author_ids = [_reference_id(author) for author in authors]
    accounts = [
        nodes[author_id] for author_id in author_ids if author_id in nodes
    ]
    resolved = article | {"accounts": accounts}
    publisher_id = _reference_id(article.get("publisher"))
    if publisher_id in nodes:
        resolved["publisher"] = nodes[publisher_id]
    return resolved


def _nodes_by_id(document: Any) -> dict[str, JsonObject]:
    graph = document.get("@graph") if isinstance(document, dict) else document
    if not isinstance(graph, list):
        return {}
    nodes = [node for node in graph if isinstance(node, dict)]
    return {str(node["@id"]): node for node in nodes if "@id" in node}


def _reference_id(value: Any) -> str:
    """Return the `@id` of an object that is described elsewhere; "" if it is no reference."""
    if not isinstance(value, dict) or value.get("name"):
        return ""
    return str(value.get("@id", ""))


def _as_list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [value]


def _first_value(value: Any) -> Any:
    if isinstance(value, list):
        return value[0] if value else ""
    return value
