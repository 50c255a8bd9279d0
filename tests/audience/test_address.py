"""Addresses of mail: letters of any script may stand in them."""

import pytest

from digest.audience import validate_address

# Addresses beyond ASCII


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("josé@r.example", "josé@r.example"),
        (
            "jose\u0301@r.example",
            "josé@r.example",
        ),  # the same letters, composed
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("用户@例子.example", "用户@xn--fsqu00a.example"),
    ],
)
def test_letters_of_any_script_may_stand_in_an_address(
    given: str, kept: str
) -> None:
    assert validate_address(given) == kept
