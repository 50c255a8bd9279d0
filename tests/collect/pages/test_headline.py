"""Headlines without their outlet's name and their label."""

import pytest

from digest.collect.pages.headline import clean_headline, outlet_names

# Headlines

NAMES = outlet_names("The New York Times", "https://www.nytimes.com")


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Council votes - The New York Times", ("Council votes", "")),
        ("Council votes | New York Times", ("Council votes", "")),
        ("Council votes — nytimes.com", ("Council votes", "")),
        ("Council votes | U.S. | The New York Times", ("Council votes", "")),
        ("Opinion | Let it be", ("Let it be", "Opinion")),
        ("Analysis: What it means", ("What it means", "Analysis")),
        ("Let it be | Opinion", ("Let it be", "Opinion")),
        (
            "How The New York Times covers - war",
            ("How The New York Times covers - war", ""),
        ),
        ("Video games are art", ("Video games are art", "")),
        ("The New York Times", ("The New York Times", "")),
        ("Spider-Man - far from home", ("Spider-Man - far from home", "")),
    ],
)
def test_headlines_lose_their_outlet_and_their_label(
    raw: str, clean: tuple[str, str]
) -> None:
    assert clean_headline(raw, NAMES) == clean
