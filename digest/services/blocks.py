"""Saved blocks: the files of the folder blocks/, and which editions and newsletters show them.

A block is for all newsletters of a workspace. An edition names its blocks; their texts are taken when
it is rendered, so that approval is of what recipients see.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from digest.edition.block_operations import (
    add_newsletter_blocks,
    move_from_empty_sections,
)
from digest.edition.line_numbers import line_of_block
from digest.edition.markdown import load_edition
from digest.edition.saved_blocks import (
    check_name,
    check_typed_block,
    read_block,
)
from digest.errors import DigestError, EditConflict, EditionError, NotFound
from digest.infra.durable_files import write_durably
from digest.model import Edition, Picture, SavedBlock
from digest.settings import Newsletter, Workspace

if TYPE_CHECKING:
    from digest.render import ShownInMail
    from digest.store import Store

SUFFIX = ".md"
FOLDER = "blocks"


@dataclass(frozen=True, slots=True)
class ListedBlock:
    """A file of the folder blocks/."""

    name: str
    block: SavedBlock | None  #: None if it cannot be read
    problem: str  #: why it cannot be read; "" if it can
    uses: tuple[str, ...]  #: where it is shown, in words


@dataclass(frozen=True, slots=True)
class EditionBlocks:
    """An edition with the blocks of its newsletter, and all that it shows."""

    edition: Edition
    blocks: tuple[SavedBlock, ...]


class SavedBlocks:
    """The saved blocks of one workspace, for one of its newsletters."""

    def __init__(
        self,
        workspace: Workspace,
        store: "Store",
        clock: Callable[[], datetime],
    ) -> None:
        self._workspace = workspace
        self._folder = workspace.folder / FOLDER
        self._store = store
        self._clock = clock

    # Reading

    def list_names(self) -> list[str]:
        """Return the names of all blocks, those that cannot be read included."""
        if not self._folder.is_dir():
            return []
        return sorted(file.stem for file in self._folder.glob(f"*{SUFFIX}"))

    def list_blocks(self) -> list[ListedBlock]:
        """Return all blocks by name, with where each is shown."""
        uses = self._find_all_uses()
        return [
            self._list_block(name, uses.get(name, []))
            for name in self.list_names()
        ]

    def find_block(self, name: str) -> SavedBlock:
        """Return a block. Raises NotFound, and EditionError with file and line of each problem."""
        return read_block(name, self.read_text(name))

    def list_readable(self) -> list[SavedBlock]:
        """Return the blocks that can be read, by name."""
        blocks = []
        for name in self.list_names():
            with suppress(DigestError):
                blocks.append(self.find_block(name))
        return blocks

    def read_text(self, name: str) -> str:
        """Return a block's text, whether it is in order or not. Raises NotFound, EditionError."""
        check_name(name)
        text = self._stored_text(name)
        if text is None:
            raise NotFound(
                f"there is no saved block {name!r}; {self._name_all()}"
            )
        return text

    def changed_since(self, names: Iterable[str], at: datetime) -> list[str]:
        """Return which blocks were changed after a time, by the time of their files."""
        return [name for name in names if self._changed_at(name) > at]

    def find_uses(self, name: str) -> list[str]:
        """Return in words which newsletters and open editions show a block."""
        return self._find_all_uses().get(name, [])

    # In editions

    def check_edition(self, source: str) -> None:
        """Check the blocks that an edition's text names.

        Raises EditionError with the line of each that does not exist, and the names of those that do.
        """
        problems = []
        edition = load_edition(source)
        as_sent = dict(edition.block_texts)
        for name in edition.block_names:
            if name not in as_sent and name not in self.list_names():
                line = line_of_block(source, name)
                problems.append(
                    f"line {line}: there is no saved block {name!r}; {self._name_all()}"
                )
        if problems:
            raise EditionError("\n".join(problems))

    def complete_edition(self, source: str) -> EditionBlocks:
        """Return an edition as it is shown now: with its blocks, and those of its newsletter.

        Raises EditionError if one does not exist or cannot be read.
        """
        edition = load_edition(source)
        self.check_edition(source)
        self._check_settings()
        places = self._workspace.settings.newsletter.blocks
        completed = add_newsletter_blocks(edition, places)
        if completed.block_names:
            completed = move_from_empty_sections(completed)
        blocks = [self.find_block(name) for name in completed.block_names]
        return EditionBlocks(completed, tuple(blocks))

    def blocks_as_sent(self, source: str) -> EditionBlocks:
        """Return an edition that was sent, with its blocks as they were then, and no others."""
        edition = load_edition(source)
        texts = dict(edition.block_texts)
        blocks = []
        for name in edition.block_names:
            if name in texts:
                blocks.append(read_block(name, texts[name]))
            else:
                blocks.append(self.find_block(name))
        return EditionBlocks(edition, tuple(blocks))

    # Changing

    def save_block(
        self, name: str, text: str, was: str | None, by: str
    ) -> None:
        """Store a block's text; `was` is the text that the person saw, None for a new block.

        Raises EditionError with each problem's line, and EditConflict if another person changed the
        block meanwhile, or there is one of that name: nothing is overwritten then.
        """
        block = read_block(name, text)
        check_typed_block(block)
        file = self._folder / f"{name}{SUFFIX}"
        with self._store.hold_lock(FOLDER):
            self._check_unchanged(name, was, block.source)
            try:
                self._folder.mkdir(exist_ok=True)
                write_durably(file, block.source.encode())
            except OSError as error:
                raise DigestError(
                    f"{block.file}: cannot be written ({error.strerror})"
                ) from error
        action = f"stored the saved block “{name}”"
        self._store.staff.note_action(self._clock(), by, action)

    def delete_block(self, name: str, was: str, by: str) -> None:
        """Delete a block; `was` is the text that the person saw.

        Raises NotFound, EditConflict, and DigestError while something shows it.
        """
        self.read_text(name)
        uses = self.find_uses(name)
        if uses:
            raise DigestError(
                f"the saved block {name} is in {' and in '.join(uses)}: take it out there first"
            )
        with self._store.hold_lock(FOLDER):
            self._check_unchanged(name, was, "")
            (self._folder / f"{name}{SUFFIX}").unlink(missing_ok=True)
        action = f"deleted the saved block “{name}”"
        self._store.staff.note_action(self._clock(), by, action)

    # Showing

    def render_block(self, block: SavedBlock) -> "ShownInMail":
        """Render a block alone, as it looks in a mail of the newsletter. Raises RenderError."""
        from digest.render import render_block

        return render_block(
            block,
            self._workspace.settings,
            self._workspace.templates_folder,
            self.find_image,
        )

    def find_image(self, name: str) -> Picture:
        """Return an image of the folder images/. Raises UnsuitableImage."""
        from digest.infra.images import read_image

        return read_image(self._workspace.images_folder, name)

    # Inside

    def _list_block(self, name: str, uses: Iterable[str]) -> ListedBlock:
        try:
            block = self.find_block(name)
        except DigestError as error:
            return ListedBlock(name, None, str(error), tuple(uses))
        return ListedBlock(name, block, "", tuple(uses))

    def _find_all_uses(self) -> dict[str, list[str]]:
        """Return in words where each block is shown, by name."""
        uses: dict[str, list[str]] = {}
        for newsletter in self._workspace.settings.newsletters:
            for name in _names_of(newsletter):
                words = f"every edition of {newsletter.title} (feeds.yaml)"
                uses.setdefault(name, []).append(words)
            store = self._store.for_newsletter(newsletter.key)
            for day in store.editions.list_dates():
                words = f"the edition of {newsletter.title} of {day}"
                for name in _names_in_draft(store, day):
                    uses.setdefault(name, []).append(words)
        return uses

    def _stored_text(self, name: str) -> str | None:
        """Return a file's text; None if there is no such file. Raises EditionError."""
        file = self._folder / f"{name}{SUFFIX}"
        place = f"{FOLDER}/{file.name}"
        try:
            return file.read_bytes().decode()
        except FileNotFoundError:
            return None
        except UnicodeDecodeError as error:
            raise EditionError(
                f"{place}: expected UTF-8 text, byte {error.start} is not"
            ) from error
        except OSError as error:
            raise EditionError(
                f"{place}: cannot be read ({error.strerror})"
            ) from error

    def _changed_at(self, name: str) -> datetime:
        file = self._folder / f"{name}{SUFFIX}"
        try:
            return datetime.fromtimestamp(file.stat().st_mtime, UTC)
        except OSError:
            return datetime.min.replace(tzinfo=UTC)

    def _check_unchanged(self, name: str, was: str | None, new: str) -> None:
        """Raise EditConflict if a text is now neither what a person saw nor what they store."""
        stored = self._stored_text(name)
        if stored == was:
            return
        now = _as_typed(stored or "")
        expected = {_as_typed(new)}
        if was is not None:
            expected.add(_as_typed(was))
        if stored is None or now not in expected:
            raise EditConflict(
                f"the saved block {name}", now, new, {"text": now}
            )

    def _check_settings(self) -> None:
        """Raise EditionError if feeds.yaml names blocks for the newsletter that do not exist."""
        newsletter = self._workspace.settings.newsletter
        problems = [
            f"feeds.yaml: newsletter {newsletter.key}, blocks: there is no saved block {name!r}; "
            f"{self._name_all()}"
            for name in _names_of(newsletter)
            if name not in self.list_names()
        ]
        if problems:
            raise EditionError("\n".join(problems))

    def _name_all(self) -> str:
        """Return which blocks there are, in words."""
        names = ", ".join(self.list_names()) or "none"
        return f"there is {names}"


def _names_of(newsletter: Newsletter) -> Iterator[str]:
    """Yield the names of the blocks that every edition of a newsletter has."""
    places = newsletter.blocks
    yield from places.top
    yield from places.between
    yield from places.end


def _names_in_draft(store: "Store", day: date) -> tuple[str, ...]:
    """Return the names of the blocks in an edition; none if it can no longer be changed."""
    names = load_edition(store.editions.get_source(day) or "").block_names
    if names and not store.publications.is_draft(day):
        return ()
    return names


def _as_typed(text: str) -> str:
    """Return a text as a form sends it back: with the line ends of one kind, none at its end."""
    return text.replace("\r\n", "\n").removeprefix("\ufeff").rstrip()
