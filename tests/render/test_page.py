"""The archive's feed holds what an edition's page says, and the lists lead to subscribing."""

from datetime import date
from pathlib import Path

import pytest
from lxml import etree, html

from digest.edition import load_edition
from digest.model import PublicEdition
from digest.render import archive_page, atom_feed, render_edition
from digest.settings import Settings, load_workspace
from tests.conftest import EDITION, NOW, workspace

NOWHERE = Path("/nonexistent")
ATOM = {"a": "http://www.w3.org/2005/Atom"}
DAY = date(2026, 2, 27)


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = workspace(tmp_path_factory.mktemp("w"), "https://courier.example")
    return load_workspace(folder, {}).settings


def public_edition() -> PublicEdition:
    return PublicEdition(load_edition(EDITION), NOW, NOW)


def contents_of(feed: str) -> list[str]:
    root = etree.fromstring(feed.encode())
    return [node.text or "" for node in root.findall(".//a:content", ATOM)]


def test_the_feed_has_the_whole_text_of_an_edition(rules: Settings) -> None:
    edition = public_edition()
    page = render_edition(edition.edition, "", rules, NOWHERE).page
    feed = atom_feed([edition], rules, NOWHERE, {DAY: page})
    (content,) = contents_of(feed)
    said = html.fromstring(content).text_content()
    for section in edition.edition.sections:
        for pick in section.picks:
            assert pick.headline in said
    assert "<footer" not in content


def test_a_page_without_a_main_part_or_with_controls_breaks_no_feed(
    rules: Settings,
) -> None:
    edition = public_edition()
    pages = {DAY: "<html><body>Mine</body></html>"}
    assert contents_of(atom_feed([edition], rules, NOWHERE, pages)) == []
    pages = {DAY: "<main>a\x0bb]]&gt;</main>"}
    feed = atom_feed([edition], rules, NOWHERE, pages)
    assert contents_of(feed) == ["ab]]&gt;"]


def test_the_archive_leads_to_subscribing(rules: Settings) -> None:
    page = archive_page([public_edition()], rules, NOWHERE)
    links = html.fromstring(page).xpath("//a/@href")
    assert f"{rules.newsletter.public_url.rstrip('/')}/subscribe" in links
