"""Which newsletter a command is for, and what it says if nobody can tell."""

from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete

from digest.cli import cli
from digest.cli.newsletter_choice import EditionParameter, NamedEdition
from tests.command_line import invoke
from tests.conftest import EDITION
from tests.desk_client import DAY
from tests.several_newsletters import add_newsletters

LATER = "2026-03-06"


@pytest.fixture
def several(folder: Path) -> Path:
    """A folder with the newsletters weekly, clips and funders, and no edition yet."""
    add_newsletters(
        folder, clips={"title": "Clips"}, funders={"title": "Funders"}
    )
    (folder / "mine.md").write_text(EDITION)
    (folder / "later.md").write_text(EDITION.replace("2026-02-27", LATER))
    return folder


def store_edition(folder: Path, newsletter: str, file: str = "mine.md") -> None:
    given = ["--newsletter", newsletter, "--from", str(folder / file)]
    assert invoke(folder, "edit", *given).exit_code == 0


def test_with_one_newsletter_it_may_be_named_and_need_not_be(
    folder: Path,
) -> None:
    (folder / "mine.md").write_text(EDITION)
    calls = [
        ["edit", "--from", str(folder / "mine.md")],
        ["edit", "--newsletter", "weekly", "--from", str(folder / "mine.md")],
        ["edit", "weekly/2026-02-27", "--from", str(folder / "mine.md")],
    ]
    outputs = {invoke(folder, *call).output for call in calls}
    assert outputs == {"stored 2026-02-27: 2 leads, 2 stories\n"}


@pytest.mark.parametrize(
    "call",
    [
        ["draft"],
        ["draft", "--date", "2026-02-27"],
        ["edit"],
        ["check", "--fix"],
        ["approve", "--yes"],
        ["send", "--yes"],
        ["send", "--cancel"],
        ["send", "--test", "ada@r.example"],
        ["publish", "--yes"],
        ["correct", "--mail"],
        ["reconcile"],
        ["add", "https://example.org/a", "--section", "in_the_news"],
    ],
)
def test_what_changes_something_asks_which_newsletter(
    several: Path, call: list[str]
) -> None:
    result = invoke(several, *call)
    assert result.exit_code == 2
    assert (
        "give --newsletter with one of weekly, clips, funders" in result.output
    )
    assert "or an edition as weekly/2026-02-27" in result.output


def test_an_edition_may_name_its_newsletter(several: Path) -> None:
    store_edition(several, "clips")
    built = invoke(several, "approve", f"clips/{DAY}", "--yes")
    assert built.exit_code == 0, built.output


@pytest.mark.parametrize(
    "call",
    [
        ["editions", "--newsletter", "clip"],
        ["approve", "clip/2026-02-27"],
    ],
)
def test_an_unknown_newsletter_is_told_with_those_that_there_are(
    several: Path, call: list[str]
) -> None:
    result = invoke(several, *call)
    assert result.exit_code == 2
    assert (
        "no newsletter 'clip' in feeds.yaml; there is weekly, clips, funders"
        in (result.output)
    )


def test_two_names_that_contradict_each_other_are_refused(
    several: Path,
) -> None:
    call = ["approve", "clips/2026-02-27", "--newsletter", "weekly"]
    result = invoke(several, *call)
    assert result.exit_code == 2
    assert "give one of them" in result.output


@pytest.mark.parametrize("text", ["27.2.", "clips/", "/2026-02-27", "clips 1"])
def test_what_is_no_edition_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="expected a date such as"):
        EditionParameter().convert(text, None, None)


def test_an_edition_is_read_with_and_without_a_newsletter() -> None:
    convert = EditionParameter().convert
    assert convert("2026-02-27", None, None) == NamedEdition("", DAY)
    assert convert("clips/2026-02-27", None, None) == NamedEdition("clips", DAY)


def test_a_shell_completes_the_keys(several: Path) -> None:
    shell = ShellComplete(cli, {}, "digest", "_DIGEST_COMPLETE")
    given = ["-C", str(several), "send", "--newsletter"]
    completions = shell.get_completions(given, "c")
    assert [one.value for one in completions] == ["clips"]
    assert shell.get_completions(["-C", "/nowhere", *given[2:]], "c") == []


def test_a_date_that_one_newsletter_has_is_enough(several: Path) -> None:
    store_edition(several, "weekly")
    store_edition(several, "clips", "later.md")
    result = invoke(several, "approve", LATER, "--yes")
    assert result.exit_code == 0, result.output
    assert f"approved clips/{LATER}" in result.output


def test_a_date_that_two_have_is_not_enough_to_change_and_shows_the_root_one(
    several: Path,
) -> None:
    store_edition(several, "clips")
    store_edition(several, "weekly")
    changing = invoke(several, "approve", "2026-02-27", "--yes")
    assert changing.exit_code == 2
    assert (
        "weekly/2026-02-27 and clips/2026-02-27 have this date"
        in changing.output
    )
    shown = invoke(several, "send", "2026-02-27", "--dry-run")
    assert "edition weekly/2026-02-27" in shown.output


@pytest.mark.parametrize(
    "call",
    [
        ["articles"],
        ["evaluate"],
        ["build"],
        ["check", "--no-links"],
        ["send", "--dry-run"],
        ["send", "--status"],
    ],
)
def test_what_only_shows_says_which_newsletter_it_shows(
    several: Path, call: list[str]
) -> None:
    store_edition(several, "weekly")
    store_edition(several, "clips")
    said = "this is weekly (The Open Water Letter); --newsletter names another"
    assert said in invoke(several, *call).stderr
    assert said not in invoke(several, "-q", *call).stderr
    assert said not in invoke(several, *call, "--newsletter", "clips").stderr


def test_with_one_newsletter_nothing_says_which(folder: Path) -> None:
    assert "this is" not in invoke(folder, "articles").output
