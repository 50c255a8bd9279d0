"""Rates in plain words."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.app import App
from digest.errors import SettingsError
from digest.settings.rates import per_minute

# Rates


@pytest.mark.parametrize(
    ("words", "a_minute"),
    [("600 a minute", 600), ("10 a second", 600), ("36,000 an hour", 600), ("1440 per day", 1), ("5/minute", 5)],
)  # fmt: skip
def test_a_rate_is_said_in_plain_words(words: str, a_minute: float) -> None:
    assert per_minute(words) == pytest.approx(a_minute)


@pytest.mark.parametrize(
    "words", ["600", "", "fast", "0 a minute", "-5 a minute", "600 a fortnight"]
)
def test_what_is_no_rate_says_what_one_looks_like(
    open_app: Callable[..., App], words: str
) -> None:
    with pytest.raises(
        SettingsError, match="expected a rate such as 600 a minute"
    ):
        open_app({"DIGEST_DELIVERY__SMTP__RATE": words})


@given(
    st.integers(1, 10**6), st.sampled_from(["second", "minute", "hour", "day"])
)
def test_a_rate_means_the_same_with_commas(number: int, unit: str) -> None:
    assert per_minute(f"{number:,} a {unit}") == per_minute(
        f"{number} per {unit}"
    )


def test_who_still_has_the_old_setting_is_told_the_new_one(
    open_app: Callable[..., App],
) -> None:
    with pytest.raises(SettingsError, match="smtp: {rate: 300 a minute}"):
        open_app({"DIGEST_DELIVERY__PER_MINUTE": "300"})
