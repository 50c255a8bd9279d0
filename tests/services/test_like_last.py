"""Begin like the last one: its frame is taken over, and does not pass the check unwritten."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from digest.app import App
from digest.cli import cli
from digest.edition import load_edition
from digest.errors import DigestError, NotFound
from digest.model import Lead
from tests.conftest import EDITION, NOW
from tests.services.test_blocks import keep

DAY = NOW.date()
NEXT = DAY + timedelta(days=7)
LAST = """\
---
date: 2026-02-27
subject: "This week in water: pipes in Hallam"
preheader: Pipes, courts and a spring
language: es
---

{block: event}

# From the director: We won

*A word.*

Dear friends,

What happened this week.

![A tap](images/tap.png)

### What you can do

- Write to them

[Write now](https://openwater.example/write){.button}

{block: donate}

# Our hotline

Call us at any hour.

## {org} in the news {#in_the_news}

- [Headline as it runs](https://example.org/c) (Politico)

## An old list {#old}

{block: gone}
"""
BEFORE = (
    LAST.replace("02-27", "02-20")
    .replace("pipes in Hallam", "a new well")
    .replace("Pipes, courts", "A well")
    .replace("We won", "We sue")
    .replace("What happened this week.", "It was another week.")
)


@pytest.fixture
def begun(app: App) -> App:
    """Two editions that people wrote, and the next one as drafted."""
    for name in ("event", "donate", "gone"):
        keep(app, name, f"The {name} block.")
    app.editions.save_source(BEFORE)
    app.editions.save_source(LAST)
    (app.workspace.folder / "blocks/gone.md").unlink()
    app.drafts.create_draft(NEXT)
    return app


def test_the_frame_is_taken_over_and_marked_as_to_be_written(
    begun: App,
) -> None:
    drafted = begun.editing_as("Ada").load_edition(NEXT)
    result = begun.like_last_as("Ada").begin_edition(NEXT)
    assert (result.like, result.missing_blocks) == (DAY, ("gone",))
    edition = begun.editing_as("Ada").load_edition(NEXT)
    assert edition == result.edition
    assert edition.subject == "This week in water: TK"
    assert edition.preheader == drafted.preheader
    assert edition.language == "es"
    assert edition.blocks_on_top == ("event",)
    assert edition.leads == (
        Lead(
            "From the director: TK – “We won”",
            "A word.",
            "Dear friends,\n\nTK\n\n![A tap](images/tap.png)\n\n### What you can do\n\n"
            "- Write to them\n\n[Write now](https://openwater.example/write){.button}",
            ("donate",),
        ),
        Lead("Our hotline", "", "Call us at any hour."),
    )
    assert edition.sections == drafted.sections


def test_of_one_edition_alone_all_words_are_its_own(app: App) -> None:
    app.editions.save_source(EDITION)
    app.drafts.create_draft(NEXT)
    drafted = app.editing_as("Ada").load_edition(NEXT)
    edition = app.like_last_as("Ada").begin_edition(NEXT).edition
    assert edition.subject == drafted.subject
    assert edition.leads == (
        Lead(
            "TK – “Headline of the first lead”",
            "TK",
            "TK\n\n[Learn more from the records](TK){.button}",
        ),
        Lead("TK – “Headline of the second lead”", "", "TK"),
    )
    musts = app.preflight.list_open_musts(NEXT)
    lines = app.editions.read_source(NEXT).split("\n")
    marked = {
        f"line {number}" for number, line in enumerate(lines, 1) if "TK" in line
    }
    assert marked == {one.where for one in musts if "“TK”" in one.what}


def test_it_is_one_step_back_and_done_once(begun: App) -> None:
    drafted = begun.editions.read_source(NEXT)
    begun.like_last_as("Ada").begin_edition(NEXT)
    with pytest.raises(DigestError, match="has a lead already"):
        begun.like_last_as("Ada").begin_edition(NEXT)
    undone = begun.editing_as("Ada").undo_last_change(NEXT)
    assert undone == f"began it like the edition of {DAY}"
    assert begun.editions.read_source(NEXT) == drafted


def test_filling_keeps_the_frame(begun: App) -> None:
    edition = begun.like_last_as("Ada").begin_edition(NEXT).edition
    begun.drafts.refresh_draft(NEXT)
    assert begun.editing_as("Ada").load_edition(NEXT) == edition


def test_without_an_earlier_edition_it_says_so(app: App) -> None:
    app.drafts.create_draft(NEXT)
    assert app.like_last_as("Ada").find_last(NEXT) is None
    with pytest.raises(NotFound, match="there is no edition with a lead"):
        app.like_last_as("Ada").begin_edition(NEXT)


def test_the_command_drafts_and_begins(app: App, folder: Path) -> None:
    app.editions.save_source(EDITION)
    arguments = ["-C", str(folder), "draft", "--date", str(NEXT), "--like-last"]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 0, result.output
    assert f"Begun like the edition of {DAY}: 2 leads to write" in result.output
    source = app.editions.read_source(NEXT)
    assert len(load_edition(source).leads) == 2
    assert CliRunner().invoke(cli, arguments).exit_code == 1
