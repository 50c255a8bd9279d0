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

from digest.model import Edition, Pick, Section

#: Returns the name of the story that an address (of any of its articles) tells.
StoryOf = Mapping[str, Hashable]

T = TypeVar("T", Edition, Pick)
HEAD_WORDS = {"subject": "the subject", "preheader": "the preview line", "language": "the language"}


@dataclass(frozen=True, slots=True)
class Base:
    """What the machine put into an edition, as it was filled last."""

    edition: Edition
    taken_out: tuple[tuple[str, Pick], ...] = ()  #: by a person, each with the section it was in


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


@dataclass(frozen=True, slots=True)
class _Standing:
    """What stands in one section now, told apart by who put it there."""

    picks: tuple[Pick, ...]
    machine: Mapping[str, Pick]  #: by address: what the machine had put in this section
    placed: frozenset[str]  #: addresses that a person picked, moved in or ordered
    is_touched: bool
    held: frozenset[str] = frozenset()  #: addresses that stay although their story was taken out

    def is_untouched_pick(self, pick: Pick) -> bool:
        """Say whether a story stands as the machine put it."""
        is_free = pick.url not in self.placed and pick.url not in self.held
        return is_free and self.machine.get(pick.url) == pick


def refill(
    base: Base,
    current: Edition,
    proposal: Proposed,
    story_of: StoryOf,
    barred: Collection[Hashable] = (),
    put_back: Collection[str] = (),
) -> Refilled:
    """Apply a new proposal to what no person touched.

    `story_of` names the story of each address of the three; an address that it does not know is a
    story of its own. `barred` are stories that a person passed over, `put_back` addresses that a
    person took out and put in again. The result keeps every story, word and order of a person; it
    takes no second report of a story; merging again changes nothing.
    """
    names = _Names(story_of)
    pairs = _paired(base.edition, current, names)
    taken_out = _taken_out(base, current, pairs)
    out = {names(p.url) for _, p in taken_out} | set(barred)
    standing = {s.key: _standing(s, base, pairs, out, names, put_back) for s in current.sections}
    out |= {names(p.url) for s in standing.values() for p in s.picks if not s.is_untouched_pick(p)}
    sections = []
    for section in _frame(base.edition, current, proposal.edition, standing):
        of = standing.get(section.key) or _absent(section.key, taken_out)
        picks = _filled(of, section.key, proposal, names, out)
        sections.append(replace(section, picks=picks))
    edition = replace(current, sections=tuple(sections))
    return Refilled(
        edition,
        Base(_new_base(base.edition, edition, proposal, standing), taken_out),
        tuple(_without(_picks(edition), _picks(current))),
        tuple(_without(_picks(current), _picks(edition))),
    )


def untouched_words(base: Edition, current: Edition) -> frozenset[str]:
    """Return which of subject and preheader no person changed."""
    names = ("subject", "preheader")
    return frozenset(n for n in names if getattr(base, n) == getattr(current, n))


def work_of_persons(base: Base, current: Edition, story_of: StoryOf) -> list[str]:
    """Say in words what persons did to an edition since the machine drafted it, line by line."""
    names, drafted = _Names(story_of), base.edition
    pairs = _paired(drafted, current, names)
    lines = [
        f"changed {words}"
        for name, words in HEAD_WORDS.items()
        if getattr(drafted, name) != getattr(current, name)
    ]
    lines += [f"wrote the lead “{lead.headline}”" for lead in current.leads]
    for section in current.sections:
        lines += _work_on_section(section, base, pairs, names)
    standing = {p.url for p in _picks(current)}
    lines += [
        f"took out “{p.headline}” ({p.outlet})"
        for _, p in _taken_out(base, current, pairs)
        if p.url not in standing
    ]
    return lines


# What persons did


class _Names:
    """Names stories by address."""

    def __init__(self, story_of: StoryOf) -> None:
        self._story_of = story_of

    def __call__(self, url: str) -> Hashable:
        return self._story_of.get(url, url)


def _paired(base: Edition, current: Edition, names: _Names) -> dict[str, tuple[str, Pick]]:
    """Return, by the address of a pick that stands now, the section and pick it was in the base.

    The same address pairs first; then another report of the same story does.
    """
    before = [(s.key, p) for s in base.sections for p in s.picks]
    by_url = {p.url: (key, p) for key, p in before}
    now = list(_picks(current))
    pairs = {p.url: by_url[p.url] for p in now if p.url in by_url}
    taken = {p.url for _, p in pairs.values()}
    by_story = {names(p.url): (key, p) for key, p in reversed(before) if p.url not in taken}
    for pick in now:
        story = names(pick.url)
        if pick.url not in pairs and story in by_story:
            pairs[pick.url] = by_story.pop(story)
    return pairs


def _taken_out(
    base: Base, current: Edition, pairs: Mapping[str, tuple[str, Pick]]
) -> tuple[tuple[str, Pick], ...]:
    """Return the machine's stories that a person took out of their section, moved ones included."""
    stands_in = {p.url: s.key for s in current.sections for p in s.picks}
    paired_to = {p.url: stands_in[url] for url, (_, p) in pairs.items()}
    now = [
        (s.key, p) for s in base.edition.sections for p in s.picks if paired_to.get(p.url) != s.key
    ]
    known = {(key, p.url) for key, p in base.taken_out}
    return (*base.taken_out, *((key, p) for key, p in now if (key, p.url) not in known))


def _standing(
    section: Section,
    base: Base,
    pairs: Mapping[str, tuple[str, Pick]],
    out: Collection[Hashable],
    names: _Names,
    put_back: Collection[str] = (),
) -> _Standing:
    machine = {
        p.url: pairs[p.url][1]
        for p in section.picks
        if p.url in pairs and pairs[p.url][0] == section.key
    }
    before = [p.url for s in base.edition.sections if s.key == section.key for p in s.picks]
    common = [p.url for p in section.picks if p.url in machine and machine[p.url].url == p.url]
    others = {p.url for p in section.picks} - set(common)
    placed = _out_of_order([u for u in before if u in common], common) | others
    placed |= {p.url for p in section.picks if p.url in put_back}
    reworded = any(machine.get(p.url) != p for p in section.picks)
    emptied = any(key == section.key for key, _ in base.taken_out)
    # It was left standing when another report was taken out that was not known to be of its story.
    held = frozenset(p.url for p in section.picks if names(p.url) in out)
    touched = bool(placed or reworded or emptied or held or set(before) - set(common))
    return _Standing(section.picks, machine, frozenset(placed), touched, held)


def _absent(key: str, taken_out: Collection[tuple[str, Pick]]) -> _Standing:
    emptied = any(where == key for where, _ in taken_out)
    return _Standing((), {}, frozenset(), emptied)


def _out_of_order(before: Sequence[str], now: Sequence[str]) -> set[str]:
    """Return those that a person may have moved: that are not in every longest common sequence."""
    if before == now:
        return set()
    longest = _longest(before, now)
    return {u for u in now if _longest(before, [v for v in now if v != u]) == longest}


def _longest(a: Sequence[str], b: Sequence[str]) -> int:
    """Return the length of the longest common subsequence."""
    row = [0] * (len(b) + 1)
    for one in a:
        above = row[:]
        for n, other in enumerate(b, 1):
            row[n] = above[n - 1] + 1 if one == other else max(above[n], row[n - 1])
    return row[-1]


def _work_on_section(
    section: Section, base: Base, pairs: Mapping[str, tuple[str, Pick]], names: _Names
) -> Iterator[str]:
    of = _standing(section, base, pairs, (), names)
    for pick in section.picks:
        was = of.machine.get(pick.url)
        if was is None:
            yield f"picked or placed “{pick.headline}” ({pick.outlet}) in {section.key}"
        elif was.url != pick.url:
            yield f"let “{pick.headline}” ({pick.outlet}) stand for its story in {section.key}"
        elif was != pick:
            yield f"reworded “{pick.headline}” ({pick.outlet})"
        elif pick.url in of.placed:
            yield f"ordered “{pick.headline}” ({pick.outlet}) in {section.key}"


# What the machine fills in


def _filled(
    of: _Standing, key: str, proposal: Proposed, names: _Names, out: Collection[Hashable]
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
    of: _Standing,
    offered: Sequence[Offered],
    size: int,
    out: Collection[Hashable],
    names: _Names,
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


def _regions(of: _Standing) -> tuple[int, int]:
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
    of: _Standing,
    pick: Pick,
    chosen: dict[Hashable, Pick],
    offered: Sequence[Offered],
    names: _Names,
) -> list[Pick]:
    """Return a story as it stands next, none if the machine takes it back; pop it off `chosen`."""
    if of.is_untouched_pick(pick):
        now = chosen.pop(names(pick.url), None)
        return [now] if now else []
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
    base: Edition, current: Edition, proposed: Edition, standing: Mapping[str, _Standing]
) -> Iterator[Section]:
    """Yield the sections that there are next: a person's titles and order, else the settings'."""
    old = {s.key: s.title for s in base.sections}
    now = {s.key: s.title for s in current.sections}
    new = {s.key: s.title for s in proposed.sections}
    is_ours = list(now) != list(old)
    for key in dict.fromkeys([*now, *new] if is_ours else [*new, *now]):
        if key not in now and key in old:
            continue  # a person took the section out
        if key in now and key not in new and key in old and _is_all_untouched(standing[key]):
            continue  # the settings have it no more
        is_free = key in new and (key not in now or now[key] == old.get(key))
        yield Section(key, new[key] if is_free else now[key])


def _is_all_untouched(of: _Standing) -> bool:
    return all(map(of.is_untouched_pick, of.picks))


# The base of the next merge


def _new_base(
    base: Edition, edition: Edition, proposal: Proposed, standing: Mapping[str, _Standing]
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
        placed = of.placed if of else frozenset()
        machine = of.machine if of else {}
        own = (p for p in stands.get(section.key, ()) if p.url not in placed)
        picks = tuple(offered.get(p.url) or machine.get(p.url, p) for p in own)
        sections.append(replace(section, picks=picks))
    return replace(base, date=edition.date, sections=tuple(sections))


def _picks(edition: Edition) -> Iterator[Pick]:
    return (p for s in edition.sections for p in s.picks)


def _without(picks: Iterable[Pick], others: Iterable[Pick]) -> Iterator[Pick]:
    known = {p.url for p in others}
    return (p for p in picks if p.url not in known)
