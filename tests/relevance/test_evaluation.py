"""Past editions, each predicted from the others."""

from dataclasses import replace
from datetime import timedelta

import pytest

from digest.relevance.evaluation import (
    OfferedStory,
    PastEdition,
    evaluate_sections,
)
from tests.cases.choices import FAIRS, USUAL, VOTING, looked
from tests.conftest import NOW

# Evaluation


def week(
    day: int, liked: list[str], passed: list[str], drafted: int
) -> PastEdition:
    told = [(t, True) for t in liked] + [(t, False) for t in passed]
    offers = [
        OfferedStory(looked(t, n), 3.0 if picked else 3.5, n < drafted, picked)
        for n, (t, picked) in enumerate(told)
    ]
    return PastEdition(NOW.date() + timedelta(days=7 * day), tuple(offers))


def test_past_editions_are_predicted_each_from_the_others() -> None:
    """The rules preferred the fairs; the editor never did."""
    weeks = [
        week(n, VOTING[n : n + 3], FAIRS[n : n + 3], drafted=3)
        for n in range(4)
    ]
    weeks[0] = replace(weeks[0], added=(looked("A ballot by hand", 30),))
    (found,) = evaluate_sections(weeks, USUAL)
    assert (found.section, found.picks) == ("following", 13)
    assert (found.rules.right, found.learned.right, found.drafted.right) == (
        0,
        12,
        12,
    )
    assert (found.rules.precision, found.learned.precision) == (0, 1)
    assert found.learned.recall == pytest.approx(12 / 13)
