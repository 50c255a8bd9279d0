"""Cadence: the dates of a newsletter's editions, when each is due, and the period that it covers.

Pure functions of the newsletter's settings. A date is a day in the newsletter's time zone; a moment
is aware of its zone. An hour that the clock skips is as much later as the clock skips (02:00 becomes
03:00); of an hour that it shows twice, the first counts (PEP 495, fold=0).

The cadences are predicates of a day. RFC 5545 rules (dateutil.rrule) say the same, but each begins
at a date that the same arithmetic has to find, and walks from there; the tests compare both.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from digest.settings import WEEKDAYS, Newsletter

#: How long before the edition before was closed something may be published that no feed had yet:
#: a week, since a feed may fail from Monday to Saturday.
FEEDS_LAG = timedelta(days=7)
#: Where `starts` is not given, every two weeks are counted from the week of this Monday.
FIRST_WEEK = date(2001, 1, 1)
DAYS_OF_WEEK = 7
WORKING_DAYS = 5
ONE_DAY = timedelta(days=1)
#: For how long an edition made by hand is still sent by itself after its time, at most.
LATE_BY_HAND = timedelta(days=7)


class OffDay(StrEnum):
    """Reasons why a day is none of a newsletter's."""

    HOLIDAY = "holiday"  #: feeds.yaml names it
    WEEKEND = "weekend"  #: the newsletter comes on working days
    WEEKDAY = "weekday"  #: the newsletter comes on another day


@dataclass(frozen=True, slots=True)
class EditionWindow:
    """The period that an edition covers: from `start` up to, not including, `end`.

    An article published before `start`, but first seen after the edition before was closed, could
    not be in that one: it belongs to this.
    """

    start: datetime
    end: datetime
    #: when the edition before was closed; None if there is none
    late_from: datetime | None = None

    @property
    def earliest_publication(self) -> datetime:
        """The earliest time of publication that it may take from."""
        if self.late_from:
            return min(self.start, self.late_from - FEEDS_LAG)
        return self.start

    def holds_article(
        self, published: datetime, first_seen: datetime | None
    ) -> bool:
        """Return True if an article is of this edition."""
        if not self.earliest_publication <= published < self.end:
            return False
        if published >= self.start or self.late_from is None:
            return True
        if first_seen is None:
            return False
        return first_seen >= self.late_from


# Dates


def is_planned(newsletter: Newsletter, day: date) -> bool:
    """Return whether an edition is made on a day: one of its cadence that is not skipped."""
    return _is_regular(newsletter, day) and not _is_skipped(newsletter, day)


def find_off_day(newsletter: Newsletter, day: date) -> OffDay | None:
    """Return why no edition is planned for a day; None if one is, or all are made by hand."""
    if newsletter.cadence == "by_hand" or is_planned(newsletter, day):
        return None
    if not _is_regular(newsletter, day):
        return OffDay.WEEKDAY
    if day in newsletter.holidays:
        return OffDay.HOLIDAY
    return OffDay.WEEKEND


def next_date(newsletter: Newsletter, now: datetime) -> date | None:
    """Return the date of the edition being worked on: the first one that is not due yet.

    None if editions are made by hand only.
    """
    if newsletter.cadence == "by_hand":
        return None
    # a skipped hour may be due on the day after, so that the day before comes into question
    moment = now.astimezone(UTC)
    day = moment.astimezone(newsletter.zone).date() - ONE_DAY
    while not _is_to_come(newsletter, day, moment):
        day += ONE_DAY
    return day


def next_date_after(newsletter: Newsletter, day: date) -> date | None:
    """Return the first planned date after a day; None if editions are made by hand only."""
    if newsletter.cadence == "by_hand":
        return None
    day += ONE_DAY
    while not is_planned(newsletter, day):
        day += ONE_DAY
    return day


def previous_date(newsletter: Newsletter, day: date) -> date | None:
    """Return the last planned date before a day; None if editions are made by hand only."""
    if newsletter.cadence == "by_hand":
        return None
    day -= ONE_DAY
    while not is_planned(newsletter, day):
        day -= ONE_DAY
    return day


def planned_dates(
    newsletter: Newsletter, first: date, last: date
) -> Iterator[date]:
    """Yield the planned dates from a first day to a last, both included."""
    day = first
    while day <= last:
        if is_planned(newsletter, day):
            yield day
        day += ONE_DAY


# Moments


def due_moment(newsletter: Newsletter, day: date) -> datetime:
    """Return when the edition of a day is due: at the newsletter's hour in its time zone."""
    wall_time = datetime.combine(day, time(newsletter.hour), newsletter.zone)
    return _as_shown(wall_time)


def draft_moment(newsletter: Newsletter, day: date) -> datetime:
    """Return from when on an edition is proposed: not before the one before it is due."""
    ahead = timedelta(hours=newsletter.draft_ahead)
    begins = _as_shown(due_moment(newsletter, day) - ahead)
    previous = previous_date(newsletter, day)
    if previous is None:
        return begins
    return max(begins, due_moment(newsletter, previous))


def late_sending_time(newsletter: Newsletter, day: date) -> timedelta:
    """Return for how long after its time an approved edition is still sent by itself.

    For as many days as it covers, but no longer than until the next one is due, so that nobody
    gets two at once. Weekly ones that cover more than a week are sent that long, as ever.
    """
    covered = timedelta(days=newsletter.window_days)
    if newsletter.cadence == "weekly":
        return covered
    following = next_date_after(newsletter, day)
    if following is None:
        return min(covered, LATE_BY_HAND)
    return min(covered, following - day)


def window_of(newsletter: Newsletter, day: date) -> EditionWindow:
    """Return what the edition of a day covers by the settings alone.

    `since_last` covers what came since the planned edition before was due, holidays included. A
    number of days is counted back from the edition; where dates before it were skipped, from the
    first of them, so that what they would have covered is in this one. By hand there is no planned
    edition before: the longest usual gap stands in, until the caller knows which edition exists.
    """
    start = due_moment(newsletter, _first_day_covered(newsletter, day))
    return EditionWindow(start, due_moment(newsletter, day))


def _first_day_covered(newsletter: Newsletter, day: date) -> date:
    """Return the day at whose hour the window of an edition begins."""
    previous = previous_date(newsletter, day)
    if newsletter.window == "since_last" and previous is not None:
        return previous
    return _first_of_gap(newsletter, day) - timedelta(newsletter.window_days)


def _first_of_gap(newsletter: Newsletter, day: date) -> date:
    """Return the first of the skipped dates between an edition and the one planned before it.

    That is `day` itself where none was skipped.
    """
    previous = previous_date(newsletter, day)
    if previous is None:
        return day
    first = previous + ONE_DAY
    while first < day and not _is_regular(newsletter, first):
        first += ONE_DAY
    return first


def _is_to_come(newsletter: Newsletter, day: date, now: datetime) -> bool:
    """Return whether an edition is planned for a day and not due yet."""
    return is_planned(newsletter, day) and due_moment(newsletter, day) > now


def _as_shown(wall_time: datetime) -> datetime:
    """Return a local time as a clock shows it, which skips some hours: by way of UTC."""
    return wall_time.astimezone(UTC).astimezone(wall_time.tzinfo)


# Rules


def _is_regular(newsletter: Newsletter, day: date) -> bool:
    """Return whether a day is of the cadence. Working days are every day, but for those skipped."""
    is_its_weekday = day.weekday() == WEEKDAYS.index(newsletter.weekday)
    match newsletter.cadence:
        case "weekdays":
            return True
        case "weekly":
            return is_its_weekday
        case "every_two_weeks":
            return is_its_weekday and _is_of_second_week(newsletter, day)
        case "monthly":
            return is_its_weekday and day.day <= DAYS_OF_WEEK
        case _:
            return False


def _is_skipped(newsletter: Newsletter, day: date) -> bool:
    """Return whether no edition is made on a day of the cadence: a holiday, or a weekend."""
    if newsletter.cadence == "weekdays" and day.weekday() >= WORKING_DAYS:
        return True
    return day in newsletter.holidays


def _is_of_second_week(newsletter: Newsletter, day: date) -> bool:
    """Return whether a day is of every second week, Monday to Sunday, from that of `starts`."""
    starts = newsletter.starts or FIRST_WEEK
    monday = starts - timedelta(days=starts.weekday())
    weeks = (day - monday).days // DAYS_OF_WEEK
    return weeks % 2 == 0
