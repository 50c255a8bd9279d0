"""Edits of feeds.yaml: only the lines that are meant."""

from pathlib import Path

import pytest

from digest.app import App
from digest.errors import DigestError, NotFound, SettingsError
from digest.settings import load_workspace
from digest.settings.edit import FeedsFile, NewFeed
from tests.cases.feeds import RSS, feeds_of
from tests.command_line import invoke
from tests.conftest import workspace
from tests.fakes.web import Answer, FakeWeb

# Editing feeds.yaml

ONE = NewFeed(
    "The Ledger: Daily",
    "https://ledger.example",
    "https://ledger.example/a,b.xml",
)


def test_an_edit_touches_only_its_own_lines(folder: Path) -> None:
    file = folder / "feeds.yaml"
    before = "# Ours\n" + file.read_text().replace(
        "    tier: 1\n", "    tier: 1  # the best\n\n# Post\n"
    )
    file.write_text(before)
    edit = FeedsFile(folder)
    assert edit.add_feed(ONE) == "The Ledger: Daily"
    edit.save_changes()
    added = [
        line
        for line in file.read_text().splitlines()
        if line not in before.splitlines()
    ]
    assert len(added) == 4
    assert [
        line
        for line in before.splitlines()
        if line not in file.read_text().splitlines()
    ] == []
    edit = FeedsFile(folder)
    edit.remove_feed(ONE.url)
    edit.save_changes()
    assert file.read_text() == before


@pytest.mark.parametrize(
    "style", ["[{a}, {b}]", "\n      - {a}  # first\n      - {b}"]
)
def test_feeds_may_stand_in_brackets_or_on_lines(
    folder: Path, style: str
) -> None:
    file = folder / "feeds.yaml"
    a, b, c = (f"http://127.0.0.1:9/{x}" for x in ("a", "b", "c,d"))
    file.write_text(
        file.read_text().replace(
            "[http://127.0.0.1:9/feed]", style.format(a=a, b=b)
        )
    )
    edit = FeedsFile(folder)
    assert edit.add_feed(NewFeed("The Courier", "", c)) == "The Courier"
    assert edit.remove_feed(a) == "The Courier"
    edit.save_changes()
    assert feeds_of(folder) == [b, c]


def test_the_last_feed_of_all_stays(folder: Path) -> None:
    with pytest.raises(DigestError, match="only feed of the only outlet"):
        FeedsFile(folder).remove_feed("http://127.0.0.1:9/feed")
    with pytest.raises(NotFound, match="digest feeds list"):
        FeedsFile(folder).remove_feed("http://127.0.0.1:9/other")


def test_an_edit_that_would_spoil_the_file_is_not_made(folder: Path) -> None:
    before = (folder / "feeds.yaml").read_text()
    edit = FeedsFile(folder)
    edit.add_feed(NewFeed("L", "not an address", "https://ledger.example/feed"))
    with pytest.raises(SettingsError, match="homepage"):
        edit.save_changes()
    assert (folder / "feeds.yaml").read_text() == before


def test_outlets_between_brackets_are_left_to_their_owner(folder: Path) -> None:
    file = folder / "feeds.yaml"
    text = file.read_text()
    start, end = text.index("outlets:"), text.index("newsletter:")
    flow = "outlets: [{name: C, homepage: 'http://c.example', feeds: ['http://c.example/f']}]\n"
    file.write_text(text[:start] + flow + text[end:])
    with pytest.raises(DigestError, match="each on its own lines"):
        FeedsFile(folder)


def test_removing_a_feed_forgets_how_it_fared(
    web: FakeWeb, tmp_path: Path
) -> None:
    workspace(tmp_path, web.url)
    web.answers["/feed"] = web.answers["/two"] = Answer(RSS)
    invoke(tmp_path, "feeds", "add", f"{web.url}/two")
    invoke(tmp_path, "collect", "--feeds-only")
    assert invoke(tmp_path, "feeds", "remove", f"{web.url}/two").exit_code == 0
    with App(load_workspace(tmp_path, {})) as app:
        assert list(app.store.feeds.get_feeds()) == [f"{web.url}/feed"]
