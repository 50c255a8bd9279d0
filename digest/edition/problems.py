"""Problems: collect all that is wrong with a text, by line, and raise it together."""

from typing import NoReturn

from digest.errors import EditionError


class Problems:
    """The problems of one text; lines count from 1."""

    def __init__(
        self, collected: list[tuple[int, str]] | None = None, offset: int = 0
    ) -> None:
        self._collected = [] if collected is None else collected
        self._offset = offset

    def below(self, offset: int) -> "Problems":
        """Return a view for text that begins `offset` lines further down.

        What is added to it is added to these.
        """
        return Problems(self._collected, self._offset + offset)

    def add(self, line: int, text: str) -> None:
        """Note a problem; lines count from 1."""
        self._collected.append((line + self._offset, text))

    def fail(self, line: int, text: str) -> NoReturn:
        """Note a problem that nothing can be read behind, and raise."""
        self.add(line, text)
        self.raise_any()
        raise AssertionError  # a problem was noted above, so that this is never reached

    def raise_any(self) -> None:
        """Raise EditionError, one line a problem, if there is any."""
        if not self._collected:
            return
        messages = [
            f"line {line}: {text}" for line, text in sorted(self._collected)
        ]
        raise EditionError("\n".join(dict.fromkeys(messages)))
