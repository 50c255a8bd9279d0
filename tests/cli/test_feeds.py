"""The list of feeds: finding, adding, removing, moving in and out, and how each fares."""

import json
from pathlib import Path

from digest.app import App
from digest.settings import load_workspace
from tests.command_line import invoke
from tests.conftest import NOW, workspace
from tests.fakes.web import Answer, FakeWeb


def test_a_feed_that_fails_for_days_is_told_before_a_draft(
    web: FakeWeb, tmp_path: Path
) -> None:
    workspace(tmp_path, web.url)
    web.answers["/feed"] = Answer(status=410)
    with App(load_workspace(tmp_path, {}), lambda: NOW) as app:
        app.collection.collect_and_fill()
    drafted = invoke(tmp_path, "draft")
    assert "The Courier: " in drafted.stderr
    assert "permanently gone (410)" in drafted.stderr


# The list


def test_a_list_shows_how_each_feed_fares(web: FakeWeb, tmp_path: Path) -> None:
    workspace(tmp_path, web.url)
    assert "not yet" in invoke(tmp_path, "feeds", "list").output
    web.answers["/feed"] = Answer(status=503)
    assert invoke(tmp_path, "collect").exit_code == 1
    shown = invoke(tmp_path, "feeds", "list").output
    assert "never" in shown
    assert "failed 0.5×: the server answered 503" in shown
    (row,) = json.loads(invoke(tmp_path, "feeds", "list", "--json").output)
    assert (row["outlet"], row["failures"], row["last_success"]) == (
        "The Courier",
        0.5,
        None,
    )
