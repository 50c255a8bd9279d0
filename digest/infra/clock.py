"""Clock: the time of this machine. Tests and the demo pass clocks of their own."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the time, aware, in UTC."""
    return datetime.now(UTC)
