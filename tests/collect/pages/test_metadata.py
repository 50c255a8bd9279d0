"""The date that a page gives its article."""

import pytest

from tests.cases.pages import ARTICLE, BODY, URL, linked, meta, read

# Date


@pytest.mark.parametrize(
    ("head", "body", "url"),
    [
        (linked(ARTICLE | {"datePublished": "2026-02-26T09:00:00Z"}), "", URL),
        (meta("article:published_time", "2026-02-26T09:00:00+00:00"), "", URL),
        (meta("vr:published-time", "2026-02-26T09:00"), "", URL),
        ("", '<time itemprop="datePublished" datetime="2026-02-26T23:30-0800">Thursday</time>', URL),
        ("<title>Rates | Ledger | 26.02.2026</title>", "", URL),
        # the address has the outlet's own day, the page that of Greenwich
        (meta("article:published_time", "2026-02-27T02:00:00Z"), "", "https://l.example/2026/02/26/rates"),
    ],
)  # fmt: skip
def test_the_date_is_the_outlets_own_day(
    head: str, body: str, url: str
) -> None:
    found = read(head, body + BODY, url).published
    assert found is not None
    assert found.date().isoformat() == "2026-02-26"


def test_a_tag_that_says_date_alone_does_not_say_publication() -> None:
    head = meta("date", "2026-03-01")
    line = "<h1>Rates to rise</h1><p>26 February 2026</p>"
    found = read(head, line + BODY).published
    assert found
    assert found.date().isoformat() == "2026-02-26"


def test_a_comments_date_is_not_the_articles() -> None:
    comment, its_own = (
        f'<div class="{name}"><time itemprop="datePublished" datetime="{day}T10:00"></time></div>'
        for name, day in (("comments", "2026-01-01"), ("head", "2026-02-26"))
    )
    found = read("", comment + its_own + BODY).published
    assert found is not None
    assert found.day == 26


@pytest.mark.parametrize(
    "around",
    [
        '<div class="page right-sidebar"><h1>Rates</h1>{}</div>',
        '<div class="page right-sidebar"><h2>Rates</h2>{}</div>',
    ],
)
def test_the_frame_of_a_page_is_not_taken_for_an_aside(around: str) -> None:
    dateline = "<p>3 March 2026</p>"
    published = read("", around.format(dateline + BODY)).published
    assert published is not None
    assert published.date().isoformat() == "2026-03-03"
