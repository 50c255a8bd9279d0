"""Editions: proposed from stories, written and read as Markdown."""

from digest.edition import change
from digest.edition.curate import (
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
from digest.edition.markdown import dump, load
from digest.edition.places import places

__all__ = [
    "WEEKDAYS",
    "Draft",
    "Window",
    "aside",
    "change",
    "dump",
    "escape",
    "load",
    "next_date",
    "pick_of",
    "places",
    "propose",
    "ran_already",
    "window",
]
