"""Parsing of feeds, from bytes to articles: RSS, Atom, RDF, JSON Feed and news sitemaps.

bytes | strict, or repair and strict, or lenient | entries | made safe | articles
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from digest.collect.feeds.clean import (
    absolute_url,
    article_key,
    paragraphs_of_markup,
    plain_text,
    plain_text_of_summary,
    unwrapped_address,
)
from digest.collect.feeds.dedupe import key_on_shared_page, name_on_page
from digest.collect.feeds.entries import Document, Entry
from digest.collect.feeds.figure_dates import settle_figure_dates
from digest.collect.feeds.json_feed import parse_json_feed
from digest.collect.feeds.lenient import parse_leniently
from digest.collect.feeds.post_titles import (
    is_made_of_post,
    is_title_of_all,
    may_be_made_of_post,
    title_of_post,
)
from digest.collect.feeds.repair import (
    BYTE_ORDER_MARK,
    encode_declared,
    repair_feed,
)
from digest.collect.feeds.sources import (
    Source,
    SourceClaim,
    find_source,
    link_of_post,
    survey_sites,
)
from digest.collect.feeds.strict import parse_strictly, salvage_entries
from digest.collect.http.charset import decode_text, list_charset_problems
from digest.collect.pages.headline import clean_headline
from digest.collect.parse_timeout import limit_parse_time
from digest.errors import FeedUnreadable
from digest.model import FEED_READER, Article
from digest.ports import Response

#: The Content-Type of what `encode_declared` makes.
UTF_8_XML = "application/xml; charset=utf-8"
MAX_ENTRIES = 2000
#: A path with folders; "/42" may be any program's number.
PATH_OF_STORY = re.compile(r"/[^/\s]+/[^\s]*[^\W\d][^\s]*")
#: The problem of a feed that answers well.
EMPTY_FEED = "it has no entries"
MAX_AUTHORS = 50
#: Characters of what is kept of each.
MAX_TITLE_LENGTH = 1000
MAX_SUMMARY_LENGTH = 10_000
MAX_TEXT_LENGTH = 200_000
MAX_GUID_LENGTH = 1000
MAX_NAME_LENGTH = 1000


@dataclass(frozen=True, slots=True)
class Origin:
    """Origin of a document: file or address, and headers."""

    url: str  #: that it was fetched from; what its relative links are relative to
    outlet: str = ""
    language: str = ""
    feed: str = ""  #: the address that is polled
    #: the outlet's, as headlines carry them
    names: frozenset[str] = frozenset()
    homepage: str = ""  #: the outlet's


@dataclass(frozen=True, slots=True)
class RawTexts:
    """The texts of an entry that are read only if its article is new, as the feed gives them."""

    summary: str
    content: str
    authors: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlainTexts:
    """The texts of an entry as an article has them."""

    summary: str = ""
    text: str = ""
    authors: tuple[str, ...] = ()

    @property
    def reader(self) -> str:
        """Which reader found the text; "" if there is none."""
        if self.text:
            return FEED_READER
        return ""


#: Those of an entry whose texts are not read yet.
UNREAD_TEXTS = PlainTexts()


@dataclass(slots=True)
class ListedEntry:
    """An entry of a feed: its article without its texts, these, and whose it is."""

    article: Article
    texts: RawTexts
    claim: SourceClaim  #: what the entry says of where it is from
    source: Source | None = None  #: the site it is from; None if the feed's own


def parse_feed(
    body: bytes, media_type: str = "", fetched: str = ""
) -> Document:
    """Read a feed. Of a malformed one, what can be read, with what is wrong as its `problems`.

    `fetched` is when it was, as HTTP writes dates; "" if that is not known.

    Raises FeedUnreadable if the bytes are no feed at all.
    """
    with limit_parse_time(FeedUnreadable):
        document = _parse_document(body, media_type)
    document.built = document.built or fetched
    settle_figure_dates(document)
    if len(document.entries) > MAX_ENTRIES:
        _keep_newest_entries(document)
    if not document.entries:
        document.problems.append(EMPTY_FEED)
    return document


def _keep_newest_entries(document: Document) -> None:
    """Drop the entries beyond the limit, the oldest ones whichever end they stand at."""
    entries = document.entries
    dates = [entry.published for entry in entries if entry.published]
    if dates and dates[0] < dates[-1]:
        entries.reverse()
    document.problems.append(
        f"{len(entries)} entries; only the newest {MAX_ENTRIES} are kept"
    )
    del entries[MAX_ENTRIES:]


def parse_response(response: Response) -> Document:
    """Read the feed that a server answered. Raises FeedUnreadable if it is none."""
    media_type = response.headers.get("content-type", "")
    fetched = response.headers.get("date", "")
    return parse_feed(response.body, media_type, fetched)


def convert_entries(document: Document, origin: Origin) -> list[Article]:
    """Return each article of a document once; empty entries are left out.

    A guid that several of them have names none of them.
    """
    listed = _list_as_written(document, origin, reads_texts=True)
    return [entry.article for entry in _without_repeats(listed)]


def list_entries(
    document: Document, origin: Origin, *, reads_texts: bool = False
) -> list[ListedEntry]:
    """Return the entries of a document as `convert_entries` does, each with its source.

    A post about an article elsewhere is that article. Their texts are left for `add_texts` unless
    `reads_texts`.
    """
    listed = _list_as_written(document, origin, reads_texts=reads_texts)
    for one in listed:
        if not one.claim.subject:
            continue
        subject = absolute_url(one.claim.subject, "")
        if subject:
            key = article_key(subject)
            one.article = replace(one.article, url=subject, key=key)
    _find_sources(listed, document, origin)
    return _without_repeats(listed)


def _list_as_written(
    document: Document,
    origin: Origin,
    *,
    reads_texts: bool,
) -> list[ListedEntry]:
    own_origin = origin_of_links(document, origin)
    entries = _without_common_title(document.entries)
    identified = _identify_entries(entries, own_origin, reads_texts=reads_texts)
    listed = list(identified)
    _tell_apart(listed)
    return listed


def _without_repeats(listed: list[ListedEntry]) -> list[ListedEntry]:
    """Return the entries of each article once. A guid that several articles have names none of them."""
    by_key: dict[str, ListedEntry] = {}
    for one in listed:
        by_key.setdefault(one.article.key, one)
    unique = list(by_key.values())
    _drop_shared_guids(unique)
    return unique


def _without_common_title(entries: list[Entry]) -> list[Entry]:
    """Return entries without the title that they all have: "New note by Ana" names none of them."""
    if not is_title_of_all([entry.title for entry in entries]):
        return entries
    return list(map(_without_title, entries))


def _without_title(entry: Entry) -> Entry:
    """Return an entry without its title, if it has a text that can give it another."""
    if entry.content or entry.summary:
        return replace(entry, title="")
    return entry


def _find_sources(
    listed: list[ListedEntry], document: Document, origin: Origin
) -> None:
    """Set whose the articles are that are not the feed's own."""
    own = (origin.homepage, origin.feed, origin.url, document.site)
    names = (origin.outlet, document.title)
    addresses = [one.article.url for one in listed]
    sites = survey_sites(addresses, own, names)
    if sites.is_of_one:
        return
    for one in listed:
        one.source = find_source(one.claim, one.article.url, sites)


def origin_of_links(document: Document, origin: Origin) -> Origin:
    """Return the origin that relative links belong to: the site that the feed names, else its own."""
    site = absolute_url(document.site, origin.url)
    if not site or not origin.url:
        return origin
    return replace(origin, url=site)


def _identify_entries(
    entries: Iterable[Entry], origin: Origin, *, reads_texts: bool
) -> Iterator[ListedEntry]:
    for entry in entries:
        raw_texts = _texts_of(entry)
        texts = UNREAD_TEXTS
        if reads_texts:
            texts = _read_texts(raw_texts)
        article = identify_entry(entry, origin, texts)
        if article:
            subject = link_of_post(entry)
            claim = SourceClaim(entry.link, entry.source, subject)
            yield ListedEntry(article, raw_texts, claim)


def _tell_apart(listed: list[ListedEntry]) -> None:
    """Give articles keys of their own where several pieces are on one page.

    They are several if their headlines differ, and so do their guids, or without these their fragments.
    """
    by_key: dict[str, list[ListedEntry]] = {}
    for one in listed:
        by_key.setdefault(one.article.key, []).append(one)
    for group in by_key.values():
        if _are_several_pieces([one.article for one in group]):
            _give_own_keys(group)


def _give_own_keys(group: list[ListedEntry]) -> None:
    for one in group:
        own_key = key_on_shared_page(one.article)
        one.article = replace(one.article, key=own_key)


def _are_several_pieces(group: list[Article]) -> bool:
    if len(group) == 1:
        return False
    names = {name_on_page(article) for article in group}
    titles = {article.title for article in group}
    return len(names) == len(titles) == len(group)


def convert_entry(entry: Entry, origin: Origin) -> Article | None:
    """Return an entry as plain text and web addresses; None if it has neither."""
    texts = _read_texts(_texts_of(entry))
    return identify_entry(entry, origin, texts)


def identify_entry(
    entry: Entry, origin: Origin, texts: PlainTexts = UNREAD_TEXTS
) -> Article | None:
    """Return what an article is recognised by: address, headline, guid and date; None if it has none.

    Its long texts may be left for `add_texts`, since most entries of most polls are known already.
    """
    # markup goes: so more is read than may remain
    title = plain_text(entry.title[: MAX_TITLE_LENGTH * 10])
    headline = clean_headline(title[:MAX_TITLE_LENGTH], origin.names)
    guid = _strip_unprintable(entry.guid[:MAX_GUID_LENGTH])
    url = _address_of_entry(entry, origin, guid)
    title = _title_of_entry(headline.title, entry)
    headline = headline._replace(title=title)
    name = guid or headline.title
    if not url and not name:
        return None
    return Article(
        key=article_key(url) if url else _key_without_link(origin.outlet, name),
        url=url,
        outlet=origin.outlet,
        title=headline.title,
        label=headline.label,
        summary=texts.summary,
        text=texts.text,
        reader=texts.reader,
        authors=texts.authors,
        published=entry.published,
        guid=guid,
        feed=origin.feed,
        language=origin.language,
    )


def _address_of_entry(entry: Entry, origin: Origin, guid: str) -> str:
    """Return the address of an entry's article: its own, where the link of an aggregator shows it."""
    url = absolute_url(entry.link, origin.url)
    if not url and _is_address(guid):
        url = absolute_url(guid, origin.url)
    return unwrapped_address(url) or url


def _is_address(guid: str) -> bool:
    """Return whether an entry's name is an address, or the path of one: "/2026/12/the-lease"."""
    return "://" in guid or PATH_OF_STORY.fullmatch(guid) is not None


def add_texts(article: Article, raw_texts: RawTexts) -> Article:
    """Return an article with the texts of its entry as plain text."""
    texts = _read_texts(raw_texts)
    return replace(
        article,
        summary=texts.summary,
        text=texts.text,
        reader=texts.reader,
        authors=texts.authors,
    )


def _read_texts(raw_texts: RawTexts) -> PlainTexts:
    text = _plain_content(raw_texts)
    summary = _summary_beside(text, raw_texts)
    return PlainTexts(summary, text, _clean_authors(raw_texts.authors))


def _parse_document(body: bytes, media_type: str) -> Document:
    if body.lstrip(BYTE_ORDER_MARK + b" \t\r\n")[:1] == b"{":
        return parse_json_feed(decode_text(body, media_type))
    document = parse_strictly(body, media_type)
    if document:
        return document
    text = decode_text(body, media_type)
    readable = encode_declared(text)
    repaired = repair_feed(readable)
    document = parse_strictly(repaired)
    if document is None:
        return _parse_broken(repaired)
    document.problems += list_charset_problems(body, text, media_type)
    if repaired != readable:
        document.problems.append(
            "not well-formed XML: mended (stray ampersand, entity or control)"
        )
    return document


def _parse_broken(body: bytes) -> Document:
    try:
        return parse_leniently(body, UTF_8_XML)
    except FeedUnreadable:
        raise
    # feedparser's own faults, at feeds as only a fuzzer makes them
    except Exception as error:
        entries = salvage_entries(body)
        if entries:
            problem = "not well-formed: read as far as it can be"
            return Document(entries, problems=[problem])
        raise FeedUnreadable(
            f"it cannot be read ({type(error).__name__}: {error})"
        ) from error


def _texts_of(entry: Entry) -> RawTexts:
    """Return what is read of an entry's texts. Markup goes: so more is read than may remain."""
    return RawTexts(
        entry.summary[: MAX_SUMMARY_LENGTH * 2],
        entry.content[: MAX_TEXT_LENGTH * 4],
        entry.authors,
    )


def _summary_beside(text: str, texts: RawTexts) -> str:
    """Return the summary; where the feed gives one text for both, from what is read already."""
    if text and texts.summary == texts.content:
        one_line = " ".join(text.split())
        return one_line[:MAX_SUMMARY_LENGTH]
    return _plain_summary(texts)


def _plain_summary(texts: RawTexts) -> str:
    return plain_text_of_summary(texts.summary)[:MAX_SUMMARY_LENGTH]


def _plain_content(texts: RawTexts) -> str:
    return paragraphs_of_markup(texts.content)[:MAX_TEXT_LENGTH]


def _title_of_entry(title: str, entry: Entry) -> str:
    """Return an entry's title if that is a headline of its own, else what its text is called."""
    is_headline = bool(title) and not may_be_made_of_post(title)
    if is_headline:
        return title
    texts = _texts_of(entry)
    text = _plain_content(texts) or paragraphs_of_markup(texts.summary)
    if not text:
        return title
    if not is_made_of_post(title, text):
        return title
    return title_of_post(text, title)


def _drop_shared_guids(listed: list[ListedEntry]) -> None:
    """Take the guids away that several articles have."""
    counts = Counter(one.article.guid for one in listed)
    for one in listed:
        if one.article.guid and counts[one.article.guid] > 1:
            one.article = replace(one.article, guid="")


def _strip_unprintable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(character for character in text if character.isprintable())


def _clean_authors(authors: tuple[str, ...]) -> tuple[str, ...]:
    names: list[str] = []
    for author in authors:
        name = plain_text(author[:MAX_NAME_LENGTH])
        if name:
            names.append(name)
        if len(names) == MAX_AUTHORS:
            break
    return tuple(names)


def _key_without_link(outlet: str, name: str) -> str:
    identity = f"{outlet}\n{name}"
    digest = hashlib.sha256(identity.encode())
    return f"unlinked:{digest.hexdigest()}"
