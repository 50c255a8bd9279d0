"""Blocks move through an edition one step at a time, and outlive what they stand behind."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.edition import load_edition, operations
from digest.edition.block_operations import (
    END,
    TOP,
    add_newsletter_blocks,
    drop_block,
    insert_block,
    insert_new_block,
    move_from_empty_sections,
    place_of_section,
    shift_block,
    with_sections,
)
from digest.errors import DigestError, NotFound
from digest.model import Edition, Lead
from digest.settings import BlockPlaces
from tests.conftest import EDITION
from tests.edition.test_markdown import EDITIONS


@pytest.fixture
def edition() -> Edition:
    return load_edition(EDITION)


def test_a_block_goes_down_step_by_step_to_the_end(edition: Edition) -> None:
    edition = insert_block("donate", TOP)(edition)
    places = []
    for _ in range(6):
        parts = (*edition.leads, *edition.sections)
        places.append([part.blocks_below for part in parts])
        edition = shift_block("donate", 1)(edition)
    behind = [
        row.index(("donate",)) if ("donate",) in row else -1 for row in places
    ]
    assert behind == [-1, 0, 1, 2, 3, 3]


@given(EDITIONS, st.integers(0, 9), st.integers(-9, 9))
def test_blocks_change_nothing_else(
    edition: Edition, which: int, by: int
) -> None:
    """Moving one keeps all blocks and every word; taking it out takes only it."""
    names = edition.block_names
    if not names:
        return
    name = names[which % len(names)]
    moved = shift_block(name, by)(edition)
    assert sorted(moved.block_names) == sorted(names)
    without = moved
    for other in names:
        edition = drop_block(other)(edition)
        without = drop_block(other)(without)
    assert without == edition


@given(EDITIONS, st.integers(0, 2))
def test_no_block_is_lost_with_its_part(edition: Edition, number: int) -> None:
    names = edition.block_names
    if number < len(edition.leads):
        edition = operations.set_lead(number, None)(edition)
        assert edition.block_names == names
    edition = with_sections(edition, edition.sections[1:])
    assert edition.block_names == names
    emptied = [replace(section, picks=()) for section in edition.sections]
    edition = move_from_empty_sections(with_sections(edition, emptied))
    assert edition.block_names == names
    assert not any(section.blocks_below for section in edition.sections)


def test_a_lead_that_is_rewritten_keeps_the_block_behind_it(
    edition: Edition,
) -> None:
    edition = insert_block("donate", "lead 0")(edition)
    edition = operations.set_lead(0, Lead("Anew"))(edition)
    assert edition.leads[0] == Lead("Anew", blocks_below=("donate",))


def test_what_is_not_there_is_refused(edition: Edition) -> None:
    with pytest.raises(NotFound, match="section news"):
        insert_block("donate", place_of_section("news"))(edition)
    with pytest.raises(NotFound, match="not in the edition"):
        drop_block("donate")(edition)
    edition = insert_new_block("donate", END)(edition)
    with pytest.raises(DigestError, match="is in the edition"):
        insert_new_block("donate", TOP)(edition)


def test_a_newsletters_blocks_stand_where_the_settings_say_or_a_person(
    edition: Edition,
) -> None:
    places = BlockPlaces(
        top=("event", "greeting"), between=("donate",), end=("legal", "about")
    )
    edition = insert_block("about", TOP)(edition)
    completed = add_newsletter_blocks(edition, places)
    assert completed.blocks_on_top == ("event", "greeting", "about")
    assert completed.sections[0].blocks_below == ("donate",)
    assert completed.sections[1].blocks_below == ("legal",)
    assert add_newsletter_blocks(completed, places) == completed
