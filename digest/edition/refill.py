"""Refill: a three-way merge of a draft with a new proposal. All pure.

    base (the machine's stories) + current edition -> changes by people
    changes by people + proposal -> the next edition, and its base

A base holds the machine's stories in the machine's words and in their present order, and also
those that a person took out, so that they never come back. A story that is in the edition and not
in the base is a person's.
"""

from collections.abc import (
    Collection,
    Hashable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, fields, replace
from typing import Any

from digest.edition.block_operations import with_sections
from digest.edition.changes_by_people import (
    Base,
    SectionState,
    StoryNames,
    StoryOf,
    absent_section,
    all_picks,
    find_origins,
    state_of_section,
    taken_out_of,
)
from digest.model import Edition, Pick, Section


@dataclass(frozen=True, slots=True)
class Offered:
    """A story as the machine offers it for a section."""

    pick: Pick
    #: it is among the first of its section, as many as fit
    is_proposed: bool = True
    #: it was not offered when this edition was filled last
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Proposed:
    """A new proposal: the edition of the machine alone, and all that it was chosen from."""

    edition: Edition  #: its sections say which there are; its subject is not looked at
    offered: Mapping[str, Sequence[Offered]]  #: by section, the best first
    #: how many stories the machine fills a section up to
    sizes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Refilled:
    """An edition after a merge. Subject and preheader are the current ones still."""

    edition: Edition
    base: Base
    added: tuple[Pick, ...]  #: that were not in it before
    removed: tuple[Pick, ...]  #: that the machine replaced


def refill_edition(
    base: Base,
    current: Edition,
    proposal: Proposed,
    story_of: StoryOf,
    barred: Collection[Hashable] = (),
    put_back: Collection[str] = (),
    moved: Collection[str] | None = None,
) -> Refilled:
    """Apply a new proposal to the parts that no person changed.

    `story_of` names the story of each address of the three; an address that it does not know is a
    story of its own. `barred` are stories that a person passed over, `put_back` addresses that a
    person took out and put in again, `moved` those that a person moved (None: inferred from
    the order). The result keeps every story, word and order of a person; it
    takes no second report of a story; merging again changes nothing.
    """
    names = StoryNames(story_of)
    origins = find_origins(base.edition, current, names)
    taken_out = taken_out_of(base, current, origins)
    excluded = {names.story_at(pick.url) for _, pick in taken_out} | set(barred)
    states = {
        section.key: state_of_section(
            section, base, origins, excluded, names, put_back, moved
        )
        for section in current.sections
    }
    for state in states.values():
        # the machine offers no second report of what is a person's
        excluded |= _stories_of_persons(state, names)
    sections = []
    for section in _next_sections(
        base.edition, current, proposal.edition, states
    ):
        key = section.key
        filling = _SectionFilling(
            state=states.get(key) or absent_section(key, taken_out),
            offered=proposal.offered.get(key, ()),
            size=proposal.sizes.get(key, 0),
            excluded=excluded,
            names=names,
        )
        sections.append(replace(section, picks=filling.next_picks()))
    edition = with_sections(current, sections)
    return Refilled(
        edition=edition,
        base=Base(
            _next_base(base.edition, edition, proposal, states), taken_out
        ),
        added=tuple(_without(all_picks(edition), all_picks(current))),
        removed=tuple(_without(all_picks(current), all_picks(edition))),
    )


def _stories_of_persons(
    state: SectionState, names: StoryNames
) -> set[Hashable]:
    return {
        names.story_at(pick.url)
        for pick in state.picks
        if not state.is_untouched_pick(pick)
    }


# Stories that the machine adds


class _SectionFilling:
    """Fills one section: a person's stories as they are, the machine's as it offers them now."""

    def __init__(
        self,
        state: SectionState,
        offered: Sequence[Offered],
        size: int,
        excluded: Collection[Hashable],
        names: StoryNames,
    ) -> None:
        self._state = state
        self._offered = offered
        self._size = size
        self._excluded = excluded
        self._names = names
        self._ranks: dict[Hashable, int] = {}
        for rank, offer in enumerate(offered):
            self._ranks.setdefault(names.story_at(offer.pick.url), rank)
        #: what the machine puts in, by story; what stands already is taken off as it is met
        self._chosen = {
            names.story_at(offer.pick.url): offer.pick
            for offer in self._choose()
        }

    def next_picks(self) -> tuple[Pick, ...]:
        """Return the next stories of the section.

        Three regions: first what a person ordered, then the machine's by rank with what a person
        only reworded among them, last what a person appended.
        """
        picks = self._state.picks
        ordered_count, appended_count = _regions(self._state)
        appended_from = len(picks) - appended_count
        ordered = self._carry_over(picks[:ordered_count])
        ranked = self._carry_over(picks[ordered_count:appended_from])
        ranked += self._chosen.values()
        ranked.sort(key=self._rank_of_pick)
        return (*ordered, *ranked, *picks[appended_from:])

    def _rank_of_pick(self, pick: Pick) -> int:
        """Return the rank of a story among those offered; one that is not goes behind all."""
        story = self._names.story_at(pick.url)
        return self._ranks.get(story, len(self._ranks))

    def _choose(self) -> list[Offered]:
        """Return the stories that the machine puts into a section, the best first.

        In a section that nobody changed these are the first that fit. A place that a person
        emptied is filled only with a story that is new since, or one of the best of the whole
        section.
        """
        free = [
            offer
            for offer in self._offered
            if self._names.story_at(offer.pick.url) not in self._excluded
        ]
        if not self._state.is_touched:
            return free[: self._size]
        present = {
            self._names.story_at(pick.url)
            for pick in self._state.picks
            if self._state.is_untouched_pick(pick)
        }
        of_persons = len(self._state.picks) - len(present)
        room = max(len(present), self._size - of_persons)
        candidates = [
            offer
            for offer in free
            if offer.is_proposed
            or offer.is_new
            or self._names.story_at(offer.pick.url) in present
        ]
        return candidates[:room]

    def _carry_over(self, picks: Iterable[Pick]) -> list[Pick]:
        """Return the stories that stay, without those that the machine takes back.

        Those that stay are removed from the machine's choice.
        """
        carried = []
        for pick in picks:
            if self._state.is_untouched_pick(pick):
                replacement = self._chosen.pop(
                    self._names.story_at(pick.url), None
                )
                if replacement:
                    carried.append(replacement)
            else:
                carried.append(self._merged_words(pick))
        return carried

    def _merged_words(self, pick: Pick) -> Pick:
        """Return a person's story with the machine's new words where they left the old ones."""
        original = self._state.machine.get(pick.url)
        if original is None or original.url != pick.url:
            return pick
        for offer in self._offered:
            if offer.pick.url == pick.url:
                return _merge_fields(original, pick, offer.pick)
        return pick


def _regions(state: SectionState) -> tuple[int, int]:
    """Return how many stories are first as a person ordered them, and how many are appended.

    A person's pick is added at the end, which is no statement about order. A pick above or among
        others was put there on purpose: nothing is inserted before it. If all are a person's, new
        stories go below.
    """
    is_placed = [pick.url in state.placed for pick in state.picks]
    appended = 0
    while appended < len(is_placed) and is_placed[-1 - appended]:
        appended += 1
    if appended == len(is_placed):
        return appended, 0
    ordered = 0
    for count, placed in enumerate(
        is_placed[: len(is_placed) - appended], start=1
    ):
        if placed:
            ordered = count
    return ordered, appended


def _merge_fields(base: Pick, current: Pick, machine: Pick) -> Pick:
    """Return the current pick with the machine's words in each field that stayed as it was."""
    values: dict[str, Any] = {}
    for field in fields(base):
        if getattr(current, field.name) == getattr(base, field.name):
            values[field.name] = getattr(machine, field.name)
    return replace(current, **values)


# Sections


def _next_sections(
    base: Edition,
    current: Edition,
    proposed: Edition,
    states: Mapping[str, SectionState],
) -> Iterator[Section]:
    """Yield the sections that there are next: a person's titles and order, else the settings'."""
    base_titles = _titles_of(base)
    current_titles = _titles_of(current)
    proposed_titles = _titles_of(proposed)
    if list(current_titles) == list(base_titles):
        keys = proposed_titles | current_titles
    else:
        keys = current_titles | proposed_titles
    for key in keys:
        is_of_base = key in base_titles
        if is_of_base and key not in current_titles:
            continue  # a person took the section out
        is_dropped = is_of_base and key not in proposed_titles
        if is_dropped and _is_all_untouched(states[key]):
            continue  # the settings have it no more
        title = _next_title(
            base_titles.get(key),
            current_titles.get(key),
            proposed_titles.get(key),
        )
        yield Section(key, title)


def _titles_of(edition: Edition) -> dict[str, str]:
    return {section.key: section.title for section in edition.sections}


def _next_title(
    base: str | None, current: str | None, proposed: str | None
) -> str:
    """Return the title of a section: a person's where they changed it, else the settings'.

    None stands for a title of a section that is not there; current or proposed is.
    """
    if proposed is None:
        return current or ""
    if current is None or current == base:
        return proposed
    return current


def _is_all_untouched(state: SectionState) -> bool:
    return all(map(state.is_untouched_pick, state.picks))


# The base of the next merge


def _next_base(
    base: Edition,
    edition: Edition,
    proposal: Proposed,
    states: Mapping[str, SectionState],
) -> Edition:
    """Return the machine's stories in its words, in their present order.

    Stories that a person placed are left out: they are a person's from now on, wherever the
    machine would put them. The sections are those of the settings, whatever a person changed.
    """
    offered_picks: dict[str, Pick] = {}
    for offers in proposal.offered.values():
        offered_picks |= {offer.pick.url: offer.pick for offer in offers}
    picks_now = {section.key: section.picks for section in edition.sections}
    sections = []
    for section in proposal.edition.sections:
        state = states.get(section.key) or absent_section(section.key, ())
        picks = tuple(
            offered_picks.get(pick.url) or state.machine.get(pick.url, pick)
            for pick in picks_now.get(section.key, ())
            if pick.url not in state.placed
        )
        sections.append(replace(section, picks=picks))
    return replace(base, date=edition.date, sections=tuple(sections))


def _without(picks: Iterable[Pick], others: Iterable[Pick]) -> Iterator[Pick]:
    """Yield the picks whose addresses are not among those of others."""
    urls = {pick.url for pick in others}
    return (pick for pick in picks if pick.url not in urls)
