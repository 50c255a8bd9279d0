"""Line numbers: name the part of an edition that each line of its Markdown belongs to."""

import re

from digest.edition.block_marks import name_in_line

SECTION = re.compile(r"## .*\{#([a-z0-9_]+)\}\s*$")


def parts_of_lines(text: str) -> dict[int, str]:
    """Return the part of each line (from 1) by the id that the desk gives it.

    These are head, lead0, lead1, …, s-following (a section), p-following-0 (a story in it), …,
    b-donate (a saved block).
    """
    part_of_line: dict[int, str] = {}
    part = "head"
    lead_count = 0
    pick_count = 0
    section = ""
    for number, line in enumerate(text.splitlines(), start=1):
        heading = SECTION.match(line)
        if heading:
            section = heading[1]
            pick_count = 0
            part = f"s-{section}"
        elif line.startswith("# ") and not section:
            part = f"lead{lead_count}"
            lead_count += 1
        elif line.startswith("- [") and section:
            part = f"p-{section}-{pick_count}"
            pick_count += 1
        elif name_in_line(line):
            part = f"b-{name_in_line(line)}"
        part_of_line[number] = part
    return part_of_line


def line_of_block(text: str, name: str) -> int:
    """Return the line (from 1) that marks a saved block; 1 if none does."""
    for number, line in enumerate(text.splitlines(), start=1):
        if name_in_line(line) == name:
            return number
    return 1
