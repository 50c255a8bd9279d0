"""The desk: filters, one's own addresses, images, places, history, languages, what is new."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from PIL import Image

from digest.app import App
from digest.edition import places
from digest.model import Event, Fate
from tests.conftest import EDITION, NOW
from tests.desk_client import DAY, HOME, headlines, let_in, page, post, put, urls
from tests.fakes.web import Answer, FakeWeb
from tests.services.test_articles import put as store

WIRE = (
    "Open Water sued Hallam County on Friday over pipes that the county had known to hold lead "
    "for eighteen months, a complaint says, and asked a judge to order that every school be given "
    "bottled water until the pipes are gone. The county said it would answer in court."
)


def count(client: FlaskClient, query: str) -> int:
    return len(page(client, f"/{DAY}/finds?{query}").xpath("//article"))


# Finds


def test_finds_are_filtered_by_topic_age_and_whether_they_were_read(
    desk: FlaskClient, stocked: App
) -> None:
    put(
        stocked,
        50,
        "Lead pipes",
        "Open Water counted lead pipes and lead pipes and lead pipes.",
    )
    store(
        stocked, 51, "Open Water behind a wall", "", published=NOW, unread="robots.txt"
    )
    assert count(desk, "topic=Drinking+water") == 1
    assert count(desk, "topic=Nothing") == 0
    assert count(desk, "days=1") == 13
    assert count(desk, "days=3") == 14
    assert count(desk, "days=nonsense") == 14
    assert count(desk, "show=unread") == 1


def test_a_long_list_is_shown_in_parts(desk: FlaskClient, stocked: App) -> None:
    for n in range(100, 140):
        put(stocked, n, f"Story {n}: other pipes of district {n}")
    shown = page(desk, f"/{DAY}/finds")
    assert len(shown.xpath("//article")) == 40
    (more,) = [a for a in shown.iter("a") if a.text == "12 more"]
    assert len(page(desk, more.get("href")).xpath("//article")) == 52


def test_another_report_can_stand_for_its_story(app: App) -> None:
    for n, outlet in enumerate(("The Courier", "The Post")):
        store(app, n, "County sued over lead", WIRE, outlet=outlet, published=NOW)
    app.editions.save_source(re.sub(r"- \[.*\n", "", EDITION))
    client = let_in(app)
    (find,) = page(client, f"/{DAY}/finds").xpath("//article")
    assert "also in 1" in find.text_content()
    first, other = find.xpath(".//input[@name='article']/@value")[::-1]
    post(client, f"/{DAY}/finds", article=first, do="following")
    was = urls(app)
    answer = post(client, f"/{DAY}/finds", article=other, do="stand", part="1")
    assert answer.status_code == 200
    assert "in the edition" in answer.text
    assert urls(app) != was
    assert len(urls(app)) == 1
    assert len(headlines(app, 1)) == 1
    post(client, f"/{DAY}/finds", article=other, do="back")
    assert urls(app) == []


def test_the_week_is_judged_once_until_something_is_new(
    desk: FlaskClient, stocked: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged = []
    whole = type(stocked.press)._make_stories
    monkeypatch.setattr(
        type(stocked.press), "_make_stories", lambda *a: judged.append(1) or whole(*a)
    )
    page(desk, f"/{DAY}/finds")
    first = page(desk, f"/{DAY}/finds").xpath("//article/@id")[0][1:]
    post(desk, f"/{DAY}/finds", article=first, do="in_the_news")
    page(desk, f"/{DAY}/finds")
    assert len(judged) == 1
    put(stocked, 70, "Quite new")
    assert "Quite new" in page(desk, f"/{DAY}/finds").text_content()
    stocked.editions.save_source(EDITION.replace("2026-02-27", "2026-02-20"))
    page(desk, f"/{DAY}/finds")
    page(desk, f"/{DAY}/finds")
    assert len(judged) == 3


def test_what_another_process_read_anew_is_seen(
    stocked: App, open_app: Callable[..., App]
) -> None:
    """Its words changed, and it was judged again, all elsewhere."""
    before = [s.representative.article.title for s in stocked.press.stories(but=DAY)]
    other = open_app()
    changed = other.store.articles.get(1)
    other.store.articles.put(
        changed.__class__(
            **{f: getattr(changed, f) for f in changed.__slots__} | {"title": "Anew"}
        ),
        NOW,
    )
    other.press.analyse_new()
    after = [s.representative.article.title for s in stocked.press.stories(but=DAY)]
    assert "Anew" not in before
    assert "Anew" in after


# One's own addresses


def test_an_address_is_added_into_the_edition(
    stocked: App, web: FakeWeb, open_app: Callable[..., App]
) -> None:
    body = (
        "<html><head><title>Found by hand</title>"
        '<meta property="article:published_time" content="2026-02-27T10:00:00Z">'
        f"</head><body><article><h1>Found by hand</h1><p>{WIRE}</p></article></body></html>"
    )
    web.answers["/story"] = Answer(body.encode(), headers={"Content-Type": "text/html"})
    client = let_in(open_app({}))
    url = f"{web.url}/story"
    asked = page(client, f"/add?url={url}")
    assert asked.xpath("//input[@name='url']/@value") == [url]
    assert "javascript:" in asked.xpath("//a[@class='mark']/@href")[0]
    assert stocked.store.editions.dates() == [DAY]
    assert page(client, "/add?url=javascript:alert(1)").xpath(
        "//input[@name='url']/@value"
    ) == [""]
    assert post(client, "/add", url=url, section="following").status_code == 303
    (newest,) = set(stocked.store.editions.dates()) - {DAY}  # the one in work now
    sections = stocked.editing_as("").edition(newest).sections
    assert "Found by hand" in [p.headline for p in sections[1].picks]
    answer = post(client, "/add", url="http://127.0.0.1:9/nobody", title="", section="")
    assert answer.status_code == 400
    assert "127.0.0.1:9/nobody" in answer.text


# Writing


def test_a_script_is_told_what_stands_there_now(
    picked: FlaskClient, stocked: App
) -> None:
    url, was = urls(stocked)[0], headlines(stocked, 0)[0]
    form = {"url": url, "headline": "  Ours   now ", "was_headline": was, "part": "1"}
    assert (
        post(picked, f"/{DAY}/story", **form).json["stored"]["headline"] == "Ours now"
    )
    lead = {"number": "2", "headline": "H", "body": "One\r\n\r\nTwo  ", "part": "1"}
    assert post(picked, f"/{DAY}/lead", **lead).json["stored"]["body"] == "One\n\nTwo"
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
    sent = {"image": (photo(), "../../Our Tap.JPG"), "alt": "A [tap]", "number": "2"}
    answer = post(desk, f"/{DAY}/lead", headline="H", body="Text.", add="image", **sent)
    assert answer.status_code == 303
    body = stocked.editing_as("").edition(DAY).leads[2].body
    assert body == "Text.\n\n![A \\[tap\\]](images/our-tap.jpg)"
    with Image.open(stocked.workspace.images / "our-tap.jpg") as kept:
        assert kept.width == 1200
    line = post(desk, f"/{DAY}/picture", image=(photo(60), "x.jpg"), alt="Two").json[
        "line"
    ]
    assert line == "![Two](images/x.jpg)"


def test_bad_images_are_refused_with_the_reason(
    desk: FlaskClient, stocked: App
) -> None:
    for form, why in (
        ({"image": (photo(60), "x.jpg"), "alt": " "}, "Say what is to be seen"),
        ({"alt": "A tap"}, "Choose an image first"),
        (
            {"image": (io.BytesIO(b"<svg onload=alert(1)>"), "x.svg"), "alt": "A"},
            "expected a JPEG",
        ),
    ):
        answer = post(desk, f"/{DAY}/picture", **form)
        assert answer.status_code == 400
        assert why in answer.text
    assert not stocked.workspace.images.exists() or not list(
        stocked.workspace.images.iterdir()
    )


def test_what_is_no_number_is_said(desk: FlaskClient) -> None:
    for path, form in (
        ("finds", {"article": "one", "do": "following"}),
        ("lead", {"number": "x", "headline": "H"}),
        ("move", {"url": "x", "to": "9" * 20, "section": "following"}),
    ):
        answer = post(desk, f"/{DAY}/{path}", **form)
        assert answer.status_code in (400, 404)
        assert "500" not in answer.text
    assert post(desk, "/begin", day="someday").status_code == 404


# Looking


def test_each_finding_leads_to_its_place(desk: FlaskClient, stocked: App) -> None:
    text = EDITION.replace("subject: What the records show", 'subject: "RE: records"')
    stocked.editions.save_source(text.replace("[Headline as it runs]", "[TK]"))
    shown = page(desk, f"/{DAY}/edition")
    anchors = {a.split("#")[1] for a in shown.xpath("//*[@id='findings']//a/@href")}
    assert {"head", "p-in_the_news-0"} <= anchors
    ids = set(shown.xpath("//@id"))
    assert anchors <= ids


def test_one_finding_of_several_places_is_told_once(
    desk: FlaskClient, stocked: App
) -> None:
    stocked.editions.save_source(
        EDITION.replace("https://example.org/c", "http://127.0.0.1/c").replace(
            "https://example.org/d", "http://127.0.0.1/d"
        )
    )
    told = page(desk, f"/{DAY}/check").xpath(
        "//article[contains(., 'is no public address')]"
    )
    assert len(told) == 1
    assert len(told[0].xpath(".//a")) == 2


def test_every_line_of_an_edition_has_its_place() -> None:
    found = places(EDITION)
    lines = EDITION.splitlines()
    assert found[lines.index("# Headline of the second lead") + 1] == "lead1"
    at = next(n for n, line in enumerate(lines, 1) if line.startswith("- [Another"))
    assert found[at].startswith("p-following-")
    assert found[1] == "head"


def test_the_desk_speaks_the_language_of_whoever_asks(desk: FlaskClient) -> None:
    spanish = desk.get(
        f"/{DAY}/finds",
        base_url=HOME,
        headers={"Accept-Language": "es-MX,es;q=0.9,en;q=0.1"},
    ).text
    assert '<html lang="es">' in spanish
    assert "Lo que trajo la semana" in spanish
    assert "hace 2 horas" in spanish
    assert "What the week brought" in page(desk, f"/{DAY}/finds").text_content()
    post(desk, "/speak", language="es", next=f"/{DAY}/edition")
    assert (
        "Edición del 27 de febrero de 2026"
        in page(desk, f"/{DAY}/edition").text_content()
    )
    post(desk, "/speak", language="xx")
    assert "The edition" in page(desk, f"/{DAY}/edition").text_content()


# History


def test_history_says_who_picked_and_changed_what(
    stocked: App, picked: FlaskClient
) -> None:
    first, second = headlines(stocked, 0)[:2]
    stocked.editing_as("Ben").drop(DAY, urls(stocked)[0])
    article = next(
        f.article.id
        for f in stocked.editing_as("").finds(DAY)
        if f.article.title == first
    )
    stocked.editing_as("Ben").pick(DAY, article, "following")
    shown = page(picked, f"/{DAY}/history")
    rows = {
        r[0].text_content(): r[2].text_content()
        for r in shown.xpath("//table[1]//tr[td]")
    }
    assert rows[f"{first} (The Courier)"] == "Ben"
    assert rows[f"{second} (The Courier)"] not in ("Ben", "the draft")
    assert "took a story out" in shown.text_content()
    listed = page(picked, "/history").text_content()
    assert "What the records show" in listed
    assert "not sent" in listed


def test_a_burst_of_typing_is_one_change_and_one_step_back(
    stocked: App, open_app: Callable[..., App]
) -> None:
    was = "What the records show"
    for n, text in enumerate(("T", "Ty", "Typed")):
        app = open_app(now=NOW + timedelta(minutes=n))
        app.editing_as("Ada").head(DAY, {"subject": text}, {"subject": was})
        was = text
    assert len(stocked.store.editions.revisions(DAY)) == 1
    stocked.editing_as("Ben").head(DAY, {"subject": "Ben's"}, {"subject": "Typed"})
    late = open_app(now=NOW + timedelta(minutes=9)).editing_as("Ben")
    late.head(DAY, {"subject": "Later"}, {"subject": "Ben's"})
    for left in ("Ben's", "Typed", "What the records show"):
        stocked.editing_as("Ada").undo(DAY)
        assert stocked.editing_as("").edition(DAY).subject == left


def test_passing_over_is_undone_like_everything(
    stocked: App, picked: FlaskClient
) -> None:
    def state(number: int) -> tuple[bool, bool]:
        find = stocked.editing_as("").find(DAY, number)
        return bool(find.picked), find.rejected

    number = next(f.article.id for f in stocked.editing_as("").finds(DAY) if f.picked)
    post(picked, f"/{DAY}/finds", article=str(number), do="reject")
    assert state(number) == (False, True)
    post(picked, f"/{DAY}/undo")
    assert state(number) == (True, False)
    other = next(
        f.article.id for f in stocked.editing_as("").finds(DAY) if not f.picked
    )
    for do, then in (("reject", (False, True)), ("following", (True, False))):
        post(picked, f"/{DAY}/finds", article=str(other), do=do)
        assert state(other) == then
    for then in ((False, True), (False, False)):
        post(picked, f"/{DAY}/undo")
        assert state(other) == then


def test_a_paywall_is_marked(open_app: Callable[..., App]) -> None:
    file = open_app().workspace.folder / "feeds.yaml"
    file.write_text(
        file.read_text().replace("    tier: 1\n", "    tier: 1\n    paywall: metered\n")
    )
    app = open_app()
    put(app, 1, "A story")
    app.editions.save_source(EDITION)
    assert (
        "paywall"
        in page(let_in(app), f"/{DAY}/finds").xpath("//article")[0].text_content()
    )


def test_history_says_what_the_provider_told(
    stocked: App, desk: FlaskClient, audience: list[str]
) -> None:
    stocked.approval.approve_edition(DAY, "Ada")
    stocked.sending.send_edition(DAY)
    who = stocked.store.subscribers.find(audience[0])
    told = Event("e1", Fate.BOUNCED, who.address, NOW, DAY, who.id)
    stocked.store.events.take([told], NOW)
    assert "1 bounced" in page(desk, "/history").text_content()


def test_undo_says_what_it_took_back(picked: FlaskClient, stocked: App) -> None:
    stocked.editing_as("Ben").drop(DAY, urls(stocked)[0])
    post(picked, f"/{DAY}/undo", here="edition")
    assert "Undone: took a story out" in page(picked, f"/{DAY}/edition").text_content()
    for _ in range(4):
        post(picked, f"/{DAY}/undo")
    assert "nothing to undo" in page(picked, f"/{DAY}/finds").text_content()


def test_the_desk_takes_the_port_it_had_where_that_is_free() -> None:
    import socket

    from digest.web.local_server import _is_free

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert not _is_free(port)
    assert _is_free(port)
