"""Words of a text that are nearly a phrase of the settings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.relevance.near_phrases import (
    find_acronym,
    find_near_phrases,
    list_names,
)


@pytest.mark.parametrize(
    ("text", "phrase", "near"),
    [
        ("OpenWater Trust did.", "Open Water Trust", ["OpenWater Trust"]),
        ("So said Maren Odoya.", "Maren Oduya", ["Maren Odoya"]),
        ("Lead piping, and lead piping.", "lead pipes", ["Lead piping"]),
        ("des Deutschen Flussbundes", "Deutscher Flussbund", None),
        ("They watch the weather.", "water", []),
        ("Open Water itself.", "Open Water", []),
        ("A cat sat.", "cats", []),
    ],
)
def test_near_words_are_found_as_they_are_printed(
    text: str, phrase: str, near: list[str] | None
) -> None:
    found = find_near_phrases(text, phrase)
    if near is None:
        assert "Deutschen Flussbundes" in found
    else:
        assert found == near


def test_an_acronym_is_found_as_a_word_only() -> None:
    assert find_acronym("The OWT said", "Open Water Trust") == "OWT"
    assert find_acronym("The OWTS said", "Open Water Trust") == ""
    assert find_acronym("The OW said", "Open Water") == ""


def test_names_of_several_words_are_listed_the_most_frequent_first() -> None:
    text = "In Bonn the Ärzte ohne Grenzen and Médicos sin Fronteras met. Médicos sin Fronteras left."
    assert list_names(text)[0] == "Médicos sin Fronteras"


@given(st.text(), st.text(max_size=40))
def test_no_text_is_too_odd(text: str, phrase: str) -> None:
    for words in find_near_phrases(text, phrase):
        assert words
