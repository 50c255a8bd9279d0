"""Which feeds are one publisher's: hosts, accounts on platforms, names."""

from pathlib import Path

import pytest

from digest.settings import Outlet, load_workspace
from digest.settings.edit import FeedsFile, NewFeed
from digest.settings.publishers import (
    account_of,
    find_outlet,
    home_of,
    is_name_of_host,
)

APART = [
    ("https://p.example/feed/@ana", "Ana", "https://p.example/feed/@bo", "Bo"),
    (
        "https://v.example/feeds/videos.xml?channel_id=UC1",
        "Ana",
        "https://v.example/feeds/videos.xml?channel_id=UC2",
        "Ana",
    ),
    ("https://p.example/@ana.rss", "Ana", "https://p.example/@bo.rss", "Bo"),
    (
        "https://s.example/profile/ana/rss",
        "A",
        "https://s.example/profile/bo/rss",
        "B",
    ),
    ("https://ana.p.example/feed", "Blog", "https://bo.p.example/feed", "Note"),
    (
        "https://ana.blogspot.com/feeds/posts/default",
        "Blog",
        "https://bo.blogspot.com/feeds/posts/default",
        "Blog",
    ),
    ("https://sun.example/rss", "News", "https://hill.example/rss", "News"),
    ("https://sun.example/rss", "News", "https://hill.example/rss", "NEWS"),
    (
        "https://feeds.p.example/a1",
        "Valley Sun",
        "https://feeds.p.example/b2",
        "Hill Ledger",
    ),
    (
        "https://p.example/feed/hill-ledger",
        "Hill Ledger",
        "https://p.example/feed/valley-sun",
        "Valley Sun",
    ),
    ("https://p.example/~ana/rss", "Ana", "https://p.example/~bo/rss", "Bo"),
]
TOGETHER = [
    (
        "https://sun.example/rss",
        "Valley Sun",
        "https://sun.example/port",
        "Port",
    ),
    (
        "https://www.sun.example/rss",
        "Valley Sun",
        "https://rss.sun.example/port",
        "Valley Sun - Port",
    ),
    (
        "https://www.sun.co.uk/rss",
        "Valley Sun",
        "https://newsletter.sun.co.uk/rss",
        "Valley Sun",
    ),
    (
        "https://feeds.p.example/a1",
        "Valley Sun: County",
        "https://feeds.p.example/b2",
        "Valley Sun: Port",
    ),
    (
        "https://p.example/feed/@ana",
        "Ana",
        "https://p.example/@ana/feed",
        "Ana's posts",
    ),
]


def add_both(folder: Path, pair: tuple[str, str, str, str]) -> list[str]:
    """Return the names of the outlets that two feeds are given to."""
    file = FeedsFile(folder)
    first, first_name, second, second_name = pair
    return [
        file.add_feed(NewFeed(first_name, "", first)),
        file.add_feed(NewFeed(second_name, "", second)),
    ]


@pytest.mark.parametrize("pair", APART)
def test_publishers_that_share_a_host_or_a_name_are_apart(
    folder: Path, pair: tuple[str, str, str, str]
) -> None:
    first, second = add_both(folder, pair)
    assert first.casefold() != second.casefold()


@pytest.mark.parametrize("pair", TOGETHER)
def test_feeds_of_one_publisher_are_together(
    folder: Path, pair: tuple[str, str, str, str]
) -> None:
    first, second = add_both(folder, pair)
    assert first == second


def test_pages_on_a_platform_tell_its_publishers_apart(folder: Path) -> None:
    file = FeedsFile(folder)
    site = "https://p.example"
    for name, path in (("Ana", "ana"), ("Bo", "bo"), ("Bo", "bo/notes")):
        file.add_feed(
            NewFeed(name, f"{site}/{path}", f"{site}/feed/{len(path)}/{path}")
        )
    file.save_changes()
    outlets = load_workspace(folder, {}).settings.outlets
    assert [(one.name, len(one.feeds)) for one in outlets[-2:]] == [
        ("Ana", 1),
        ("Bo", 2),
    ]


def test_a_name_that_is_taken_gets_its_site(folder: Path) -> None:
    file = FeedsFile(folder)
    for site in ("sun.example", "hill.example"):
        file.add_feed(NewFeed("News", "", f"https://{site}/rss"))
    file.save_changes()
    names = [one.name for one in load_workspace(folder, {}).settings.outlets]
    assert names[-2:] == ["News", "News (hill.example)"]


def test_what_a_person_says_decides_whose_a_feed_is(folder: Path) -> None:
    file = FeedsFile(folder)
    told = [
        NewFeed("A", "", "https://one.example/a", is_named_by_person=True),
        NewFeed("B", "", "https://one.example/b", is_named_by_person=True),
        NewFeed("a", "", "https://two.example/a", is_named_by_person=True),
    ]
    assert [file.add_feed(feed) for feed in told] == ["A", "B", "A"]


def outlet(name: str, homepage: str, *feeds: str) -> Outlet:
    return Outlet(name=name, homepage=homepage, feeds=feeds or (homepage,))


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://p.example/@ana/post", "Ana"),
        ("https://p.example/@bo/post", "Bo"),
        ("https://p.example/@cy/post", ""),
        ("https://www.sun.example/2026/a", "Sun"),
        ("https://sport.sun.example/a", "Sun"),
        ("https://sun.example:8080/a", ""),
        ("https://q.example/hill/a", "Hill"),
        ("https://q.example/dale/a", "Dale"),
        ("https://q.example/else/a", ""),
        ("https://elsewhere.example/a", ""),
        ("http://[bad", ""),
    ],
)
def test_an_article_is_of_the_account_that_its_address_names(
    address: str, name: str
) -> None:
    outlets = [
        outlet("Ana", "https://p.example", "https://p.example/feed/@ana"),
        outlet("Bo", "https://p.example/@bo"),
        outlet("Sun", "https://sun.example"),
        outlet("Hill", "https://q.example/hill"),
        outlet("Dale", "https://q.example/dale"),
    ]
    assert find_outlet(address, outlets) == name


@pytest.mark.parametrize(
    ("address", "account", "home"),
    [
        ("https://a.example/@Ana.rss", "@ana", "https://a.example/@Ana"),
        ("https://a.example/feed", "", "https://a.example"),
        ("https://a.example/r/Port/.rss", "port", "https://a.example"),
        ("https://a.example/f?user=ana", "ana", "https://a.example"),
        ("https://a.example/@", "", "https://a.example"),
    ],
)
def test_accounts_are_found_by_the_form_of_an_address(
    address: str, account: str, home: str
) -> None:
    assert (account_of(address), home_of(address)) == (account, home)


@pytest.mark.parametrize(
    ("name", "address", "is_made_of_it"),
    [
        ("The Valley Sun", "https://www.valleysun.co.uk", True),
        ("Valley Sun", "https://valleysun.example:81/a", True),
        ("Hill Ledger", "https://valleysun.example", False),
        ("Valley Sun", "http://127.0.0.1:80/", False),
        ("Port County News", "https://pcn.org", True),
    ],
)
def test_a_host_may_be_made_of_a_name(
    name: str, address: str, *, is_made_of_it: bool
) -> None:
    assert is_name_of_host(name, address) is is_made_of_it
