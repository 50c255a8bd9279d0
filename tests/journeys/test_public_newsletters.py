"""Several newsletters on the web: each its archive and feed; of an internal one, not a trace."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from lxml import etree, html

from digest.app import App
from digest.errors import DigestError
from digest.settings import load_workspace
from digest.web.public import create_public_app
from tests.conftest import EDITION, NOW
from tests.fakes.wsgi import served
from tests.three_newsletters import open_three

HOME = "https://letter.openwater.example/"
DAY = NOW.date()
ATOM = "{http://www.w3.org/2005/Atom}"


def publish(app: App, text: str = EDITION) -> None:
    app.editions.save_source(text)
    app.approval.approve_edition(DAY, "Ada")
    app.publishing.publish_edition(DAY, "Ada")


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[App]:
    """The weekly letter and the funders' are out; the clips are approved."""
    workspace = load_workspace(open_three(tmp_path), {})
    with App(workspace, lambda: NOW + timedelta(hours=1)) as app:
        publish(app)
        funders = app.for_newsletter("funders")
        publish(funders, EDITION.replace("What the records", "What the money"))
        clips = app.for_newsletter("clips")
        clips.editions.save_source(
            EDITION.replace("subject:", "subject: Secret")
        )
        clips.approval.approve_edition(DAY, "Ada")
        yield app


@pytest.fixture
def site(newsroom: App) -> Iterator[str]:
    with served(create_public_app(newsroom)) as address:
        yield address


def read(url: str) -> requests.Response:
    return requests.get(url, timeout=5, allow_redirects=False)


def entries_of(feed: bytes) -> list[str]:
    entries = etree.fromstring(feed).findall(f"{ATOM}entry/{ATOM}id")
    return [entry.text or "" for entry in entries]


def test_the_front_page_lists_the_public_newsletters(site: str) -> None:
    page = html.fromstring(read(f"{site}/").text)
    assert page.xpath("//h2/a/text()") == [
        "The Open Water Letter",
        "The Quarter at Open Water",
    ]
    said = " ".join(page.find(".//main").text_content().split())
    assert "Every Friday" in said
    assert "From time to time" in said
    links = page.xpath("//main//a/@href")
    for address in (
        "weekly/",
        "2026-02-27/",
        "subscribe",
        "feed.atom",
        "funders/",
        "funders/2026-02-27/",
        "funders/subscribe",
        "funders/feed.atom",
    ):
        assert f"{HOME}{address}" in links
    assert page.xpath("//link[@rel='alternate']/@href") == [
        f"{HOME}feed.atom",
        f"{HOME}funders/feed.atom",
    ]


def test_each_newsletter_has_its_archive_its_feed_and_its_pages(
    site: str,
) -> None:
    for prefix, subject in (
        ("/weekly", "What the records show"),
        ("/funders", "What the money show"),
    ):
        listed = html.fromstring(read(f"{site}{prefix}/").text)
        assert listed.xpath("//h2/a/text()") == [subject]
        canonical = listed.xpath("//link[@rel='canonical']/@href")
        assert canonical == [f"{HOME.rstrip('/')}{prefix}/"]
        assert read(f"{site}{prefix}/2026-02-27/").status_code == 200
    assert entries_of(read(f"{site}/funders/feed.atom").content) == [
        f"{HOME}funders/2026-02-27/"
    ]


def test_the_root_newsletter_keeps_its_addresses_and_atom_ids(
    site: str,
) -> None:
    feed = read(f"{site}/feed.atom").content
    assert entries_of(feed) == [f"{HOME}2026-02-27/"]
    assert etree.fromstring(feed).findtext(f"{ATOM}id") == HOME
    assert read(f"{site}/weekly/feed.atom").content == feed
    page = read(f"{site}/2026-02-27/").content
    assert read(f"{site}/weekly/2026-02-27/").content == page
    canonical = html.fromstring(page).xpath("//link[@rel='canonical']/@href")
    assert canonical == [f"{HOME}2026-02-27/"]


def test_an_internal_newsletter_answers_as_one_that_is_not_there(
    site: str,
) -> None:
    """Nobody outside learns that there are clips: not from words, a status, or a header."""
    for path in (
        "",
        "/",
        "/feed.atom",
        "/2026-02-27/",
        "/2026-02-27/to/0",
        "/2026-02-27/version/1/",
        "/subscribe",
        "/weekly/2026-02-27/",
    ):
        internal = read(f"{site}/clips{path}")
        unknown = read(f"{site}/nosuch{path}")
        assert internal.status_code == unknown.status_code
        assert internal.text.replace("clips", "nosuch") == unknown.text
        assert set(internal.headers) == set(unknown.headers)
    pages = ("/", "/weekly/", "/funders/", "/feed.atom", "/subscribe")
    for path in pages:
        text = read(f"{site}{path}").text
        assert "clips" not in text.casefold()
        assert "Secret" not in text


def test_an_internal_edition_is_refused_a_page(newsroom: App) -> None:
    clips = newsroom.for_newsletter("clips").publishing
    with pytest.raises(DigestError, match="'Daily clips' is internal"):
        clips.publish_edition(DAY, "Ada")
    with pytest.raises(DigestError, match="has no page on the web"):
        clips.withdraw_edition(DAY, "Ada")
    with pytest.raises(DigestError, match="has no page on the web"):
        clips.correct_page(DAY, EDITION, "a note", "Ada")
    assert clips.list_public_editions() == []
    assert not clips.find_status(DAY).is_public


def test_with_one_public_newsletter_its_archive_is_the_front_page(
    tmp_path: Path,
) -> None:
    folder = open_three(tmp_path)
    file = folder / "feeds.yaml"
    text = file.read_text("utf-8")
    text = text.replace("cadence: by_hand\n", "audience: [funders]\n")
    file.write_text(text, "utf-8")
    with App(load_workspace(folder, {}), lambda: NOW) as app:
        publish(app)
        client = create_public_app(app).test_client()
        page = html.fromstring(client.get("/").text)
        assert page.xpath("//h1/text()") == ["The Open Water Letter"]
        assert page.xpath("//link[@rel='canonical']/@href") == [HOME]
        assert client.get("/weekly/").text == client.get("/").text


def test_where_all_are_internal_there_is_no_archive(tmp_path: Path) -> None:
    folder = open_three(tmp_path)
    file = folder / "feeds.yaml"
    text = file.read_text("utf-8")
    internal = "postal_address: 12 Bicycle Lane, Northgate 40100\n    audience: [all]\n"
    text = text.replace("    audience: [staff]\n", "").replace(
        "postal_address: 12 Bicycle Lane, Northgate 40100\n", internal
    )
    file.write_text(text, "utf-8")
    with App(load_workspace(folder, {}), lambda: NOW) as app:
        client = create_public_app(app).test_client()
        paths = ("/", "/feed.atom", f"/{DAY}/", "/clips/", "/subscribe")
        for path in paths:
            answer = client.get(path)
            assert answer.status_code == 404
            assert "clips" not in answer.text.casefold()
            assert "The Open Water Letter" not in answer.text


def test_each_newsletter_writes_into_a_folder_of_its_own(
    newsroom: App,
) -> None:
    """The root one's is where it always was."""
    output = newsroom.workspace.output_folder
    for one in newsroom.newsletters:
        one.edition_files.write_edition(DAY)
        one.output_files.write_notices()
        one.output_files.save_rejected_text(DAY, "half a text")
    for folder in ("2026-02-27", "clips/2026-02-27", "funders/2026-02-27"):
        names = {file.name for file in (output / folder).iterdir()}
        assert {"index.html", "edition.rejected.md"} <= names
    folders = {path.name for path in output.iterdir()}
    assert folders == {"2026-02-27", "notices", "clips", "funders"}
