"""Earned weight: how much of what was learned is mixed into the score, as far as it beats the rules.

Each edition is held out and ranked by what the others teach, mixed with the rules in several
proportions (cross-validation; Stone 1974). The proportion that ranks picks best is taken, if it is
better than the rules alone, and no worse among the first stories.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Steps in which proportions are tried.
STEP = 0.05
#: Average precision by which a proportion must beat the rules: less may be chance.
LEAST_GAIN = 0.02
FIRST_STORIES = (
    10  #: of an edition, among which the learned part may not be worse
)

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class HeldOutEdition:
    """The stories of one edition, ranked without it."""

    rules: Values  #: the score of each by the rules alone
    learned: Values  #: its score by what the other editions teach
    picked: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RankingQuality:
    """How well editions were ranked, 0 to 1, as means over them."""

    average_precision: float
    first_precision: float  #: share of picks among the first stories


def find_earned_weight(
    editions: Sequence[HeldOutEdition], most: float
) -> float:
    """Return the best proportion of the learned part, from 0 to `most`; 0 if nothing beats the rules."""
    if not editions:
        return 0.0
    by_rules = measure_ranking(editions, 0.0)
    best = by_rules.average_precision + LEAST_GAIN
    earned = 0.0
    for weight in np.arange(STEP, most + STEP / 2, STEP):
        quality = measure_ranking(editions, float(weight))
        is_worse_at_first = quality.first_precision < by_rules.first_precision
        if quality.average_precision >= best and not is_worse_at_first:
            best = quality.average_precision
            earned = float(weight)
    return min(earned, most)


def measure_ranking(
    editions: Sequence[HeldOutEdition], weight: float
) -> RankingQuality:
    """Return how well editions are ranked with the learned part in a proportion."""
    average = []
    first = []
    for edition in editions:
        scores = (1 - weight) * edition.rules + weight * edition.learned
        picked = edition.picked[np.argsort(-scores, kind="stable")]
        places = np.flatnonzero(picked) + 1
        average.append((np.arange(len(places)) + 1) / places)
        first.append(picked[:FIRST_STORIES])
    return RankingQuality(
        float(np.mean(np.concatenate(average))),
        float(np.mean(np.concatenate(first))),
    )
