"""The edition's page: stories, leads and words, written by several at once."""

import io

from flask.testing import FlaskClient
from PIL import Image

from digest.app import App
from tests.desk_client import DAY, headlines, page, post, urls

# The edition


def test_stories_move_up_down_across_and_out(
    picked: FlaskClient, stocked: App
) -> None:
    a, b, c = urls(stocked)

    def move(url: str, to: str, section: str = "in_the_news") -> list[str]:
        post(picked, f"/{DAY}/move", url=url, to=to, section=section)
        return urls(stocked)

    assert move(b, "up") == [b, a, c]
    assert move(b, "up") == [b, a, c]
    assert move(a, "down") == [b, c, a]
    assert move(a, "0") == [a, b, c]
    assert move(a, "999", "following") == [b, c, a]
    assert len(headlines(stocked, 1)) == 1
    assert move(c, "out") == [b, a]


def test_a_reworded_headline_keeps_the_outlets_beside_it(
    picked: FlaskClient, stocked: App
) -> None:
    url = urls(stocked)[0]
    was = headlines(stocked, 0)[0]
    post(
        picked,
        f"/{DAY}/story",
        url=url,
        headline="Ours",
        was_headline=was,
        note="A note.",
        was_note="",
    )
    assert headlines(stocked, 0)[0] == "Ours"
    shown = page(picked, f"/{DAY}/edition")
    assert was in shown.xpath("//s/text()")
    assert "A note." in shown.text_content()


def test_two_editors_at_different_words_both_win(
    picked: FlaskClient, stocked: App
) -> None:
    url, was = urls(stocked)[0], headlines(stocked, 0)[0]
    post(picked, f"/{DAY}/story", url=url, headline="Ours", was_headline=was)
    post(picked, f"/{DAY}/story", url=url, note="Theirs.", was_note="")
    pick = stocked.editing_as("Ada").load_edition(DAY).sections[0].picks[0]
    assert (pick.headline, pick.note) == ("Ours", "Theirs.")


def test_two_editors_at_the_same_words_are_told_and_nothing_is_overwritten(
    picked: FlaskClient, stocked: App
) -> None:
    url, was = urls(stocked)[0], headlines(stocked, 0)[0]
    post(picked, f"/{DAY}/story", url=url, headline="First", was_headline=was)
    answer = post(
        picked, f"/{DAY}/story", url=url, headline="Second", was_headline=was
    )
    assert answer.status_code == 409
    assert "First" in answer.text
    assert "Second" in answer.text
    assert headlines(stocked, 0)[0] == "First"


def test_subject_and_leads_are_written_and_guarded_alike(
    desk: FlaskClient, stocked: App
) -> None:
    head = {
        "subject": "New",
        "was_subject": "What the records show",
        "preheader": "P",
        "was_preheader": stocked.editing_as("Ada").load_edition(DAY).preheader,
    }
    assert post(desk, f"/{DAY}/head", **head).status_code == 303
    assert (
        post(desk, f"/{DAY}/head", **head | {"subject": "Other"}).status_code
        == 409
    )
    lead = {
        "number": "2",
        "headline": "A third lead",
        "dek": "Dek",
        "body": "Text.\r\n\r\nMore.",
    }
    post(desk, f"/{DAY}/lead", **lead)
    assert (
        stocked.editing_as("Ada").load_edition(DAY).leads[2].body
        == "Text.\n\nMore."
    )
    assert (
        post(desk, f"/{DAY}/lead", **lead | {"headline": "Again"}).status_code
        == 409
    )
    first = stocked.editing_as("Ada").load_edition(DAY).leads[0]
    was = {
        "was_headline": first.headline,
        "was_dek": first.dek,
        "was_body": first.body,
    }
    post(desk, f"/{DAY}/lead", number="0", drop="yes", **was)
    assert [
        le.headline for le in stocked.editing_as("Ada").load_edition(DAY).leads
    ][-1] == "A third lead"
    assert len(stocked.editing_as("Ada").load_edition(DAY).leads) == 2


def test_what_cannot_be_stored_is_shown_again_with_what_was_typed(
    desk: FlaskClient,
) -> None:
    answer = post(
        desk,
        f"/{DAY}/lead",
        number="2",
        headline="H",
        body="![](images/x.png)\n\nLong work",
    )
    assert answer.status_code == 400
    assert "an image needs words" in answer.text
    assert "Long work" in answer.text


# Writing


def test_a_script_is_told_what_stands_there_now(
    picked: FlaskClient, stocked: App
) -> None:
    url, was = urls(stocked)[0], headlines(stocked, 0)[0]
    form = {
        "url": url,
        "headline": "  Ours   now ",
        "was_headline": was,
        "part": "1",
    }
    assert (
        post(picked, f"/{DAY}/story", **form).json["stored"]["headline"]
        == "Ours now"
    )
    lead = {
        "number": "2",
        "headline": "H",
        "body": "One\r\n\r\nTwo  ",
        "part": "1",
    }
    assert (
        post(picked, f"/{DAY}/lead", **lead).json["stored"]["body"]
        == "One\n\nTwo"
    )
    head = {"subject": "S", "was_subject": "What the records show", "part": "1"}
    assert post(picked, f"/{DAY}/head", **head).json["stored"]["subject"] == "S"


def photo(side: int = 3000) -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (side, side // 2), "teal").save(out, "JPEG")
    out.seek(0)
    return out


def test_an_image_is_uploaded_into_a_lead_made_fit_for_mail(
    desk: FlaskClient, stocked: App
) -> None:
    sent = {
        "image": (photo(), "../../Our Tap.JPG"),
        "alt": "A [tap]",
        "number": "2",
    }
    answer = post(
        desk, f"/{DAY}/lead", headline="H", body="Text.", add="image", **sent
    )
    assert answer.status_code == 303
    body = stocked.editing_as("").load_edition(DAY).leads[2].body
    assert body == "Text.\n\n![A \\[tap\\]](images/our-tap.jpg)"
    with Image.open(stocked.workspace.images_folder / "our-tap.jpg") as kept:
        assert kept.width == 1200
    line = post(
        desk, f"/{DAY}/picture", image=(photo(60), "x.jpg"), alt="Two"
    ).json["line"]
    assert line == "![Two](images/x.jpg)"


def test_bad_images_are_refused_with_the_reason(
    desk: FlaskClient, stocked: App
) -> None:
    for form, why in (
        ({"image": (photo(60), "x.jpg"), "alt": " "}, "Say what is to be seen"),
        ({"alt": "A tap"}, "Choose an image first"),
        (
            {
                "image": (io.BytesIO(b"<svg onload=alert(1)>"), "x.svg"),
                "alt": "A",
            },
            "expected a JPEG",
        ),
    ):
        answer = post(desk, f"/{DAY}/picture", **form)
        assert answer.status_code == 400
        assert why in answer.text
    assert not stocked.workspace.images_folder.exists() or not list(
        stocked.workspace.images_folder.iterdir()
    )
