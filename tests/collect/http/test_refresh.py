"""Refresh: a small page that only sends on is followed; a page that refreshes itself is not."""

import pytest

from digest.collect.http.fetch import HttpFetcher, Limits
from digest.collect.http.refresh import MAX_PAGE_BYTES, find_refresh
from digest.ports import Request, Response
from tests.fakes.web import Answer, FakeWeb

PAGE = "https://count.example/go/7"


def target_of(head: str) -> str:
    return find_refresh(Response(PAGE, 200, f"<html>{head}</html>".encode()))


@pytest.mark.parametrize(
    "head",
    [
        '<meta http-equiv="refresh" content="0; url=https://a.example/?x=1&amp;y=2">',
        "<META content='0;URL=https://a.example/?x=1&y=2' HTTP-EQUIV='Refresh'>",
        """<meta http-equiv=refresh content="1, url='https://a.example/?x=1&y=2'">""",
    ],
)
def test_a_page_that_only_sends_on_is_followed(head: str) -> None:
    assert target_of(head) == "https://a.example/?x=1&y=2"


@pytest.mark.parametrize(
    "head",
    [
        "",
        '<meta http-equiv="refresh" content="300">',
        '<meta http-equiv="refresh" content="300; url=/again">',
        f'<meta http-equiv="refresh" content="0; url={PAGE}">',
        '<meta http-equiv="refresh" content="0; url=javascript:go()">',
        '<meta http-equiv="refresh" content="0; url=http://[bad">',
        '<meta name="refresh" content="0; url=/elsewhere">',
        '<meta http-equiv="refresh" content="0; url=/a">'
        + "x" * MAX_PAGE_BYTES,
    ],
)
def test_any_other_page_is_the_answer_itself(head: str) -> None:
    assert target_of(head) == ""


def test_the_page_that_a_counter_sends_on_to_is_read(web: FakeWeb) -> None:
    refresh = b'<meta http-equiv="refresh" content="0; url=/story">'
    web.answers["/go"] = Answer(refresh)
    web.answers["/story"] = Answer(b"the story")
    limits = Limits(spacing=0, timeout=5, allow_loopback=True)
    with HttpFetcher("test", limits) as fetch:
        ((_, answer),) = fetch([Request(f"{web.url}/go", page=True)])
    assert isinstance(answer, Response)
    assert (answer.url, answer.body) == (f"{web.url}/story", b"the story")
