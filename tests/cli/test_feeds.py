"""The list of feeds: finding, adding, removing, moving in and out, and how each fares."""

import json
from pathlib import Path

from digest.app import App
from digest.settings import load_workspace
from digest.settings.edit import FeedsFile, NewFeed
from tests.cases.feeds import item, rss
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
    assert "it has taken the feed away (410)" in drafted.stderr


# The list


def test_a_list_of_trouble_says_since_when_and_what_to_do(
    web: FakeWeb, tmp_path: Path
) -> None:
    workspace(tmp_path, web.url)
    web.answers["/feed"] = Answer(rss())
    invoke(tmp_path, "collect", "--feeds-only")
    listed = invoke(tmp_path, "feeds", "list", "--trouble").output
    assert "1 outlet has a feed that never gave an entry" in listed
    assert f"The Courier  {web.url}/feed" in listed
    assert "what to do: look on the site for another feed" in listed
    (row,) = json.loads(
        invoke(tmp_path, "feeds", "list", "--trouble", "--json").output
    )
    assert (row["state"], row["since"]) == ("never gave an entry", None)
    web.answers["/feed"] = Answer(rss(item("A", "/a")))
    invoke(tmp_path, "collect", "--all", "--feeds-only")
    web.answers["/feed"] = Answer(rss())
    invoke(tmp_path, "collect", "--all", "--feeds-only")
    listed = invoke(tmp_path, "feeds", "list", "--trouble").output
    assert "1 outlet has a feed that is empty now" in listed
    assert "The Courier  since 2026-02-26" in listed


def test_a_list_without_trouble_says_so(web: FakeWeb, tmp_path: Path) -> None:
    workspace(tmp_path, web.url)
    listed = invoke(tmp_path, "feeds", "list", "--trouble").output
    assert listed == "no feed needs attention\n"


def test_a_list_shows_how_each_feed_fares(web: FakeWeb, tmp_path: Path) -> None:
    workspace(tmp_path, web.url)
    assert "not yet" in invoke(tmp_path, "feeds", "list").output
    web.answers["/feed"] = Answer(status=503)
    assert invoke(tmp_path, "collect").exit_code == 1
    shown = invoke(tmp_path, "feeds", "list").output
    assert "never" in shown
    assert "never worked, has trouble of its own (503)" in shown
    (row,) = json.loads(invoke(tmp_path, "feeds", "list", "--json").output)
    assert (row["outlet"], row["failures"], row["last_success"]) == (
        "The Courier",
        0.5,
        None,
    )


def test_an_outlet_may_have_no_feed(web: FakeWeb, tmp_path: Path) -> None:
    """It comes by mail, in sheets or by hand, and has a name, a tier and a language all the same."""
    workspace(tmp_path, web.url)
    file = tmp_path / "feeds.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace(f"[{web.url}/feed]", "[]"), "utf-8")
    assert "1 outlet, 0 feeds" in invoke(tmp_path, "config", "check").output
    assert "nothing new" in invoke(tmp_path, "collect").output
    listed = invoke(tmp_path, "feeds", "list").output
    assert "in sheets or by hand: The Courier" in listed
    assert "xmlUrl" not in invoke(tmp_path, "feeds", "export").output
    edit = FeedsFile(tmp_path)
    edit.add_feed(NewFeed("The Courier", web.url, f"{web.url}/feed"))
    edit.save_changes()
    assert file.read_text("utf-8") == text
