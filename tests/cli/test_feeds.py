"""The list of feeds: finding, adding, removing, moving in and out, and how each fares."""

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from digest.app import App
from digest.cli import cli
from digest.collect.feeds.silence import habit, silence
from digest.errors import DigestError, NotFound, SettingsError
from digest.settings import load
from digest.settings.edit import FeedsFile, NewFeed
from digest.settings.opml import read_opml, write_opml
from tests.conftest import NOW, workspace
from tests.fakes.web import Answer, FakeWeb
from tests.services.test_feeds import item, rss

TODAY = NOW.date()


def invoke(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["-C", str(folder), *arguments])


def feeds_of(folder: Path) -> list[str]:
    return [url for outlet in load(folder, {}).settings.outlets for url in outlet.feeds]


# Silence


def days(*weeks: int, last: date = TODAY) -> Counter[date]:
    """Articles a week, the newest week last, spread over its days from its last day back."""
    found: Counter[date] = Counter()
    for age, count in enumerate(reversed(weeks)):
        for n in range(count):
            found[last - timedelta(days=7 * age + n % 7)] += 1
    return found


def test_a_busy_outlet_that_stops_is_noticed_after_two_days() -> None:
    known = days(40, 41, 38, 40, last=TODAY - timedelta(days=3))
    assert silence("Politico", known, TODAY) == (
        f"Politico usually gives 40 a week, 0 so far: nothing new since {TODAY - timedelta(days=3)}"
    )


def test_an_outlet_that_gives_one_a_week_has_five_weeks() -> None:
    known = days(1, 1, 1, 1)
    assert not silence("The Hill", known, TODAY + timedelta(days=34))
    assert silence("The Hill", known, TODAY + timedelta(days=36))


def test_no_weekend_is_a_silence_where_none_is_worked_on() -> None:
    """Eight weeks of weekdays; the next Monday is three days after the last Friday."""
    friday = date(2026, 2, 27)
    known = Counter(
        {friday - timedelta(days=7 * w + d): 8 for w in range(8) for d in range(5)}
    )
    assert not silence("Courier", known, friday + timedelta(days=3))
    assert silence("Courier", known, friday + timedelta(days=4))


def test_a_long_silence_does_not_become_the_habit() -> None:
    assert "40 a week" in silence(
        "Politico", days(40, 40, 40), TODAY + timedelta(days=120)
    )


def test_before_a_whole_week_nothing_is_usual() -> None:
    assert habit(Counter({TODAY: 50, TODAY - timedelta(days=5): 50})) is None
    assert habit(Counter()) is None


@given(
    st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 3, 1)), st.integers(1, 99))
)
def test_whoever_gave_something_today_is_not_silent(given_on: dict[date, int]) -> None:
    assert silence("A", given_on, max(given_on, default=TODAY)) == ""


def test_silence_is_told_when_collecting_listing_and_drafting(
    web: FakeWeb, tmp_path: Path
) -> None:
    workspace(tmp_path, web.url)
    items = [
        item(
            f"Report number {n} of many",
            f"/{n}",
            f"{NOW - timedelta(hours=6 * n):%a, %d %b %Y %T} GMT",
        )
        for n in range(80)
    ]
    web.answers["/feed"] = Answer(rss(*items))
    with App(load(tmp_path, {}), lambda: NOW) as app:
        assert (
            app.collection.collect_and_fill(feeds_only=True)
            .report["The Courier"]
            .silence
            == ""
        )
    later = NOW + timedelta(days=4)
    with App(load(tmp_path, {}), lambda: later) as app:
        said = (
            app.collection.collect_and_fill(everything=True, feeds_only=True)
            .report["The Courier"]
            .silence
        )
        assert said.startswith(
            "The Courier usually gives 27 a week, 0 so far: nothing new since"
        )
        (health,) = app.watch.health()
        assert (health.silence, health.a_week, health.last_week) == (said, 27, 11)
        assert app.watch.silences() == {"The Courier": said}


def test_a_feed_that_fails_for_days_is_told_before_a_draft(
    web: FakeWeb, tmp_path: Path
) -> None:
    workspace(tmp_path, web.url)
    web.answers["/feed"] = Answer(status=410)
    with App(load(tmp_path, {}), lambda: NOW) as app:
        app.collection.collect_and_fill()
    drafted = invoke(tmp_path, "draft")
    assert "The Courier: " in drafted.stderr
    assert "gone for good (410)" in drafted.stderr


# The list


def test_a_list_shows_how_each_feed_fares(web: FakeWeb, tmp_path: Path) -> None:
    workspace(tmp_path, web.url)
    assert "not yet" in invoke(tmp_path, "feeds", "list").output
    web.answers["/feed"] = Answer(status=503)
    assert invoke(tmp_path, "collect").exit_code == 1
    shown = invoke(tmp_path, "feeds", "list").output
    assert "never" in shown
    assert "failed 0.5×: the server answered 503" in shown
    (row,) = json.loads(invoke(tmp_path, "feeds", "list", "--json").output)
    assert (row["outlet"], row["failures"], row["last_success"]) == (
        "The Courier",
        0.5,
        None,
    )


# Discovery

RSS = rss(item("A", "/a"))


def test_a_declared_feed_is_found_and_the_one_of_comments_is_not(
    web: FakeWeb, folder: Path
) -> None:
    web.answers["/"] = Answer(
        b'<html><head><meta property="og:site_name" content="The Ledger">'
        b'<link rel="alternate" type="application/rss+xml" title="Comments" href="/comments/feed">'
        b'<link rel="alternate" type="application/rss+xml" href="/news.xml">'
        b'<link rel="alternate" type="application/atom+xml" href="/other.xml"></head></html>'
    )
    web.answers |= {
        path: Answer(RSS) for path in ("/news.xml", "/other.xml", "/comments/feed")
    }
    added = invoke(folder, "feeds", "add", web.url + "/")
    assert f"added {web.url}/news.xml (The Ledger)" in added.output
    assert f"digest feeds add {web.url}/other.xml" in added.output
    assert f"{web.url}/news.xml" in feeds_of(folder)
    assert not [path for path, _ in web.asked if "comments" in path]


@pytest.mark.parametrize(
    ("page", "feed"),
    [
        (b'<a href="/service/rss">Our feeds</a>', "/service/rss"),
        (b"<p>Nothing at all</p>", "/atom.xml"),
    ],
)
def test_a_feed_nobody_declares_is_found(
    web: FakeWeb, folder: Path, page: bytes, feed: str
) -> None:
    web.answers["/"] = Answer(page)
    web.answers[feed] = Answer(RSS)
    assert invoke(folder, "feeds", "add", web.url + "/", "--outlet", "L").exit_code == 0
    assert feeds_of(folder)[-1] == web.url + feed


def test_a_news_sitemap_is_a_feed(web: FakeWeb, folder: Path) -> None:
    web.answers["/"] = Answer(b"<p>Nothing at all</p>")
    web.answers["/robots.txt"] = Answer(f"Sitemap: {web.url}/news-sitemap.xml".encode())
    web.answers["/news-sitemap.xml"] = Answer(
        b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        b' xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://l.example/a</loc>'
        b"<n:news><n:publication_date>2026-02-26</n:publication_date><n:title>A</n:title></n:news></url></urlset>"
    )
    assert invoke(folder, "feeds", "add", web.url + "/").exit_code == 0
    assert feeds_of(folder)[-1] == f"{web.url}/news-sitemap.xml"


def test_an_outlet_is_called_what_its_site_calls_itself(
    web: FakeWeb, folder: Path
) -> None:
    web.answers["/"] = Answer(
        b"<title>The Ledger: News of the County | Home</title><a href=/rss>RSS</a>"
    )
    web.answers["/rss"] = Answer(RSS)
    assert "(The Ledger)" in invoke(folder, "feeds", "add", web.url + "/").output


def test_a_site_without_a_feed_says_what_to_do(web: FakeWeb, folder: Path) -> None:
    web.answers["/"] = Answer(b"<p>Nothing at all</p>")
    refused = invoke(folder, "feeds", "add", web.url + "/")
    assert refused.exit_code == 1
    assert "no feed is declared there" in refused.output
    assert "look on the site for" in refused.output


def test_an_address_that_answers_nowhere_is_named(folder: Path) -> None:
    refused = invoke(folder, "feeds", "add", "http://127.0.0.1:9/")
    assert (refused.exit_code, refused.output) == (
        1, "http://127.0.0.1:9/: the server refuses connections\n"
    )  # fmt: skip


def test_a_feed_of_a_watched_outlet_joins_it(web: FakeWeb, tmp_path: Path) -> None:
    workspace(tmp_path, web.url)
    web.answers["/sport"] = Answer(RSS)
    assert (
        "(The Courier)" in invoke(tmp_path, "feeds", "add", f"{web.url}/sport").output
    )
    assert "already" in invoke(tmp_path, "feeds", "add", f"{web.url}/sport").output
    assert feeds_of(tmp_path) == [f"{web.url}/feed", f"{web.url}/sport"]


# Editing feeds.yaml

ONE = NewFeed(
    "The Ledger: Daily", "https://ledger.example", "https://ledger.example/a,b.xml"
)


def test_an_edit_touches_only_its_own_lines(folder: Path) -> None:
    file = folder / "feeds.yaml"
    before = "# Ours\n" + file.read_text().replace(
        "    tier: 1\n", "    tier: 1  # the best\n\n# Post\n"
    )
    file.write_text(before)
    edit = FeedsFile(folder)
    assert edit.add(ONE) == "The Ledger: Daily"
    edit.save()
    added = [
        line
        for line in file.read_text().splitlines()
        if line not in before.splitlines()
    ]
    assert len(added) == 4
    assert [
        line
        for line in before.splitlines()
        if line not in file.read_text().splitlines()
    ] == []
    edit = FeedsFile(folder)
    edit.remove(ONE.url)
    edit.save()
    assert file.read_text() == before


@pytest.mark.parametrize("style", ["[{a}, {b}]", "\n      - {a}  # first\n      - {b}"])
def test_feeds_may_stand_in_brackets_or_on_lines(folder: Path, style: str) -> None:
    file = folder / "feeds.yaml"
    a, b, c = (f"http://127.0.0.1:9/{x}" for x in ("a", "b", "c,d"))
    file.write_text(
        file.read_text().replace("[http://127.0.0.1:9/feed]", style.format(a=a, b=b))
    )
    edit = FeedsFile(folder)
    assert edit.add(NewFeed("The Courier", "", c)) == "The Courier"
    assert edit.remove(a) == "The Courier"
    edit.save()
    assert feeds_of(folder) == [b, c]


def test_the_last_feed_of_all_stays(folder: Path) -> None:
    with pytest.raises(DigestError, match="only feed of the only outlet"):
        FeedsFile(folder).remove("http://127.0.0.1:9/feed")
    with pytest.raises(NotFound, match="digest feeds list"):
        FeedsFile(folder).remove("http://127.0.0.1:9/other")


def test_an_edit_that_would_spoil_the_file_is_not_made(folder: Path) -> None:
    before = (folder / "feeds.yaml").read_text()
    edit = FeedsFile(folder)
    edit.add(NewFeed("L", "not an address", "https://ledger.example/feed"))
    with pytest.raises(SettingsError, match="homepage"):
        edit.save()
    assert (folder / "feeds.yaml").read_text() == before


def test_outlets_between_brackets_are_left_to_their_owner(folder: Path) -> None:
    file = folder / "feeds.yaml"
    text = file.read_text()
    start, end = text.index("outlets:"), text.index("newsletter:")
    flow = "outlets: [{name: C, homepage: 'http://c.example', feeds: ['http://c.example/f']}]\n"
    file.write_text(text[:start] + flow + text[end:])
    with pytest.raises(DigestError, match="each on its own lines"):
        FeedsFile(folder)


def test_removing_a_feed_forgets_how_it_fared(web: FakeWeb, tmp_path: Path) -> None:
    workspace(tmp_path, web.url)
    web.answers["/feed"] = web.answers["/two"] = Answer(RSS)
    invoke(tmp_path, "feeds", "add", f"{web.url}/two")
    invoke(tmp_path, "collect", "--feeds-only")
    assert invoke(tmp_path, "feeds", "remove", f"{web.url}/two").exit_code == 0
    with App(load(tmp_path, {})) as app:
        assert list(app.store.collected.feeds()) == [f"{web.url}/feed"]


# OPML


def test_what_is_exported_is_imported_again(folder: Path, tmp_path: Path) -> None:
    FeedsFile(folder).save()
    file = tmp_path / "feeds.opml"
    assert invoke(folder, "feeds", "export", str(file)).exit_code == 0
    outlets = load(folder, {}).settings.outlets
    found = read_opml(file.read_bytes())
    assert [(f.outlet, f.url) for f in found] == [
        (o.name, u) for o in outlets for u in o.feeds
    ]
    assert write_opml(outlets, "What Open Water reads") == file.read_bytes()
    assert (
        "0 added, 1 known already"
        in invoke(folder, "feeds", "import", str(file)).output
    )


def test_folders_of_other_readers_are_looked_into(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "theirs.opml"
    file.write_text(
        '<?xml version="1.0"?><opml version="1.0"><body><outline text="News"><outline text="Deep">'
        '<outline text="Ledger" XMLURL="https://ledger.example/feed"/></outline></outline>'
        '<outline text="Mail" xmlUrl="mailto:x@y.example"/></body></opml>'
    )
    done = invoke(folder, "feeds", "import", str(file))
    assert "1 added" in done.output
    assert load(folder, {}).settings.outlets[-1].homepage == "https://ledger.example"


def test_a_file_that_is_no_opml_is_named(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "x.opml"
    file.write_text("<html></html>")
    refused = invoke(folder, "feeds", "import", str(file))
    assert refused.exit_code == 1
    assert "x.opml: this is not an OPML file" in refused.output


# Looking at feeds and pages


def test_check_prints_an_entry_a_line_and_problems_as_lines_of_their_own(
    tmp_path: Path,
) -> None:
    file = tmp_path / "a.xml"
    file.write_bytes(
        rss(item("AT&T; sues", "https://c.example/1"), "<item><title>B</title></item>")
    )
    shown = invoke(
        tmp_path, "feeds", "check", "--json", str(file), str(tmp_path / "none")
    )
    rows = [json.loads(line) for line in shown.output.splitlines()]
    assert shown.exit_code == 1
    assert rows[0] == {
        "file": str(file), "id": None, "link": "https://c.example/1", "title": "AT&T sues",
        "published": "2026-02-26T09:00:00Z", "authors": [], "summary": "",
    }  # fmt: skip
    assert (rows[1]["title"], rows[1]["link"], rows[1]["published"]) == (
        "B",
        None,
        None,
    )
    assert [row["problem"].split(":")[0] for row in rows[2:5]] == [
        "not well-formed XML", "1 entry without a date that can be read", "1 entry without a link",
    ]  # fmt: skip
    assert "cannot be read" in rows[5]["problem"]


def test_read_prints_a_page_a_line_and_an_error_for_a_bad_one(
    web: FakeWeb, folder: Path
) -> None:
    text = "The county published the report on Friday after a long dispute. " * 8
    page = f"<html><head><title>Head</title></head><body><p>{text}</p></body></html>".encode()
    file, urls = folder / "p.html", folder / "urls.json"
    file.write_bytes(page)
    urls.write_text('{"p.html": {"url": "https://ledger.example/2026/02/26/p"}}')
    web.answers["/x"] = Answer(page)
    shown = invoke(
        folder,
        "read",
        "--json",
        "--urls",
        str(urls),
        str(file),
        f"{web.url}/x",
        f"{web.url}/404",
    )
    rows = {row["file"]: row for row in map(json.loads, shown.output.splitlines())}
    assert shown.exit_code == 1
    assert rows[str(file)]["canonical"] == "https://ledger.example/2026/02/26/p"
    assert (rows[f"{web.url}/x"]["title"], rows[f"{web.url}/x"]["reader"]) == (
        "Head",
        "trafilatura",
    )
    assert rows[f"{web.url}/x"]["text"] == text.strip()
    assert rows[f"{web.url}/404"]["error"] == "the server answered 404 Not Found"


def test_urls_that_are_no_json_are_a_wrong_use(folder: Path) -> None:
    (folder / "u").write_text("x")
    assert invoke(folder, "read", "--urls", str(folder / "u"), "p.html").exit_code == 2
