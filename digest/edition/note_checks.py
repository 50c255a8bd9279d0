"""Note checks: footnotes that nothing names, or that stand twice; they would be lost."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from digest.edition.problems import Problems

_NOTE = re.compile(r"\s{0,3}\[\^(?P<label>[^\]\s]+)\]:")
_UNUSED = -1  #: the number of a note that nothing names, in the library


def check_notes(
    lines: Sequence[str], env: Mapping[str, Any], problems: Problems
) -> None:
    """Note them; `env` is what the parser found."""
    numbers: dict[str, int] = env.get("footnotes", {}).get("refs", {})
    labels: set[str] = set()
    for number, line in enumerate(lines, start=1):
        match = _NOTE.match(line)
        label = match["label"] if match else ""
        if not label or f":{label}" not in numbers:
            continue
        if label in labels:
            problems.add_typed(number, f"the note [^{label}] a second time")
        elif numbers[f":{label}"] == _UNUSED:
            problems.add_typed(
                number,
                f"nothing names the note [^{label}]: nobody would see it",
            )
        labels.add(label)
