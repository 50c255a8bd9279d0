"""Saved blocks in an edition's text: typed by a person, and refused by line."""

import pytest

from digest.edition import dump_edition, load_edition
from digest.errors import EditionError
from tests.conftest import EDITION

TYPED = (
    EDITION.replace(
        "---\n\n#", "---\n\n{ Block : event }\n{block:legal}\n\n#", 1
    )
    .replace("\n## {org}", "\n{block: donate}\n\n## {org}", 1)
    .rstrip()
    + "\n\n{block: about-us}\n"
)


def test_a_person_types_blocks_at_the_top_between_and_at_the_end() -> None:
    edition = load_edition(TYPED)
    assert edition.blocks_on_top == ("event", "legal")
    assert edition.leads[1].blocks_below == ("donate",)
    assert edition.leads[1].body == "Paragraphs."
    assert edition.sections[1].blocks_below == ("about-us",)
    assert edition.block_names == ("event", "legal", "donate", "about-us")
    assert load_edition(dump_edition(edition)) == edition


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("{block: ../feeds}", "line 22: {block: …}: expected a name such as"),
        ("{block: }", "line 22: {block: …}: expected a name such as"),
        ("Text\n{block: donate}", "line 23: {block: donate} stands alone"),
        (
            "{block: donate}\n\nText below.",
            "line 24: a saved block stands behind all text of its lead",
        ),
        (
            "{block: about-us}",
            "line 32: the saved block about-us a second time",
        ),
    ],
)
def test_what_is_no_block_is_refused_by_line(typed: str, problem: str) -> None:
    text = TYPED.replace("{block: donate}", typed)
    with pytest.raises(EditionError) as refused:
        load_edition(text)
    lines = str(refused.value).splitlines()
    assert any(line.startswith(problem) for line in lines), lines


def test_a_block_below_a_story_without_a_blank_line_is_no_note() -> None:
    text = TYPED.replace("\n\n{block: about-us}", "\n  {block: about-us}")
    with pytest.raises(EditionError, match="stands alone"):
        load_edition(text)


def test_escaped_and_fenced_it_is_text() -> None:
    text = EDITION.replace(
        "Paragraphs.", "\\{block: donate}\n\n```\n{block: donate}\n```", 1
    )
    edition = load_edition(text)
    assert edition.block_names == ()
    assert dump_edition(edition) == text
