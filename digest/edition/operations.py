"""Operations: what an editor does to an edition, one step at a time.

Pure functions. Each returns a change, which takes an edition and returns another; a story is
named by its address.

    edition = move(url, section="following", place=0)(edition)
"""

from collections.abc import Callable
from dataclasses import replace

from digest.edition.block_operations import without_lead
from digest.errors import NotFound
from digest.model import Edition, Lead, Pick, Section

Change = Callable[[Edition], Edition]
_Picks = tuple[Pick, ...]


def add_story(section: str, pick: Pick) -> Change:
    """Put a story at the end of a section; one that is in the edition already moves there."""

    def apply_change(edition: Edition) -> Edition:
        if _find_pick(edition, pick.url):
            edition = drop_story(pick.url)(edition)
        return _edit_picks(edition, section, lambda picks: (*picks, pick))

    return apply_change


def drop_story(url: str) -> Change:
    """Take a story out. Raises NotFound if it is not in."""

    def apply_change(edition: Edition) -> Edition:
        section, _ = _require_pick(edition, url)
        return _edit_picks(edition, section, remove_pick)

    def remove_pick(picks: _Picks) -> _Picks:
        return tuple(pick for pick in picks if pick.url != url)

    return apply_change


def move_story(url: str, section: str, place: int) -> Change:
    """Put a story at a place (from 0) of a section, the same or another. Raises NotFound."""

    def apply_change(edition: Edition) -> Edition:
        _, pick = _require_pick(edition, url)

        def insert_pick(picks: _Picks) -> _Picks:
            position = max(0, min(place, len(picks)))
            return (*picks[:position], pick, *picks[position:])

        return _edit_picks(drop_story(url)(edition), section, insert_pick)

    return apply_change


def shift_story(url: str, section: str, by: int) -> Change:
    """Put a story that many places further down (up, below 0) in its section. Raises NotFound."""

    def apply_change(edition: Edition) -> Edition:
        urls = _urls_in_section(edition, section)
        if url not in urls:
            raise NotFound("that story is not in this section any more")
        return move_story(url, section, urls.index(url) + by)(edition)

    return apply_change


def rewrite_story(url: str, edited: Callable[[Pick], Pick]) -> Change:
    """Change the words of a story line in its place. Raises NotFound."""

    def apply_change(edition: Edition) -> Edition:
        section, _ = _require_pick(edition, url)
        return _edit_picks(edition, section, rewrite_pick)

    def rewrite_pick(picks: _Picks) -> _Picks:
        return tuple(
            edited(pick) if pick.url == url else pick for pick in picks
        )

    return apply_change


def set_lead(number: int, lead: Lead | None) -> Change:
    """Put a lead at a place (from 0), a new one behind the last; None removes it.

    The saved blocks behind it stay. Raises NotFound if there is no such place.
    """

    def apply_change(edition: Edition) -> Edition:
        leads = list(edition.leads)
        if lead is None:
            if not 0 <= number < len(leads):
                raise NotFound("there is no such lead any more")
            return without_lead(edition, number)
        if not 0 <= number <= len(leads):
            raise NotFound("there is no such lead any more")
        blocks_below: tuple[str, ...] = ()
        if number < len(leads):
            blocks_below = leads[number].blocks_below
        leads[number : number + 1] = [replace(lead, blocks_below=blocks_below)]
        return replace(edition, leads=tuple(leads))

    return apply_change


def _urls_in_section(edition: Edition, key: str) -> list[str]:
    urls: list[str] = []
    for section in edition.sections:
        if section.key == key:
            urls += [pick.url for pick in section.picks]
    return urls


def _require_pick(edition: Edition, url: str) -> tuple[str, Pick]:
    """Return the section and pick of an address. Raises NotFound."""
    place = _find_pick(edition, url)
    if not place:
        raise NotFound("that story is not in the edition any more")
    return place


def _find_pick(edition: Edition, url: str) -> tuple[str, Pick] | None:
    """Return the section and pick of an address, None if it is not in."""
    for section in edition.sections:
        for pick in section.picks:
            if pick.url == url:
                return section.key, pick
    return None


def _edit_picks(
    edition: Edition, key: str, edit: Callable[[_Picks], _Picks]
) -> Edition:
    """Return an edition with the picks of one section edited. Raises NotFound."""
    if key not in [section.key for section in edition.sections]:
        raise NotFound(f"there is no section {key} in the edition")

    def edit_section(section: Section) -> Section:
        if section.key != key:
            return section
        return replace(section, picks=edit(section.picks))

    sections = tuple(map(edit_section, edition.sections))
    return replace(edition, sections=sections)
