"""Channels, podcasts and accounts as outlets: their names, and titles that mean something."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect.feeds.parse import Origin, convert_entries, parse_feed
from digest.collect.feeds.post_titles import (
    MAX_POST_TITLE_LENGTH,
    is_made_of_post,
    title_of_post,
)
from tests.cases.feeds import feeds_of
from tests.cases.social_feeds import FEEDS, SocialFeed, post, rss
from tests.command_line import invoke
from tests.fakes.web import Answer, FakeWeb

CASES = pytest.mark.parametrize("feed", FEEDS.values(), ids=list(FEEDS))


@CASES
def test_posts_and_episodes_have_titles_and_lead_to_themselves(
    feed: SocialFeed,
) -> None:
    document = parse_feed(feed.body.encode())
    articles = convert_entries(
        document, Origin(f"https://x.example{feed.address}")
    )
    assert tuple(article.title for article in articles) == feed.titles
    assert tuple(article.url for article in articles) == feed.links


@pytest.mark.sqlite
@CASES
def test_the_outlet_is_called_as_the_account_calls_itself(
    feed: SocialFeed, web: FakeWeb, folder: Path
) -> None:
    path = feed.address.partition("?")[0]
    web.answers[path] = Answer(feed.body.encode())
    added = invoke(folder, "feeds", "add", web.url + feed.address)
    assert f"({feed.outlet})" in added.output
    assert feeds_of(folder)[-1] == web.url + feed.address


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Why #OpenWater sued the city today.", "Why OpenWater sued the city today."),
        ("#water #lead", "#water #lead"),
        ("Short. Then more words follow here.", "Short. Then more words follow here."),
        ("Mr. Doe of the U.S. agency came to us. He left.", "Mr. Doe of the U.S. agency came to us."),
        ("A heading of the post\nAnd its text. More.", "A heading of the post"),
        ("@ana@b.example @ben Why is it closed today?", "To @ana@b.example: Why is it closed today?"),
        ("RT @ana: The taps are closed today.", "Repost: The taps are closed today."),
        ("The price is high. QT: https://a.example/1", "Quote: The price is high."),
        ("水" * 300, "水" * 119 + "…"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_title_is_the_first_sentence(text: str, title: str) -> None:
    assert title_of_post(text) == title


@given(st.text(max_size=400), st.text(max_size=80))
def test_any_post_has_a_title_of_one_line_that_is_not_too_long(
    text: str, title: str
) -> None:
    made = title_of_post(text, title)
    assert len(made) <= MAX_POST_TITLE_LENGTH
    assert "\n" not in made
    if text.strip():
        assert made.strip()


@pytest.mark.parametrize(
    "title",
    [
        "Why #MeToo matters to the courts",
        "Lead in the water: what we know",
        "Reply to the editor",
        "A column on https://w.example",
    ],
)
def test_a_headline_of_its_own_stays(title: str) -> None:
    assert not is_made_of_post(title, "The text of the piece is another one.")
    feed = rss("A", "https://a.example/", f"<title>{title}</title>" + post("https://a.example/1", "<p>Its text.</p>"))  # fmt: skip
    (article,) = convert_entries(parse_feed(feed.encode()), Origin(""))
    assert article.title == title


@pytest.mark.parametrize(
    "title",
    [
        "New post",
        "New status by Ana Ruiz",
        "[no title]",
        "Untitled",
        "Mon, 06 Jun 2022 10:02:00 +0000",
        "2022-06-06T10:02:00Z",
        "https://a.example/1",
    ],
)
def test_a_title_that_says_nothing_gives_way_to_the_text(title: str) -> None:
    feed = rss("A", "https://a.example/", f"<title>{title}</title>" + post("https://a.example/1", "The lease was signed on Monday."))  # fmt: skip
    (article,) = convert_entries(parse_feed(feed.encode()), Origin(""))
    assert article.title == "The lease was signed on Monday."


def test_an_address_stays_a_title_where_the_text_says_no_more() -> None:
    address = "https://a.example/1"
    feed = rss("A", "https://a.example/", f"<title>{address}</title>" + post(address, address))  # fmt: skip
    (article,) = convert_entries(parse_feed(feed.encode()), Origin(""))
    assert article.title == address


def test_a_title_that_two_pieces_share_stays() -> None:
    items = [
        f"<title>Letters</title>{post(f'https://a.example/{n}', f'Letter {n}.')}"
        for n in range(2)
    ]
    feed = rss("A", "https://a.example/", *items)
    articles = convert_entries(parse_feed(feed.encode()), Origin(""))
    assert [article.title for article in articles] == ["Letters", "Letters"]
