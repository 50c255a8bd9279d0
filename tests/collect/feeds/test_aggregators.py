"""Links of Google Alerts and other aggregators."""

import base64
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.app import App
from digest.collect.feeds.aggregators import (
    advice_for_person,
    embedded_address,
    hides_address,
)
from digest.collect.feeds.clean import article_key
from tests.cases.feeds import item
from tests.conftest import NOW
from tests.fakes.web import FakeWeb

PAPER = "https://paper.example/2026/a-b.html"
JSON = b'{"e":"%s"}' % PAPER.encode()


def _in_base64(message: bytes) -> str:
    return base64.urlsafe_b64encode(message).decode().rstrip("=")


def _google_news(address: bytes) -> str:
    """Return a link of Google News whose code holds this."""
    length = bytes([len(address) & 0x7F | 0x80, len(address) >> 7])
    code = _in_base64(b"\x08\x13\x22" + length + address)
    return f"https://news.google.com/rss/articles/{code}?oc=5"


@pytest.mark.parametrize(
    "link",
    [
        f"https://www.google.com/url?rct=j&sa=t&url={PAPER}&ct=ga&usg=AO",
        f"https://www.google.co.uk/url?q={PAPER}&sa=U",
        _google_news(PAPER.encode()),
        f"http://news.example/apiclick.aspx?aid=&url={quote(PAPER, '')}&c=1",
        f"https://r.search.example/_ylt=A;_/RU={quote(PAPER, '')}/RK=2/RS=a-",
        f"http://us.rd.example/dailynews/rss/SIG=1/*{PAPER}",
        f"https://l.example/l.php?u={quote(PAPER, '')}&h=AT",
        f"https://x.safelinks.example/?url={quote(PAPER, '')}&data=05",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__paper.example_2026_a-2Db.html",
        f"https://urldefense.com/v3/__{PAPER}__;!!ABC!z$",
        f"https://x.track.example/L0/{quote(PAPER, ':')}/1/0100/abc=1",
        f"https://click.example/abc/{_in_base64(PAPER.encode())}",
        f"https://desk.example/redirect/2/{_in_base64(JSON)}.x",
        f"https://www.google.com/url?url={quote(f'https://l.example/l.php?u={quote(PAPER)}')}",
    ],
)  # fmt: skip
def test_a_link_says_where_it_leads(link: str) -> None:
    assert embedded_address(link) == PAPER
    assert article_key(link) == article_key(PAPER)
    assert not hides_address(link)


@pytest.mark.parametrize(
    "link",
    [
        f"https://social.example/sharer/sharer.php?u={PAPER}",
        f"https://social.example/intent/tweet?url={PAPER}",
        f"https://paper.example/login?redirect={PAPER}",
        f"https://paper.example/story?url={PAPER}",
        f"https://web.archive.example/web/2025/{PAPER}",
        f"https://paper.example/a?ref={PAPER}",
        "https://paper.example/url?url=javascript:alert(1)",
        "https://www.google.com/url?url=http://[bad",
        "https://blog.google/articles/x",
        PAPER,
    ],
)
def test_a_link_that_only_mentions_an_address_does_not_lead_there(
    link: str,
) -> None:
    assert embedded_address(link) == ""


@given(st.text())
def test_any_link_can_be_asked(text: str) -> None:
    embedded_address(f"https://news.google.com/articles/{text}")
    embedded_address(f"https://a.example/redirect/{text}?url={text}")


def test_a_link_that_hides_its_address_asks_for_a_person() -> None:
    hidden = _google_news(b"AU_yqL" + b"x" * 124)
    assert hides_address(hidden)
    assert "Google News" in advice_for_person(hidden)
    assert advice_for_person("https://www.google.com/alerts/feeds/1/2") == ""


def test_what_needs_a_person_is_not_fetched_and_set_aside(
    poll: Callable[..., App], web: FakeWeb
) -> None:
    google = "https://news.google.com/rss/articles/CBMiAbc?oc=5"
    app = poll(
        item("Open Water sues the county again", google), feeds_only=False
    )
    assert dict(app.report["The Courier"].unread) == {"needs a person": 1}
    ((found, why),) = app.drafts.create_draft(NOW.date()).aside
    assert found.url == google
    assert "`digest add` with the outlet's own address" in why
