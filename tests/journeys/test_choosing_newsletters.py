"""The public pages of a newsroom with several newsletters."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from flask.testing import FlaskClient

from digest.app import App
from digest.errors import DigestError
from digest.model import Subscriber
from digest.web.public import create_public_app
from tests.conftest import EDITION, NOW
from tests.fakes.smtp import FakeSmtp
from tests.fakes.wsgi import served
from tests.three_newsletters import open_three
from tests.web.public.test_public import ask, link, mails

ADA = "ada@r.example"
LETTER = "The Open Water Letter"
QUARTER = "The Quarter at Open Water"
CLIPS = "Daily clips"


@pytest.fixture
def three(folder: Path, open_app: Callable[..., App]) -> App:
    """The working folder, with a person who gets all three newsletters."""
    open_three(folder)
    app = open_app()
    for one in app.newsletters:
        person = Subscriber(ADA, "Ada", "form", NOW)
        one.subscribers.add_subscriber(person)
    return app


@pytest.fixture
def client(three: App) -> FlaskClient:
    return create_public_app(three).test_client()


def token_of(app: App, newsletter: str) -> str:
    person = app.subscribers.find_subscriber(ADA)
    return app.for_newsletter(newsletter).tokens.sign_subscriber(person.id)


def received(app: App) -> list[str]:
    person = app.subscribers.find_subscriber(ADA)
    return [one.key for one in app.subscribers.list_received(person)]


BOUNCE = """\
From: MAILER-DAEMON@mx.example
To: back@openwater.example
Subject: Undelivered
Message-ID: <report@mx.example>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

550 5.1.1 user unknown
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; ada@r.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 user unknown
--b
Content-Type: text/rfc822-headers

PROOF
--b--
"""


# Leaving


def test_one_click_leaves_the_newsletter_it_came_from(three: App) -> None:
    """By HTTP, as a mail program does it (RFC 8058, 3.1)."""
    token = token_of(three, "clips")
    with served(create_public_app(three)) as home:
        request = Request(
            f"{home}/u/{token}", data=b"List-Unsubscribe=One-Click"
        )
        with urlopen(request) as answer:
            page = answer.read().decode()
    assert f"You will not receive {CLIPS} any more." in page
    still = page.partition("You still get:")[2]
    assert (LETTER in still, QUARTER in still, CLIPS in still) == (
        True,
        True,
        False,
    )
    assert "Unsubscribe from all" in still
    assert received(three) == ["weekly", "funders"]


def test_opening_the_page_of_a_link_changes_nothing(
    three: App, client: FlaskClient
) -> None:
    token = token_of(three, "funders")
    assert QUARTER in client.get(f"/u/{token}").text
    client.get(f"/p/{token}")
    assert client.get(f"/u/{token}/all").status_code == 405
    assert received(three) == ["clips", "weekly", "funders"]


def test_the_page_offers_to_leave_all(three: App, client: FlaskClient) -> None:
    token = token_of(three, "weekly")
    page = client.post(f"/u/{token}/all").text
    assert "any newsletter of ours any more" in page
    assert received(three) == []
    assert three.subscribers.find_subscriber(ADA).left_at == NOW


def test_the_link_of_a_newsletter_that_is_gone_still_leaves_it(
    folder: Path, three: App, open_app: Callable[..., App]
) -> None:
    token = token_of(three, "funders")
    file = folder / "feeds.yaml"
    text = file.read_text("utf-8")
    start = text.index("  - key: funders")
    end = text.index("collect:")
    file.write_text(text[:start] + text[end:], "utf-8")
    app = open_app()
    web = create_public_app(app).test_client()
    assert web.post(f"/u/{token}").status_code == 200
    ada = app.subscribers.find_subscriber(ADA)
    left = {
        one.newsletter: one.left_at
        for one in app.store.subscriptions.list_of(ada.id)
    }
    assert (left["funders"], left["weekly"], ada.left_at) == (NOW, None, None)


# Preferences


def test_one_chooses_what_one_gets(three: App, client: FlaskClient) -> None:
    token = token_of(three, "weekly")
    page = client.get(f"/p/{token}").text
    assert page.count('type="checkbox"') == page.count(" checked") == 3
    choice = {"do": "newsletters", "newsletters": ["funders"]}
    page = client.post(f"/p/{token}", data=choice).text
    assert received(three) == ["funders"]
    # who left what comes by a tag they have may take that back
    assert (CLIPS in page, LETTER in page) == (True, True)
    choice["newsletters"] = ["clips", "weekly", "nonsense"]
    client.post(f"/p/{token}", data=choice)
    assert received(three) == ["clips", "weekly"]
    ada = three.subscribers.find_subscriber(ADA)
    rows = three.store.subscriptions.list_of(ada.id)
    assert "clips" not in [row.newsletter for row in rows]
    three.subscribers.set_tags(ADA, ())
    client.post(f"/p/{token}", data={"do": "newsletters", "newsletters": []})
    assert received(three) == []
    page = client.post(f"/p/{token}", data=choice).text
    # without the tag it is nothing that one could bring oneself to
    assert CLIPS not in page
    assert received(three) == ["weekly"]


def test_who_left_everything_takes_back_what_they_wish(
    three: App, client: FlaskClient
) -> None:
    token = token_of(three, "weekly")
    client.post(f"/u/{token}/all")
    choice = {"do": "newsletters", "newsletters": ["clips"]}
    client.post(f"/p/{token}", data=choice)
    assert received(three) == ["clips"]
    assert three.subscribers.find_subscriber(ADA).left_at is None


def test_leaving_the_last_one_says_that_it_was_the_last(
    three: App, client: FlaskClient
) -> None:
    last = "It was the last newsletter of ours that you got"
    for key in ("clips", "weekly"):
        assert last not in client.post(f"/u/{token_of(three, key)}").text
    page = client.post(f"/u/{token_of(three, 'funders')}").text
    assert last in page
    assert "nobody but you can subscribe you again" in page
    with pytest.raises(DigestError) as refused:
        three.for_newsletter("funders").subscribers.add_subscriber(
            Subscriber(ADA, "", "said so by phone", NOW)
        )
    told = str(refused.value)
    assert "has unsubscribed from everything" in told
    assert (
        "by the form at https://letter.openwater.example/funders/subscribe"
        in (told)
    )
    with pytest.raises(DigestError, match="behind the link"):
        three.for_newsletter("clips").subscribers.add_subscriber(
            Subscriber(ADA, "", "said so by phone", NOW)
        )
    assert received(three) == []


# Joining


def test_the_form_lists_what_the_public_may_get(client: FlaskClient) -> None:
    page = client.get("/subscribe").text
    assert (LETTER in page, QUARTER in page, CLIPS in page) == (
        True,
        True,
        False,
    )
    assert "every Friday" in page
    assert 'value="weekly" checked' in page
    page = client.get("/funders/subscribe").text
    assert 'value="funders" checked' in page
    assert 'value="weekly" checked' not in page


def test_who_asks_for_two_confirms_both(
    three: App, client: FlaskClient
) -> None:
    both = {"newsletters": ["weekly", "funders"], "choice": "1"}
    answer = client.post("/subscribe", data={"address": "bo@r.example"} | both)
    assert answer.status_code == 202
    (mail,) = mails(three)
    text = mail.get_body(("plain",)).get_content()
    assert f"{LETTER} and {QUARTER}" in " ".join(text.split())
    assert LETTER in client.get(link(mail)).text
    page = client.post(link(mail)).text
    assert f"{LETTER} and {QUARTER}" in page
    bo = three.subscribers.find_subscriber("bo@r.example")
    keys = [one.key for one in three.subscribers.list_received(bo)]
    assert keys == ["weekly", "funders"]
    welcome = mails(three)[-1].get_body(("plain",)).get_content()
    assert f"- {QUARTER}: from time to time" in welcome


def test_who_gets_one_confirms_only_the_other(
    three: App, client: FlaskClient
) -> None:
    three.for_newsletter("funders").subscribers.leave_newsletter(ADA)
    fields = {"address": ADA, "newsletters": ["weekly", "funders"]}
    known = client.post("/subscribe", json=fields)
    unknown = client.post(
        "/subscribe", json=fields | {"address": "x@r.example"}
    )
    assert (known.status_code, known.data) == (202, unknown.data)
    three.signup.wait_for_mails()
    mail = next(one for one in mails(three) if one["To"] == ADA)
    assert mail["Subject"] == f"Please confirm: {QUARTER}"
    client.post(link(mail))
    assert received(three) == ["clips", "weekly", "funders"]


@pytest.mark.parametrize(
    ("newsletters", "said"),
    [
        (["clips"], "expected one of weekly, funders, found 'clips'"),
        (["weekly", "nothing"], "found 'nothing'"),
        ([], "as a list of keys"),
        ("weekly", "as a list of keys"),
        ([7], "as a list of keys"),
    ],
)
def test_nobody_asks_for_what_is_not_public(
    three: App, client: FlaskClient, newsletters: object, said: str
) -> None:
    fields = {"address": "bo@r.example", "newsletters": newsletters}
    answer = client.post("/subscribe", json=fields)
    assert (answer.status_code, said in answer.json["error"]) == (400, True)
    assert mails(three) == []
    assert client.get("/clips/subscribe").status_code == 404


def test_a_request_that_says_nothing_is_for_the_address_it_came_to(
    three: App, client: FlaskClient
) -> None:
    """Forms on other sites, from before there were several."""
    ask(client, "bo@r.example")
    client.post("/funders/subscribe", json={"address": "cy@r.example"})
    three.for_newsletter("funders").signup.wait_for_mails()
    subjects = {mail["To"]: mail["Subject"] for mail in mails(three)}
    assert subjects == {
        "bo@r.example": f"Please confirm: {LETTER}",
        "cy@r.example": f"Please confirm: {QUARTER}",
    }
    page = client.post(
        "/subscribe", data={"address": "dy@r.example", "choice": "1"}
    )
    assert "Please choose" in page.text
    assert page.status_code == 400


# What the provider reports


def test_events_come_to_the_edition_of_their_newsletter() -> None:
    from digest.delivery.transports.sendgrid_webhook import read_events

    entry = {
        "event": "delivered",
        "email": ADA,
        "timestamp": 1,
        "subscriber": 1,
    }
    entries = [
        entry | {"sg_event_id": name, "edition": name}
        for name in ("2026-02-27", "clips/2026-02-27", "../../x", "")
    ]
    events = read_events(json.dumps(entries).encode())
    assert [(one.newsletter, str(one.edition)) for one in events] == [
        ("weekly", "2026-02-27"),
        ("clips", "2026-02-27"),
        ("weekly", "None"),
        ("weekly", "None"),
    ]


# What comes back


def send_both(app: App) -> None:
    """Send the edition of one day of two newsletters."""
    for key in ("weekly", "funders"):
        one = app.for_newsletter(key)
        one.editions.save_source(EDITION)
        one.approval.approve_edition(NOW.date(), "Ada")
        one.sending.send_edition(NOW.date())


@pytest.mark.parametrize("proof", ["Return-Path", "Message-ID"])
def test_a_bounce_comes_to_the_edition_of_its_newsletter(
    three: App, open_app: Callable[..., App], smtp: FakeSmtp, proof: str
) -> None:
    verp = {
        "DIGEST_DELIVERY__SMTP__RETURN_PATH": "back@openwater.example",
        "DIGEST_DELIVERY__SMTP__VERP": "true",
    }
    app = open_app(smtp.env | verp)
    send_both(app)
    ids = [message["Message-ID"] for _, message in smtp.messages]
    assert len(set(ids)) == len(set(smtp.senders)) == 2
    value = {"Return-Path": smtp.senders[1], "Message-ID": ids[1]}[proof]
    bounce = BOUNCE.replace("PROOF", f"{proof}: {value}")
    (outcome,) = app.returned_mail.read_content(bounce.encode()).outcomes
    assert outcome.verdict == "bounced"
    day = NOW.date()
    assert app.for_newsletter("funders").deliveries.count_fates(day) == {
        "bounced": 1
    }
    assert app.for_newsletter("weekly").deliveries.count_fates(day) == {}
    assert app.subscribers.is_suppressed(app.subscribers.find_subscriber(ADA))


def test_a_mail_that_asks_leaves_what_it_can_tell(three: App) -> None:
    mail = "From: ada@r.example\nTo: hello@openwater.example\nSubject: %s\n\n"
    named = mail % f"unsubscribe {token_of(three, 'clips')}"
    three.returned_mail.read_content(named.encode())
    assert received(three) == ["weekly", "funders"]
    again = three.returned_mail.read_content(named.encode())
    assert again.outcomes[0].verdict == "nothing to do"
    three.returned_mail.read_content((mail % "unsubscribe").encode())
    assert received(three) == []
