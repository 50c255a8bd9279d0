"""Fault groups: outlets with the same fault in one paragraph, below what is to be done about it."""

import re
import shutil
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from digest.cli.common import count_words, is_terminal

if TYPE_CHECKING:
    from digest.collect.feeds.faults import Fault

#: Outlets that are named of one fault and time; the others are counted.
MAX_NAMES = 8
#: What went well so few hours ago fails since today.
RECENT_HOURS = 24
#: Columns of a line where there is no terminal: of a log, or a mail of cron.
LOG_WIDTH = 100
INDENT = 2
HANGING_INDENT = 4
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
COMMAND = re.compile("`[^`]*`")
#: The command that shows what is left out.
SHOW_ALL = "`digest feeds list --trouble`"


@dataclass(slots=True)
class FaultGroup:
    """The outlets that have one fault, each with the time it went well last, None if never."""

    fault: "Fault"
    since_by_outlet: dict[str, datetime | None] = field(default_factory=dict)
    #: words before those of which it is not known since when
    never: str = "never worked: "

    def describe_fault(self, now: datetime) -> list[str]:
        """Return lines: how many do what, and who since when."""
        count = len(self.since_by_outlet)
        does = self.fault.several
        if count == 1:
            does = self.fault.one
        names_by_time = self._group_by_time(now)
        parts = [
            label + ", ".join(names) for label, names in names_by_time.items()
        ]
        named = "; ".join(parts)
        others = count - sum(map(len, names_by_time.values()))
        if others:
            named += f"; and {others} more: {keep_together(SHOW_ALL)}"
        sign = ":"
        if any(names_by_time):
            sign = ";"
        return wrap_words(f"{count:3} {does}{sign} {named}", INDENT)

    def _group_by_time(self, now: datetime) -> dict[str, list[str]]:
        """Return names of the first few outlets by since when: today, a date, or never."""
        names_by_time: dict[str, list[str]] = {}
        in_order = sorted(
            self.since_by_outlet.items(), key=_last_first, reverse=True
        )
        shown = in_order
        if len(in_order) > MAX_NAMES + 1:
            shown = in_order[:MAX_NAMES]
        for outlet, since in shown:
            label = self._label_time(since, now)
            names_by_time.setdefault(label, []).append(keep_together(outlet))
        return names_by_time

    def _label_time(self, since: datetime | None, now: datetime) -> str:
        """Return the words before the names of outlets."""
        if since is None:
            return self.never
        if (now - since).total_seconds() < RECENT_HOURS * 3600:
            return "since today: "
        return f"since {since.date()}: "


def _last_first(item: tuple[str, datetime | None]) -> tuple[bool, float]:
    _outlet, since = item
    if since is None:
        return False, 0.0
    return True, since.timestamp()


def describe_by_advice(
    groups: Iterable[FaultGroup], now: datetime
) -> list[str]:
    """Return lines: what is to be done, and below it each fault that asks for that.

    What needs a person comes first, and what concerns most outlets.
    """
    by_advice: dict[str, list[FaultGroup]] = {}
    for group in groups:
        by_advice.setdefault(group.fault.advice, []).append(group)
    lines: list[str] = []
    for advice, same in sorted(by_advice.items(), key=_urgency):
        number = sum(len(group.since_by_outlet) for group in same)
        outlets = count_words(number, "outlet", "outlets")
        lines += wrap_words(f"what to do about {outlets}: {advice}", 0)
        for group in sorted(same, key=_size, reverse=True):
            lines += group.describe_fault(now)
    return lines


def _urgency(item: tuple[str, list[FaultGroup]]) -> tuple[bool, int]:
    _advice, groups = item
    is_passing = all(group.fault.is_passing for group in groups)
    return is_passing, -sum(map(_size, groups))


def _size(group: FaultGroup) -> int:
    return len(group.since_by_outlet)


def shorten_names(names: Sequence[str], rest: str) -> str:
    """Return names with commas; of many the first, how many more, and the command that has all."""
    shown = [keep_together(name) for name in names]
    if len(names) > MAX_NAMES + 1:
        others = len(names) - MAX_NAMES
        shown[MAX_NAMES:] = [f"and {others} more: {keep_together(rest)}"]
    return ", ".join(shown)


def keep_together(text: str) -> str:
    """Return text that `wrap_words` writes in one line: a name, or a command."""
    return text.replace(" ", NO_BREAK_SPACE)


def wrap_words(text: str, indent: int = INDENT) -> list[str]:
    """Return text as indented lines that fit the terminal; a line of a log has 100 columns."""
    width = LOG_WIDTH
    if is_terminal():
        width = shutil.get_terminal_size().columns
    joined = COMMAND.sub(lambda match: keep_together(match[0]), text)
    lines = textwrap.wrap(
        joined,
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + HANGING_INDENT),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(NO_BREAK_SPACE, " ") for line in lines]
