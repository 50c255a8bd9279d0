"""Editions: proposed from stories, written and read as Markdown."""

from digest.edition import operations
from digest.edition.draft import (
    WEEKDAYS,
    Draft,
    Window,
    aside,
    next_date,
    pick_of,
    propose,
    ran_already,
    window,
)
from digest.edition.inline import escape
from digest.edition.line_numbers import places
from digest.edition.markdown import dump, load

__all__ = [
    "WEEKDAYS",
    "Draft",
    "Window",
    "aside",
    "dump",
    "escape",
    "load",
    "next_date",
    "operations",
    "pick_of",
    "places",
    "propose",
    "ran_already",
    "window",
]
