"""Editions: proposed from stories, written and read as Markdown."""

from digest.edition import operations
from digest.edition.draft import (
    WEEKDAYS,
    Draft,
    EditionWindow,
    next_date,
    pick_of,
    propose_draft,
    reason_to_set_aside,
    window_of,
    words_for_earlier_run,
)
from digest.edition.inline import escape_text
from digest.edition.line_numbers import parts_of_lines
from digest.edition.markdown import dump_edition, load_edition

__all__ = [
    "WEEKDAYS",
    "Draft",
    "EditionWindow",
    "dump_edition",
    "escape_text",
    "load_edition",
    "next_date",
    "operations",
    "parts_of_lines",
    "pick_of",
    "propose_draft",
    "reason_to_set_aside",
    "window_of",
    "words_for_earlier_run",
]
