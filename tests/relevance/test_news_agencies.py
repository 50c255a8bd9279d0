"""News agencies: whose text a paper prints."""

import pytest

from digest.relevance.news_agencies import find_agency
from tests.relevance.test_clustering import article


@pytest.mark.parametrize(
    ("text", "authors", "who"),
    [
        ("WASHINGTON (AP) — The house sat late.", (), "AP"),
        (
            "NORTHGATE (Valley Wire) — A strike was called off.",
            (),
            "Valley Wire",
        ),
        ("The house sat late.", ("Associated Press",), "AP"),
        (
            "The house sat late.\n\nThis story was originally published by ProPublica.",
            (),
            "ProPublica",
        ),
        ("The house (in the capital) — an old one — sat late.", (), ""),
        ("The house sat late.", ("Ada Bell",), ""),
    ],
)
def test_it_is_told_whose_text_it_is(
    text: str, authors: tuple[str, ...], who: str
) -> None:
    assert (
        find_agency(article(1, "", text, "The Courier", authors=authors)) == who
    )


def test_an_agencys_own_site_is_no_copy() -> None:
    assert (
        find_agency(
            article(1, "", "WASHINGTON (AP) — The house sat late.", "AP")
        )
        == ""
    )
