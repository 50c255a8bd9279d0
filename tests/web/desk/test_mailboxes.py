"""The desk's page of mailboxes: what they brought, what could not be read, what was not taken."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from digest.app import App
from digest.collect.mail import (
    decisions,
    late_links,
    line_decisions,
    mail_links,
)
from digest.collect.mail.decisions import Decision
from digest.model.mail import (
    FOR_A_PERSON,
    TAKEN_FOR_OTHERS,
    LinkKind,
    MailboxState,
    ReadMail,
    SetAsideLink,
    UnreadReason,
)
from digest.web.desk import create_desk_app, link_reasons
from tests.conftest import NOW
from tests.desk_client import HOME, let_in, page

LINK = "https://courier.example/2026/02/26/pipes?a=1&b=2"
SOURCES = """
sources:
  mail:
    - {name: alerts, host: imap.example, username: press@example.org, folder: News}
    - {name: saved, path: mails}
"""


@pytest.fixture
def mail_desk(
    stocked: App, folder: Path, open_app: Callable[..., App]
) -> FlaskClient:
    """The desk of a workspace with two mailboxes, of which one has been read."""
    file = folder / "feeds.yaml"
    file.write_text(file.read_text() + SOURCES)
    app = open_app({"MAIL_PASSWORD": ""})
    put_links(app)
    return let_in(app)


def put_links(app: App) -> None:
    """Store what reading the folder of saved mails left."""
    mail = app.store.mail
    kinds = (LinkKind.DOUBTFUL, LinkKind.SECTION)
    mail.save_set_aside(
        [
            SetAsideLink(
                f"key {kind}",
                "saved",
                f"{LINK}&kind={kind}",
                f"Pipes, {kind}",
                kind,
                "a forum",
                NOW,
                NOW,
            )
            for kind in kinds
        ]
    )
    mail.save_read(
        [ReadMail("k", "saved", NOW, UnreadReason.TOO_LARGE, "big.eml")]
    )
    state = MailboxState(
        "saved",
        last_success=NOW,
        last_look=NOW,
        mails=3,
        articles=2,
        links={"article": 5, "doubtful": 1, "section": 1, "managing": 9},
    )
    mail.save_mailbox(state)


def test_the_page_says_what_each_mailbox_brought(
    mail_desk: FlaskClient,
) -> None:
    text = " ".join(page(mail_desk, "/mailboxes").text_content().split())
    assert "3 mails, 2 new articles" in text
    assert (
        "16: 5 articles, 9 to unsubscribe and the like, 1 in doubt, 1 section page"
    ) in text
    assert "1 mail is too large (over 10 MB)" in text
    assert "big.eml" in text
    assert "Its password is missing" in text
    assert "MAIL_PASSWORD_ALERTS" in text


def test_a_link_that_was_not_taken_can_be_added(
    mail_desk: FlaskClient,
) -> None:
    shown = page(mail_desk, "/mailboxes")
    doubtful, section = shown.xpath("//li/a[@class='button']/@href")
    form = page(mail_desk, doubtful)
    (typed,) = form.xpath("//input[@name='url']/@value")
    assert typed == f"{LINK}&kind=doubtful"
    # what was taken for something else is folded away
    assert shown.xpath("//details//a[@class='button']/@href") == [section]


def test_the_status_leads_there_and_tells_what_is_not_read(
    mail_desk: FlaskClient,
) -> None:
    status = page(mail_desk, "/status")
    assert status.xpath("//a[@href='/mailboxes']")
    assert "2 mailboxes, 1 is not read" in status.text_content()


def test_the_page_says_so_where_no_mailbox_is_set(desk: FlaskClient) -> None:
    assert "No mailbox is set" in page(desk, "/mailboxes").text_content()


def test_only_who_may_come_sees_it(stocked: App) -> None:
    stranger = create_desk_app(stocked, "token").test_client()
    assert stranger.get("/mailboxes", base_url=HOME).status_code == 403


def test_a_look_at_the_page_writes_nothing(
    mail_desk: FlaskClient, open_app: Callable[..., App]
) -> None:
    app = open_app(now=NOW + timedelta(days=1))
    before = app.status.describe_database()
    page(mail_desk, "/mailboxes")
    assert app.status.describe_database() == before


def test_every_reason_of_a_shown_link_has_words_of_the_desk() -> None:
    """A reason that the collector gives, and the desk does not know, would be English in any language."""
    given = {
        one.reason
        for module in (decisions, late_links, line_decisions, mail_links)
        for one in vars(module).values()
        if isinstance(one, Decision)
        and one.kind in FOR_A_PERSON | TAKEN_FOR_OTHERS
    }
    given.add(late_links.LATE_REASON)
    with Flask("desk").test_request_context():
        assert given <= link_reasons.name_reasons().keys()
