"""What was learned is mixed in as far as it beats the rules, and never makes the first stories worse."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from digest.relevance.earned_weight import (
    HeldOutEdition,
    find_earned_weight,
    measure_ranking,
)


@st.composite
def editions(draw: st.DrawFn) -> list[HeldOutEdition]:
    """Return a few editions, ranked as it happens."""
    made = []
    for _ in range(draw(st.integers(1, 3))):
        size = draw(st.integers(2, 20))
        scores = st.lists(st.floats(0, 10), min_size=size, max_size=size)
        flags = st.lists(st.booleans(), min_size=size, max_size=size)
        picked = draw(flags.filter(any))
        made.append(
            HeldOutEdition(
                np.array(draw(scores)), np.array(draw(scores)), np.array(picked)
            )
        )
    return made


@given(editions(), st.floats(0, 0.95))
def test_it_never_ranks_editions_held_out_worse_than_the_rules(
    some: list[HeldOutEdition], most: float
) -> None:
    weight = find_earned_weight(some, most)
    assert 0 <= weight <= most
    mixed = measure_ranking(some, weight)
    rules = measure_ranking(some, 0)
    assert mixed.average_precision >= rules.average_precision
    assert mixed.first_precision >= rules.first_precision


def test_it_weighs_nothing_without_editions() -> None:
    assert find_earned_weight([], 0.9) == 0
