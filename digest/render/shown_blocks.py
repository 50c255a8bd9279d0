"""Shown blocks: saved blocks as templates show them, and a look at whether a template does.

A template of the working folder's own may be older than saved blocks: what it leaves out would be lost
in silence.
"""

from collections.abc import Callable, Iterable, Mapping

from digest.errors import RenderError
from digest.model import SavedBlock
from digest.render.lead_body import Block

#: What a template must include, by its ending, for blocks to be shown.
PARTS = {
    "mjml": "saved_blocks.mjml",
    "txt": "saved_blocks.txt",
    "html": "saved_blocks.html",
}


class ShownBlock:
    """Values of a saved block for templates."""

    def __init__(self, block: SavedBlock, contents: tuple[Block, ...]) -> None:
        self.name = block.name
        self.title = block.title
        self.look = block.look
        self.is_shown = False
        self._contents = contents

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What it holds: runs of text, buttons and images. A template that asks shows them."""
        self.is_shown = True
        return self._contents


class ShownBlocks:
    """The saved blocks of one edition, each read once."""

    def __init__(
        self,
        blocks: Mapping[str, SavedBlock],
        read_body: Callable[[SavedBlock], tuple[Block, ...]],
    ) -> None:
        self._blocks = blocks
        self._read_body = read_body
        self._shown: dict[str, ShownBlock] = {}

    def find_blocks(self, names: Iterable[str]) -> list[ShownBlock]:
        """Return the blocks of these names. Raises RenderError if one is not there."""
        return [self._find_block(name) for name in names]

    def check_template(self, name: str) -> None:
        """Raise RenderError if the template that was rendered last left a block out."""
        missing = [
            block.name for block in self._shown.values() if not block.is_shown
        ]
        for block in self._shown.values():
            block.is_shown = False
        if missing:
            part = PARTS[name.rpartition(".")[2]]
            raise RenderError(
                f"templates/{name}: it does not show the saved block {missing[0]}; include "
                f"{part} as the shipped {name} does"
            )

    def _find_block(self, name: str) -> ShownBlock:
        if name not in self._blocks:
            raise RenderError(f"there is no saved block {name!r}")
        if name not in self._shown:
            block = self._blocks[name]
            self._shown[name] = ShownBlock(block, self._read_body(block))
        return self._shown[name]
