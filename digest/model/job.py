"""Work that may be done by another process."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

QUEUES = ("mail", "office", "press")


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work: a task by name, with arguments that JSON can hold."""

    task: str
    args: Mapping[str, Any] = field(default_factory=dict)
    queue: str = "office"  #: one of QUEUES
    priority: int = 0  #: a higher one is begun first
    once: str = ""  #: no two with the same wait, and no two run, at a time
