"""Editions: proposed from stories, written and read as Markdown."""

from digest.edition import operations
from digest.edition.cadence import (
    EditionWindow,
    due_moment,
    is_planned,
    next_date,
    window_of,
)
from digest.edition.draft import (
    Draft,
    pick_of,
    propose_draft,
    reason_to_leave_out,
    reason_to_set_aside,
    words_for_earlier_run,
    words_for_no_section,
)
from digest.edition.inline import escape_text
from digest.edition.line_numbers import parts_of_lines
from digest.edition.markdown import (
    check_typed_text,
    dump_edition,
    find_typed_problems,
    load_edition,
)

__all__ = [
    "Draft",
    "EditionWindow",
    "check_typed_text",
    "due_moment",
    "dump_edition",
    "escape_text",
    "find_typed_problems",
    "is_planned",
    "load_edition",
    "next_date",
    "operations",
    "parts_of_lines",
    "pick_of",
    "propose_draft",
    "reason_to_leave_out",
    "reason_to_set_aside",
    "window_of",
    "words_for_earlier_run",
    "words_for_no_section",
]
