"""What a person adds to the edition: by its address, with its text, or without an address."""

from collections.abc import Callable

from flask.testing import FlaskClient
from lxml.html import document_fromstring
from werkzeug.test import TestResponse

from digest.app import App
from digest.services.staff import local_user
from digest.web.desk import create_desk_app
from tests.desk_client import DAY, HOME, let_in, page, post
from tests.fakes.web import Answer, FakeWeb
from tests.web.desk.test_stories import WIRE

# One's own addresses


def test_an_address_is_added_into_the_edition(
    stocked: App, web: FakeWeb, open_app: Callable[..., App]
) -> None:
    body = (
        "<html><head><title>Found by hand</title>"
        '<meta property="article:published_time" content="2026-02-27T10:00:00Z">'
        f"</head><body><article><h1>Found by hand</h1><p>{WIRE}</p></article></body></html>"
    )
    web.answers["/story"] = Answer(
        body.encode(), headers={"Content-Type": "text/html"}
    )
    client = let_in(open_app({}))
    url = f"{web.url}/story"
    asked = page(client, f"/add?url={url}")
    assert asked.xpath("//input[@name='url']/@value") == [url]
    assert "javascript:" in asked.xpath("//a[@class='mark']/@href")[0]
    assert stocked.store.editions.list_dates() == [DAY]
    assert page(client, "/add?url=javascript:alert(1)").xpath(
        "//input[@name='url']/@value"
    ) == [""]
    assert post(client, "/add", url=url, section="following").status_code == 303
    (newest,) = set(stocked.store.editions.list_dates()) - {
        DAY
    }  # the one in work now
    sections = stocked.editing_as("").load_edition(newest).sections
    assert "Found by hand" in [p.headline for p in sections[1].picks]
    answer = post(
        client, "/add", url="http://127.0.0.1:9/nobody", title="", section=""
    )
    assert answer.status_code == 400
    assert "127.0.0.1:9/nobody" in answer.text


def problems(answer: TestResponse) -> dict[str, str]:
    """Return what a form says is wrong, by the field that it is tied to."""
    assert answer.status_code == 400, answer.text
    shown = document_fromstring(answer.text)
    found = {}
    for field in shown.xpath("//*[@aria-invalid='true']"):
        (words,) = shown.xpath(f"//p[@id='{field.get('aria-describedby')}']")
        found[field.get("name")] = words.text_content()
    return found


def test_what_is_wrong_with_an_address_stands_beside_it(
    stocked: App, open_app: Callable[..., App]
) -> None:
    client = let_in(open_app({}))
    days = stocked.store.editions.list_dates()
    answer = post(client, "/add", url="example.org/a", title="Kept")
    assert "no web address" in problems(answer)["url"]
    assert 'value="Kept"' in answer.text
    answer = post(client, "/add", url="http://127.0.0.1:9/a")
    assert "type its headline here" in problems(answer)["title"]
    answer = post(client, "/add", url="http://127.0.0.1:9/a", title="Tulips")
    assert "names neither you" in problems(answer)["section"]
    answer = post(client, "/add", url="http://127.0.0.1:9/a", day="tomorrow")
    assert "year-month-day" in problems(answer)["day"]
    assert stocked.store.editions.list_dates() == days


# Without an address

CLIP = {
    "way": "unlinked",
    "outlet": "Radio Six",
    "title": "Pipes of lead",
    "day": "2026-02-26",
    "place": "minute 12",
    "quote": "Open Water was right.",
}


def test_a_clip_without_an_address_runs_without_a_link(
    stocked: App, desk: FlaskClient
) -> None:
    assert post(desk, "/add", **CLIP).status_code == 303
    (day,) = set(stocked.store.editions.list_dates()) - {DAY}
    (pick,) = [
        pick
        for section in stocked.editing_as("").load_edition(day).sections
        for pick in section.picks
        if not pick.has_link
    ]
    assert (pick.outlet, pick.quote) == ("Radio Six, minute 12", CLIP["quote"])
    for path in ("edition", "finds"):
        shown = page(desk, f"/{day}/{path}")
        assert "Radio Six, minute 12" in shown.text_content()
        assert "unlinked:" not in shown.text_content()
        assert shown.xpath("//a[starts-with(@href, 'unlinked:')]") == []


def test_what_is_wrong_with_a_clip_stands_beside_each_field(
    stocked: App, desk: FlaskClient
) -> None:
    answer = post(desk, "/add", way="unlinked", day="2027-01-01")
    assert set(problems(answer)) == {"outlet", "title", "day"}
    answer = post(desk, "/add", **CLIP | {"quote": "x" * 2001})
    assert problems(answer) == {
        "quote": "It may have 2,000 characters at most."
    }
    assert "minute 12" in answer.text
    spanish = desk.post(
        "/add",
        data={"way": "unlinked", "csrf": csrf(desk)},
        base_url=HOME,
        headers={"Accept-Language": "es"},
    )
    assert "qué periódico" in problems(spanish)["outlet"]
    assert stocked.store.editions.list_dates() == [DAY]


# From one's own subscription

SENT = {
    "url": "http://localhost:9/closed",
    "title": "Pipes of lead",
    "site": "The Closed Paper",
    "day": "2026-02-26",
    "text": "The city knew. Open Water sued over the pipes, and won.",
}


def test_a_sent_text_is_proof_for_staff_with_the_name_of_who_sent_it(
    stocked: App, desk: FlaskClient
) -> None:
    assert post(desk, "/add", **SENT).status_code == 303
    (day,) = set(stocked.store.editions.list_dates()) - {DAY}
    finds = page(desk, f"/{day}/finds").text_content()
    assert "Open Water sued over the pipes, and won." in finds
    assert f"text sent by {local_user()} from their own subscription" in finds
    assert "The Closed Paper" in finds


def test_a_sent_text_that_is_too_long_is_refused_and_kept(
    desk: FlaskClient,
) -> None:
    answer = post(desk, "/add", **SENT | {"text": "word " * 20_001})
    assert "100,000 characters" in problems(answer)["text"]
    assert "word word" in answer.text


def test_a_form_of_another_site_adds_nothing(
    stocked: App, desk: FlaskClient
) -> None:
    for form in (CLIP, SENT):
        assert post(desk, "/add", csrf="guessed", **form).status_code == 403
        stranger = create_desk_app(stocked, "another").test_client()
        answer = stranger.post("/add", data=form, base_url=HOME)
        assert answer.status_code == 403
    assert stocked.store.editions.list_dates() == [DAY]


def csrf(client: FlaskClient) -> str:
    with client.session_transaction(base_url=HOME) as session:
        return session["csrf"]
