"""Block operations: put saved blocks into an edition, move them, take them out; one step each.

Pure functions. A block is named by its name, which stands in an edition once. A place is TOP, END, or
`lead 0` or `section following`: behind that part, and behind the blocks that stand there already.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from digest.errors import DigestError, NotFound
from digest.model import Edition, Lead, Section
from digest.settings import BlockPlaces

if TYPE_CHECKING:
    from digest.edition.operations import Change

TOP = "top"
END = "end"

#: The parts of an edition by number, leads first, and between them the names of its blocks.
_Sequence = list[int | str]


def place_of_lead(number: int) -> str:
    """Return the place behind a lead, counted from 0."""
    return f"lead {number}"


def place_of_section(key: str) -> str:
    """Return the place behind a section."""
    return f"section {key}"


def insert_block(name: str, place: str) -> "Change":
    """Put a block at a place; one that is in already moves there. Raises NotFound."""

    def apply_change(edition: Edition) -> Edition:
        sequence = _sequence_of(edition)
        if name in sequence:
            sequence.remove(name)
        position = _find_position(edition, sequence, place)
        sequence.insert(position, name)
        return _in_sequence(edition, sequence)

    return apply_change


def insert_new_block(name: str, place: str) -> "Change":
    """Put a block at a place. Raises DigestError if it is in already, and NotFound."""

    def apply_change(edition: Edition) -> Edition:
        if name in edition.block_names:
            raise DigestError(f"the saved block {name} is in the edition")
        return insert_block(name, place)(edition)

    return apply_change


def move_block(name: str, place: str) -> "Change":
    """Put a block that is in at another place. Raises NotFound if it or the place is not there."""

    def apply_change(edition: Edition) -> Edition:
        _require_block(_sequence_of(edition), name)
        return insert_block(name, place)(edition)

    return apply_change


def drop_block(name: str) -> "Change":
    """Take a block out. Raises NotFound if it is not in."""

    def apply_change(edition: Edition) -> Edition:
        sequence = _sequence_of(edition)
        _require_block(sequence, name)
        sequence.remove(name)
        return _in_sequence(edition, sequence)

    return apply_change


def leave_out_block(name: str) -> "Change":
    """Let an edition be without a block that every edition has by the settings."""

    def apply_change(edition: Edition) -> Edition:
        names = dict.fromkeys((*edition.without_blocks, name))
        return replace(edition, without_blocks=tuple(names))

    return apply_change


def take_back_block(name: str) -> "Change":
    """Let an edition have a block again that it was to be without."""

    def apply_change(edition: Edition) -> Edition:
        names = [other for other in edition.without_blocks if other != name]
        return replace(edition, without_blocks=tuple(names))

    return apply_change


def shift_block(name: str, by: int) -> "Change":
    """Put a block that many places further down (up, below 0): past a part, or another block."""

    def apply_change(edition: Edition) -> Edition:
        sequence = _sequence_of(edition)
        position = _require_block(sequence, name)
        sequence.remove(name)
        sequence.insert(max(0, position + by), name)
        return _in_sequence(edition, sequence)

    return apply_change


def add_newsletter_blocks(edition: Edition, places: BlockPlaces) -> Edition:
    """Put in the blocks that every edition of a newsletter has.

    One that the edition has already stays where a person put it; one that it is to be without is
    left out.
    """
    for name in reversed(_missing_names(edition, places.top)):
        sequence = [name, *_sequence_of(edition)]
        edition = _in_sequence(edition, sequence)
    middle = _place_between(edition)
    for name in _missing_names(edition, places.between):
        edition = insert_block(name, middle)(edition)
    for name in _missing_names(edition, places.end):
        edition = insert_block(name, END)(edition)
    return edition


def move_from_empty_sections(edition: Edition) -> Edition:
    """Return an edition whose blocks stand behind what is shown: no section without a story is."""
    place = _place_of_last_lead(edition)
    for section in edition.sections:
        if section.picks:
            place = place_of_section(section.key)
            continue
        for name in section.blocks_below:
            edition = insert_block(name, place)(edition)
    return edition


def with_sections(edition: Edition, sections: Iterable[Section]) -> Edition:
    """Return an edition with other sections, and all its blocks.

    Those of a section that is there no more stand behind the part before it.
    """
    bare = [replace(section, blocks_below=()) for section in sections]
    keys = {section.key for section in bare}
    changed = replace(edition, sections=tuple(bare))
    place = _place_of_last_lead(edition)
    for section in edition.sections:
        if section.key in keys:
            place = place_of_section(section.key)
        for name in section.blocks_below:
            changed = insert_block(name, place)(changed)
    return changed


def without_lead(edition: Edition, number: int) -> Edition:
    """Return an edition without a lead; its blocks stand behind the part before it."""
    orphans = edition.leads[number].blocks_below
    leads = [*edition.leads[:number], *edition.leads[number + 1 :]]
    changed = replace(edition, leads=tuple(leads))
    place = TOP
    if number:
        place = place_of_lead(number - 1)
    for name in orphans:
        changed = insert_block(name, place)(changed)
    return changed


# Inside


def _missing_names(edition: Edition, names: Iterable[str]) -> list[str]:
    passed_over = (*edition.block_names, *edition.without_blocks)
    return [name for name in dict.fromkeys(names) if name not in passed_over]


def _place_between(edition: Edition) -> str:
    """Return the place behind the first section that has a story; else that behind the leads."""
    for section in edition.sections:
        if section.picks:
            return place_of_section(section.key)
    return _place_of_last_lead(edition)


def _place_of_last_lead(edition: Edition) -> str:
    if not edition.leads:
        return TOP
    return place_of_lead(len(edition.leads) - 1)


def _find_position(edition: Edition, sequence: _Sequence, place: str) -> int:
    """Return where in a sequence the next block of a place goes. Raises NotFound."""
    if place == END:
        return len(sequence)
    position = 0
    if place != TOP:
        position = sequence.index(_number_of_part(edition, place)) + 1
    while position < len(sequence) and isinstance(sequence[position], str):
        position += 1
    return position


def _number_of_part(edition: Edition, place: str) -> int:
    """Return the number of the part that a place is behind. Raises NotFound."""
    lead_count = len(edition.leads)
    places = [place_of_lead(number) for number in range(lead_count)]
    places += [place_of_section(section.key) for section in edition.sections]
    if place not in places:
        raise NotFound(f"there is no place “{place}” in the edition")
    return places.index(place)


def _require_block(sequence: _Sequence, name: str) -> int:
    """Return the position of a block. Raises NotFound."""
    if name not in sequence:
        raise NotFound(f"the saved block {name} is not in the edition any more")
    return sequence.index(name)


def _parts_of(edition: Edition) -> list[Lead | Section]:
    return [*edition.leads, *edition.sections]


def _sequence_of(edition: Edition) -> _Sequence:
    sequence: _Sequence = list(edition.blocks_on_top)
    for number, part in enumerate(_parts_of(edition)):
        sequence.append(number)
        sequence += part.blocks_below
    return sequence


def _in_sequence(edition: Edition, sequence: _Sequence) -> Edition:
    """Return an edition with its blocks as a sequence has them."""
    on_top: list[str] = []
    below: list[list[str]] = []
    for item in sequence:
        if isinstance(item, int):
            below.append([])
        elif below:
            below[-1].append(item)
        else:
            on_top.append(item)
    lead_count = len(edition.leads)
    leads = [
        replace(lead, blocks_below=tuple(names))
        for lead, names in zip(edition.leads, below[:lead_count], strict=True)
    ]
    sections = [
        replace(section, blocks_below=tuple(names))
        for section, names in zip(
            edition.sections, below[lead_count:], strict=True
        )
    ]
    return replace(
        edition,
        blocks_on_top=tuple(on_top),
        leads=tuple(leads),
        sections=tuple(sections),
    )
