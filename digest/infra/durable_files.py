"""Durable files: written whole or not at all, and there after a power cut."""

import os
from pathlib import Path
from uuid import uuid4


def write_durably(file: Path, content: bytes) -> None:
    """Write a file so that after a kill or power cut it is either the old one or the new one.

    Once this returns it is the new one. A file that is replaced keeps its permissions. Raises
    OSError, and changes nothing then.

    Content is flushed before the name is changed, the folder after it: else a power cut may leave
    an empty file, or the old one (fsync(2); lwn.net/Articles/457667, "Ensuring data reaches disk").
    """
    beside = file.with_name(f".{file.name}.{uuid4().hex}.new")
    try:
        with beside.open("xb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        if file.exists():
            beside.chmod(file.stat().st_mode)
        beside.replace(file)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    flush_folder(file.parent)


def flush_folder(folder: Path) -> None:
    """Flush the names in a folder to the disk. Does nothing on Windows, which opens no folder."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
