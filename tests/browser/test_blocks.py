"""Saved blocks in a real browser without a script: written, inserted, moved; accessible pages."""

import pytest
from playwright.sync_api import expect

from digest.app import App
from tests.browser.test_desk import address, axe, found_amiss
from tests.desk_client import DAY, TOKEN
from tests.fakes.browser import browser, needs_browser, watched
from tests.services.test_blocks import insert, keep

__all__ = ["address", "axe"]  # fixtures
pytestmark = [
    pytest.mark.slow,
    needs_browser,
    # a page that is left while a file is being served leaves the server's file to the collector
    pytest.mark.filterwarnings(
        "ignore::pytest.PytestUnraisableExceptionWarning"
    ),
]


def test_a_block_is_written_inserted_and_moved_without_javascript(
    stocked: App, address: str
) -> None:
    with browser() as chromium:
        seen = watched(chromium.new_context(java_script_enabled=False), address)
        page = seen.page
        page.goto(f"{address}/blocks?token={TOKEN}")
        page.goto(f"{address}/blocks")
        page.get_by_label("Name").fill("donate")
        page.get_by_label("Text, in Markdown").fill("# Support us\n\nWe live.")
        page.get_by_role("button", name="Store").click()
        expect(
            page.frame_locator("iframe").first.get_by_role("heading")
        ).to_have_text("Support us")
        page.goto(f"{address}/{DAY}/edition")
        page.get_by_label("Place").select_option(label="at the top")
        page.get_by_role("button", name="Insert").click()
        expect(page.locator("#b-donate")).to_contain_text("at the top")
        page.locator("#b-donate").get_by_role("button", name="down").click()
        expect(page.locator("#b-donate")).to_contain_text("first lead")
        expect(
            page.frame_locator("#view").get_by_role("heading", name="Support")
        ).to_be_visible()
        assert stocked.editing_as("").load_edition(DAY).leads[
            0
        ].blocks_below == ("donate",)
        assert seen.problems == []


def test_the_pages_of_blocks_are_accessible(
    stocked: App, address: str, axe: str
) -> None:
    """Light and dark; wide, and a phone; also with a block that cannot be read."""
    keep(stocked)
    insert(stocked)
    keep(stocked, "legal", "Our address.")
    file = stocked.workspace.folder / "blocks/broken.md"
    file.write_text("Text\n\n# A heading\n")
    problems = []
    with browser() as chromium:
        seen = watched(chromium.new_context(bypass_csp=True), address)
        seen.page.goto(f"{address}/?token={TOKEN}")
        for scheme in ("light", "dark"):
            seen.page.emulate_media(color_scheme=scheme)
            for width in (360, 1280):
                seen.page.set_viewport_size({"width": width, "height": 800})
                for path in (
                    "blocks",
                    "blocks/donate/edit",
                    "blocks/broken/edit",
                    f"{DAY}/edition",
                ):
                    seen.page.goto(f"{address}/{path}")
                    problems += [
                        f"{path} {scheme} {width}: {amiss}"
                        for amiss in found_amiss(seen.page, axe, width)
                    ]
    assert problems + seen.problems == []
