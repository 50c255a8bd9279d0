"""What `digest collect` prints: what is new, then faults by reason."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from digest.cli.collected import describe_faults
from digest.collect.report import FailedFeed, Report
from tests.cases.feeds import item, rss
from tests.command_line import invoke
from tests.conftest import workspace
from tests.fakes.web import Answer, FakeWeb

NOW = datetime(2026, 2, 27, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


def failing(outlets: int, reason: str, since: datetime | None) -> Report:
    report = Report()
    for number in range(outlets):
        feed = FailedFeed(f"https://a.example/{number}", reason, since)
        report[f"Paper {number}"].failed_feeds.append(feed)
    return report


def test_outlets_with_one_fault_share_a_line() -> None:
    (line,) = describe_faults(failing(12, "http 403", NOW - 72 * HOUR), NOW)
    assert line.startswith(
        "12 outlets refuse scripts (403): Paper 0 (since 2026-02-24), Paper 1"
    )
    assert "and 4 more (`digest feeds list`)" in line
    assert "what to do: open one in a browser" in line


@pytest.mark.parametrize(
    ("reason", "since", "sentence"),
    [
        ("http 404", None, "1 outlet has no feed there any more (404): Paper 0 (never worked yet)"),
        ("http 503", NOW - HOUR, "1 outlet has trouble of its own (503): Paper 0\n"),
        ("new word", NOW - HOUR, "1 outlet fails (new word): Paper 0\n"),
    ],
)  # fmt: skip
def test_a_fault_says_who_and_since_when(
    reason: str, since: datetime | None, sentence: str
) -> None:
    (line,) = describe_faults(failing(1, reason, since), NOW)
    assert line.startswith(sentence)


def test_every_failing_outlet_is_in_one_line_of_each_reason() -> None:
    report = failing(3, "timeout", NOW)
    two = [FailedFeed(f"https://b.example/{n}", "tls", NOW) for n in range(2)]
    report["Paper 1"].failed_feeds += two
    report["Quiet"].silence = "Quiet usually gives 7 a week, 0 so far"
    report["Empty"].empty_feeds.append("https://e.example/")
    report["Moved"].moved_feeds.append(("https://m.example/", "https://n.example/"))  # fmt: skip
    report["Read"].unread["http 403"] = 2
    lines = describe_faults(report, NOW)
    starts = [line.partition(":")[0] for line in lines]
    assert starts == [
        "3 outlets are too slow",
        "1 outlet has no valid certificate",
        "1 outlet has a feed without entries",
        "1 outlet has moved its feed",
        "Quiet usually gives 7 a week, 0 so far",
        "pages that could not be read",
    ]


def test_collect_names_what_is_new_and_what_fails(
    web: FakeWeb, tmp_path: Path
) -> None:
    workspace(tmp_path, web.url)
    web.answers["/feed"] = Answer(rss(item("A", "/a")))
    collected = invoke(tmp_path, "collect", "--feeds-only")
    assert "The Courier     1 new" in collected.output
    web.answers["/feed"] = Answer(rss())
    collected = invoke(tmp_path, "collect", "--all", "--feeds-only")
    assert "1 outlet has a feed without entries: The Courier" in collected.stderr  # fmt: skip
    web.answers["/feed"] = Answer(b"no", 403)
    collected = invoke(tmp_path, "collect", "--all", "--feeds-only")
    assert "1 outlet refuses scripts (403): The Courier" in collected.stderr
    assert web.url not in collected.stderr
