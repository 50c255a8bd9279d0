"""When to poll a feed again. Pure: touches nothing.

After Media Cloud's rss-fetcher: the aim is overlap. Where most of what a feed shows is known it is
polled later, where most is new, sooner, so that nothing scrolls past unseen. Failures slow a feed
down linearly and never switch it off ("active feeds DO return 404 and come back").
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from digest.collect.feeds.clean import aware
from digest.model import Feed

SHORTEST = timedelta(minutes=10)
LONGEST = timedelta(days=1)
#: cron comes to the minute, not to the second: without it, every second run would find a feed
#: that is polled hourly a moment early.
SLACK = timedelta(minutes=1)
#: Media Cloud's steps and shares (rss-fetcher/fetcher/tasks.py).
LONGER = timedelta(minutes=10)
MUCH_LONGER = timedelta(hours=1)
SOONER = timedelta(hours=1)
MOSTLY_KNOWN = 0.67
MOSTLY_NEW = 0.33
LEARNT_AFTER = 2  # good answers in a row
STALE = timedelta(days=31)
#: Feedbin's patience (feed_crawler: 576 sightings, about six days) before a move is believed.
MOVE_HELD = timedelta(days=6)
#: Some servers answer 304 although the feed has changed (rss-fetcher leaves conditional requests
#: off for them); once a day the whole feed is asked for.
FULL_EVERY = timedelta(days=1)
#: How much a failure counts, by its reason. What is not here may well pass by itself.
HARD = (
    *(
        "http 401",
        "http 403",
        "http 410",
        "http 451",
        "forbidden address",
        "bad address",
    ),
    *("redirects", "tls", "too large", "unknown host", "challenge", "paywall"),
)
WEIGHTS = {"dns": 0.25} | dict.fromkeys(HARD, 1.0)
SOFT = 0.5


@dataclass(frozen=True, slots=True)
class Good:
    """A good answer, as far as it says when to come back."""

    entries: int = 0  #: how many the feed shows; 0 also for "not modified"
    new: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)  #: names in lower case
    ttl: timedelta = timedelta()
    full: bool = True  #: it came with a body
    fingerprint: str = ""
    problem: str = ""
    moved: str = ""  #: the address that it was permanently redirected to


def due(feed: Feed, now: datetime) -> bool:
    """Say whether a feed is to be polled now."""
    return feed.next_poll is None or feed.next_poll <= now + SLACK


def address(feed: Feed, now: datetime) -> str:
    """Return where to poll: where the feed has moved to, once that has held for days."""
    held = feed.moved_since is not None and now - feed.moved_since >= MOVE_HELD
    if feed.moved and held:
        return feed.moved
    return feed.url


def conditional(feed: Feed, now: datetime) -> bool:
    """Say whether "not modified" may be believed now, or the whole feed is due."""
    return feed.last_full is not None and now - feed.last_full < FULL_EVERY


def succeeded(feed: Feed, good: Good, now: datetime, every: timedelta) -> Feed:
    """Return the feed as it is after a good answer, which forgives all failures."""
    learnt = _learnt(feed, good, now, every)
    cap = max(LONGEST, every)
    wait = min(max(learnt, good.ttl, freshness(good.headers, now)), cap)
    if good.moved not in ("", feed.url):
        moved = good.moved
    else:
        moved = ""
    return replace(
        feed,
        etag=good.headers.get("etag", "" if good.full else feed.etag),
        modified=good.headers.get("last-modified", "" if good.full else feed.modified),
        fingerprint=good.fingerprint or feed.fingerprint,
        interval=int(learnt.total_seconds()),
        good=feed.good + 1,
        next_poll=now + wait,
        last_success=now,
        last_full=now if good.full else feed.last_full,
        last_new=now if good.new else feed.last_new,
        failures=0,
        error="",
        problem=good.problem if good.full else feed.problem,
        moved=moved,
        moved_since=(feed.moved_since if moved == feed.moved else now)
        if moved
        else None,
    )


def failed(
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
    failures = feed.failures + WEIGHTS.get(reason, SOFT)
    cap = max(LONGEST, every)
    back_off = min(_interval(feed, every) * max(1.0, failures), cap)
    if wait:
        asked = timedelta(seconds=min(wait, cap.total_seconds())) + SLACK
    else:
        asked = timedelta()
    return replace(
        feed,
        next_poll=now + max(back_off, asked),
        failures=failures,
        good=0,
        error=error,
        moved="",
        moved_since=None,
    )


def freshness(headers: Mapping[str, str], now: datetime) -> timedelta:
    """Return for how long an answer is fresh by Cache-Control, else by Expires (RFC 9111, 4.2.1).

    Retry-After on a good answer (RFC 9110, 10.2.3) is heeded too.
    """
    control = headers.get("cache-control", "").lower()
    age = re.search(r"\bmax-age\s*=\s*\"?(\d{1,9})", control)
    if "no-cache" in control or "no-store" in control:
        fresh = timedelta()
    elif age:
        fresh = timedelta(seconds=int(age[1]))
    else:
        fresh = _until(headers.get("expires", ""), now)
    return max(fresh, retry_after(headers, now))


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta:
    """Return how long the server asks us to stay away: Retry-After, in seconds or as a date."""
    text = headers.get("retry-after", "").strip()
    if text.isdecimal() and len(text) < 10:
        return timedelta(seconds=int(text))
    return _until(text, now)


def _until(date: str, now: datetime) -> timedelta:
    try:
        then = aware(parsedate_to_datetime(date))
    except (ValueError, TypeError, IndexError, OverflowError):
        return timedelta()
    if then:
        return max(then - now, timedelta())
    return timedelta()


def _interval(feed: Feed, every: timedelta) -> timedelta:
    if feed.interval:
        return timedelta(seconds=feed.interval)
    return every


def _learnt(feed: Feed, good: Good, now: datetime, every: timedelta) -> timedelta:
    interval = _interval(feed, every)
    if feed.good < LEARNT_AFTER:
        return interval
    if good.entries:
        known = 1 - good.new / good.entries
    else:
        known = 1.0
    if known >= MOSTLY_KNOWN:
        stale = feed.last_new is None or now - feed.last_new > STALE
        if stale and not good.new:
            step = MUCH_LONGER
        else:
            step = LONGER
        return min(interval + step, max(LONGEST, every))
    if known < MOSTLY_NEW:
        if interval > every:
            return every
        return max(interval - SOONER, min(SHORTEST, every))
    return interval
