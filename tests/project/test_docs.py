"""The documentation says what is there, and nothing that is not."""

import re
from pathlib import Path

from digest.edition import load_edition
from digest.infra.i18n import reader_language
from digest.render import _edition_values
from digest.render.image_addresses import EditionImages
from digest.render.lead_body import Block, ShownImage
from digest.render.shown_blocks import ShownBlocks
from digest.render.story_lines import StoryLine
from digest.settings import load_workspace
from tests.conftest import EDITION

ROOT = Path(__file__).parents[2]
TEMPLATES = (ROOT / "docs" / "templates.md").read_text("utf-8")


def words(cell: str) -> set[str]:
    return {
        word
        for quoted in re.findall(r"`([^`]+)`", cell)
        for word in quoted.split()
    }


def test_every_template_is_documented_and_every_documented_one_is_there() -> (
    None
):
    named = {
        w
        for w in words(TEMPLATES)
        if re.fullmatch(r"[a-z_]+\.(mjml|txt|html|css|atom)", w)
    }
    folder = ROOT / "templates"
    shipped = {file.name for file in folder.iterdir() if file.is_file()}
    assert named == shipped
    of_designs = {file.name for file in folder.glob("themes/*/*.*")}
    assert of_designs <= shipped


def test_every_name_a_template_may_use_is_documented() -> None:
    settings = load_workspace(ROOT, {}).settings
    edition = load_edition(EDITION)
    pictures = EditionImages(lambda _: None, settings, "")
    blocks = ShownBlocks({}, lambda _: ())
    names = set(
        _edition_values(
            edition, settings, reader_language("en"), pictures, blocks
        )
    )
    for shape in (Block, ShownImage, StoryLine):
        names |= set(shape.__dataclass_fields__)
    assert sorted(names - words(TEMPLATES)) == []


def test_every_block_is_documented() -> None:
    blocks = {
        name
        for file in (ROOT / "templates").glob("*.mjml")
        for name in re.findall(r"\{% block (\w+)", file.read_text())
    }
    assert blocks <= words(TEMPLATES)


def test_pictures_shown_and_stored_are_the_same() -> None:
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    shown = {
        Path(n).name
        for p in pages
        for n in re.findall(r"images/([\w-]+\.png)", p.read_text())
    }
    there = {f.name for f in (ROOT / "docs" / "images").iterdir()}
    assert shown - {"taps.png"} == there


def test_the_story_line_of_the_documentation_can_be_read() -> None:
    (example,) = re.findall(
        r"```markdown\n(---\n.*?)```",
        (ROOT / "docs/edition.md").read_text(),
        re.S,
    )
    edition = load_edition(example)
    (pick,) = edition.sections[1].picks
    assert (pick.opinion, pick.paywall, pick.language) == (True, True, "es")
    assert all((pick.also_in, pick.gift, pick.note, pick.quote))
