"""All problems of one text, by line."""

from typing import NoReturn

from digest.errors import EditionError


class Problems:
    """Collects what is wrong and raises it together."""

    def __init__(
        self, found: list[tuple[int, str]] | None = None, offset: int = 0
    ) -> None:
        if found is None:
            self._found = []
        else:
            self._found = found
        self._offset = offset

    def below(self, offset: int) -> "Problems":
        """Return a view for text that begins `offset` lines further down."""
        return Problems(self._found, self._offset + offset)

    def add(self, line: int, text: str) -> None:
        """Note a problem; lines count from 1."""
        self._found.append((line + self._offset, text))

    def fail(self, line: int, text: str) -> NoReturn:
        """Note a problem that nothing can be read behind, and raise."""
        self.add(line, text)
        self.raise_any()
        raise AssertionError  # a problem was noted above, so that this is never reached

    def raise_any(self) -> None:
        """Raise EditionError, one line a problem, if there is any."""
        if self._found:
            lines = dict.fromkeys(
                f"line {line}: {text}" for line, text in sorted(self._found)
            )
            raise EditionError("\n".join(lines))
