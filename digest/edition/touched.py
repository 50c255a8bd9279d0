"""What persons did to an edition, told from what the machine had put there. All pure."""

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from digest.model import Edition, Pick, Section

#: Returns the name of the story that an address (of any of its articles) tells.
StoryOf = Mapping[str, Hashable]

HEAD_WORDS = {
    "subject": "the subject",
    "preheader": "the preview line",
    "language": "the language",
}


@dataclass(frozen=True, slots=True)
class Base:
    """What the machine put into an edition, as it was filled last."""

    edition: Edition
    #: by a person, each with the section it was in; "" if a person had put it in
    taken_out: tuple[tuple[str, Pick], ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in one section now, told apart by who put it there."""

    picks: tuple[Pick, ...]
    machine: Mapping[str, Pick]  #: by address: what the machine had put in this section
    placed: frozenset[str]  #: addresses that a person picked, moved in or ordered
    is_touched: bool
    #: addresses that stay although their story was taken out
    held: frozenset[str] = frozenset()

    def is_untouched_pick(self, pick: Pick) -> bool:
        """Say whether a story stands as the machine put it."""
        is_free = pick.url not in self.placed and pick.url not in self.held
        return is_free and self.machine.get(pick.url) == pick


def untouched_words(base: Edition, current: Edition) -> frozenset[str]:
    """Return which of subject and preheader no person changed."""
    names = ("subject", "preheader")
    return frozenset(n for n in names if getattr(base, n) == getattr(current, n))


def work_of_persons(base: Base, current: Edition, story_of: StoryOf) -> list[str]:
    """Say in words what persons did to an edition since the machine drafted it, line by line."""
    names = Names(story_of)
    drafted = base.edition
    pairs = paired_with(drafted, current, names)
    lines = [
        f"changed {words}"
        for name, words in HEAD_WORDS.items()
        if getattr(drafted, name) != getattr(current, name)
    ]
    lines += [f"wrote the lead “{lead.headline}”" for lead in current.leads]
    for section in current.sections:
        lines += _work_on_section(section, base, pairs, names)
    standing = {p.url for p in all_picks(current)}
    lines += [
        f"took out “{p.headline}” ({p.outlet})"
        for section, p in taken_out_of(base, current, pairs)
        if section and p.url not in standing
    ]
    return lines


class Names:
    """Names stories by address."""

    def __init__(self, story_of: StoryOf) -> None:
        self._story_of = story_of

    def __call__(self, url: str) -> Hashable:
        """Return the name of the story of an address; one that is not known names itself."""
        return self._story_of.get(url, url)


def paired_with(
    base: Edition, current: Edition, names: Names
) -> dict[str, tuple[str, Pick]]:
    """Return, by the address of a pick that stands now, the section and pick it was in the base.

    The same address pairs first; then another report of the same story does.
    """
    before = [(s.key, p) for s in base.sections for p in s.picks]
    by_url = {p.url: (key, p) for key, p in before}
    now = list(all_picks(current))
    pairs = {p.url: by_url[p.url] for p in now if p.url in by_url}
    taken = {p.url for _, p in pairs.values()}
    by_story = {
        names(p.url): (key, p) for key, p in reversed(before) if p.url not in taken
    }
    for pick in now:
        story = names(pick.url)
        if pick.url not in pairs and story in by_story:
            pairs[pick.url] = by_story.pop(story)
    return pairs


def taken_out_of(
    base: Base, current: Edition, pairs: Mapping[str, tuple[str, Pick]]
) -> tuple[tuple[str, Pick], ...]:
    """Return the machine's stories that a person took out of their section, moved ones included."""
    stands_in = {p.url: s.key for s in current.sections for p in s.picks}
    paired_to = {p.url: stands_in[url] for url, (_, p) in pairs.items()}
    now = [
        (s.key, p)
        for s in base.edition.sections
        for p in s.picks
        if paired_to.get(p.url) != s.key
    ]
    known = {(key, p.url) for key, p in base.taken_out}
    return (*base.taken_out, *((key, p) for key, p in now if (key, p.url) not in known))


def standing_in(
    section: Section,
    base: Base,
    pairs: Mapping[str, tuple[str, Pick]],
    out: Collection[Hashable],
    names: Names,
    put_back: Collection[str] = (),
    moved: Collection[str] | None = None,
) -> Standing:
    """Tell apart what stands in a section.

    `pairs` is what `paired_with` returns; `out` names stories that a person took out or passed
    over, `put_back` addresses that a person took out and put in again, `moved` those that a person
    moved, step by step; None if the steps are not known.
    """
    machine = {
        p.url: pairs[p.url][1]
        for p in section.picks
        if p.url in pairs and pairs[p.url][0] == section.key
    }
    before = [
        p.url for s in base.edition.sections if s.key == section.key for p in s.picks
    ]
    common = [
        p.url for p in section.picks if p.url in machine and machine[p.url].url == p.url
    ]
    others = {p.url for p in section.picks} - set(common)
    shuffled = _out_of_order([u for u in before if u in common], common)
    placed = (shuffled if moved is None else shuffled & set(moved)) | others
    placed |= {p.url for p in section.picks if p.url in put_back}
    reworded = any(machine.get(p.url) != p for p in section.picks)
    emptied = any(key == section.key for key, _ in base.taken_out)
    # It was left standing when another report was taken out that was not known to be of its story.
    held = frozenset(p.url for p in section.picks if names(p.url) in out)
    touched = bool(placed or reworded or emptied or held or set(before) - set(common))
    return Standing(section.picks, machine, frozenset(placed), touched, held)


def absent_section(key: str, taken_out: Collection[tuple[str, Pick]]) -> Standing:
    """Return what stands in a section that the edition does not have yet."""
    emptied = any(where == key for where, _ in taken_out)
    return Standing((), {}, frozenset(), emptied)


def moved_in_steps(steps: Sequence[Edition]) -> frozenset[str]:
    """Return the addresses that were moved within their section from one version to the next.

    Of three that went to the end, one after the other, the whole looks as if the other three had
    gone to the top; each step tells.
    """
    moved: set[str] = set()
    for earlier, later in pairwise(steps):
        before = {s.key: [p.url for p in s.picks] for s in earlier.sections}
        for section in later.sections:
            now = [p.url for p in section.picks]
            was = before.get(section.key, [])
            moved |= _out_of_order(
                [u for u in was if u in now], [u for u in now if u in was]
            )
    return frozenset(moved)


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
            if one == other:
                row[n] = above[n - 1] + 1
            else:
                row[n] = max(above[n], row[n - 1])
    return row[-1]


def _work_on_section(
    section: Section, base: Base, pairs: Mapping[str, tuple[str, Pick]], names: Names
) -> Iterator[str]:
    of = standing_in(section, base, pairs, (), names)
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


def all_picks(edition: Edition) -> Iterator[Pick]:
    """Yield the stories of an edition, section by section."""
    return (p for s in edition.sections for p in s.picks)
