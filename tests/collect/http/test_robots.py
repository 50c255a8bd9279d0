"""robots.txt, asked once a host and heeded for pages."""

from collections.abc import Callable

import pytest

from digest.app import App
from tests.cases.feeds import PROSE, page
from tests.fakes.web import Answer, FakeWeb


def test_robots_txt_is_heeded_for_pages_and_asked_once(
    collect: Callable[..., App], web: FakeWeb
) -> None:
    web.answers["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /story")
    web.answers["/story"] = Answer(
        page("Open Water sues the county", PROSE * 5)
    )
    assert dict(collect().report.unread) == {"robots": 1}
    assert [path for path, _ in web.asked] == ["/feed", "/robots.txt"]


@pytest.mark.parametrize(
    ("status", "reason"), [(404, {}), (503, {"http 503": 1})]
)
def test_missing_robots_txt_allows_all_broken_one_nothing(
    collect: Callable[..., App], web: FakeWeb, status: int, reason: dict
) -> None:
    """RFC 9309, sections 2.3.1.3 and 2.3.1.4."""
    web.answers["/robots.txt"] = Answer(status=status)
    web.answers["/story"] = Answer(
        page("Open Water sues the county", PROSE * 5)
    )
    assert dict(collect().report.unread) == reason
