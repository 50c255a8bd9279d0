"""Saved blocks at the desk: written, looked at, put into an edition, without a script."""

import io
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient
from PIL import Image

from digest.app import App
from tests.conftest import EDITION
from tests.desk_client import DAY, HOME, let_in, page, post

DONATE = "# Support us\n\nWe live on gifts.\n"
NEXT = DAY + timedelta(days=7)


def store(client: FlaskClient, text: str = DONATE, **fields: object):
    form = {"name": "donate", "body": text.replace("\n", "\r\n")} | fields
    return post(client, "/blocks/store", **form)


def stored(app: App) -> str:
    return app.blocks.read_text("donate")


def test_a_block_is_written_changed_and_deleted(
    desk: FlaskClient, stocked: App
) -> None:
    assert store(desk).status_code == 303
    assert stored(stocked) == DONATE
    (shown,) = page(desk, "/blocks").xpath("//iframe/@src")
    assert "We live on gifts." in desk.get(shown, base_url=HOME).text
    form = page(desk, "/blocks/donate/edit").xpath("//form[.//textarea]")[0]
    assert form.fields["was"] == DONATE
    changed = DONATE.replace("gifts", "your gifts")
    assert store(desk, changed, was=form.fields["was"]).status_code == 303
    assert stored(stocked) == changed
    answer = post(desk, "/blocks/delete", name="donate", was=changed)
    assert answer.status_code == 303
    assert stocked.blocks.list_names() == []
    entries = [entry.what for entry in stocked.staff.list_audit_entries()]
    assert entries == [
        "deleted the saved block “donate”",
        "stored the saved block “donate”",
        "stored the saved block “donate”",
    ]


def test_two_people_at_one_block_are_told_and_nothing_is_overwritten(
    desk: FlaskClient, stocked: App
) -> None:
    store(desk)
    assert store(desk, "By Bo.", was=DONATE).status_code == 303
    answer = store(desk, "By Ada.", was=DONATE)
    assert answer.status_code == 409
    assert "By Bo." in answer.text
    assert "By Ada." in answer.text
    assert store(desk, "Another of this name.").status_code == 409
    assert stored(stocked) == "By Bo.\n"
    gone = post(desk, "/blocks/delete", name="donate", was=DONATE)
    assert gone.status_code == 409


def test_bad_names_and_bad_texts_are_refused_with_what_was_typed(
    desk: FlaskClient, stocked: App
) -> None:
    for name in ("../feeds", "Donate", "a/b", ""):
        answer = store(desk, name=name)
        assert answer.status_code == 400
        assert "We live on gifts." in answer.text
    assert store(desk, "One\n\n# Two").status_code == 400
    assert stocked.blocks.list_names() == []
    assert desk.get("/blocks/..%2ffeeds/edit", base_url=HOME).status_code == 404


def test_how_it_looks_is_shown_and_not_stored(
    desk: FlaskClient, stocked: App
) -> None:
    answer = store(desk, do="look")
    assert answer.status_code == 200
    assert "We live on gifts." in answer.text
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert stocked.blocks.list_names() == []


def test_an_image_sent_with_it_stands_behind_its_text(
    desk: FlaskClient, stocked: App
) -> None:
    image = io.BytesIO()
    Image.new("RGB", (9, 9), "navy").save(image, "PNG")
    image.seek(0)
    answer = store(desk, image=(image, "tap.png"), alt="A tap")
    assert answer.status_code == 303
    assert stored(stocked) == f"{DONATE}\n![A tap](images/tap.png)\n"
    shown = page(desk, "/blocks/donate/view/mail").xpath("//img/@src")
    assert shown == ["/blocks/donate/images/tap.png"]
    assert desk.get(shown[0], base_url=HOME).mimetype == "image/png"
    assert (
        desk.get("/blocks/donate/images/..", base_url=HOME).status_code
        == desk.get("/blocks/donate/images/no.png", base_url=HOME).status_code
        == 404
    )


def test_a_block_is_inserted_moved_and_taken_out(
    desk: FlaskClient, stocked: App
) -> None:
    def change(**fields: str) -> tuple[object, ...]:
        answer = post(desk, f"/{DAY}/block", name="donate", **fields)
        assert answer.status_code == 303, answer.text
        edition = stocked.editing_as("Ada").load_edition(DAY)
        parts = (*edition.leads, *edition.sections)
        return edition.blocks_on_top, *(part.blocks_below for part in parts)

    store(desk)
    form = page(desk, f"/{DAY}/edition").xpath(
        "//form[.//select[@name='place']]"
    )[0]
    places = form.xpath(".//select[@name='place']/option/text()")
    assert places == [
        "at the end",
        "at the top",
        "behind “Headline of the first lead”",
        "behind “Headline of the second lead”",
        "behind “Open Water in the news”",
        "behind “Other stories we’re following”",
    ]
    here = ("donate",)
    assert change(do="insert", place="end") == ((), (), (), (), here)
    assert change(do="up") == ((), (), (), here, ())
    assert change(do="move", place="top") == (here, (), (), (), ())
    assert change(do="down") == ((), here, (), (), ())
    shown = page(desk, f"/{DAY}/edition").get_element_by_id("b-donate")
    assert "behind “Headline of the first lead”" in shown.text_content()
    assert (
        "We live on gifts." in desk.get(f"/{DAY}/view/mail", base_url=HOME).text
    )
    assert change(do="out") == ((), (), (), (), ())
    post(desk, f"/{DAY}/undo")
    assert stocked.editing_as("Ada").load_edition(DAY).block_names == here
    lead = {
        "number": "0",
        "headline": "Ours",
        "body": "Text\n\n{block: donate}",
    }
    assert post(desk, f"/{DAY}/lead", **lead).status_code == 400


def test_a_block_that_is_gone_is_told_on_the_editions_page(
    desk: FlaskClient, stocked: App
) -> None:
    store(desk)
    post(desk, f"/{DAY}/block", name="donate", do="insert", place="end")
    (stocked.workspace.folder / "blocks/donate.md").unlink()
    shown = page(desk, f"/{DAY}/edition")
    assert "it is missing" in shown.get_element_by_id("b-donate").text_content()
    problem = shown.get_element_by_id("findings").text_content()
    assert "there is no saved block 'donate'; there is none" in problem


def test_an_edition_that_is_not_begun_begins_like_the_last_one(
    desk: FlaskClient, stocked: App
) -> None:
    form = {"day": str(NEXT), "like": "last"}
    answer = post(desk, "/begin", **form)
    assert answer.location == f"/{NEXT}/edition"
    assert len(stocked.editing_as("Ada").load_edition(NEXT).leads) == 2
    early = {"day": "2026-01-02", "like": "last"}
    assert post(desk, "/begin", **early).status_code == 404
    assert len(stocked.editions.list_dates()) == 2


def test_an_edition_without_a_lead_begins_like_the_last_one(
    desk: FlaskClient, stocked: App
) -> None:
    stocked.drafts.create_draft(NEXT)
    button = "//form[contains(@action, 'like-last')]/@action"
    assert page(desk, f"/{DAY}/edition").xpath(button) == []
    (action,) = page(desk, f"/{NEXT}/edition").xpath(button)
    answer = post(desk, action)
    assert answer.status_code == 303
    shown = page(desk, f"/{NEXT}/edition")
    assert (
        "Write what is new in the place of each “TK”." in shown.text_content()
    )
    assert shown.xpath("//input[@name='headline']/@value")[0] == (
        "TK – “Headline of the first lead”"
    )
    assert EDITION.count("\n# ") == len(
        stocked.editing_as("Ada").load_edition(NEXT).leads
    )


def test_one_edition_leaves_out_what_every_edition_has(
    open_app: Callable[..., App], folder: Path
) -> None:
    """By a mark in its text: the others keep the block, and undo brings it back."""
    file = folder / "feeds.yaml"
    settings = file.read_text("utf-8").replace(
        "  weekday: friday\n", "  weekday: friday\n  blocks: {end: [donate]}\n"
    )
    file.write_text(settings, "utf-8")
    (folder / "blocks").mkdir()
    (folder / "blocks" / "donate.md").write_text(DONATE, "utf-8")
    app = open_app()
    client = let_in(app)
    app.editions.save_source(EDITION)
    assert "We live on gifts." in app.editions.render_stored(DAY).html
    path = "//li[@id='b-donate']//button"
    (button,) = page(client, f"/{DAY}/edition").xpath(path)
    assert button.text == "Leave it out of this edition"
    post(client, f"/{DAY}/block", name="donate", do=button.get("value"))
    text = app.editions.read_source(DAY)
    assert 'without: ["donate"]' in text
    assert "We live on gifts." not in app.editions.render_stored(DAY).html
    (button,) = page(client, f"/{DAY}/edition").xpath(path)
    assert button.text == "Put it back in"
    post(client, f"/{DAY}/block", name="donate", do=button.get("value"))
    assert app.editions.read_source(DAY) == EDITION
    assert "We live on gifts." in app.editions.render_stored(DAY).html
