"""A disk whose power fails: a folder is put back to what had been flushed to it.

`recorder.c` is preloaded into a process and records what it writes and flushes. What survives is,
as POSIX promises (fsync, "synchronized I/O file integrity completion"): of a file the writes that
were made before a flush of it began that has ended; of a folder the names that were in it when a
flush of the folder began that has ended. Nothing else has to survive, and any part of it may.
"""

import atexit
import os
import random
import shutil
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

HEAD = struct.Struct("<cIIQQ")  #: as recorder.c writes it
#: bytes that are written whole or not at all (sqlite.org/psow.html)
SECTOR = 512
#: Files of a moment: what survives of them says nothing.
PASSING = ("-shm", ".lock")


@dataclass(frozen=True)
class Record:
    """One thing that a process did with a file."""

    kind: str
    path: str
    at: int
    inode: int
    data: bytes


@dataclass
class Stored:
    """A file's content as it is stored, and the changes that need not be."""

    content: bytearray = field(default_factory=bytearray)
    changes: list[Record] = field(default_factory=list)
    begun: dict[int, int] = field(
        default_factory=dict
    )  #: flushes, and the changes they cover

    def flush_ended(self, number: int) -> None:
        """Store what was written before a flush began."""
        covered = self.begun.pop(number)
        for change in self.changes[:covered]:
            self.apply(change)
        del self.changes[:covered]
        self.begun = {
            n: max(0, upto - covered) for n, upto in self.begun.items()
        }

    def apply(self, change: Record) -> None:
        """Make one change to the content."""
        if change.kind == "T":
            del self.content[change.at :]
            self.content.extend(bytes(change.at - len(self.content)))
            return
        self.content.extend(bytes(max(0, change.at - len(self.content))))
        self.content[change.at : change.at + len(change.data)] = change.data

    def apply_some(self, dice: random.Random) -> None:
        """Store any part of what was not flushed, by sectors and in any order."""
        for change in self.changes:
            if change.kind == "T":
                if dice.random() < 0.5:
                    self.apply(change)
                continue
            for start in range(0, len(change.data), SECTOR):
                if dice.random() < 0.5:
                    part = change.data[start : start + SECTOR]
                    self.apply(
                        Record(
                            "W",
                            change.path,
                            change.at + start,
                            change.inode,
                            part,
                        )
                    )
        self.changes.clear()


class Disk:
    """A folder on a disk. Run processes on it by `env`, end them, then call `lose_power`."""

    def __init__(self, folder: Path) -> None:
        """Take what is in the folder as stored."""
        self._folder = folder.resolve()
        self._outside = Path(mkdtemp())
        self._log = self._outside / "record"

    def env(self) -> dict[str, str]:
        """Return the environment of a process that is recorded."""
        self._start()
        return {
            **os.environ,
            "LD_PRELOAD": str(recorder()),
            "RECORD_FOLDER": str(self._folder),
            "RECORD_FILE": str(self._log),
        }

    def lose_power(self, dice: random.Random | None = None) -> None:
        """Put the folder back to what had been flushed; with dice, and to any part of the rest.

        Call it when the processes on it have ended.
        """
        for record in self._records():
            self._replay(record)
        if dice:
            for stored in self._files.values():
                stored.apply_some(dice)
            pending = dice.randint(0, len(self._renames))
            for record in self._renames[:pending]:
                self._rename(self._names, record)
        for file in self._present():
            file.unlink()
        for path, inode in self._names.items():
            file = Path(path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(self._files[inode].content)
        self._start()

    def remove(self) -> None:
        """Remove what was recorded."""
        shutil.rmtree(self._outside)

    def _start(self) -> None:
        self._log.unlink(missing_ok=True)
        self._names = {
            str(file): file.stat().st_ino for file in self._present()
        }
        self._now = dict(self._names)
        self._files = {
            file.stat().st_ino: Stored(bytearray(file.read_bytes()))
            for file in self._present()
        }
        #: Changes of names that need not be stored yet; and flushes of folders that have begun.
        self._renames: list[Record] = []
        self._begun: dict[int, dict[str, int]] = {}

    def _present(self) -> list[Path]:
        found = (p for p in self._folder.rglob("*") if p.is_file())
        return [p for p in found if not p.name.endswith(PASSING)]

    def _records(self) -> Iterator[Record]:
        """Yield what was recorded; a record that was cut off by a kill is none."""
        raw = self._log.read_bytes() if self._log.exists() else b""
        at = 0
        while at + HEAD.size <= len(raw):
            kind, of_path, of_data, offset, inode = HEAD.unpack_from(raw, at)
            at += HEAD.size
            if at + of_path + of_data > len(raw):
                return
            path = raw[at : at + of_path].decode()
            data = raw[at + of_path : at + of_path + of_data]
            at += of_path + of_data
            yield Record(kind.decode(), path, offset, inode, data)

    def _replay(self, record: Record) -> None:
        folder = record.path == str(self._folder) or Path(record.path).is_dir()
        if record.kind == "C":
            self._files[record.inode] = Stored()
        if record.kind in "CRU":
            self._renames.append(record)
            self._rename(self._now, record)
        elif record.kind in "WT":
            self._files[record.inode].changes.append(record)
        elif record.kind == "B" and folder:
            self._begun[record.at] = dict(self._now)
        elif record.kind == "B":
            stored = self._files[record.inode]
            stored.begun[record.at] = len(stored.changes)
        elif folder:
            self._store_names(record.path, self._begun.pop(record.at))
        else:
            self._files[record.inode].flush_ended(record.at)

    def _rename(self, names: dict[str, int], record: Record) -> None:
        if record.kind == "C":
            names[record.path] = record.inode
            return
        names.pop(record.path, None)
        if record.kind == "R":
            names[record.data.decode()] = record.inode

    def _store_names(self, folder: str, names: dict[str, int]) -> None:
        for path in [p for p in self._names if os.path.dirname(p) == folder]:  # noqa: PTH120
            del self._names[path]
        here = {p: n for p, n in names.items() if os.path.dirname(p) == folder}  # noqa: PTH120
        self._names.update(here)
        self._renames = [
            r
            for r in self._renames
            if os.path.dirname(r.path) != folder  # noqa: PTH120
        ]


@cache
def recorder() -> Path:
    """Return the library, compiled."""
    folder = Path(mkdtemp())
    atexit.register(shutil.rmtree, folder)
    made = folder / "recorder.so"
    source = Path(__file__).with_name("recorder.c")
    options = ["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    subprocess.run(
        ["gcc", *options, "-o", str(made), str(source), "-ldl"], check=True
    )
    return made
