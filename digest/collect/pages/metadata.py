"""Metadata of a page: JSON-LD first, then OpenGraph and other meta tags, then HTML.

A page's tree and address go in; a `PageExtract` without its text comes out, and the headlines
by which the page calls its article. Nothing is raised, whatever the page holds.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from digest.collect.feeds.clean import absolute_url, parse_iso_time, plain_text
from digest.collect.pages.author_names import SOFT_HYPHEN, fold_name
from digest.collect.pages.byline import find_authors
from digest.collect.pages.json_ld import (
    JsonObject,
    find_article,
    name_of,
    names_of,
    text_of,
)
from digest.collect.pages.page_parts import Surroundings
from digest.collect.pages.title import Claims, choose_headline
from digest.infra.web_address import bare_host_of
from digest.model import PageExtract

MetaTags = dict[str, str]  #: content by name, in lower case

#: Names of the meta tags that hold an author.
AUTHOR_TAGS = ("author", "dc.creator")
#: How other names of the same end: article:author, parsely-author.
OTHER_AUTHOR_TAG = re.compile(r"(?<!smartbanner:)authors?$|written by$")
#: Who owns the site. Where that is given as the author, too, it is none of the article's.
OWNER_TAGS = ("copyright", "publisher")
#: Labels of Twitter cards under which an author stands.
WRITTEN_BY = re.compile(
    r"written|author|verfasst|geschrieben|par|por|autor", re.IGNORECASE
)
#: Names of the meta tags that hold the time of publication.
DATE_TAGS = (
    "article:published_time",
    "og:article:published_time",
    "parsely-pub-date",
    "datepublished",
    "dc.date.issued",
    "dc.date",
    "pubdate",
    "sailthru.date",
)
#: How other names of the same end: cXenseParse:recs:publishtime, vr:published-time.
OTHER_DATE_TAG = re.compile(
    r"(?<!modified)publi(?:sh(?:ed)?|cation)[-_.]?(?:time|date|at|on)$"
)
#: A full date within an address: 2026/02/27, 2026-02-27, 20260227.
URL_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[/_-]?([01]\d)[/_-]?([0-3]\d)(?!\d)"
)
#: "Headline | Outlet | 28.04.2023", in the <title>.
DATE_IN_TITLE = re.compile(r"[|–—-]\s*(\d\d?)\.(\d\d?)\.((?:19|20)\d\d)$")
#: Characters of a headline beyond which no honest page goes.
MAX_HEADLINE_LENGTH = 1000
#: Headings, or marked-up dates, of a page that are looked at.
MAX_ELEMENTS = 50
MAX_LANGUAGE_LENGTH = 35  # RFC 5646, 4.4.1


def read_metadata(tree: HtmlElement, url: str) -> tuple[PageExtract, Claims]:
    """Return all but the text, and what the page calls its article in every place."""
    article = find_article(tree)
    tags = _read_meta_tags(tree)
    claims = _collect_claims(tree, article, tags)
    publisher = name_of(article.get("publisher"))
    sitename = plain_text(publisher or tags.get("og:site_name", ""))
    published = _find_published(tree, article, tags)
    accounts = list(names_of(article.get("accounts")))
    bylines = [accounts, *_bylines_in_tags(tree, tags)]
    title = choose_headline(claims, sitename, url)
    extract = PageExtract(
        title=title,
        published=_prefer_day_of_address(published, url),
        authors=find_authors(
            tree,
            title,
            names_of(article.get("author")),
            bylines,
            _outlet_names(sitename, tags, url),
        ),
        sitename=sitename,
        canonical=_find_canonical(tree, tags, url),
        description=_find_description(article, tags),
        image=absolute_url(tags.get("og:image", ""), url),
        language=tree.get("lang", "").strip()[:MAX_LANGUAGE_LENGTH],
        paywalled=_is_paywalled(article),
    )
    return extract, claims


def day_in_address(url: str) -> datetime | None:
    """Return the full date that an address holds, as in /2026/02/27/ or /20260227/."""
    match = URL_DATE.search(urlsplit(url).path)
    if match is None:
        return None
    year, month, day = match.groups()
    return _midnight_utc(int(year), int(month), int(day))


def _read_meta_tags(tree: HtmlElement) -> MetaTags:
    """Return each meta tag's first content."""
    tags: MetaTags = {}
    for element in tree.iter("meta"):
        name = _name_of_tag(element)
        content = element.get("content")
        if name and content:
            name = name.strip().lower()
            tags.setdefault(name, content.strip())
    return tags


def _name_of_tag(element: HtmlElement) -> str:
    for attribute in ("property", "name", "itemprop"):
        name = element.get(attribute)
        if name:
            return str(name)
    return ""


def _first_of_tags(tags: MetaTags, names: Iterable[str]) -> str:
    for name in names:
        if tags.get(name):
            return tags[name]
    return ""


def _first_text(tree: HtmlElement, tag: str) -> str:
    """Return the text of the first element with such a tag that has any."""
    for element in tree.iter(tag):
        text = " ".join(element.itertext()).strip()
        if text:
            return text
    return ""


# Headlines


def _collect_claims(
    tree: HtmlElement, article: JsonObject, tags: MetaTags
) -> Claims:
    headings = []
    for element in islice(tree.iter("h1"), MAX_ELEMENTS):
        heading = _clean_headline(" ".join(element.itertext()))
        if heading and not _is_logo(element):
            headings.append(heading)
    return Claims(
        linked_data=_clean_headline(text_of(article.get("headline"))),
        open_graph=_clean_headline(tags.get("og:title", "")),
        twitter=_clean_headline(tags.get("twitter:title", "")),
        title_tag=_clean_headline(_first_text(tree, "title")),
        headings=headings,
    )


def _is_logo(heading: HtmlElement) -> bool:
    """Return whether a heading links to the front page: that is the outlet's name."""
    addresses = (link.get("href", "").strip() for link in heading.iter("a"))
    return any(_is_front_page(address) for address in addresses)


def _is_front_page(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if parts.query or parts.fragment:
        return False
    return parts.path == "/" or (bool(parts.netloc) and not parts.path)


def _clean_headline(text: str) -> str:
    # markup and spaces go: so more is read than may remain
    beginning = text[: MAX_HEADLINE_LENGTH * 4].replace(SOFT_HYPHEN, "")
    return plain_text(beginning)[:MAX_HEADLINE_LENGTH]


# Time of publication


def _find_published(
    tree: HtmlElement, article: JsonObject, tags: MetaTags
) -> datetime | None:
    for text in _published_texts(tree, article, tags):
        published = _parse_local_time(text.strip())
        if published:
            return published
    return _day_in_title(_first_text(tree, "title"))


def _published_texts(
    tree: HtmlElement, article: JsonObject, tags: MetaTags
) -> Iterator[str]:
    """Yield what may be the time of publication, the surest places first."""
    yield text_of(article.get("datePublished"))
    yield _first_of_tags(tags, DATE_TAGS)
    for name, content in tags.items():
        if OTHER_DATE_TAG.search(name):
            yield content
    yield from _marked_up_dates(tree)


def _marked_up_dates(tree: HtmlElement) -> Iterator[str]:
    elements = tree.xpath("//*[@itemprop='datePublished']")
    surroundings = Surroundings(tree)
    for element in elements[:MAX_ELEMENTS]:
        if surroundings.is_of_article(element):
            yield element.get("datetime") or element.get("content", "")


def _parse_local_time(text: str) -> datetime | None:
    """Read a time with its own offset, which says which day it is at the outlet."""
    in_utc = parse_iso_time(text)
    if in_utc is None:
        return None
    local = datetime.fromisoformat(text)
    if local.tzinfo is None:
        return local.replace(tzinfo=UTC)
    return local


def _day_in_title(title: str) -> datetime | None:
    match = DATE_IN_TITLE.search(title)
    if match is None:
        return None
    day, month, year = match.groups()
    return _midnight_utc(int(year), int(month), int(day))


def _midnight_utc(year: int, month: int, day: int) -> datetime | None:
    """Return the beginning of a day; None if the calendar has no such day."""
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


def _prefer_day_of_address(
    published: datetime | None, url: str
) -> datetime | None:
    """Return the day that the address names, if it is next to the time that the page gives.

    The address has the outlet's own day; the page often the day in UTC.
    """
    day = day_in_address(url)
    if published is None or day is None:
        return published
    difference = day.date() - published.date()
    if abs(difference.days) == 1:
        return day
    return published


# Authors


def _bylines_in_tags(tree: HtmlElement, tags: MetaTags) -> list[list[str]]:
    """Return what meta tags say of authors, by kind of tag, the usual kinds first.

    Tags of one kind may repeat: HTML has one `author` for each of them.
    """
    owners = {tags.get(name, "") for name in OWNER_TAGS}
    by_name: dict[str, list[str]] = {name: [] for name in AUTHOR_TAGS}
    for element in tree.iter("meta"):
        name = _name_of_tag(element).strip().lower()
        content = element.get("content", "")
        if "://" in content or content.strip() in owners:
            continue
        if name in by_name or OTHER_AUTHOR_TAG.search(name):
            by_name.setdefault(name, []).append(content)
    bylines = list(by_name.values())
    if WRITTEN_BY.search(tags.get("twitter:label1", "")):
        bylines.append([tags.get("twitter:data1", "")])
    return bylines


def _outlet_names(sitename: str, tags: MetaTags, url: str) -> set[str]:
    """Return what the outlet calls itself, folded as `author_names.fold_name` does."""
    host = bare_host_of(url)
    names = (
        sitename,
        tags.get("og:site_name", ""),
        tags.get("application-name", ""),
        host,
        host.rpartition(".")[0].rpartition(".")[2],
    )
    return {fold_name(name) for name in names} - {""}


# The rest


def _find_canonical(tree: HtmlElement, tags: MetaTags, url: str) -> str:
    """Return the address that the page calls its own, else the one it was read from."""
    for element in tree.iter("link"):
        relation = element.get("rel", "").lower()
        address = element.get("href", "")
        if relation == "canonical" and address:
            return absolute_url(address, url)
    return absolute_url(tags.get("og:url", ""), url) or url


def _find_description(article: JsonObject, tags: MetaTags) -> str:
    in_json_ld = text_of(article.get("description"))
    in_tags = _first_of_tags(tags, ("og:description", "description"))
    return plain_text(in_json_ld or in_tags)


def _is_paywalled(article: JsonObject) -> bool:
    is_free = str(article.get("isAccessibleForFree", ""))
    return is_free.casefold() == "false"
