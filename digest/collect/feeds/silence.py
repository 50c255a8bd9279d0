"""Silence of outlets: notice when one stops giving what it usually gives. Pure.

A feed that answers well and gives nothing new is the failure that no error shows.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

#: Weeks by which an outlet is known, counted back from its last article, so that a long silence
#: does not become the habit.
MAX_WEEKS = 8
#: Silence says something once so many articles are missing, and never before so many days.
MIN_MISSING_ARTICLES = 5
MIN_SILENT_DAYS = 2

Days = Mapping[date, int]  #: articles by the day they came out


@dataclass(frozen=True, slots=True)
class Habit:
    """Usual output of an outlet or feed."""

    a_week: float
    longest_pause: int  #: days between two articles
    last: date


def find_habit(days: Days) -> Habit | None:
    """Return the usual output; None while less than a week is known."""
    if not days:
        return None
    last = max(days)
    days_known = (last - min(days)).days + 1
    weeks = min(days_known // 7, MAX_WEEKS)
    if not weeks:
        return None
    first = last - timedelta(days=7 * weeks - 1)
    recent = sorted(day for day in days if day >= first)
    counts = [0] * weeks
    for day in recent:
        weeks_ago = (last - day).days // 7
        counts[weeks_ago] += days[day]
    pauses = [(later - day).days for day, later in itertools.pairwise(recent)]
    return Habit(median(counts), max(pauses, default=1), last)


def describe_silence(name: str, days: Days, heard: date) -> str:
    """Return a sentence if nothing came for longer than usual; else "".

    `heard` is when the outlet last gave a good answer: failing is another matter than silence. An
    outlet that never publishes on weekends is not silent on a Monday.
    """
    usual = find_habit(days)
    if usual is None or not usual.a_week:
        return ""
    days_for_missing = MIN_MISSING_ARTICLES / (usual.a_week / 7)
    max_days = max(MIN_SILENT_DAYS, days_for_missing, usual.longest_pause)
    if (heard - usual.last).days <= max_days:
        return ""
    return f"{name} usually gives {usual.a_week:g} a week, 0 so far: nothing new since {usual.last}"
