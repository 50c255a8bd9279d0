"""Own address of an article: where a counter led, but no front page, consent form or login."""

import pytest

from digest.collect.pages.own_address import own_address, without_variant

COUNTER = "https://count.example/link/16799/7"
ARTICLE = "https://courier.example/news/ferry"


def test_the_end_of_a_counter_is_the_article_without_its_marks() -> None:
    answered = f"{ARTICLE}?utm_source=feed&id=7"
    assert own_address(COUNTER, answered) == f"{ARTICLE}?id=7"


@pytest.mark.parametrize(
    "answered",
    [
        "",
        "https://courier.example/",
        "https://courier.example",
        "https://consent.courier.example/form?return=%2Fnews",
        "https://courier.example/login?next=/news",
        "https://courier.example/404",
    ],
)
def test_what_stands_before_an_article_is_not_its_address(
    answered: str,
) -> None:
    assert own_address(COUNTER, answered) == ""


def test_the_same_article_has_no_second_address() -> None:
    assert own_address(ARTICLE, f"{ARTICLE}/?utm_source=feed") == ""


@pytest.mark.parametrize(
    ("link", "canonical", "expected"),
    [
        (f"{ARTICLE}/amp", ARTICLE, ARTICLE),
        (f"{ARTICLE}?outputType=amp", ARTICLE, ARTICLE),
        (ARTICLE, "https://courier.example/", ARTICLE),
        (ARTICLE, "https://courier.example/other", ARTICLE),
        (f"{ARTICLE}/amp", ARTICLE.replace("https", "http"), f"{ARTICLE}/amp"),
        (ARTICLE, f"{ARTICLE}?utm_source=x", ARTICLE),
        (ARTICLE, "", ARTICLE),
    ],
)
def test_a_variant_for_phones_gives_way_to_the_article(
    link: str, canonical: str, expected: str
) -> None:
    assert without_variant(link, canonical) == expected
