"""Known clips of a sheet: what their rows say beyond the stored articles, and what becomes of it. Pure.

The note of a row is kept where the article came in a sheet and has none: there a note has its place.
All else that differs is told, and nothing of it is taken: an article stays as its outlet gives it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo

from digest.collect.sheets.clip_rows import SheetClip
from digest.collect.sheets.doubles import Double
from digest.collect.sheets.outlet_names import fold_outlet
from digest.infra.letters import fold_letters
from digest.model import ClipDetails


@dataclass(frozen=True, slots=True)
class KnownDifference:
    """What a row says of a known article that the article does not."""

    sheet: str
    line: int
    article: int  #: its id
    kept_note: str = (
        ""  #: the note that is stored with the article; "" if none is
    )
    #: what is not taken, by its part: note, date, outlet, place
    untaken: Mapping[str, str] = field(default_factory=dict)


def find_differences(
    doubles: Iterable[Double], stored: Mapping[int, ClipDetails], zone: tzinfo
) -> Iterator[KnownDifference]:
    """Yield what rows of known clips say beyond their articles, for each row that does.

    An article is given the first note that it has no other for.
    """
    noted: dict[int, str] = {}
    for double in doubles:
        details = stored.get(double.article)
        if details is None:
            continue
        note = noted.get(double.article, details.note)
        kept_note = ""
        untaken = dict(_list_untaken(double.clip, details, zone))
        if double.clip.note and not _is_same(double.clip.note, note):
            if details.came_in_sheet and not note:
                kept_note = double.clip.note
                noted[double.article] = kept_note
            else:
                untaken["note"] = double.clip.note
        if kept_note or untaken:
            yield KnownDifference(
                double.clip.sheet,
                double.clip.line,
                double.article,
                kept_note,
                untaken,
            )


def _list_untaken(
    clip: SheetClip, stored: ClipDetails, zone: tzinfo
) -> Iterator[tuple[str, str]]:
    """Yield the parts in which a row differs from an article, as the row has them."""
    if _is_of_another_day(clip, stored, zone):
        yield "date", clip.date.isoformat()
    if fold_outlet(clip.outlet) != fold_outlet(stored.outlet):
        yield "outlet", clip.outlet
    if clip.place and clip.place != stored.place:
        yield "place", clip.place


def _is_of_another_day(
    clip: SheetClip, stored: ClipDetails, zone: tzinfo
) -> bool:
    """Return whether a row names another day than its article, or the article has none."""
    if clip.day.precision != "day":
        return False
    if stored.published is None:
        return True
    return clip.date != stored.published.astimezone(zone).date()


def _is_same(note: str, other: str) -> bool:
    return fold_letters(note) == fold_letters(other)
