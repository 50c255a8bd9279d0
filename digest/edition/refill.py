"""Refill: a three-way merge of an edition in work with a new proposal. All pure.

    base (what the machine put) + current (what stands now) -> what persons did
    what persons did + proposal -> the edition that stands next, and its base

A base holds the machine's stories in the machine's words and in the order in which they stand, and
beside them those that a person took out, so that they never come back. A story that is in the
edition and not in the base is a person's.
"""

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from digest.edition.touched import (
    Base,
    Names,
    Standing,
    StoryOf,
    absent_section,
    all_picks,
    paired_with,
    standing_in,
    taken_out_of,
)
from digest.model import Edition, Pick, Section

T = TypeVar("T", Edition, Pick)


@dataclass(frozen=True, slots=True)
class Offered:
    """A story as the machine offers it for a section."""

    pick: Pick
    is_proposed: bool = True  #: it is among the first of its section, as many as fit
    is_new: bool = False  #: it was not offered when this edition was filled last


@dataclass(frozen=True, slots=True)
class Proposed:
    """A new proposal: the edition of the machine alone, and all that it was chosen from."""

    edition: Edition  #: its sections say which there are; its subject is not looked at
    offered: Mapping[str, Sequence[Offered]]  #: by section, the best first
    sizes: Mapping[str, int]  #: how many stories the machine fills a section up to


@dataclass(frozen=True, slots=True)
class Refilled:
    """An edition after a merge. Subject and preheader are the current ones still."""

    edition: Edition
    base: Base
    came: tuple[Pick, ...]  #: that were not in it before
    left: tuple[Pick, ...]  #: that the machine replaced


def refill(
    base: Base,
    current: Edition,
    proposal: Proposed,
    story_of: StoryOf,
    barred: Collection[Hashable] = (),
    put_back: Collection[str] = (),
    moved: Collection[str] | None = None,
) -> Refilled:
    """Apply a new proposal to what no person touched.

    `story_of` names the story of each address of the three; an address that it does not know is a
    story of its own. `barred` are stories that a person passed over, `put_back` addresses that a
    person took out and put in again, `moved` those that a person moved (None: told by the order
    alone). The result keeps every story, word and order of a person; it
    takes no second report of a story; merging again changes nothing.
    """
    names = Names(story_of)
    pairs = paired_with(base.edition, current, names)
    taken_out = taken_out_of(base, current, pairs)
    out = {names(p.url) for _, p in taken_out} | set(barred)
    standing = {
        s.key: standing_in(s, base, pairs, out, names, put_back, moved)
        for s in current.sections
    }
    out |= {
        names(p.url)
        for s in standing.values()
        for p in s.picks
        if not s.is_untouched_pick(p)
    }
    sections = []
    for section in _frame(base.edition, current, proposal.edition, standing):
        of = standing.get(section.key) or absent_section(section.key, taken_out)
        picks = _filled(of, section.key, proposal, names, out)
        sections.append(replace(section, picks=picks))
    edition = replace(current, sections=tuple(sections))
    return Refilled(
        edition,
        Base(_new_base(base.edition, edition, proposal, standing), taken_out),
        tuple(_without(all_picks(edition), all_picks(current))),
        tuple(_without(all_picks(current), all_picks(edition))),
    )


# What the machine fills in


def _filled(
    of: Standing, key: str, proposal: Proposed, names: Names, out: Collection[Hashable]
) -> tuple[Pick, ...]:
    """Return the stories of a section: a person's as they are, the machine's as it offers them."""
    offered = proposal.offered.get(key, ())
    rank = {names(o.pick.url): n for n, o in reversed(list(enumerate(offered)))}
    size = proposal.sizes.get(key, 0)
    chosen = {names(o.pick.url): o.pick for o in _chosen(of, offered, size, out, names)}
    result: list[Pick] = []
    middle: list[Pick] = []
    first, trailing = _regions(of)
    for pick in of.picks[:first]:
        result += _as_it_goes_on(of, pick, chosen, offered, names)
    for pick in of.picks[first : len(of.picks) - trailing]:
        middle += _as_it_goes_on(of, pick, chosen, offered, names)
    middle += chosen.values()
    last = len(rank)
    middle.sort(key=lambda p: rank.get(names(p.url), last))
    return (*result, *middle, *of.picks[len(of.picks) - trailing :])


def _chosen(
    of: Standing,
    offered: Sequence[Offered],
    size: int,
    out: Collection[Hashable],
    names: Names,
) -> list[Offered]:
    """Return what the machine puts into a section, the best first.

    In a section that nobody touched these are the first that fit. Where a person was, a place that
    they emptied is not filled with what lay there already: only with what is new since, or is one
    of the best of the whole section.
    """
    here = {names(p.url) for p in of.picks if of.is_untouched_pick(p)}
    free = [o for o in offered if names(o.pick.url) not in out]
    if not of.is_touched:
        return free[:size]
    room = max(len(here), size - (len(of.picks) - len(here)))
    wanted = (o for o in free if o.is_proposed or o.is_new or names(o.pick.url) in here)
    return list(wanted)[:room]


def _regions(of: Standing) -> tuple[int, int]:
    """Return how many stories stand first as a person ordered them, and how many are appended.

    What a person picks goes to the end, and says nothing of order; above or among others it was
    put there on purpose, and nothing comes in between or before. Where all are a person's, what
    comes goes below.
    """
    trailing = 0
    for pick in reversed(of.picks):
        if pick.url not in of.placed:
            break
        trailing += 1
    if trailing == len(of.picks):
        return trailing, 0
    before = of.picks[: len(of.picks) - trailing]
    first = max((n for n, p in enumerate(before, 1) if p.url in of.placed), default=0)
    return first, trailing


def _as_it_goes_on(
    of: Standing,
    pick: Pick,
    chosen: dict[Hashable, Pick],
    offered: Sequence[Offered],
    names: Names,
) -> list[Pick]:
    """Return a story as it stands next, none if the machine takes it back; pop it off `chosen`."""
    if of.is_untouched_pick(pick):
        now = chosen.pop(names(pick.url), None)
        if now:
            return [now]
        return []
    was = of.machine.get(pick.url)
    now = next((o.pick for o in offered if o.pick.url == pick.url), None)
    if was and now and was.url == pick.url:
        return [_three_way(was, pick, now)]
    return [pick]


def _three_way(was: T, ours: T, theirs: T) -> T:
    """Return ours with theirs in each field that we left as it was."""
    values: dict[str, Any] = {
        f.name: getattr(theirs, f.name)
        for f in fields(was)
        if getattr(ours, f.name) == getattr(was, f.name)
    }
    return replace(ours, **values)


def _frame(
    base: Edition, current: Edition, proposed: Edition, standing: Mapping[str, Standing]
) -> Iterator[Section]:
    """Yield the sections that there are next: a person's titles and order, else the settings'."""
    old = {s.key: s.title for s in base.sections}
    now = {s.key: s.title for s in current.sections}
    new = {s.key: s.title for s in proposed.sections}
    is_ours = list(now) != list(old)
    for key in dict.fromkeys([*now, *new] if is_ours else [*new, *now]):
        if key not in now and key in old:
            continue  # a person took the section out
        if (
            key in now
            and key not in new
            and key in old
            and _is_all_untouched(standing[key])
        ):
            continue  # the settings have it no more
        is_free = key in new and (key not in now or now[key] == old.get(key))
        yield Section(key, new[key] if is_free else now[key])


def _is_all_untouched(of: Standing) -> bool:
    return all(map(of.is_untouched_pick, of.picks))


# The base of the next merge


def _new_base(
    base: Edition,
    edition: Edition,
    proposal: Proposed,
    standing: Mapping[str, Standing],
) -> Edition:
    """Return the machine's stories as it words them, in the order in which they stand now.

    What a person placed is left out: it is a person's from now on, wherever the machine would
    have it. The sections are the settings', whatever a person made of them.
    """
    offered = {o.pick.url: o.pick for some in proposal.offered.values() for o in some}
    stands = {s.key: s.picks for s in edition.sections}
    sections = []
    for section in proposal.edition.sections:
        of = standing.get(section.key)
        if of:
            placed = of.placed
        else:
            placed = frozenset()
        if of:
            machine = of.machine
        else:
            machine = {}
        own = (p for p in stands.get(section.key, ()) if p.url not in placed)
        picks = tuple(offered.get(p.url) or machine.get(p.url, p) for p in own)
        sections.append(replace(section, picks=picks))
    return replace(base, date=edition.date, sections=tuple(sections))


def _without(picks: Iterable[Pick], others: Iterable[Pick]) -> Iterator[Pick]:
    known = {p.url for p in others}
    return (p for p in picks if p.url not in known)
