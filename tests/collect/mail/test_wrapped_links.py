"""Wrapped links: the target is read from the link, however it is written there."""

import base64
import json
import zlib
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.collect.mail.wrapped_links import hides_target, unwrap_link

STORY = "https://paper.example/2026/02/26/county-sued"
ESCAPED = quote(STORY, safe="")


def in_base64(content: str | bytes) -> str:
    if isinstance(content, str):
        content = content.encode()
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@pytest.mark.parametrize(
    "link",
    [
        f"https://www.google.com/url?rct=j&sa=t&url={STORY}&ct=ga",
        f"https://eur03.safelinks.protection.outlook.com/?url={ESCAPED}&data=05",
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__paper.example_2026_02_26_county-2Dsued&d=D",
        f"https://urldefense.com/v3/__{STORY}__;!!AbC!xyz$",
        f"https://x.awstrack.example/L0/{ESCAPED}/1/0100/abc=1",
        f"https://x.example/CL0/{ESCAPED}/1/abc",
        f"https://click.kit.example/abc/def/{in_base64(STORY)}",
        f"https://m.example/track/click/1/p?p={in_base64(json.dumps({'p': json.dumps({'url': STORY})}))}",
        f"https://post.example/redirect/2/{in_base64(json.dumps({'e': STORY}))}.signature",
        f"https://l.example/l/eyJhbGciOiJIUzI1NiJ9.{in_base64(json.dumps({'url': STORY}))}.x",
        f"https://email.example/c/{in_base64(zlib.compress(json.dumps({'l': STORY}).encode()))}",
        "https://track.example/3s/paper.example%2F2026%2F02%2F26%2Fcounty-sued/abc/def",
        f"https://x.example/h/{STORY.encode().hex()}",
        f"https://a.example/url?q={quote(f'https://b.example/url?u={ESCAPED}', safe='')}",
        f"{STORY}?utm_source=mail&e=reader@home.example#comments",
    ],
)
def test_the_target_is_found_in_the_link(link: str) -> None:
    assert unwrap_link(link) == STORY


@pytest.mark.parametrize(
    "link",
    [
        "https://u1.ct.example/ls/click?upn=u001.aBcDeFg123HijKlmNopQRst",
        "https://paper.us1.example/track/click?u=8f1e2d&id=40587",
        "https://bit.example/3AbCdE",
        "https://click.paper.example/?qs=0123456789abcdef",
    ],
)
def test_what_shows_no_target_hides_it(link: str) -> None:
    assert unwrap_link(link) == link
    assert hides_target(link)


@pytest.mark.parametrize(
    "link",
    [
        STORY,
        f"{STORY}-over-lead-pipes?return=https://x.example/y",
        "https://paper.example/story?id=2026112701",
        "https://www.paper.example/news/articles/c0m1234xyz",
    ],
)
def test_an_own_address_stays_as_it_is(link: str) -> None:
    assert unwrap_link(link) == link
    assert not hides_target(link)


@given(st.text(max_size=200))
def test_any_text_is_unwrapped_to_something(text: str) -> None:
    hides_target(unwrap_link(f"https://a.example/{text}"))
