"""Which entries of a feed are another site's."""

import pytest

from digest.collect.feeds.entries import Entry, EntrySource
from digest.collect.feeds.parse import Origin, list_entries, parse_feed
from digest.collect.feeds.sources import (
    Source,
    link_of_post,
    split_off_name,
    survey_sites,
)

HOME = "https://wire.example"
PAPER = "https://paper.example"


def sources_of(body: str, homepage: str = HOME) -> list[str | None]:
    """Return the names of the sites that the entries of a feed are from; None for its own."""
    origin = Origin(f"{homepage}/feed", "The Wire", homepage=homepage)
    listed = list_entries(parse_feed(body.encode()), origin)
    return [one.source.name if one.source else None for one in listed]


def rss(*items: str) -> str:
    namespaces = (
        'xmlns:n="https://search.example?q=x&amp;format=rss" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    return (
        f'<rss version="2.0" {namespaces}><channel><title>All the news</title>'
        f"<link>{HOME}/</link>{''.join(items)}</channel></rss>"
    )


def item(link: str, more: str = "") -> str:
    return f"<item><title>A</title><link>{link}</link>{more}</item>"


@pytest.mark.parametrize(
    ("more", "name"),
    [
        (f'<source url="{PAPER}/feed">The Paper</source>', "The Paper"),
        ("<n:Source>The Paper</n:Source>", "The Paper"),
        ("<dc:source>The Paper</dc:source>", "The Paper"),
        (f"<dc:source>{PAPER}</dc:source>", ""),
        (f'<source url="{HOME}/feed">The Wire</source>', None),
        ("<source>all the news</source>", None),
        ("", None),
    ],
)
def test_a_feed_says_where_an_entry_is_from(
    more: str, name: str | None
) -> None:
    (source,) = sources_of(rss(item(f"{PAPER}/1", more)))
    assert source == name


def test_an_agency_named_beside_an_article_of_its_own_does_not_own_it() -> None:
    credit = '<source url="https://agency.example">Agency</source>'
    assert sources_of(rss(item(f"{HOME}/1", credit))) == [None]


def test_an_atom_entry_names_the_feed_it_was_taken_from() -> None:
    entry = (
        '<entry><title>A</title><link href="https://paper.example/1"/><id>1</id><source>'
        '<title>The Paper</title><id>tag:x</id><link href="https://paper.example/"/></source></entry>'
    )
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>P</title>{entry}</feed>'
    assert sources_of(atom) == ["The Paper"]


def test_a_link_of_an_aggregator_is_another_sites() -> None:
    link = f"https://www.google.com/url?url={PAPER}/1&amp;sa=t"
    assert sources_of(rss(item(link))) == [""]
    assert sources_of(rss(item(link)), PAPER) == [None]


def test_a_feed_of_many_sites_owns_what_is_on_its_own() -> None:
    links = [f"https://site{n}.example/1" for n in range(3)]
    body = rss(item(f"{HOME}/1"), *map(item, links))
    assert sources_of(body) == [None, "", "", ""]


def test_an_outlet_that_moved_to_another_site_owns_its_articles() -> None:
    links = [f"{PAPER}/{n}" for n in range(6)]
    links += ["https://video.example/1", "https://sound.example/1"]
    assert set(sources_of(rss(*map(item, links)))) == {None}
    sites = survey_sites(links, (HOME,), ())
    assert not sites.is_of_many


def test_a_post_is_about_the_link_it_gives() -> None:
    link = '<a href="https://paper.example/1?a=1&amp;b=2">[link]</a>'
    assert link_of_post(Entry(content=f"by ana {link}")) == (
        "https://paper.example/1?a=1&b=2"
    )
    assert link_of_post(Entry(content="[link] is missing")) == ""


@pytest.mark.parametrize(
    ("title", "source", "parts"),
    [
        ("Fees rise - The Paper", Source("The Paper", ""), ("Fees rise", "The Paper")),
        ("Fees rise - The Paper", Source("", PAPER), ("Fees rise", "The Paper")),
        ("Fees rise - The Paper", Source("", "https://other.example"), ("Fees rise - The Paper", "")),
        ("Fees - and rents - rise", Source("Other", PAPER), ("Fees - and rents - rise", "Other")),
        ("Fees rise", Source("", PAPER), ("Fees rise", "")),
    ],
)  # fmt: skip
def test_a_headline_loses_the_name_of_its_paper(
    title: str, source: Source, parts: tuple[str, str]
) -> None:
    assert split_off_name(title, source) == parts


def test_a_source_is_read_of_a_broken_feed_too() -> None:
    source = f'<source url="{PAPER}">The Paper</source>'
    broken = rss(item(f"{PAPER}/1", source)).replace("</rss>", "<")
    assert sources_of(broken) == ["The Paper"]
    assert parse_feed(broken.encode()).entries[0].source == EntrySource(
        "The Paper", PAPER
    )
