"""Folding and sentences: no character loses its place."""

from hypothesis import given
from hypothesis import strategies as st

from digest.relevance.running_text import fold_text, split_sentences
from digest.settings import Organisation
from tests.relevance.test_mentions import counted


def test_accents_may_be_left_out_but_not_changed() -> None:
    org = Organisation(name="Pêche Vive")
    assert counted("Selon Peche Vive, les rivières vont mieux.", org)
    assert counted("Selon PÊCHE VIVE, les rivières vont mieux.", org)
    assert not counted("Selon Péché Vive, les rivières vont mieux.", org)


def test_a_script_without_spaces_needs_none() -> None:
    assert counted(
        "据人权观察报道，该法案已通过。", Organisation(name="人权观察")
    )


@given(st.text())
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    assert len(fold_text(text)) == len(text)


@given(st.text())
def test_sentences_cover_the_text(text: str) -> None:
    assert "".join(text[a:b] for a, b in split_sentences(text)) == text
