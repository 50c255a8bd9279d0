"""Fingerprints of texts, and the background they are compared with, as they are stored."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from digest.model import Article
from digest.relevance import (
    Background,
    count_background,
    make_fingerprint,
)
from digest.relevance.fingerprint import Fingerprint, terms_of_names
from tests.relevance.test_clustering import SOME, traces


@given(st.text(), st.text(), st.text())
def test_a_fingerprint_survives_the_store(
    title: str, text: str, summary: str
) -> None:
    made = make_fingerprint(
        Article("k", "", "o", title, summary=summary, text=text)
    )
    again = Fingerprint.from_bytes(made.to_bytes())
    assert again.to_bytes() == made.to_bytes()
    assert again.terms.tolist() == made.terms.tolist()
    assert (again.words, again.title) == (made.words, made.title)


def test_the_background_survives_the_store() -> None:
    made = count_background(traces(SOME))
    assert Background.from_json(made.to_json()) == made


def test_words_of_no_known_language_are_measured_against_all() -> None:
    english = [
        replace(one, language="en") for one in traces(SOME) if not one.language
    ]
    counted = count_background(english)
    [the] = terms_of_names(["the"])
    terms = np.array([the], np.uint32)
    assert counted.rarity_of(terms, "") == counted.rarity_of(terms, "en")
    assert counted.rarity_of(terms, "")[0] < 1
