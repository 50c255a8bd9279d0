"""Saved blocks by command: listed, shown, inserted; a wrong name is told by line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from digest.app import App
from digest.cli import cli
from tests.conftest import EDITION, NOW
from tests.services.test_blocks import DONATE, keep

DAY = NOW.date()


@pytest.fixture
def edited(app: App) -> App:
    app.editions.save_source(EDITION)
    keep(app)
    return app


def run(folder: Path, *arguments: str, text: str = "") -> Result:
    return CliRunner().invoke(cli, ["-C", str(folder), *arguments], text)


def test_a_block_is_listed_shown_and_inserted(
    edited: App, folder: Path
) -> None:
    inserted = run(
        folder, "blocks", "insert", "donate", "--after", "in_the_news"
    )
    assert (inserted.exit_code, inserted.output) == (
        0,
        f"inserted donate into {DAY}\n",
    )
    edition = edited.editing_as("Ada").load_edition(DAY)
    assert edition.sections[0].blocks_below == ("donate",)
    (listed,) = json.loads(run(folder, "blocks", "list", "--json").output)
    assert listed["block"]["title"] == "Support us"
    assert listed["uses"] == [f"the edition of The Open Water Letter of {DAY}"]
    assert run(folder, "blocks", "show", "donate").output == DONATE
    assert "Support us" in run(folder, "blocks", "list").output


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["donate", "--after", "news"], "there is no place “section news”"),
        (["legal"], "there is no saved block 'legal'; there is donate"),
        (["../feeds"], "a saved block needs a name such as donate"),
        (["donate", "--top", "--after", "news"], "give one"),
    ],
)
def test_what_cannot_be_inserted_is_told(
    edited: App, folder: Path, arguments: list[str], problem: str
) -> None:
    refused = run(folder, "blocks", "insert", *arguments)
    assert refused.exit_code in (1, 2)
    assert problem in refused.output
    assert edited.editions.read_source(DAY) == EDITION


def test_a_text_that_names_no_block_is_not_stored(
    edited: App, folder: Path
) -> None:
    text = f"{EDITION}\n{{block: donat}}\n"
    refused = run(folder, "edit", "--from", "-", text=text)
    assert refused.exit_code == 1
    assert "line 27: there is no saved block 'donat'; there is donate" in (
        refused.output
    )
    assert edited.editions.read_source(DAY) == EDITION
