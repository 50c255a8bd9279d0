"""Evaluation: measure how well past editions would have been predicted.

Each edition is predicted by the rules alone, and by a model learned from all other editions;
both are compared with what the draft really proposed and with what ran.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from digest.relevance.fingerprint import Background
from digest.relevance.preference_model import (
    LIKED,
    EditorChoice,
    PreferenceModel,
    StoryFeatures,
)


@dataclass(frozen=True, slots=True)
class OfferedStory:
    """A story that a draft offered, and whether it ran."""

    look: StoryFeatures
    rules: float  #: its score by the rules alone, as it was then
    in_draft: bool
    picked: bool


@dataclass(frozen=True, slots=True)
class PastEdition:
    """One past edition, as it was offered and as it became."""

    edition: date
    offers: tuple[OfferedStory, ...]
    #: picks that the draft had not offered
    added: tuple[StoryFeatures, ...] = ()

    def training_choices(self) -> Iterator[EditorChoice]:
        """Yield what there is to learn from it."""
        for offer in self.offers:
            yield EditorChoice(
                offer.look, offer.picked, offer.rules, self.edition
            )
        for look in self.added:
            yield EditorChoice(look, picked=True, edition=self.edition)


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of what was proposed and what ran, with precision and recall."""

    section: str
    proposed: int
    ran: int  #: picks of the editor, offered or not
    right: int

    @property
    def precision(self) -> float:
        """Share of the proposed that ran; 0 to 1."""
        if self.proposed:
            return self.right / self.proposed
        return 0.0

    @property
    def recall(self) -> float:
        """Share of what ran that was proposed; 0 to 1."""
        if self.ran:
            return self.right / self.ran
        return 0.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One section over all past editions."""

    section: str
    drafted: Score  #: what the drafts really proposed
    rules: Score  #: what the rules alone would have
    learned: Score  #: with what the other editions taught, this one held out
    picks: int  #: known to learn from


def evaluate_sections(
    weeks: Sequence[PastEdition], usual: Background
) -> list[Evaluation]:
    """Predict each week from all others, and count section by section."""
    sections: set[str] = set()
    for week in weeks:
        sections.update(offer.look.section for offer in week.offers)
    models = [
        _model_without(number, weeks, usual) for number in range(len(weeks))
    ]
    return [
        _evaluate_section(section, weeks, models)
        for section in sorted(sections)
        if section
    ]


def _model_without(
    number: int, weeks: Sequence[PastEdition], usual: Background
) -> PreferenceModel:
    """Return the model that is learned from all weeks but one."""
    other_weeks = [*weeks[:number], *weeks[number + 1 :]]
    choices = [
        choice for week in other_weeks for choice in week.training_choices()
    ]
    return PreferenceModel(choices, usual)


def _evaluate_section(
    section: str,
    weeks: Sequence[PastEdition],
    models: Sequence[PreferenceModel],
) -> Evaluation:
    drafted = []
    by_rules = []
    by_learning = []
    for week, model in zip(weeks, models, strict=True):
        offers = [
            offer for offer in week.offers if offer.look.section == section
        ]
        in_draft = [offer for offer in offers if offer.in_draft]
        rules = [offer.rules for offer in offers]
        mixed = _mixed_scores(offers, model)
        ran = _count_picks(section, week)
        size = len(in_draft)
        drafted.append(_score(section, in_draft, ran))
        by_rules.append(_score(section, _best_offers(offers, rules, size), ran))
        by_learning.append(
            _score(section, _best_offers(offers, mixed, size), ran)
        )
    return Evaluation(
        section=section,
        drafted=_sum_scores(section, drafted),
        rules=_sum_scores(section, by_rules),
        learned=_sum_scores(section, by_learning),
        picks=sum(_count_picks(section, week) for week in weeks),
    )


def _mixed_scores(
    offers: Sequence[OfferedStory], model: PreferenceModel
) -> list[float]:
    """Return the score of each offer as ranking mixes it from rules and liking."""
    likings = model.predict_likings([offer.look for offer in offers])
    scores = []
    for offer, liking in zip(offers, likings, strict=True):
        weight = model.weight_in(offer.look.section)
        by_rules = (1 - weight) * offer.rules
        by_learning = weight * LIKED * liking
        scores.append(by_rules + by_learning)
    return scores


def _best_offers(
    offers: Sequence[OfferedStory], scores: Sequence[float], size: int
) -> list[OfferedStory]:
    by_score = sorted(range(len(offers)), key=lambda number: -scores[number])
    return [offers[number] for number in by_score[:size]]


def _count_picks(section: str, week: PastEdition) -> int:
    """Return how many stories of a section ran, offered or not."""
    sections = [
        choice.look.section
        for choice in week.training_choices()
        if choice.picked
    ]
    return sections.count(section)


def _score(section: str, proposed: Sequence[OfferedStory], ran: int) -> Score:
    right = sum(offer.picked for offer in proposed)
    return Score(section, len(proposed), ran, right)


def _sum_scores(section: str, scores: Sequence[Score]) -> Score:
    return Score(
        section=section,
        proposed=sum(score.proposed for score in scores),
        ran=sum(score.ran for score in scores),
        right=sum(score.right for score in scores),
    )
