"""A provider's rate is shared by all who send by its account, also without workers."""

import os
import time
from pathlib import Path

import pytest

from digest.app import App
from digest.errors import NotYet
from digest.store.rate_limits import TurnsInFile

ACCOUNT = "0123456789abcdef0123"


def test_processes_of_a_folder_share_an_accounts_time(tmp_path: Path) -> None:
    first = TurnsInFile(tmp_path, ACCOUNT, patient=100)
    second = TurnsInFile(tmp_path, ACCOUNT, patient=100)
    assert first.take_seconds(60) == 0
    assert 50 < second.take_seconds(30) <= 60
    assert 80 < first.take_seconds(30) <= 90


def test_other_accounts_have_a_time_of_their_own(tmp_path: Path) -> None:
    TurnsInFile(tmp_path, ACCOUNT, patient=100).take_seconds(60)
    assert TurnsInFile(tmp_path, "f" * 20, patient=100).take_seconds(60) == 0


def test_whoever_has_no_patience_is_told_when_to_come_back(
    tmp_path: Path,
) -> None:
    turns = TurnsInFile(tmp_path, ACCOUNT, patient=1)
    turns.take_seconds(60)
    with pytest.raises(NotYet) as told:
        turns.take_seconds(60)
    assert 50 < told.value.wait <= 60


def test_a_clock_that_was_set_back_stops_nothing(tmp_path: Path) -> None:
    turns = TurnsInFile(tmp_path, ACCOUNT, patient=1)
    turns.take_seconds(60)
    (file,) = tmp_path.glob("*-next.lock")
    tomorrow = time.time() + 86_400
    file.write_text(str(tomorrow))
    os.utime(file, (tomorrow, tomorrow))
    assert turns.take_seconds(60) == 0


def test_a_pace_takes_turns_some_at_a_time(app: App) -> None:
    if app.settings.on_postgresql:
        app.store.create_shared_tables()
    slept: list[float] = []
    limits = app.store.rate_limits
    ours = limits.get_shared_pace("account", 600, patient=100)
    theirs = limits.get_shared_pace("account", 600, patient=100)
    theirs._sleep = slept.append
    ours.wait(1)
    theirs.wait(1)
    assert 0.3 < sum(slept) <= 0.5
