"""Preference model: learn from what editors picked and passed over which stories they like.

A logistic regression on words, outlet and topics, one for each section; its output is a liking
from 0 to 1. It is mixed with the rules as far as it beats them on editions held out
(`earned_weight`), and by n / (n + 20) at most for n picks: see tests/cases/learning.py. It learns in
seconds and downloads nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from digest.relevance.earned_weight import HeldOutEdition, find_earned_weight
from digest.relevance.fingerprint import Background, Fingerprint

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

PRIOR = 20  #: picks at which the learned part may weigh as much as the rules
#: The scale of the score: what a story that an editor surely picks is worth by what was learned.
LIKED = 10.0
MAX_FOLDS = 5  #: groups of editions that are held out in turn
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
    #: its score by the rules alone, as it was then; None if they did not offer it
    rules: float | None = None
    edition: date | None = (
        None  #: for which it was proposed; None if it is not known
    )


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
        """Return how much the learned part weighs, from 0 (nothing earned) to less than 1."""
        return self._earned_weights.get(section, 0.0)

    def predict_likings(self, looks: Sequence[StoryFeatures]) -> list[float]:
        """Return how much each is liked, 0 to 1; 0.5 where nothing was learned."""
        likings = np.full(len(looks), UNKNOWN_LIKING)
        for section, model in self._models.items():
            rows = [
                row for row, look in enumerate(looks) if look.section == section
            ]
            if not rows:
                continue
            likings[rows] = self._apply_model(
                model, [looks[row] for row in rows]
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
    def _earned_weights(self) -> dict[str, float]:
        """How much the learned part of each section beats the rules on editions held out."""
        return {
            section: find_earned_weight(
                list(self._hold_out(choices)), _most_weight(choices)
            )
            for section, choices in self._examples.items()
        }

    def _hold_out(
        self, choices: Sequence[EditorChoice]
    ) -> Iterator[HeldOutEdition]:
        """Yield each edition with picks, ranked by what the editions outside its fold teach."""
        editions = sorted({one.edition for one in choices if one.edition})
        folds = min(len(editions), MAX_FOLDS)
        for fold in range(folds):
            held_out = editions[fold::folds]
            others = [one for one in choices if one.edition not in held_out]
            if not _is_enough(others):
                continue
            model = self._fit_model(others)
            for edition in held_out:
                of_edition = [one for one in choices if one.edition == edition]
                if any(one.picked for one in of_edition):
                    yield self._rank_held_out(of_edition, model)

    def _rank_held_out(
        self, choices: Sequence[EditorChoice], model: NDArray[np.float64]
    ) -> HeldOutEdition:
        offered = [one.rules for one in choices if one.rules is not None]
        # what the rules did not offer was worth less to them than what they did
        lowest = min(offered, default=0.0)
        rules = [lowest if one.rules is None else one.rules for one in choices]
        likings = self._apply_model(model, [one.look for one in choices])
        return HeldOutEdition(
            rules=np.array(rules, np.float64),
            learned=LIKED * likings,
            picked=np.array([one.picked for one in choices], np.bool_),
        )

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

    def _apply_model(
        self, model: NDArray[np.float64], looks: Sequence[StoryFeatures]
    ) -> NDArray[np.float64]:
        """Return how much each is liked, 0 to 1, by the weights of a fitted model."""
        logits = self._feature_table(looks) @ model[:-1] + model[-1]
        return np.asarray(1 / (1 + np.exp(-logits)), np.float64)

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


def _most_weight(choices: Sequence[EditorChoice]) -> float:
    picks = sum(choice.picked for choice in choices)
    return picks / (picks + PRIOR)


def _is_enough(choices: Sequence[EditorChoice]) -> bool:
    """Return True if there are examples of both kinds to learn from."""
    picked = sum(choice.picked for choice in choices)
    passed_over = len(choices) - picked
    return min(picked, passed_over) >= MIN_EXAMPLES
