"""What `digest collect` prints: what is new and for whom, then faults by what is to be done."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.cli.collected import (
    describe_faults,
    describe_news,
    print_new_faults,
)
from digest.cli.fault_groups import LOG_WIDTH
from digest.collect.report import EmptyFeed, FailedFeed, Report
from digest.services.new_articles import NewArticles
from digest.settings import load_workspace
from tests.cases.feeds import PROSE, item, page, rss
from tests.command_line import invoke
from tests.conftest import workspace
from tests.fakes.web import Answer, FakeWeb

NOW = datetime(2026, 2, 27, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
OPEN = "open each in a browser"


def failing(
    outlets: int, reason: str, since: datetime | None, *, again: bool = False
) -> Report:
    report = Report()
    for number in range(outlets):
        url = f"https://a.example/{number}"
        feed = FailedFeed(url, reason, since, again=again)
        report[f"Paper {number}"].failed_feeds.append(feed)
    return report


def describe(report: Report) -> str:
    """Return what is said of a report, in one line: where lines break is another matter."""
    return " ".join(" ".join(describe_faults(report, NOW)).split())


def test_outlets_with_one_fault_share_a_paragraph() -> None:
    said = describe(failing(12, "http 403", NOW - 72 * HOUR))
    assert "trouble with 12 of 12 outlets:" in said
    assert f"what to do about 12 outlets: {OPEN}" in said
    assert "12 refuse scripts (403); since 2026-02-24: Paper 0, Paper 1" in said
    assert "Paper 7; and 4 more: `digest feeds list --trouble`" in said


def test_lines_fit_a_log_and_break_no_name_or_command() -> None:
    report = failing(12, "http 403", None)
    for tally in report.values():
        tally.outlet = f"The Long Name of {tally.outlet}"
    lines = describe_faults(report, NOW)
    assert max(map(len, lines)) <= LOG_WIDTH
    for whole in ("The Long Name of Paper 3", "`digest feeds list --trouble`"):
        assert any(whole in line for line in lines), whole


@pytest.mark.parametrize(
    ("reason", "since", "sentence"),
    [
        ("http 404", None, "1 has no feed there any more (404); never worked: Paper 0"),
        ("http 503", NOW - HOUR, "1 has trouble of its own (503); since today: Paper 0"),
        ("http 451", NOW - HOUR, "1 may not be shown here, for reasons of law (451); since today: Paper 0"),
    ],
)  # fmt: skip
def test_a_fault_says_who_and_since_when(
    reason: str, since: datetime | None, sentence: str
) -> None:
    assert sentence in describe(failing(1, reason, since))


def test_pages_that_could_not_be_read_are_told_in_words() -> None:
    report = Report()
    unread = {"http 403": 2, "no article": 1, "http 418": 1, "timeout": 3}
    report["Paper"].unread.update(unread)
    said = describe(report)
    assert "7 pages of articles could not be read" in said
    assert "3 are too slow 2 refuse scripts (403)" in said
    assert "1 shows no article" in said
    assert "1 answers with an error (418)" in said
    assert "http" not in said


def test_words_of_programs_are_not_printed() -> None:
    report = Report()
    words = "this is not a feed (2:0: not well-formed (invalid token))"
    feed = FailedFeed("https://a.example/", "not a feed", None, words)
    report["Paper"].failed_feeds.append(feed)
    said = describe(report)
    assert "cannot be read as a feed; never worked: Paper" in said
    assert "token" not in said


def test_what_needs_a_person_comes_first_and_each_outlet_once_a_reason() -> (
    None
):
    report = failing(3, "timeout", NOW)
    two = [FailedFeed(f"https://b.example/{n}", "tls", NOW) for n in range(2)]
    report["Paper 1"].failed_feeds += two
    report["Quiet"].silence = "Quiet usually gives 7 a week, 0 so far"
    report["Empty"].empty_feeds.append(EmptyFeed("https://e.example/", None))
    report["Moved"].moved_feeds.append(("https://m.example/", "https://n.example/"))  # fmt: skip
    report["Read"].unread["http 403"] = 2
    said = describe(report)
    parts = [
        "1 has no valid certificate; since today: Paper 1 ",
        "1 has a feed that never gave an entry: Empty ",
        "3 are too slow; since today: Paper 0, Paper 1, Paper 2 ",
        "1 has moved its feed: Moved ",
        "Quiet usually gives 7 a week, 0 so far",
        "2 pages of articles could not be read",
    ]
    places = [said.find(part) for part in parts]
    assert places == sorted(places)
    assert places[0] > 0


def test_a_log_of_every_hour_has_new_faults_and_counts_the_others(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = failing(5, "http 404", None, again=True)
    new = FailedFeed("https://n.example/", "timeout", NOW)
    report["New"].failed_feeds.append(new)
    print_new_faults(report, NOW)
    said = capsys.readouterr().err
    assert "1 is too slow; since today: New" in said
    assert "5 outlets with older faults: `digest feeds list --trouble`" in said
    assert "Paper" not in said


def test_what_becomes_of_new_articles_adds_up(
    web: FakeWeb, tmp_path: Path
) -> None:
    """Nothing is left out unsaid: sections, set aside, neither, too old, and known already."""
    workspace(tmp_path, web.url)
    settings = load_workspace(tmp_path, {}).settings
    reasons = Counter({"undated": 2})
    news = NewArticles("main", "The Letter", (), reasons, 3, 1, {})
    lines = list(describe_news(news, 8, settings))
    assert lines[0] == "The Letter:"
    counts = [line.split()[0] for line in lines[1:]]
    assert counts == ["2", "3", "1", "2"]
    assert lines[1].endswith("set aside: undated")
    assert lines[-1].endswith("known already, as their pages show")


def test_collect_says_for_whom_the_news_is(
    web: FakeWeb, tmp_path: Path
) -> None:
    workspace(tmp_path, web.url)
    when = f"{datetime.now(UTC) - HOUR:%a, %d %b %Y %H:%M:%S} GMT"
    old = "Thu, 26 Feb 2015 09:00:00 GMT"
    web.answers["/feed"] = Answer(
        rss(
            item("A report", "/a", when),
            item("Rovers win", "/b", when),
            item("No date", "/c", ""),
            item("Of old", "/d", old),
        )
    )
    proof = f"{PROSE * 4}It was obtained by Open Water. {PROSE}"
    web.answers["/a"] = Answer(page("A report", proof).replace(b"2026-02-26T09:00:00Z", b""))  # fmt: skip
    undated = page("No date", proof).replace(b"2026-02-26T09:00:00Z", b"")
    web.answers["/c"] = Answer(undated)
    collected = invoke(tmp_path, "collect", "--json")
    (row,) = json.loads(collected.output)
    (places,) = row["new_by_newsletter"].values()
    assert places == {
        "in_the_news": 1,
        "undated": 1,
        "about neither the organisation nor a topic": 1,
        "published too long ago to be listed": 1,
    }
    assert sum(places.values()) == row["new"] == 4


def test_collect_names_what_is_new_and_what_fails(
    web: FakeWeb, tmp_path: Path
) -> None:
    workspace(tmp_path, web.url)
    web.answers["/feed"] = Answer(rss(item("A", "/a")))
    collected = invoke(tmp_path, "collect", "--feeds-only")
    assert "1 new article from 1 outlet\n" in collected.output
    assert "from: The Courier 1\n" in collected.output
    assert "1 outlet: 1 with something new" in collected.output
    web.answers["/feed"] = Answer(rss())
    collected = invoke(tmp_path, "collect", "--all", "--feeds-only")
    assert "nothing new\n" in collected.output
    assert "1 has a feed that is empty now" in collected.stderr
    web.answers["/feed"] = Answer(b"no", 403)
    collected = invoke(tmp_path, "collect", "--all", "--feeds-only")
    assert "1 refuses scripts (403); since today: The Courier" in collected.stderr  # fmt: skip
    assert web.url not in collected.stderr
