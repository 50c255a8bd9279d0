"""A saved block's heading says how it looks, and no reader sees the mark."""

import pytest

from digest.edition.saved_blocks import LOOKS, check_typed_block, read_block
from digest.errors import EditionError


@pytest.mark.parametrize("look", LOOKS)
def test_a_heading_may_end_with_a_look(look: str) -> None:
    block = read_block("box", f"# Help us sue {{.{look}}}\n\nA sentence.\n")
    check_typed_block(block)
    assert (block.look, block.title) == (look, "Help us sue")
    assert block.body == "A sentence."
    assert "{." in block.source


def test_a_look_needs_no_title() -> None:
    block = read_block("sponsor", "# {.sponsor}\n\nPrinted with help.\n")
    check_typed_block(block)
    assert (block.look, block.title) == ("sponsor", "")
    assert block.body == "Printed with help."


def test_an_unknown_look_is_refused_with_those_there_are() -> None:
    with pytest.raises(EditionError, match=r"line 1: \{\.party\}.*donate"):
        read_block("box", "# Help {.party}\n\nA sentence.\n")


def test_a_heading_without_a_look_is_as_before() -> None:
    block = read_block("box", "# Help us\n\nA sentence.\n")
    assert (block.look, block.title) == ("", "Help us")
