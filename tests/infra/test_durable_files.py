"""What was said to be done stays done after a power cut: flushed, in one piece.

What a cut really leaves is shown by test_power_loss.py, which takes minutes.
"""

import os
from pathlib import Path

import pytest

from digest.app import App
from digest.infra.durable_files import write_durably
from digest.settings.edit import FeedsFile, NewFeed


def test_a_file_is_replaced_in_one_piece_and_keeps_its_permissions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "feeds.yaml"
    file.write_text("old")
    file.chmod(0o640)
    steps: list[str] = []
    real_fsync, real_replace = os.fsync, Path.replace

    def fsync(handle: int) -> None:
        kind = "folder" if Path(f"/proc/self/fd/{handle}").is_dir() else "file"
        steps.append(f"flush {kind}")
        real_fsync(handle)

    def replace(self: Path, target: Path) -> Path:
        steps.append("rename")
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", replace)
    write_durably(file, b"new")
    assert steps == ["flush file", "rename", "flush folder"]
    assert (file.read_text(), file.stat().st_mode & 0o777) == ("new", 0o640)
    assert list(tmp_path.iterdir()) == [file]


def test_a_failed_write_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "feeds.yaml"
    file.write_text("old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_durably(file, b"new")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_settings_manifests_and_pictures_are_flushed(
    app: App, audience: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from digest.infra import images
    from digest.model import Picture
    from tests.desk_client import DAY

    flushed: set[str] = set()
    real = os.fsync

    def fsync(handle: int) -> None:
        flushed.add(Path(f"/proc/self/fd/{handle}").readlink().name)
        real(handle)

    app.approval.approve_edition(DAY, "Ada")
    monkeypatch.setattr(os, "fsync", fsync)
    app.sending.send_edition(DAY)
    feeds = FeedsFile(app.workspace.folder)
    feeds.add_feed(
        NewFeed("New", "https://new.example/", "https://new.example/feed")
    )
    feeds.save_changes()
    images.save_image(
        app.workspace.images_folder, Picture("a.png", "image/png", 1, 1, b"x")
    )
    names = {name.split(".")[1] for name in flushed if name.endswith(".new")}
    assert {"manifest", "feeds", "a"} <= names
