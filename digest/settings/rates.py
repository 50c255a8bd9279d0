"""Rates in plain words: parse "600 a minute"."""

import re

MINUTES_BY_UNIT = {"second": 1 / 60, "minute": 1, "hour": 60, "day": 1440}
RATE = re.compile(
    r"(\d[\d,]*)\s*(?:a|an|per|/)\s*(second|minute|hour|day)", re.IGNORECASE
)
EXPECTED = "expected a rate such as 600 a minute (or a second, an hour, a day)"


def per_minute(rate: str) -> float:
    """Return the number per minute. Raises ValueError if the text has none."""
    match = RATE.fullmatch(rate.strip())
    if not match:
        raise ValueError(EXPECTED)
    number = int(match[1].replace(",", ""))
    if not number:
        raise ValueError(EXPECTED)
    return number / MINUTES_BY_UNIT[match[2].lower()]


def check_rate(rate: str) -> str:
    """Return a rate unchanged. Raises ValueError if it is none."""
    per_minute(rate)
    return rate
