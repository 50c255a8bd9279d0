"""Problems: collect all that is wrong with a text, by line, and raise it together."""

from collections.abc import Iterable
from copy import copy
from typing import NoReturn

from digest.errors import EditionError


class Problems:
    """The problems of one text; lines count from 1.

    Some are only said to whoever types the text: one that was stored before is read all the same.
    """

    def __init__(self, *, is_typed: bool = False) -> None:
        self.is_typed = is_typed  #: whether those are looked for
        self._collected: list[tuple[int, str]] = []
        self._typed: list[tuple[int, str]] = []
        self._offset = 0

    def below(self, offset: int) -> "Problems":
        """Return a view for text that begins `offset` lines further down.

        What is added to it is added to these.
        """
        view = copy(self)
        view._offset += offset
        return view

    def add(self, line: int, text: str) -> None:
        """Note a problem; lines count from 1."""
        self._collected.append((line + self._offset, text))

    def add_typed(self, line: int, text: str) -> None:
        """Note what is only said to whoever types the text; lines count from 1."""
        self._typed.append((line + self._offset, text))

    @property
    def typed(self) -> tuple[tuple[int, str], ...]:
        """What is only said to whoever types the text: lines and words, in order."""
        return tuple(dict.fromkeys(sorted(self._typed)))

    def fail(self, line: int, text: str) -> NoReturn:
        """Note a problem that nothing can be read behind, and raise."""
        self.add(line, text)
        self.raise_any()
        raise AssertionError  # a problem was noted above, so that this is never reached

    def raise_any(self) -> None:
        """Raise EditionError, one line a problem, if there is any."""
        _raise_all(self._collected)

    def raise_typed(self) -> None:
        """Raise EditionError, one line a problem, if there is any of those who type."""
        _raise_all(self._typed)


def _raise_all(problems: Iterable[tuple[int, str]]) -> None:
    messages = [f"line {line}: {text}" for line, text in sorted(problems)]
    if messages:
        raise EditionError("\n".join(dict.fromkeys(messages)))
