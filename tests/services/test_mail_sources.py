"""Mail as a source: mailboxes and folders of mails, from the server to the stored article."""

import base64
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from digest.app import App
from digest.collect import Report, article_key
from digest.model import Article
from digest.model.mail import LinkKind, MailboxState, UnreadReason
from digest.services.mailbox_health import MailboxFault, SourceHealth
from digest.settings import MailSource
from tests.command_line import invoke
from tests.conftest import NOW, workspace
from tests.fakes.imap import PASSWORD, FakeImap
from tests.fakes.web import Answer, FakeWeb

PAGE = """<html><head><title>{title}</title><meta property="og:site_name" content="The Hill Ledger">
<meta property="article:published_time" content="2026-02-26T08:00:00Z"></head>
<body><article><h1>{title}</h1>{body}</article></body></html>"""
BODY = (
    "<p>Open Water Trust sued Hallam County over lead pipes on Thursday.</p>"
    * 8
)
#: A mail with three articles: one with its own address, one behind each kind of tracker.
MAIL = """From: Morning Post <post@{domain}>
To: press@openwater.example
Subject: Morning post
Message-ID: <{number}@{domain}>
Date: Fri, 27 Feb 2026 07:00:00 +0000
List-Unsubscribe: <{home}/u/leave?id=1>
Content-Type: text/html; charset=utf-8

<html><body><p><a href="{home}/view/1">View in your browser</a></p>
<h2><a href="{home}/2026/02/26/county-sued-over-lead-pipes?utm_source=mail">County sued over lead pipes</a></h2>
<p>The trust wants them out within a year.</p>
<h2><a href="{home}/lnk/{shown}/x">Drinking water unsafe in four schools</a></h2>
<h2><a href="{home}/ls/click?upn=u001.aB3dEf6hIj9kLm2nOp5q">Mayor promises new pipes by autumn</a></h2>
<p><a href="{home}/">The Hill Ledger</a> | <a href="{home}/ls/click?upn=u001.zZ9yXx8wVv7uTt6sRr5q">Unsubscribe</a>
| <a href="{home}/u/leave?id=1">Leave</a> | <a href="mailto:x@y.example">Write</a></p></body></html>
"""
PATHS = (
    "/2026/02/26/county-sued-over-lead-pipes",
    "/2026/02/26/drinking-water-unsafe-in-schools",
    "/2026/02/25/mayor-promises-new-pipes",
)


@pytest.fixture
def imap() -> Iterator[FakeImap]:
    with FakeImap() as server:
        yield server


def serve_press(web: FakeWeb) -> None:
    """Let the press answer: three pages, and a tracker that leads to the third."""
    for path in PATHS:
        title = path.rpartition("/")[2].replace("-", " ").capitalize()
        page = PAGE.format(title=title, body=BODY)
        web.answers[path] = Answer(
            page.encode(), headers={"Content-Type": "text/html; charset=utf-8"}
        )
    web.answers["/ls/click"] = Answer(
        status=302,
        headers={"Location": f"{web.url}{PATHS[2]}", "Set-Cookie": "seen=1"},
    )


def make_mail(
    web: FakeWeb, number: int = 1, domain: str = "post.example"
) -> bytes:
    shown = base64.urlsafe_b64encode(f"{web.url}{PATHS[1]}".encode()).decode()
    return MAIL.format(
        number=number, domain=domain, home=web.url, shown=shown.rstrip("=")
    ).encode()


def configure(folder: Path, home: str, *sources: str) -> None:
    workspace(folder, home)
    file = folder / "feeds.yaml"
    listed = "".join(f"    - {{{source}}}\n" for source in sources)
    file.write_text(f"{file.read_text()}sources:\n  mail:\n{listed}")


def account(imap: FakeImap, name: str = "alerts", more: str = "") -> str:
    return (
        f"name: {name}, host: 127.0.0.1, port: {imap.port}, security: none, "
        f"username: press@openwater.example{more}"
    )


def collect(app: App) -> Report:
    return app.collection.collect_and_fill(everything=True).report


def stored_articles(app: App) -> list[Article]:
    articles = []
    for number in range(1, 50):
        article = app.store.articles.get_article(number)
        if article:
            articles.append(article)
    return articles


@pytest.fixture
def open_mail(
    tmp_path: Path, web: FakeWeb, open_app: Callable[..., App]
) -> Callable[..., App]:
    """Open a working folder with these mail sources."""

    def open_with(*sources: str, password: str = PASSWORD) -> App:
        configure(tmp_path, web.url, *sources)
        return open_app({"MAIL_PASSWORD": password})

    serve_press(web)
    return open_with


def test_a_newsletter_becomes_articles_of_its_outlet(
    open_mail: Callable[..., App], imap: FakeImap, web: FakeWeb
) -> None:
    imap.put(make_mail(web))
    app = open_mail(account(imap))
    tally = collect(app).mailboxes[0]
    assert (tally.mails, tally.articles, tally.new) == (1, 3, 3)
    assert tally.links[LinkKind.HOME] == 1
    assert tally.links.total() == 8
    articles = stored_articles(app)
    assert sorted(one.url for one in articles) == sorted(
        web.url + path for path in PATHS
    )
    for article in articles:
        assert article.outlet == "The Courier"  # the configured outlet there
        assert article.feed == "mail:alerts"
        # the date of the page, not that of the mail, which stands beside it
        assert article.published is not None
        assert article.published.hour != 7
        assert article.mailed is not None
        assert article.mailed.hour == 7


def test_nothing_is_changed_in_the_mailbox(
    open_mail: Callable[..., App], imap: FakeImap, web: FakeWeb
) -> None:
    imap.put(make_mail(web))
    collect(open_mail(account(imap)))
    assert imap.flags() == [set()]
    assert imap.examined == 1
    assert not any("STORE" in one or "EXPUNGE" in one for one in imap.commands)


def test_a_mail_is_read_once_and_no_article_doubled(
    open_mail: Callable[..., App], imap: FakeImap, web: FakeWeb
) -> None:
    imap.put(make_mail(web))
    app = open_mail(account(imap))
    collect(app)
    imap.put(make_mail(web))  # the same Message-ID
    imap.put(make_mail(web, number=2))  # the same links
    tally = collect(app).mailboxes[0]
    assert (tally.mails, tally.read_before, tally.new) == (1, 1, 0)
    assert len(stored_articles(app)) == 3


def test_what_a_feed_gave_is_not_doubled(
    open_mail: Callable[..., App], imap: FakeImap, web: FakeWeb
) -> None:
    link = f"{web.url}{PATHS[0]}"
    web.answers["/feed"] = Answer(
        f"<rss version='2.0'><channel><item><title>Sued</title><link>{link}</link>"
        "</item></channel></rss>".encode()
    )
    imap.put(make_mail(web))
    app = open_mail(account(imap))
    assert collect(app).mailboxes[0].new == 2
    assert len(stored_articles(app)) == 3


def test_trackers_are_asked_without_cookies_and_those_that_unsubscribe_never(
    open_mail: Callable[..., App], imap: FakeImap, web: FakeWeb
) -> None:
    imap.put(make_mail(web))
    collect(open_mail(account(imap)))
    asked = [path for path, _ in web.asked]
    assert "/ls/click?upn=u001.aB3dEf6hIj9kLm2nOp5q" in asked
    assert not any("zZ9yXx8" in path or "leave" in path for path in asked)
    assert not any("/lnk/" in path for path in asked)  # it shows its target
    assert not any("cookie" in headers for _, headers in web.asked)


def test_links_are_not_followed_where_the_settings_say_so(
    open_mail: Callable[..., App], imap: FakeImap, web: FakeWeb
) -> None:
    imap.put(make_mail(web))
    app = open_mail(account(imap, more=", follow: false"))
    tally = collect(app).mailboxes[0]
    assert tally.articles == 2
    assert [link.title for link in tally.doubtful] == [
        "Mayor promises new pipes by autumn"
    ]
    assert not any("/ls/click" in path for path, _ in web.asked)


def test_a_folder_of_mails_gives_the_same(
    open_mail: Callable[..., App], tmp_path: Path, web: FakeWeb
) -> None:
    mails = tmp_path / "mails" / "of 2026"
    mails.mkdir(parents=True)
    (mails / "one.EML").write_bytes(make_mail(web))
    (mails / "notes.txt").write_text("no mail")
    app = open_mail("name: saved, path: mails")
    assert collect(app).mailboxes[0].new == 3
    assert collect(app).mailboxes[0].mails == 0
    assert len(stored_articles(app)) == 3


def test_a_broken_mail_is_said_and_the_others_are_read(
    open_mail: Callable[..., App], tmp_path: Path, web: FakeWeb
) -> None:
    mails = tmp_path / "mails"
    mails.mkdir()
    (mails / "a.eml").write_bytes(b"\x00\xff" * 40)
    (mails / "b.eml").write_bytes(make_mail(web))
    tally = collect(open_mail("name: saved, path: mails")).mailboxes[0]
    assert tally.new == 3
    assert len(tally.broken) == 1
    assert "a.eml" in tally.broken[0]
    assert "no headers" in tally.broken[0]


def test_a_mailbox_that_cannot_be_opened_stops_nothing_else(
    open_mail: Callable[..., App], imap: FakeImap, tmp_path: Path, web: FakeWeb
) -> None:
    (tmp_path / "mails").mkdir()
    (tmp_path / "mails" / "b.eml").write_bytes(make_mail(web))
    app = open_mail(
        account(imap),
        "name: saved, path: mails",
        "name: gone, path: nowhere",
        password="wrong",
    )
    alerts, saved, gone = collect(app).mailboxes
    assert "wrong password" in alerts.error
    assert "MAIL_PASSWORD_ALERTS" in alerts.error
    assert saved.new == 3
    assert "is no folder" in gone.error


def test_a_mailbox_without_a_password_says_which_variable(
    open_mail: Callable[..., App], imap: FakeImap
) -> None:
    tally = collect(open_mail(account(imap), password="")).mailboxes[0]
    assert "set MAIL_PASSWORD_ALERTS" in tally.error
    assert not imap.commands


def test_mail_of_other_senders_is_counted_and_not_read(
    open_mail: Callable[..., App], imap: FakeImap, web: FakeWeb
) -> None:
    imap.put(make_mail(web, domain="news.post.example"))
    imap.put(make_mail(web, number=2, domain="friend.example"))
    app = open_mail(account(imap, more=", senders: [post.example]"))
    tally = collect(app).mailboxes[0]
    assert (tally.mails, tally.other_senders) == (1, 1)


def test_a_mail_whose_tracker_is_down_is_read_again(
    open_mail: Callable[..., App], imap: FakeImap, web: FakeWeb
) -> None:
    working = web.answers["/ls/click"]
    web.answers["/ls/click"] = Answer(status=503)
    imap.put(make_mail(web))
    app = open_mail(account(imap))
    assert collect(app).mailboxes[0].new == 2
    web.answers["/ls/click"] = working
    assert collect(app).mailboxes[0].new == 1
    assert collect(app).mailboxes[0].mails == 0


def test_collect_prints_what_became_of_each_link(
    open_mail: Callable[..., App],
    imap: FakeImap,
    tmp_path: Path,
    web: FakeWeb,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    imap.put(make_mail(web))
    open_mail(account(imap))
    printed = invoke(tmp_path, "collect", "--all").output
    assert (
        "mail alerts: 1 mail, 8 links: 3 articles (3 new), "
        "3 of unsubscribing and the like, 1 home page, 1 without a web address"
    ) in printed
    listed = invoke(tmp_path, "mail", "list").output
    assert "alerts" in listed
    assert "1 mailbox, 0 with problems" in listed


def test_what_was_not_taken_is_kept_for_a_person(
    open_mail: Callable[..., App], imap: FakeImap, web: FakeWeb
) -> None:
    imap.put(make_mail(web))
    app = open_mail(account(imap, more=", follow: false"))
    collect(app)
    (mailbox,) = app.mail_sources.list_details()
    assert [shown.link.title for shown in mailbox.doubtful] == [
        "Mayor promises new pipes by autumn"
    ]
    assert not mailbox.doubtful[0].is_known
    # none that unsubscribes: a click on it would
    assert not mailbox.others
    assert [(one.name, one.articles) for one in mailbox.outlets] == [
        ("The Courier", 2)
    ]
    assert mailbox.links.total() == 8
    assert mailbox.links[LinkKind.ARTICLE] == 2
    assert mailbox.health.state.last_look == NOW


def test_a_link_that_was_not_taken_is_known_once_it_is_an_article(
    open_mail: Callable[..., App], imap: FakeImap, web: FakeWeb
) -> None:
    imap.put(make_mail(web))
    app = open_mail(account(imap, more=", follow: false"))
    collect(app)
    (mailbox,) = app.mail_sources.list_details()
    link = mailbox.doubtful[0].link
    put_article(app, link.url)
    (mailbox,) = app.mail_sources.list_details()
    assert mailbox.doubtful[0].is_known


def put_article(app: App, url: str) -> None:
    article = Article(article_key(url), url, "The Courier", "Mayor promises")
    app.store.articles.put_article(article, NOW)


def test_mails_that_cannot_be_read_are_kept_with_their_reason(
    open_mail: Callable[..., App], imap: FakeImap, tmp_path: Path
) -> None:
    mails = tmp_path / "mails"
    mails.mkdir()
    (mails / "a.eml").write_bytes(b"\x00\xff" * 40)
    imap.put(
        b"From: Post <a@news.post.example>\nMessage-ID: <9@x>\n"
        b"Content-Type: image/png\n\nx"
    )
    app = open_mail(account(imap), "name: saved, path: mails")
    collect(app)
    collect(app)  # they are not read again, nor told twice
    alerts, saved = app.mail_sources.list_details()
    assert [(one.unread, one.place) for one in alerts.unread] == [
        (UnreadReason.NO_TEXT, "news.post.example")
    ]
    assert [(one.unread, one.place) for one in saved.unread] == [
        (UnreadReason.NO_MAIL, "a.eml")
    ]


@pytest.mark.parametrize(
    ("password", "error", "fault"),
    [
        ("", "", MailboxFault.NO_PASSWORD),
        ("x", "", None),
        (
            "x",
            "the mailbox h:993: no; see MAIL_PASSWORD_A in .env",
            "not let in",
        ),
        ("x", "the mailbox h:993: certificate verify failed", "no trust"),
        ("x", "the mailbox h:993: timed out", "not reached"),
    ],
)
def test_what_is_wrong_with_a_mailbox_has_a_name(
    password: str, error: str, fault: MailboxFault | None
) -> None:
    source = MailSource(name="a", host="h", username="u")
    state = MailboxState("a", error=error)
    health = SourceHealth(source, state, has_password=bool(password))
    assert health.fault == fault


def test_the_list_of_feeds_names_mailboxes(
    open_mail: Callable[..., App],
    imap: FakeImap,
    tmp_path: Path,
    web: FakeWeb,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", PASSWORD)
    imap.put(make_mail(web))
    app = open_mail(account(imap), "name: gone, path: nowhere")
    collect(app)
    printed = invoke(tmp_path, "feeds", "list").output
    assert "2 mailboxes (`digest mail list` tells more)" in printed
    assert "alerts: 1 mail, 3 new articles, last looked at" in printed
    assert "gone: not read:" in printed
    rows = json.loads(invoke(tmp_path, "feeds", "list", "--json").output)
    told = [(row["kind"], row["url"], row["state"]) for row in rows]
    assert told[-2:] == [
        ("mailbox", "mail:alerts", "well"),
        ("mailbox", "mail:gone", "no folder"),
    ]
    trouble = invoke(tmp_path, "feeds", "list", "--trouble").output
    assert "gone: not read:" in trouble
    assert "alerts" not in trouble


def test_what_is_remembered_is_forgotten_when_it_is_gone_for_long(
    open_mail: Callable[..., App],
    imap: FakeImap,
    web: FakeWeb,
    open_app: Callable[..., App],
) -> None:
    imap.put(make_mail(web))
    collect(open_mail(account(imap)))
    later = open_app(now=NOW + timedelta(days=99))
    assert later.retention.delete_expired()["mails"] == 0
    later = open_app(now=NOW + timedelta(days=101))
    assert later.retention.delete_expired()["mails"] == 1


def test_links_that_were_not_taken_are_shown_for_a_month(
    open_mail: Callable[..., App],
    imap: FakeImap,
    web: FakeWeb,
    open_app: Callable[..., App],
) -> None:
    imap.put(make_mail(web))
    collect(open_mail(account(imap, more=", follow: false")))
    for days, forgotten in ((31, 0), (32, 1)):
        later = open_app(now=NOW + timedelta(days=days))
        assert later.retention.delete_expired()["set_aside_links"] == forgotten
