"""Spaces stay as they were typed, and marks of direction end where their text ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.infra.running_text import (
    close_directions,
    fold_spaces,
    strong_direction,
)


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        (" a \t b\r\nc ", "a b c"),
        ("a\u00a0: b\u202f!", "a\u00a0: b\u202f!"),
        ("a\u3000b", "a\u3000b"),
        ("a\u2028b", "a b"),
    ],
)
def test_only_what_browsers_fold_is_folded(typed: str, folded: str) -> None:
    assert fold_spaces(typed) == folded


@pytest.mark.parametrize(
    ("typed", "closed"),
    [
        ("a \u202eb", "a \u202eb\u202c"),
        ("a \u202eb\u202c c", "a \u202eb\u202c c"),
        ("\u2067a\u202bb", "\u2067a\u202bb\u202c\u2069"),
        ("\u2067a\u202bb\u2069", "\u2067a\u202bb\u2069"),
        ("a\u202c\u2069", "a\u202c\u2069"),
    ],
)
def test_open_marks_are_closed(typed: str, closed: str) -> None:
    assert close_directions(typed) == closed


@given(st.text(st.sampled_from("ab\u202a\u202c\u202e\u2066\u2069")))
def test_what_is_closed_stays_as_it_is(text: str) -> None:
    closed = close_directions(text)
    assert closed.startswith(text)
    assert close_directions(closed) == closed


def test_the_first_letter_with_a_direction_counts() -> None:
    assert strong_direction("2026: עברית and Latin") == "rtl"
    assert strong_direction("“Latin” עברית") == "ltr"
    assert strong_direction("2026!") == ""
