"""Preference model: learn from what editors picked and passed over which stories they like.

A logistic regression on words, outlet and topics, one for each section; its output is a liking
from 0 to 1. Measured on simulated editors (tests/cases/learning.py): mixed with the rules by
n / (n + 20) for n picks, it is hardly ever worse than the rules and soon better. It learns in
less than a second and downloads nothing.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from digest.relevance.fingerprint import Background, Fingerprint

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

PRIOR = 20  #: picks at which the learned part weighs as much as the rules
MIN_EXAMPLES = 5  #: picks, and as many passed over, before anything is learned
COLUMNS = 2**18  #: words are hashed into so many columns
#: Weight of an outlet or a topic beside the many words.
TRAIT_WEIGHT = 0.1
STRICTNESS = 10.0  #: scikit-learn's C; larger trusts single words more
MAX_ITERATIONS = 200
UNKNOWN_LIKING = 0.5
#: Stories on a topic, or of an outlet, before their number is worth saying.
MIN_TALLY = 3
MAX_TOPICS_EXPLAINED = 2


@dataclass(frozen=True, slots=True)
class StoryFeatures:
    """Features of a story that an editor sees, as input of the model."""

    section: str
    fingerprint: Fingerprint
    language: str
    outlet: str
    topics: tuple[str, ...]

    @property
    def trait_names(self) -> list[str]:
        """Outlet and topics, each under a name no word has."""
        topics = [_topic_trait(topic) for topic in self.topics]
        return [_outlet_trait(self.outlet), *topics]


@dataclass(frozen=True, slots=True)
class EditorChoice:
    """A story that was proposed, and what the editor did with it."""

    look: StoryFeatures
    picked: bool


@dataclass(frozen=True, slots=True)
class _Tally:
    """Numbers of stories of one kind that were shown to the editor, and picked."""

    picked: int = 0
    shown: int = 0


class PreferenceModel:
    """Preference model of each section."""

    def __init__(
        self, choices: Iterable[EditorChoice], background: Background
    ) -> None:
        self._background = background
        by_section: dict[str, list[EditorChoice]] = {}
        for choice in choices:
            by_section.setdefault(choice.look.section, []).append(choice)
        self._examples = {
            section: examples
            for section, examples in by_section.items()
            if _is_enough(examples)
        }

    def weight_in(self, section: str) -> float:
        """Return how much the learned part weighs, from 0 (nothing learned) to less than 1."""
        picks = sum(choice.picked for choice in self._examples.get(section, ()))
        return picks / (picks + PRIOR)

    def predict_likings(self, looks: Sequence[StoryFeatures]) -> list[float]:
        """Return how much each is liked, 0 to 1; 0.5 where nothing was learned."""
        likings = np.full(len(looks), UNKNOWN_LIKING)
        for section, model in self._models.items():
            rows = [
                row for row, look in enumerate(looks) if look.section == section
            ]
            if not rows:
                continue
            table = self._feature_table([looks[row] for row in rows])
            coefficients = model[:-1]
            intercept = model[-1]
            likings[rows] = 1 / (
                1 + np.exp(-(table @ coefficients + intercept))
            )
        return [float(liking) for liking in likings]

    def explain_liking(self, look: StoryFeatures) -> list[str]:
        """Return in words what was done with stories like it.

        For example “you picked 7 of 9 stories on voting rights”.
        """
        kinds = [
            (_topic_trait(topic), f"on {topic}")
            for topic in look.topics[:MAX_TOPICS_EXPLAINED]
        ]
        kinds.append((_outlet_trait(look.outlet), f"from {look.outlet}"))
        explanations = []
        for trait, words in kinds:
            tally = self._tallies.get((look.section, trait), _Tally())
            if tally.shown >= MIN_TALLY:
                explanations.append(
                    f"you picked {tally.picked} of {tally.shown} stories {words}"
                )
        return explanations

    @cached_property
    def _tallies(self) -> dict[tuple[str, str], _Tally]:
        """Counts of shown and picked stories, by section and trait."""
        shown: Counter[tuple[str, str]] = Counter()
        picked: Counter[tuple[str, str]] = Counter()
        for choice in chain.from_iterable(self._examples.values()):
            section = choice.look.section
            keys = [(section, trait) for trait in choice.look.trait_names]
            shown.update(keys)
            if choice.picked:
                picked.update(keys)
        return {key: _Tally(picked[key], shown[key]) for key in shown}

    @cached_property
    def _models(self) -> dict[str, NDArray[np.float64]]:
        """The fitted model of each section that has enough examples."""
        return {
            section: self._fit_model(choices)
            for section, choices in self._examples.items()
        }

    def _fit_model(
        self, choices: Sequence[EditorChoice]
    ) -> NDArray[np.float64]:
        """Return the weight of every column, and the intercept last."""
        from sklearn.linear_model import LogisticRegression

        model = LogisticRegression(
            C=STRICTNESS, class_weight="balanced", max_iter=MAX_ITERATIONS
        )
        table = self._feature_table([choice.look for choice in choices])
        model.fit(table, [choice.picked for choice in choices])
        return np.append(model.coef_[0], model.intercept_)

    def _feature_table(self, looks: Sequence[StoryFeatures]) -> "csr_matrix":
        """Return a row for each story, a column for each hashed word or trait."""
        from scipy.sparse import csr_matrix

        rows = [self._feature_row(look) for look in looks]
        row_ends = np.cumsum([0, *(len(columns) for columns, _ in rows)])
        columns = np.concatenate([columns for columns, _ in rows])
        values = np.concatenate([values for _, values in rows])
        return csr_matrix(
            (values, columns, row_ends), shape=(len(rows), COLUMNS)
        )

    def _feature_row(
        self, look: StoryFeatures
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return columns and values: words by rarity, of length one together, and traits."""
        terms = look.fingerprint.terms
        rarity = self._background.rarity_of(terms, look.language)
        words = look.fingerprint.weights * rarity
        length = float(np.linalg.norm(words)) or 1.0
        traits = np.array(
            [crc32(trait.encode()) for trait in look.trait_names], np.int64
        )
        columns = np.concatenate([terms.astype(np.int64), traits]) % COLUMNS
        trait_values = np.full(len(traits), TRAIT_WEIGHT)
        return columns, np.concatenate([words / length, trait_values])


def _topic_trait(topic: str) -> str:
    return f"topic:{topic}"


def _outlet_trait(outlet: str) -> str:
    return f"outlet:{outlet}"


def _is_enough(choices: Sequence[EditorChoice]) -> bool:
    """Return True if there are examples of both kinds to learn from."""
    picked = sum(choice.picked for choice in choices)
    passed_over = len(choices) - picked
    return min(picked, passed_over) >= MIN_EXAMPLES
