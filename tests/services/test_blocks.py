"""Saved blocks: kept as files, shown by reference, bound by approval, and as sent once sent."""

from collections.abc import Callable
from pathlib import Path

import pytest

from digest.app import App
from digest.edition import load_edition
from digest.errors import (
    DigestError,
    EditConflict,
    EditionError,
    NotApproved,
    NotFound,
    RenderError,
)
from digest.model import Severity
from tests.conftest import EDITION, NOW
from tests.fakes.smtp import FakeSmtp

DAY = NOW.date()
DONATE = """\
# Support us

We live on *gifts*.

[Donate](https://openwater.example/give){.button}
"""


def keep(app: App, name: str = "donate", text: str = DONATE) -> None:
    app.blocks.save_block(name, text, None, "Ada")


def insert(app: App, name: str = "donate", place: str = "end") -> None:
    app.block_editing_as("Ada").insert_block(DAY, name, place)


def name_in_settings(folder: Path, blocks: str) -> None:
    feeds = folder / "feeds.yaml"
    text = feeds.read_text()
    feeds.write_text(text.replace("  hour: 14\n", f"  hour: 14\n{blocks}", 1))


@pytest.fixture
def edited(app: App) -> App:
    app.editions.save_source(EDITION)
    return app


def test_a_block_is_shown_in_mail_text_and_page(edited: App) -> None:
    keep(edited)
    insert(edited)
    rendered = edited.editions.render_stored(DAY)
    assert "{block: donate}" in rendered.markdown
    for part in (rendered.html, rendered.text, rendered.page):
        assert "Support us" in part
        assert "https://openwater.example/give" in part
        assert part.index("Another headline") < part.index("Support us")
    assert 'class="button"' in rendered.html
    assert "We live on gifts.\n" in rendered.text


def test_its_name_is_the_file_and_leads_nowhere_else(edited: App) -> None:
    keep(edited)
    assert (edited.workspace.folder / "blocks/donate.md").read_text() == DONATE
    for name in ("../feeds", "Donate", "a/b", ".hidden", "x" * 65, ""):
        with pytest.raises(EditionError, match="a saved block needs a name"):
            edited.blocks.save_block(name, DONATE, None, "Ada")
        with pytest.raises(EditionError):
            edited.blocks.find_block(name)
    assert edited.blocks.list_names() == ["donate"]


def test_a_bad_file_is_told_with_its_lines(edited: App) -> None:
    keep(edited)
    file = edited.workspace.folder / "blocks/donate.md"
    file.write_text("# One\n\n## Two\n\n![](images/x.png)\n")
    insert_failed = pytest.raises(EditionError)
    with insert_failed as told:
        insert(edited)
    assert str(told.value).splitlines() == [
        "blocks/donate.md, line 3: a heading (#) stands in the first line only; write ### for a "
        "smaller one",
        "blocks/donate.md, line 5: an image needs words for who cannot see it: "
        "![what is to be seen](images/…)",
    ]
    file.write_bytes(b"\xff")
    (listed,) = edited.blocks.list_blocks()
    assert listed.problem == (
        "blocks/donate.md: expected UTF-8 text, byte 0 is not"
    )


def test_an_image_that_is_missing_is_told_with_the_blocks_line(
    edited: App,
) -> None:
    keep(edited, text="Come.\n\n![A tap](images/tap.png)\n")
    insert(edited)
    with pytest.raises(
        RenderError, match=r"^blocks/donate\.md, line 3: images/tap\.png"
    ):
        edited.editions.render_stored(DAY)


def test_an_unknown_name_is_refused_with_its_line_and_those_there_are(
    edited: App,
) -> None:
    keep(edited)
    text = f"{EDITION}\n{{block: donat}}\n"
    with pytest.raises(EditionError) as told:
        edited.editions.save_source(text)
    assert str(told.value) == (
        "line 27: there is no saved block 'donat'; there is donate"
    )
    with pytest.raises(NotFound, match="there is donate"):
        insert(edited, "legal")


# Approval and sending


def test_a_block_that_changes_makes_the_approval_out_of_date(
    edited: App,
) -> None:
    keep(edited)
    insert(edited)
    edited.approval.approve_edition(DAY, "Ada")
    assert edited.sent_contents.content_to_send(DAY).approval.by == "Ada"
    changed = DONATE.replace("gifts", "your gifts")
    edited.blocks.save_block("donate", changed, DONATE, "Bo")
    with pytest.raises(NotApproved, match="so has the saved block donate"):
        edited.sent_contents.content_to_send(DAY)
    with pytest.raises(NotApproved, match="a saved block, an image"):
        edited.publishing.publish_edition(DAY, "Ada")
    edited.blocks.save_block("donate", DONATE, changed, "Bo")
    assert edited.sent_contents.content_to_send(DAY)


def test_what_was_sent_stays_as_it_was_sent(
    audience: list[str], app: App, open_app: Callable[..., App], smtp: FakeSmtp
) -> None:
    """Also on the page that is corrected after the block has changed, and is gone."""
    keep(app)
    insert(app, place="top")
    app.approval.approve_edition(DAY, "Ada")
    app = open_app(smtp.env)
    app.sending.send_edition(DAY)
    changed = DONATE.replace("gifts", "nothing")
    app.blocks.save_block("donate", changed, DONATE, "Bo")
    app.blocks.delete_block("donate", changed, "Bo")
    assert "gifts" in app.editions.render_stored(DAY).text
    assert app.sending.plan_send(DAY).content_hash
    source = app.publishing.public_source(DAY)
    assert load_edition(source).block_names == ("donate",)
    corrected = source.replace("Its dek", "Our dek")
    app.publishing.correct_page(DAY, corrected, "A word was wrong.", "Ada")
    page = app.publishing.render_page(DAY)
    assert "Our dek" in page
    assert "<em>gifts</em>" in page
    # as a draft it shows what is kept: nothing, by now
    with pytest.raises(EditionError, match="no saved block 'donate'"):
        app.editions.save_source(source.replace("2026-02-27", "2026-03-06"))


def test_an_edition_without_blocks_is_stored_as_it_was_typed(
    audience: list[str], app: App
) -> None:
    app.approval.approve_edition(DAY, "Ada")
    assert app.sent_contents.content_to_send(DAY).source == EDITION


# Settings


def test_a_newsletters_blocks_are_in_each_edition(
    folder: Path, open_app: Callable[..., App]
) -> None:
    name_in_settings(
        folder, "  blocks: {top: [event], between: [donate], end: [legal]}\n"
    )
    app = open_app()
    app.editions.save_source(EDITION)
    with pytest.raises(EditionError) as told:
        app.preflight.list_findings(DAY, links=False)
    assert (
        "feeds.yaml: newsletter weekly, blocks: there is no saved block 'donate'; there is none"
        in str(told.value)
    )
    for name in ("event", "donate", "legal"):
        keep(app, name, f"The {name} block.")
    rendered = app.editions.render_stored(DAY)
    places = [
        rendered.text.index(words)
        for words in (
            "The event block.",
            "Headline of the first lead",
            "Headline as it runs",
            "The donate block.",
            "Another headline",
            "The legal block.",
        )
    ]
    assert places == sorted(places)
    with pytest.raises(DigestError, match="is in every edition of"):
        app.blocks.delete_block("legal", "The legal block.", "Ada")


def test_a_placeholder_in_a_block_must_be_fixed_in_its_file(
    edited: App,
) -> None:
    keep(edited, text="Come on TK.\n")
    insert(edited)
    found = edited.preflight.list_findings(DAY, links=False, spam=False)
    placeholders = [one for one in found if "“TK”" in one.what]
    assert [(one.severity, one.where) for one in placeholders] == [
        (Severity.MUST, "blocks/donate.md, line 1")
    ]


def test_a_template_that_leaves_blocks_out_is_refused(
    edited: App, folder: Path
) -> None:
    keep(edited)
    insert(edited)
    (folder / "templates").mkdir()
    (folder / "templates/edition.txt").write_text("{{ title }}\n")
    with pytest.raises(
        RenderError,
        match=r"templates/edition\.txt: it does not show the saved block donate",
    ):
        edited.editions.render_stored(DAY)


# People


def test_two_people_at_one_block_are_told_and_nothing_is_overwritten(
    edited: App,
) -> None:
    keep(edited)
    with pytest.raises(EditConflict):
        keep(edited, text="Another of this name.")
    edited.blocks.save_block("donate", "By Bo.", DONATE, "Bo")
    with pytest.raises(EditConflict) as told:
        edited.blocks.save_block("donate", "By Ada.", DONATE, "Ada")
    assert told.value.theirs == "By Bo."
    assert edited.blocks.find_block("donate").body == "By Bo."
    with pytest.raises(EditConflict):
        edited.blocks.delete_block("donate", DONATE, "Ada")


def test_a_block_that_an_open_edition_shows_is_not_deleted(
    edited: App,
) -> None:
    keep(edited)
    insert(edited)
    with pytest.raises(DigestError, match="of 2026-02-27: take it out there"):
        edited.blocks.delete_block("donate", DONATE, "Ada")
    edited.block_editing_as("Ada").remove_block(DAY, "donate")
    edited.blocks.delete_block("donate", DONATE, "Ada")
    assert edited.blocks.list_names() == []


def test_a_step_back_brings_a_block_back_and_filling_keeps_it(
    app: App,
) -> None:
    app.drafts.create_draft(DAY)
    keep(app)
    insert(app, place="section in_the_news")
    app.block_editing_as("Ada").remove_block(DAY, "donate")
    app.editing_as("Ada").undo_last_change(DAY)
    app.drafts.refresh_draft(DAY)
    sections = app.editing_as("Ada").load_edition(DAY).sections
    assert sections[0].blocks_below == ("donate",)
    assert app.drafts.list_discarded_work(DAY) == [
        "inserted the saved block “donate”"
    ]
