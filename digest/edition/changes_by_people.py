"""Changes by people: find what people changed in an edition that the machine filled.

Pure functions. Input: the base (what the machine put in when it last filled the edition) and the
present edition. Output: for each section which stories are still the machine's and which a
person picked, moved, reworded or took out.
"""

from collections.abc import (
    Collection,
    Hashable,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from dataclasses import dataclass
from itertools import pairwise

from digest.model import Edition, Pick, Section

#: Maps the address of any article to the name of the story that it tells.
StoryOf = Mapping[str, Hashable]

#: Names of an edition's fields, and what they are called in sentences.
HEAD_WORDS = {
    "subject": "the subject",
    "preheader": "the preview line",
    "language": "the language",
}


@dataclass(frozen=True, slots=True)
class Base:
    """The stories that the machine put into an edition when it last filled it."""

    edition: Edition
    #: by a person, each with the section it was in; "" if a person had put it in
    taken_out: tuple[tuple[str, Pick], ...] = ()


@dataclass(frozen=True, slots=True)
class Origin:
    """The place and the words that the machine gave a story."""

    section: str
    pick: Pick


@dataclass(frozen=True, slots=True)
class SectionState:
    """The present stories of a section, separated by who put them there."""

    picks: tuple[Pick, ...]
    #: by address: what the machine had put in this section
    machine: Mapping[str, Pick]
    #: addresses that a person picked, moved in or ordered
    placed: frozenset[str]
    is_touched: bool
    #: addresses that stay although their story was taken out
    left_in_place: frozenset[str] = frozenset()

    def is_untouched_pick(self, pick: Pick) -> bool:
        """Return True if a story is as the machine put it."""
        if pick.url in self.placed or pick.url in self.left_in_place:
            return False
        return self.machine.get(pick.url) == pick


class StoryNames:
    """Names stories by the addresses of their articles."""

    def __init__(self, story_of: StoryOf) -> None:
        self._story_of = story_of

    def story_at(self, url: str) -> Hashable:
        """Return the name of the story of an address; one that is not known names itself."""
        return self._story_of.get(url, url)


def untouched_words(base: Edition, current: Edition) -> frozenset[str]:
    """Return which of subject and preheader no person changed."""
    untouched = set()
    if base.subject == current.subject:
        untouched.add("subject")
    if base.preheader == current.preheader:
        untouched.add("preheader")
    return frozenset(untouched)


def all_picks(edition: Edition) -> Iterator[Pick]:
    """Yield the stories of an edition, section by section."""
    for section in edition.sections:
        yield from section.picks


# Work of persons, in words


def work_of_persons(
    base: Base, current: Edition, story_of: StoryOf
) -> list[str]:
    """Return in words what persons did since the machine drafted an edition, line by line."""
    names = StoryNames(story_of)
    origins = find_origins(base.edition, current, names)
    lines = [
        f"changed {words}"
        for field, words in HEAD_WORDS.items()
        if getattr(base.edition, field) != getattr(current, field)
    ]
    lines += [f"wrote the lead “{lead.headline}”" for lead in current.leads]
    lines += [
        f"inserted the saved block “{name}”" for name in current.block_names
    ]
    for section in current.sections:
        lines += _work_on_section(section, base, origins, names)
    present = {pick.url for pick in all_picks(current)}
    for section_key, pick in taken_out_of(base, current, origins):
        if section_key and pick.url not in present:
            lines.append(f"took out “{pick.headline}” ({pick.outlet})")
    return lines


def _work_on_section(
    section: Section,
    base: Base,
    origins: Mapping[str, Origin],
    names: StoryNames,
) -> Iterator[str]:
    state = state_of_section(section, base, origins, (), names)
    for pick in section.picks:
        original = state.machine.get(pick.url)
        story = f"“{pick.headline}” ({pick.outlet})"
        if original is None:
            yield f"picked or placed {story} in {section.key}"
        elif original.url != pick.url:
            yield f"let {story} stand for its story in {section.key}"
        elif original != pick:
            yield f"reworded {story}"
        elif pick.url in state.placed:
            yield f"ordered {story} in {section.key}"


# The base and the edition, side by side


def find_origins(
    base: Edition, current: Edition, names: StoryNames
) -> dict[str, Origin]:
    """Return the origin of each present story, by its address.

    The same address pairs first; then another report of the same story does.
    """
    in_base = _origins_in(base)
    by_url = {origin.pick.url: origin for origin in in_base}
    urls = [pick.url for pick in all_picks(current)]
    origins = {url: by_url[url] for url in urls if url in by_url}
    unpaired = [origin for origin in in_base if origin.pick.url not in origins]
    by_story = _first_by_story(unpaired, names)
    for url in urls:
        story = names.story_at(url)
        if url not in origins and story in by_story:
            origins[url] = by_story.pop(story)
    return origins


def _origins_in(base: Edition) -> list[Origin]:
    origins: list[Origin] = []
    for section in base.sections:
        origins += [Origin(section.key, pick) for pick in section.picks]
    return origins


def _first_by_story(
    origins: Iterable[Origin], names: StoryNames
) -> dict[Hashable, Origin]:
    """Return the first of several reports of each story."""
    by_story: dict[Hashable, Origin] = {}
    for origin in origins:
        by_story.setdefault(names.story_at(origin.pick.url), origin)
    return by_story


def taken_out_of(
    base: Base, current: Edition, origins: Mapping[str, Origin]
) -> tuple[tuple[str, Pick], ...]:
    """Return the machine's stories that a person took out of their section, moved ones included.

    Those that were taken out before the edition was filled last come first.
    """
    stands_in: dict[str, str] = {}
    for section in current.sections:
        for pick in section.picks:
            if pick.url in origins:
                stands_in[origins[pick.url].pick.url] = section.key
    taken_out = list(base.taken_out)
    recorded = {(section_key, pick.url) for section_key, pick in base.taken_out}
    for section in base.edition.sections:
        for pick in section.picks:
            is_still_there = stands_in.get(pick.url) == section.key
            if not is_still_there and (section.key, pick.url) not in recorded:
                taken_out.append((section.key, pick))
    return tuple(taken_out)


def state_of_section(
    section: Section,
    base: Base,
    origins: Mapping[str, Origin],
    excluded: Collection[Hashable],
    names: StoryNames,
    put_back: Collection[str] = (),
    moved: Collection[str] | None = None,
) -> SectionState:
    """Separate the present stories of a section by who put them there.

    `origins` is what `find_origins` returns; `excluded` names stories that a person took out or
    passed over, `put_back` addresses that a person took out and put in again, `moved` those that
    a person moved, step by step; None if the steps are not known.
    """
    urls = [pick.url for pick in section.picks]
    machine = {
        url: origins[url].pick
        for url in urls
        if url in origins and origins[url].section == section.key
    }
    urls_before = _urls_in_section(base.edition, section.key)
    common = [url for url in urls if url in machine and machine[url].url == url]
    reordered = _out_of_order(
        [url for url in urls_before if url in common], common
    )
    if moved is not None:
        reordered &= set(moved)
    added = set(urls) - set(common)
    placed = reordered | added | (set(urls) & set(put_back))
    # it was left standing when another report was taken out that was not known to be of its story
    left_in_place = frozenset(
        url for url in urls if names.story_at(url) in excluded
    )
    is_reworded = any(machine.get(pick.url) != pick for pick in section.picks)
    has_gap = bool(set(urls_before) - set(common))
    is_emptied = _is_emptied(section.key, base.taken_out)
    return SectionState(
        picks=section.picks,
        machine=machine,
        placed=frozenset(placed),
        is_touched=bool(
            placed or left_in_place or is_reworded or has_gap or is_emptied
        ),
        left_in_place=left_in_place,
    )


def absent_section(
    key: str, taken_out: Collection[tuple[str, Pick]]
) -> SectionState:
    """Return the state of a section that the edition does not have yet."""
    return SectionState(
        picks=(),
        machine={},
        placed=frozenset(),
        is_touched=_is_emptied(key, taken_out),
    )


def _is_emptied(key: str, taken_out: Iterable[tuple[str, Pick]]) -> bool:
    """Return True if a person took a story out of a section."""
    return any(section_key == key for section_key, _ in taken_out)


def _urls_in_section(edition: Edition, key: str) -> list[str]:
    urls: list[str] = []
    for section in edition.sections:
        if section.key == key:
            urls += [pick.url for pick in section.picks]
    return urls


# Order


def moved_in_steps(steps: Sequence[Edition]) -> frozenset[str]:
    """Return the addresses that were moved within their section from one version to the next.

    When three went to the end one by one, the result looks as if the others had gone to the top;
    the steps show which ones moved.
    """
    moved: set[str] = set()
    for earlier, later in pairwise(steps):
        urls_before = {
            section.key: [pick.url for pick in section.picks]
            for section in earlier.sections
        }
        for section in later.sections:
            now = [pick.url for pick in section.picks]
            before = urls_before.get(section.key, [])
            moved |= _out_of_order(
                [url for url in before if url in now],
                [url for url in now if url in before],
            )
    return frozenset(moved)


def _out_of_order(before: Sequence[str], now: Sequence[str]) -> set[str]:
    """Return those that a person may have moved: that are not in every longest common sequence.

    If the longest sequence is as long without one, that one may be what was moved.
    """
    if before == now:
        return set()
    longest = _common_length(before, now)
    may_have_moved = set()
    for url in now:
        others = [other for other in now if other != url]
        if _common_length(before, others) == longest:
            may_have_moved.add(url)
    return may_have_moved


def _common_length(first: Sequence[str], second: Sequence[str]) -> int:
    """Return the length of the longest common subsequence, by dynamic programming."""
    lengths = [0] * (len(second) + 1)
    for item in first:
        above = lengths[:]
        for column, other in enumerate(second, start=1):
            if item == other:
                lengths[column] = above[column - 1] + 1
            else:
                lengths[column] = max(above[column], lengths[column - 1])
    return lengths[-1]
