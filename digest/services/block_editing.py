"""Block editing: put saved blocks into an edition, move them, take them out, for one person."""

from datetime import date

from digest.edition import block_operations
from digest.model import Edition
from digest.services.blocks import SavedBlocks
from digest.services.editing import Editing


class BlockEditing:
    """The saved blocks in a workspace's editions, as one of the people who edit them sees them."""

    def __init__(self, blocks: SavedBlocks, editing: Editing) -> None:
        self._blocks = blocks
        self._editing = editing

    def insert_block(self, day: date, name: str, place: str) -> Edition:
        """Insert a block at a place (see `block_operations`).

        Raises NotFound if there is no such block or place, EditionError if the block cannot be read,
        and DigestError if it is in the edition already.
        """
        self._blocks.find_block(name)
        edit = block_operations.insert_new_block(name, place)
        action = f"inserted the saved block “{name}”"
        return self._editing.apply_edit(day, edit, action)

    def shift_block(self, day: date, name: str, by: int) -> None:
        """Put a block that many places further down, past a part or another block."""
        edit = block_operations.shift_block(name, by)
        action = f"moved the saved block “{name}”"
        self._editing.apply_edit(day, edit, action)

    def move_block(self, day: date, name: str, place: str) -> None:
        """Put a block that is in the edition at another place. Raises NotFound."""
        edit = block_operations.move_block(name, place)
        action = f"moved the saved block “{name}”"
        self._editing.apply_edit(day, edit, action)

    def leave_out_block(self, day: date, name: str) -> None:
        """Leave a block of the settings out of one edition."""
        edit = block_operations.leave_out_block(name)
        action = f"left the saved block “{name}” out of this edition"
        self._editing.apply_edit(day, edit, action)

    def take_back_block(self, day: date, name: str) -> None:
        """Show a block of the settings again that an edition was to be without."""
        edit = block_operations.take_back_block(name)
        action = f"put the saved block “{name}” back in"
        self._editing.apply_edit(day, edit, action)

    def remove_block(self, day: date, name: str) -> None:
        """Take a block out of an edition. Raises NotFound."""
        edit = block_operations.drop_block(name)
        action = f"took the saved block “{name}” out"
        self._editing.apply_edit(day, edit, action)
