"""How well past editions would have been predicted: by the rules, and by what was learned."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from digest.relevance.fingerprint import Background
from digest.relevance.preference_model import Choice, Look, Taste
from digest.relevance.ranking import LIKED


@dataclass(frozen=True, slots=True)
class Offer:
    """A story that a draft offered, and whether it ran."""

    look: Look
    rules: float  #: its score by the rules alone, as it was then
    in_draft: bool
    picked: bool


@dataclass(frozen=True, slots=True)
class Week:
    """One past edition, as it was offered and as it became."""

    edition: date
    offers: tuple[Offer, ...]
    added: tuple[Look, ...] = ()  #: picks that the draft had not offered

    def choices(self) -> Iterator[Choice]:
        """Yield what there is to learn from it."""
        yield from (Choice(o.look, o.picked) for o in self.offers)
        yield from (Choice(look, True) for look in self.added)


@dataclass(frozen=True, slots=True)
class Score:
    """How much of what was proposed ran, and how much of what ran was proposed."""

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


def evaluate(weeks: Sequence[Week], usual: Background) -> list[Evaluation]:
    """Predict each week from all others, and count section by section."""
    sections = sorted(
        {o.look.section for w in weeks for o in w.offers if o.look.section}
    )
    tastes = [_without(weeks, n, usual) for n in range(len(weeks))]
    return [_section(s, weeks, tastes) for s in sections]


def _without(weeks: Sequence[Week], held: int, usual: Background) -> Taste:
    others = (c for n, w in enumerate(weeks) if n != held for c in w.choices())
    return Taste(others, usual)


def _section(
    section: str, weeks: Sequence[Week], tastes: Sequence[Taste]
) -> Evaluation:
    drafted = []
    rules = []
    learned = []
    for week, taste in zip(weeks, tastes, strict=True):
        offers = [o for o in week.offers if o.look.section == section]
        size = sum(o.in_draft for o in offers)
        ran = sum(o.picked for o in offers) + sum(
            a.section == section for a in week.added
        )
        mixed = _mixed(offers, taste)
        drafted.append(_score(section, [o for o in offers if o.in_draft], ran))
        rules.append(
            _score(section, _best(offers, [o.rules for o in offers], size), ran)
        )
        learned.append(_score(section, _best(offers, mixed, size), ran))
    return Evaluation(
        section, _sum(drafted), _sum(rules), _sum(learned), _picks(section, weeks)
    )


def _mixed(offers: Sequence[Offer], taste: Taste) -> list[float]:
    liked = taste.likings([o.look for o in offers])
    weights = [taste.weight(o.look.section) for o in offers]
    return [
        (1 - w) * o.rules + w * LIKED * like
        for o, w, like in zip(offers, weights, liked, strict=True)
    ]


def _best(offers: Sequence[Offer], scores: Sequence[float], size: int) -> list[Offer]:
    order = sorted(range(len(offers)), key=lambda n: -scores[n])
    return [offers[n] for n in order[:size]]


def _score(section: str, proposed: Sequence[Offer], ran: int) -> Score:
    return Score(section, len(proposed), ran, sum(o.picked for o in proposed))


def _sum(scores: Iterable[Score]) -> Score:
    every = list(scores)
    return Score(
        every[0].section,
        sum(s.proposed for s in every),
        sum(s.ran for s in every),
        sum(s.right for s in every),
    )


def _picks(section: str, weeks: Sequence[Week]) -> int:
    return sum(
        c.picked for w in weeks for c in w.choices() if c.look.section == section
    )
