"""Status columns: which columns of a sheet say who may be mailed, by heading and by cells."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from digest.audience.answers import Answers
from digest.audience.columns import Columns
from digest.audience.consent import CONFIRMED, consent_rank, is_about_time
from digest.audience.seen import Seen
from digest.audience.standing import are_status_words, is_date_column
from digest.audience.status_headings import (
    COLOUR_HEADING,
    How,
    StatusColumn,
    is_mailing_heading,
    is_other_channel,
    is_place,
    is_remark_heading,
    status_column,
)
from digest.audience.status_words import A_DATE, MEANING, NO, YES, is_empty, plain
from digest.audience.systems import UNKNOWN, System
from digest.audience.unknown import are_names_of_places

PROOFS = frozenset({CONFIRMED, 1})  #: ranks of consent dates that prove an agreement
OWN_HEADING = "consent at"  #: of our own form, where an empty cell stands for now
#: Columns that say of everybody whether they may be mailed.
DECIDING = frozenset(
    {How.STATES, How.AGREES, How.REFUSES, How.WHEN, How.WHY, How.SINCE}
)


def candidate_columns(
    columns: Columns, system: System, answers: Answers
) -> list[StatusColumn]:
    """Return the columns that may say who is to be mailed."""
    found = []
    named = columns.places.get("status", -1)
    taken = {
        p for part, p in columns.places.items() if part not in {"left_at", "status"}
    }
    posts = any("do not email" in plain(heading) for heading in columns.headings)
    for place, heading in enumerate(columns.headings):
        text = plain(heading)
        if text in answers.ignored or (text == "do not mail" and posts):
            continue
        column = _column(place, heading, system)
        is_status = place == named or not (columns.headed or place in taken)
        if is_status or heading == COLOUR_HEADING:
            column = StatusColumn(place, heading, How.STATES)
        elif place == columns.places.get("left_at") and column is None:
            column = StatusColumn(place, heading, How.WHEN)
        elif place in taken and text not in system.columns:
            column = None
        elif column is None:
            column = _silent_column(place, heading)
        if column and column.how != How.ASIDE:
            found.append(replace(column, words=system.words or None))
    return found


def _silent_column(place: int, heading: str) -> StatusColumn | None:
    """Return a column that says nothing by itself, but may hold a no; None if it is none."""
    if is_remark_heading(heading):
        return StatusColumn(place, heading, How.REMARKS)
    if is_mailing_heading(heading) and not is_other_channel(heading):
        return StatusColumn(place, heading, How.MAILING)
    return None


def _column(place: int, heading: str, system: System) -> StatusColumn | None:
    text = plain(heading)
    if text in system.columns:
        how, kind = system.columns[text]
        return StatusColumn(place, heading, how, kind)
    column = status_column(place, heading)
    if column is None and system.rest and text != "email":
        return StatusColumn(place, heading, How.REFUSES)
    return column


def speaking_columns(
    speaking: Sequence[StatusColumn], seen: Seen, columns: Columns, system: System
) -> tuple[list[StatusColumn], list[str]]:
    """Return the columns that do say who is to be mailed, and what a person should know of them."""
    kept = []
    notes = []
    dated = []
    for at, column in enumerate(speaking):
        values = seen.values(at)
        if column.how == How.MAILING or (column.how == How.REMARKS and not any(values)):
            continue
        if column.place != columns.places.get("status") and holds_dates(column, values):
            dated.append((column, values))
            continue
        if (
            column.how == How.AGREES
            and is_about_time(column.heading)
            and not _is_clear(values)
        ):
            continue
        if not columns.headed and not are_status_words(values):
            continue
        is_named = column.place == columns.places.get("status")
        lived_in = is_place(column, columns.headings, values) or are_names_of_places(
            values
        )
        if column.how == How.STATES and lived_in and not is_named:
            shown = ", ".join(v for v in list(values)[:3] if v)
            notes.append(f"{column.heading} is taken for a place to live in ({shown})")
            continue
        kept.append(column)
    colours = [c for c in kept if c.heading == COLOUR_HEADING]
    if colours and any(c.how in DECIDING for c in kept if c.heading != COLOUR_HEADING):
        kept.remove(colours[0])
        notes.append(
            "some rows have a colour of their own: it is not read, as a column says more"
        )
    is_decided = any(c.how in DECIDING for c in kept) or system is not UNKNOWN
    proofs = [c.place for c, _ in dated if consent_rank(c.heading) in PROOFS]
    is_decided = is_decided or (len(proofs) > 1 and seen.everybody_has(proofs))
    kept += [
        c
        for c, values in dated
        if _counts_as_agreement(c, values, is_decided=is_decided)
    ]
    return sorted(kept, key=lambda c: c.place), notes


def holds_dates(column: StatusColumn, values: Mapping[str, int]) -> bool:
    """Say whether a column of agreement (or a status) holds dates: all of it, or nearly."""
    if column.how not in {How.STATES, How.AGREES}:
        return False
    if is_date_column(values):
        return True
    return (
        column.how == How.AGREES and A_DATE in values and is_about_time(column.heading)
    )


def _is_clear(values: Iterable[str]) -> bool:
    """Say whether a column holds any word of a status, a yes, or a no."""
    return any(plain(v) in MEANING or plain(v) in YES or plain(v) in NO for v in values)


def _counts_as_agreement(
    column: StatusColumn, values: Mapping[str, int], *, is_decided: bool
) -> bool:
    """Say whether a column of dates says who agreed: it holds a no, or nothing else says it.

    Then it counts where it is empty for some: "Consent on" without a date is to be asked about.
    """
    if column.how != How.AGREES:
        return False
    if any(plain(v) in MEANING or plain(v) in NO for v in values if not is_empty(v)):
        return True
    is_own = plain(column.heading) == OWN_HEADING
    is_status = not is_about_time(column.heading)  # "Subscribed", with dates for a yes
    is_proof = (is_status or consent_rank(column.heading) in PROOFS) and not is_own
    return is_proof and not is_decided and any(map(is_empty, values))
