"""Dateline of a page: the day beside the headline, and no year that merely stands somewhere."""

from datetime import date

import pytest
from lxml.html import document_fromstring

from digest.collect.pages.dateline import find_dateline

BODY = "<p>The council voted to open its ledger after a court order.</p>"


def day_of(markup: str) -> date | None:
    found = find_dateline(
        document_fromstring(f"<html><body>{markup}</body></html>")
    )
    return found.date() if found else None


@pytest.mark.parametrize(
    "line",
    [
        "<p>March 4, 2025</p>",
        "<p>By Jane Roe | March 4th, 2025 at 3:15 PM</p>",
        "<div><span>04.03.2025</span> <em>09:15</em></div>",
        "<p>4 de marzo de 2025</p>",
        "<p>4. März 2025 | Berlin</p>",
        "<p>2025年3月4日</p>",
        "<ul><li>Jane Roe</li><li>2025-03-04</li></ul>",
        "<p>Stand des Artikels: 4. März 2025, 12:30 Uhr.</p>",
        "<p>4.März 2025 um 09:43</p>",
        "<p>تم نشره الثلاثاء 4 آذار / مارس 2025 09:22</p>",
        "<p>更新 2025-03-06 | 发布 2025-03-04</p>",
        "<p>Published 4 March 2025. Updated 6 March 2025</p>",
        "<p>Updated: 6 March 2025 | 4 March 2025</p>",
    ],
)
def test_a_day_beside_the_headline_is_that_of_the_article(line: str) -> None:
    expected = date(2025, 3, 4)
    assert day_of(f"<h1>Ledger opened</h1>{line}{BODY}") == expected
    assert day_of(f"{line}<h1>Ledger opened</h1>{BODY}") == expected


@pytest.mark.parametrize(
    "markup",
    [
        f"<h1>Ledger opened</h1>{BODY}<p>In 2019, the council had refused.</p>",
        f"<h1>Ledger opened</h1>{BODY}<footer>© 4 March 2011 The Courier</footer>",
        f"<h1>Ledger opened</h1><p>© 4 March 2011 The Courier</p>{BODY}",
        "<h1>Ledger opened</h1><p>On 4 March 2025 the council met for the last time.</p>",
        "<h1>Ledger opened</h1><script>var day = '2025-03-04'</script>" + BODY,
        f"<h1>Ledger opened</h1><p>Last edited on 4 March 2025</p>{BODY}",
        "<p>4 March 2025</p>" + BODY,
        "<h1>Ledger opened</h1><p>30.02.2025</p>" + BODY,
    ],
)
def test_other_days_are_not(markup: str) -> None:
    assert day_of(markup) is None


def test_a_day_far_from_the_headline_is_another_articles() -> None:
    far = BODY * 20 + "<p>4 March 2025</p>"
    assert day_of(f"<h1>Ledger opened</h1>{far}") is None


TODAY = "<div>Friday, November 27, 2026</div>"


def test_today_at_the_top_of_the_page_is_no_day_of_the_article() -> None:
    assert day_of(f"{TODAY}<h1>Ledger opened</h1>{BODY}") is None
    dated = f"<h1>Ledger opened</h1><p>March 4, 2025</p>{BODY}"
    assert day_of(TODAY + dated) == date(2025, 3, 4)


def test_the_heading_that_is_the_headline_is_looked_at() -> None:
    logo = "<h1>The Courier</h1><p>1 March 2025</p>"
    story = f"<h2>Ledger opened</h2><p>4 March 2025</p>{BODY}"
    tree = document_fromstring(f"<html><body>{logo}{story}</body></html>")
    found = find_dateline(tree, "Ledger opened")
    assert found is not None
    assert found.date() == date(2025, 3, 4)
