"""Where in an edition a line of its Markdown is, as an editor sees it."""

import re

SECTION = re.compile(r"## .*\{#([a-z0-9_]+)\}\s*$")


def places(text: str) -> dict[int, str]:
    """Return the place of each line (from 1): head, lead0, s-following, p-following-2, …"""
    found: dict[int, str] = {}
    place = "head"
    lead = -1
    section = ""
    pick = -1
    for number, line in enumerate(text.splitlines(), 1):
        if match := SECTION.match(line):
            section = match[1]
            pick = -1
            place = f"s-{section}"
        elif line.startswith("# ") and not section:
            lead += 1
            place = f"lead{lead}"
        elif section and line.startswith("- ["):
            pick += 1
            place = f"p-{section}-{pick}"
        found[number] = place
    return found
