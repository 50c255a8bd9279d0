"""Years in the names of sheets: of which year the dates are that name none."""

import re
from collections.abc import Iterable
from datetime import date

YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")


def year_in(texts: Iterable[str], today: date) -> int | None:
    """Return the year that the first text with any names; None if that names several, or none."""
    for text in texts:
        years = {
            int(match[0])
            for match in YEAR.finditer(text)
            if int(match[0]) <= today.year
        }
        if len(years) == 1:
            return years.pop()
        if years:
            return None
    return None
