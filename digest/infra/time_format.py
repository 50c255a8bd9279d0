"""Time formats: times for people, in the newsletter's time zone, with its name.

Everything that shows a time to a person uses this module; JSON for programs has ISO 8601 with its offset.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from babel import Locale

UTC = ZoneInfo("UTC")


def format_minute(at: datetime, zone: ZoneInfo) -> str:
    """Return a time for the command line and the log: "2026-02-27 15:00 CET"."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M} {zone_name(at, zone)}"


def format_in_words(at: datetime, zone: ZoneInfo, locale: "Locale") -> str:
    """Return a time as people of a language write it: "27 Feb 2026, 15:00 CET"."""
    from babel.dates import format_datetime

    written = format_datetime(at, "d MMM y, HH:mm", tzinfo=zone, locale=locale)
    return f"{written} {zone_name(at, zone)}"


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """Return the day that it is in a zone at a time."""
    return at.astimezone(zone).date()


def zone_name(at: datetime, zone: ZoneInfo) -> str:
    """Return what a zone is called at a time: its abbreviation, or UTC and the offset.

    Many zones have no abbreviation in the tz database but their offset ("-03"), which alone reads
    like anything but a zone (https://data.iana.org/time-zones/theory.html, "Time zone
    abbreviations").
    """
    local = at.astimezone(zone)
    name = local.tzname() or ""
    if name.isalpha():
        return name
    offset = local.isoformat()[-6:]
    return f"UTC{offset}"
