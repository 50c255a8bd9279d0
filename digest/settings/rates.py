"""A rate in plain words: "600 a minute"."""

import re

UNITS = {"second": 1 / 60, "minute": 1, "hour": 60, "day": 1440}  #: in minutes
RATE = re.compile(
    r"(\d[\d,]*)\s*(?:a|an|per|/)\s*(second|minute|hour|day)", re.IGNORECASE
)


def per_minute(rate: str) -> float:
    """Return how many a minute are meant. Raises ValueError if that is not said."""
    match = RATE.fullmatch(rate.strip())
    if match:
        number = int(match[1].replace(",", ""))
    else:
        number = 0
    if not match or not number:
        raise ValueError(
            "expected a rate such as 600 a minute (or a second, an hour, a day)"
        )
    return number / UNITS[match[2].lower()]


def checked(rate: str) -> str:
    """Return a rate as it stands. Raises ValueError if it is none."""
    per_minute(rate)
    return rate
