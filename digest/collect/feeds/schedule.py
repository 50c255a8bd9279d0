"""Schedule of polling: when to poll a feed again. Pure: touches nothing.

After Media Cloud's rss-fetcher: the aim is overlap. Where most of what a feed shows is known it is
polled later, where most is new, sooner, so that nothing scrolls past unseen. Failures slow a feed
down linearly and never switch it off ("active feeds DO return 404 and come back").
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from digest.collect.feeds.clean import to_utc
from digest.model import Feed

MIN_INTERVAL = timedelta(minutes=10)
MAX_INTERVAL = timedelta(days=1)
#: cron comes to the minute, not to the second: without it, every second run would find a feed
#: that is polled hourly a moment early.
SLACK = timedelta(minutes=1)
#: Media Cloud's steps and shares (rss-fetcher/fetcher/tasks.py).
STEP_LATER = timedelta(minutes=10)
STEP_LATER_IF_STALE = timedelta(hours=1)
STEP_SOONER = timedelta(hours=1)
MOSTLY_KNOWN = 0.67
MOSTLY_NEW = 0.33
#: Good answers in a row before the interval is changed.
MIN_GOOD_ANSWERS = 2
#: A feed that gave nothing new for longer.
STALE_AFTER = timedelta(days=31)
#: Feedbin's patience (feed_crawler: 576 sightings, about six days) before a move is believed.
MOVE_BELIEVED_AFTER = timedelta(days=6)
#: Some servers answer 304 although the feed has changed (rss-fetcher leaves conditional requests
#: off for them); once a day the whole feed is asked for.
FULL_EVERY = timedelta(days=1)
#: Reasons of failures that do not pass by themselves.
HARD_REASONS = (
    "http 401",
    "http 403",
    "http 410",
    "http 451",
    "forbidden address",
    "bad address",
    "redirects",
    "tls",
    "too large",
    "unknown host",
    "challenge",
    "paywall",
)
#: How much a failure counts, by its reason. What is not here may well pass by itself.
WEIGHTS = {"dns": 0.25} | dict.fromkeys(HARD_REASONS, 1.0)
SOFT_WEIGHT = 0.5
#: Digits of Retry-After, in seconds, beyond which it is no serious number.
MAX_SECONDS_DIGITS = 9


@dataclass(frozen=True, slots=True)
class GoodAnswer:
    """A good answer, as far as it says when to come back."""

    entries: int = 0  #: how many the feed shows; 0 also for "not modified"
    new: int = 0
    #: names in lower case
    headers: Mapping[str, str] = field(default_factory=dict)
    ttl: timedelta = timedelta()
    full: bool = True  #: it came with a body
    fingerprint: str = ""
    problem: str = ""
    moved: str = ""  #: the address that it was permanently redirected to


def is_due(
    feed: Feed, now: datetime, last_look: datetime | None = None
) -> bool:
    """Return whether a feed is to be polled now.

    `last_look` is when the last look before an edition began: a feed that answers well is polled
    once more after it, however slow its own pace is.
    """
    if feed.next_poll is None or feed.next_poll <= now + SLACK:
        return True
    return last_look is not None and _lacks_last_look(feed, last_look)


def _lacks_last_look(feed: Feed, last_look: datetime) -> bool:
    """Return whether a feed that answers well was not polled since a moment."""
    if feed.failures or feed.last_success is None:
        return False
    return feed.last_success < last_look


def polling_address(feed: Feed, now: datetime) -> str:
    """Return where to poll: where the feed has moved to, once that has held for days."""
    if not feed.moved or feed.moved_since is None:
        return feed.url
    if now - feed.moved_since < MOVE_BELIEVED_AFTER:
        return feed.url
    return feed.moved


def accepts_not_modified(feed: Feed, now: datetime) -> bool:
    """Return whether "not modified" may be believed now, or the whole feed is due."""
    return feed.last_full is not None and now - feed.last_full < FULL_EVERY


def after_success(
    feed: Feed, answer: GoodAnswer, now: datetime, every: timedelta
) -> Feed:
    """Return the feed as it is after a good answer, which forgives all failures.

    `every` is the interval of the settings, with which each feed begins.
    """
    interval = _adapt_interval(feed, answer, now, every)
    fresh_for = freshness_lifetime(answer.headers, now)
    wait = min(max(interval, answer.ttl, fresh_for), _max_interval(every))
    updated = replace(
        feed,
        fingerprint=answer.fingerprint or feed.fingerprint,
        interval=int(interval.total_seconds()),
        good=feed.good + 1,
        next_poll=now + wait,
        last_success=now,
        failures=0,
        error="",
    )
    if answer.new:
        updated = replace(updated, last_new=now)
    return _with_move(_with_validators(updated, answer, now), answer, now)


def after_failure(
    feed: Feed,
    error: str,
    reason: str,
    now: datetime,
    every: timedelta,
    wait: float = 0,
) -> Feed:
    """Return the feed as it is after a failure; `wait`: seconds the server asked for, capped.

    A feed that fails where it had moved to is asked at its own address again.
    """
    failures = feed.failures + WEIGHTS.get(reason, SOFT_WEIGHT)
    max_interval = _max_interval(every)
    back_off = _interval_of(feed, every) * max(1.0, failures)
    requested_wait = timedelta()
    if wait:
        seconds = min(wait, max_interval.total_seconds())
        requested_wait = timedelta(seconds=seconds) + SLACK
    return replace(
        feed,
        next_poll=now + max(min(back_off, max_interval), requested_wait),
        failures=failures,
        good=0,
        error=error,
        moved="",
        moved_since=None,
    )


def freshness_lifetime(headers: Mapping[str, str], now: datetime) -> timedelta:
    """Return for how long an answer is fresh by Cache-Control, else by Expires (RFC 9111, 4.2.1).

    Retry-After on a good answer (RFC 9110, 10.2.3) is heeded too.
    """
    control = headers.get("cache-control", "").lower()
    max_age = re.search(r"\bmax-age\s*=\s*\"?(\d{1,9})", control)
    if "no-cache" in control or "no-store" in control:
        lifetime = timedelta()
    elif max_age:
        lifetime = timedelta(seconds=int(max_age[1]))
    else:
        lifetime = _time_until(headers.get("expires", ""), now)
    return max(lifetime, retry_after(headers, now))


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta:
    """Return how long the server asks us to stay away: Retry-After, in seconds or as a date."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal() and len(text) <= MAX_SECONDS_DIGITS:
        return timedelta(seconds=int(text))
    return _time_until(text, now)


def _time_until(date: str, now: datetime) -> timedelta:
    """Return the time until a date of HTTP; none if it is past, or no date."""
    try:
        then = to_utc(parsedate_to_datetime(date))
    except (ValueError, TypeError, IndexError, OverflowError):
        return timedelta()
    if then is None:
        return timedelta()
    return max(then - now, timedelta())


def _max_interval(every: timedelta) -> timedelta:
    return max(MAX_INTERVAL, every)


def _interval_of(feed: Feed, every: timedelta) -> timedelta:
    if feed.interval:
        return timedelta(seconds=feed.interval)
    return every


def _adapt_interval(
    feed: Feed, answer: GoodAnswer, now: datetime, every: timedelta
) -> timedelta:
    """Return the interval that follows from the share of entries that are known."""
    interval = _interval_of(feed, every)
    if feed.good < MIN_GOOD_ANSWERS:
        return interval
    share_known = _share_of_known(answer)
    if share_known >= MOSTLY_KNOWN:
        is_stale = feed.last_new is None or now - feed.last_new > STALE_AFTER
        step = STEP_LATER
        if is_stale and not answer.new:
            step = STEP_LATER_IF_STALE
        return min(interval + step, _max_interval(every))
    if share_known < MOSTLY_NEW:
        if interval > every:
            return every
        return max(interval - STEP_SOONER, min(MIN_INTERVAL, every))
    return interval


def _share_of_known(answer: GoodAnswer) -> float:
    if not answer.entries:
        return 1.0
    return 1 - answer.new / answer.entries


def _with_validators(feed: Feed, answer: GoodAnswer, now: datetime) -> Feed:
    """Return the feed with what the next conditional request needs (RFC 9110, 8.8).

    An answer without a body keeps the validators that it does not name.
    """
    if not answer.full:
        return replace(
            feed,
            etag=answer.headers.get("etag", feed.etag),
            modified=answer.headers.get("last-modified", feed.modified),
        )
    return replace(
        feed,
        etag=answer.headers.get("etag", ""),
        modified=answer.headers.get("last-modified", ""),
        last_full=now,
        problem=answer.problem,
    )


def _with_move(feed: Feed, answer: GoodAnswer, now: datetime) -> Feed:
    """Return the feed with where it is redirected to, and since when."""
    if answer.moved in ("", feed.url):
        return replace(feed, moved="", moved_since=None)
    if answer.moved == feed.moved:
        return feed
    return replace(feed, moved=answer.moved, moved_since=now)
