"""What an editor does to an edition, one step at a time. All pure: an edition in, another out."""

from collections.abc import Callable
from dataclasses import replace

from digest.errors import NotFound
from digest.model import Edition, Lead, Pick, Section

Change = Callable[[Edition], Edition]


def add(section: str, pick: Pick) -> Change:
    """Put a story at the end of a section; one that is in the edition already moves there."""

    def change(edition: Edition) -> Edition:
        without = drop(pick.url)(edition) if _place(edition, pick.url) else edition
        return _with(without, section, lambda picks: (*picks, pick))

    return change


def drop(url: str) -> Change:
    """Take a story out. Raises NotFound if it is not in."""

    def change(edition: Edition) -> Edition:
        section, _ = _found(edition, url)
        return _with(
            edition, section, lambda picks: tuple(p for p in picks if p.url != url)
        )

    return change


def move(url: str, section: str, place: int) -> Change:
    """Put a story at a place (from 0) of a section, the same or another. Raises NotFound."""

    def change(edition: Edition) -> Edition:
        _, pick = _found(edition, url)

        def inserted(picks: tuple[Pick, ...]) -> tuple[Pick, ...]:
            at = max(0, min(place, len(picks)))
            return (*picks[:at], pick, *picks[at:])

        return _with(drop(url)(edition), section, inserted)

    return change


def shift(url: str, section: str, by: int) -> Change:
    """Put a story that many places further down (up, below 0) in its section. Raises NotFound."""

    def change(edition: Edition) -> Edition:
        urls = [p.url for s in edition.sections if s.key == section for p in s.picks]
        if url not in urls:
            raise NotFound("that story is not in this section any more")
        return move(url, section, urls.index(url) + by)(edition)

    return change


def rewrite(url: str, edited: Callable[[Pick], Pick]) -> Change:
    """Change what a story line says, where it stands. Raises NotFound."""

    def change(edition: Edition) -> Edition:
        section, _ = _found(edition, url)
        return _with(
            edition,
            section,
            lambda picks: tuple(edited(p) if p.url == url else p for p in picks),
        )

    return change


def set_lead(number: int, lead: Lead | None) -> Change:
    """Put a lead at a place (from 0), a new one behind the last; None takes it out.

    Raises NotFound if there is no such place.
    """

    def change(edition: Edition) -> Edition:
        if not 0 <= number <= len(edition.leads) or (
            lead is None and number == len(edition.leads)
        ):
            raise NotFound("there is no such lead any more")
        kept = (lead,) if lead else ()
        leads = (*edition.leads[:number], *kept, *edition.leads[number + 1 :])
        return replace(edition, leads=leads)

    return change


def _found(edition: Edition, url: str) -> tuple[str, Pick]:
    found = _place(edition, url)
    if not found:
        raise NotFound("that story is not in the edition any more")
    return found


def _place(edition: Edition, url: str) -> tuple[str, Pick] | None:
    stories = ((s.key, p) for s in edition.sections for p in s.picks)
    return next(((key, pick) for key, pick in stories if pick.url == url), None)


def _with(
    edition: Edition, section: str, edit: Callable[[tuple[Pick, ...]], tuple[Pick, ...]]
) -> Edition:
    if section not in [s.key for s in edition.sections]:
        raise NotFound(f"there is no section {section} in the edition")

    def edited(s: Section) -> Section:
        return replace(s, picks=edit(s.picks)) if s.key == section else s

    return replace(edition, sections=tuple(map(edited, edition.sections)))
