"""When to poll a feed again. Pure: touches nothing."""

from dataclasses import replace
from datetime import datetime, timedelta

from digest.model import Feed

#: Back-off grows linearly and stops here, so that a feed is never given up
#: (after Media Cloud: "active feeds DO return 404 and come back").
LONGEST = timedelta(days=1)


def due(feed: Feed, now: datetime) -> bool:
    """Say whether a feed is to be polled now."""
    return feed.next_poll is None or feed.next_poll <= now


def succeeded(feed: Feed, headers: dict[str, str], now: datetime, every: timedelta) -> Feed:
    """Return the feed as it is after a good answer; `headers` have lower-case names."""
    return replace(
        feed,
        etag=headers.get("etag", feed.etag),
        modified=headers.get("last-modified", feed.modified),
        next_poll=now + every,
        last_success=now,
        failures=0,
        error="",
    )


def failed(feed: Feed, error: str, now: datetime, every: timedelta) -> Feed:
    """Return the feed as it is after a failure, which is remembered and slows it down."""
    failures = feed.failures + 1
    wait = min(every * failures, max(LONGEST, every))
    return replace(feed, next_poll=now + wait, failures=failures, error=error)
