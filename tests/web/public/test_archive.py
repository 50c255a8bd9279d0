"""The web archive: what is out, and nothing that is not; a page each, a list, a feed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from digest.app import App
from digest.collect.feeds.parse import Origin, convert_entries, parse_feed
from digest.edition import load_edition
from digest.errors import AlreadySent
from digest.model import PublicEdition
from digest.render import archive_page, atom_feed
from digest.settings import Settings, load_workspace
from digest.web.public import create_public_app
from tests.conftest import EDITION, FEEDS, NOW

HOME = "https://letter.openwater.example/"


@pytest.fixture
def archive(open_app: Callable[..., App]) -> FlaskClient:
    """One edition is out, one is approved and due, one nobody has approved."""
    app = open_app(now=NOW + timedelta(hours=1))
    for day, yes in (
        ("2026-02-27", True),
        ("2026-02-26", True),
        ("2026-02-20", False),
    ):
        app.editions.save_source(EDITION.replace("2026-02-27", day))
        if yes:
            app.approval.approve_edition(date.fromisoformat(day), "Ada")
    app.publishing.publish_edition(NOW.date(), "Ada")
    return create_public_app(app).test_client()


def test_only_what_is_out_can_be_read(archive: FlaskClient) -> None:
    assert archive.get("/2026-02-27/").status_code == 200
    for day in ("2026-02-26", "2026-02-20", "2020-01-01", "..", "x"):
        assert archive.get(f"/{day}/").status_code == 404
    listed = archive.get("/").text
    assert f'href="{HOME}2026-02-27/"' in listed
    assert "2026-02-26" not in listed
    assert "2026-02-20" not in listed


def test_missing_pages_are_styled_and_link_to_editions(
    archive: FlaskClient,
) -> None:
    """A withdrawn edition's link, or a mistyped one: what a reader sees there is no ruin."""
    answer = archive.get("/2026-02-20/")
    assert answer.status_code == 404
    assert "style-src 'self'" in answer.headers["Content-Security-Policy"]
    page = html.fromstring(answer.text)
    assert page.xpath("//link[@rel='stylesheet']/@href") == [
        "/about/public.css"
    ]
    assert page.xpath("//a[.='All editions']/@href") == ["/"]


def test_a_page_previews_well_where_it_is_shared(archive: FlaskClient) -> None:
    page = html.fromstring(archive.get("/2026-02-27/").text)
    meta = {
        m.get("property"): m.get("content")
        for m in page.iterfind(".//meta[@property]")
    }
    assert meta["og:title"] == "What the records show"
    assert (
        meta["og:description"] == "Emails, training files and a demand letter"
    )
    assert meta["og:url"] == f"{HOME}2026-02-27/"
    assert (
        page.find(".//link[@rel='canonical']").get("href")
        == f"{HOME}2026-02-27/"
    )
    assert page.find(".//main") is not None


def test_what_is_out_is_not_changed_by_an_edit(
    open_app: Callable[..., App],
) -> None:
    """The web shows what somebody said yes to, whatever the edition has become since."""
    app = open_app(now=NOW + timedelta(hours=1))
    app.editions.save_source(EDITION)
    app.approval.approve_edition(NOW.date(), "Ada")
    app.publishing.publish_edition(NOW.date(), "Ada")
    client = create_public_app(app).test_client()
    before = client.get("/2026-02-27/").text
    with pytest.raises(AlreadySent):
        app.editions.save_source(
            EDITION.replace("What the records show", "Half a thought").replace(
                "Its dek", "TK"
            )
        )
    assert client.get("/2026-02-27/").text == before
    assert (
        "Half a thought"
        not in client.get("/").text + client.get("/feed.atom").text
    )


def test_an_edition_in_another_language_is_listed_as_such(
    open_app: Callable[..., App],
) -> None:
    app = open_app(now=NOW + timedelta(hours=1))
    app.editions.save_source(
        EDITION.replace("subject:", "language: ar\nsubject:")
    )
    app.approval.approve_edition(NOW.date(), "Ada")
    app.publishing.publish_edition(NOW.date(), "Ada")
    assert (
        '<article lang="ar" dir="rtl">'
        in create_public_app(app).test_client().get("/").text
    )


@pytest.mark.parametrize("path", ["/", "/2026-02-27/", "/feed.atom"])
def test_no_page_of_the_archive_runs_anything(
    archive: FlaskClient, path: str
) -> None:
    answer = archive.get(path)
    assert "<script" not in answer.text
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_unsubscribe_page_keeps_its_stricter_policy(
    archive: FlaskClient,
) -> None:
    answer = archive.get("/u/x")
    policy = answer.headers["Content-Security-Policy"]
    assert "img-src 'self';" in policy
    assert "https:" not in policy
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_feed_is_read_by_our_own_collector_without_mending(
    archive: FlaskClient,
) -> None:
    answer = archive.get("/feed.atom")
    assert answer.mimetype == "application/atom+xml"
    document = parse_feed(answer.data)
    assert document.problems == []
    (found,) = convert_entries(document, Origin(f"{HOME}feed.atom"))
    assert (found.title, found.url) == (
        "What the records show",
        f"{HOME}2026-02-27/",
    )
    assert found.summary == "Emails, training files and a demand letter"
    assert found.published == NOW + timedelta(hours=1)


def test_the_mail_names_its_page(open_app: Callable[..., App]) -> None:
    app = open_app()
    app.editions.save_source(EDITION)
    built = app.editions.render_stored(NOW.date())
    assert f'href="{HOME}2026-02-27/"' in built.html
    assert f"Read it on the web: {HOME}2026-02-27/" in built.text


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("w")
    (folder / "feeds.yaml").write_text(
        FEEDS.format(home="https://courier.example")
    )
    return load_workspace(folder, {}).settings


@given(subject=st.text(), preheader=st.text())
def test_no_subject_breaks_the_feed_or_the_list(
    rules: Settings, subject: str, preheader: str
) -> None:
    """Well-formed XML, and every visible word as it was typed."""
    edition = replace(
        load_edition(EDITION), subject=subject, preheader=preheader
    )
    sent = [PublicEdition(edition, NOW, NOW)]
    feed = etree.fromstring(
        atom_feed(sent, rules, Path("/nonexistent")).encode()
    )
    title = feed.findtext("{*}entry/{*}title")
    if typed := _visible(subject):
        assert _visible(title) == typed
    html.fromstring(archive_page(sent, rules, Path("/nonexistent")))


def _visible(text: str) -> str:
    return "".join(c for c in text if c.isprintable() and not c.isspace())
