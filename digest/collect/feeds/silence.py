"""Notices when an outlet stops giving what it usually gives. Pure.

A feed that answers well and gives nothing new is the failure that no error shows.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median

#: Weeks by which an outlet is known, counted back from its last article, so that a long silence
#: does not become the habit.
WEEKS = 8
#: Silence says something once so many articles are missing, and never before so many days.
MISSING = 5
DAYS = 2

Days = Mapping[date, int]  #: articles by the day they came out


@dataclass(frozen=True, slots=True)
class Habit:
    """What an outlet or feed usually gives."""

    a_week: float
    longest_pause: int  #: days between two articles
    last: date


def habit(days: Days) -> Habit | None:
    """Return what is usual; None while not one whole week is known."""
    if not days:
        return None
    last = max(days)
    weeks = min(((last - min(days)).days + 1) // 7, WEEKS)
    if not weeks:
        return None
    counts = [0] * weeks
    for day, count in days.items():
        if (age := (last - day).days // 7) < weeks:
            counts[age] += count
    known = sorted(d for d in days if (last - d).days < 7 * weeks)
    pauses = ((b - a).days for a, b in itertools.pairwise(known))
    return Habit(median(counts), max(pauses, default=1), last)


def silence(name: str, days: Days, heard: date) -> str:
    """Return a sentence if nothing came for longer than it should take; else "".

    `heard` is when the outlet last gave a good answer: failing is another matter than silence. An
    outlet that never publishes on weekends is not silent on a Monday.
    """
    usual = habit(days)
    if usual is None or not usual.a_week:
        return ""
    patience = max(DAYS, MISSING / (usual.a_week / 7), usual.longest_pause)
    if (heard - usual.last).days <= patience:
        return ""
    return f"{name} usually gives {usual.a_week:g} a week, 0 so far: nothing new since {usual.last}"
