"""The headline that a page names for itself."""

import pytest

from tests.cases.pages import ARTICLE, BODY, linked, meta, read

# Headline


def test_json_ld_names_the_headline() -> None:
    found = read(linked(ARTICLE) + "<title>Something else | The Ledger</title>")
    assert found.title == "Rates to rise"


@pytest.mark.parametrize(
    "head",
    [
        "<title>Rates to rise - The Ledger</title>"
        + meta("og:site_name", "The Ledger"),
        meta("og:title", "Rates to rise | The Ledger")
        + "<title>The Ledger | Rates to rise</title>",
        meta("og:title", "Rates to rise")
        + "<title>Rates to rise | Local | ledger.example</title>",
        meta("og:title", "Rates to rise")
        + meta("twitter:title", "You won’t believe this"),
        meta("og:title", "You won’t believe this")
        + meta("twitter:title", "You won’t believe this"),
    ],
)
def test_most_places_together_name_the_headline(head: str) -> None:
    assert read(head, f"<h1>Rates to rise</h1>{BODY}").title == "Rates to rise"


def test_soft_hyphens_are_no_letters_of_a_headline() -> None:
    heading = "<h1>Ra\u00adtes to rise</h1>"
    assert read("", heading + BODY).title == "Rates to rise"


def test_a_headline_with_a_dash_in_it_stays_whole() -> None:
    assert (
        read("<title>Spider-Man - far from home</title>").title
        == "Spider-Man - far from home"
    )


def test_a_heading_that_links_to_the_front_page_is_the_outlets_name() -> None:
    logo = '<h1><a href="/">Lamplight</a></h1>'
    headline = "<h2>Rates</h2><h1>Rates to rise</h1>"
    assert read("", logo + headline + BODY).title == "Rates to rise"


@pytest.mark.parametrize(
    "script",
    [
        '//<![CDATA[\n{"@type": "NewsArticle", "headline": "Rates to rise"}\n//]]>',
        '{"@type": "NewsArticle", "headline": "Rates to rise",}',
        '{"@type": "NewsArticle",\n// "image": "",\n"headline": "Rates to rise"}',
    ],
)
def test_linked_data_that_is_no_proper_json_is_mended(script: str) -> None:
    head = f'<script type="application/ld+json">{script}</script>'
    assert read(head).title == "Rates to rise"
