"""A press that does everything wrong: what the user sees, and that nobody else notices."""

import re
import signal
import socket
import time
from ipaddress import ip_address
from pathlib import Path

import pytest

from digest.app import App
from digest.collect.feeds.faults import precise_reason, reason_of_error
from digest.collect.parse_timeout import limit_parse_time
from digest.errors import PageUnread
from digest.settings import load_workspace
from tests.conftest import NOW, workspace
from tests.fakes.hostile_press import (
    CASES,
    INSIDE,
    PAGES,
    Case,
    HostilePress,
    Outcome,
    collect,
    settings,
)
from tests.fakes.web import Answer, FakeWeb

GOOD = 5


@pytest.fixture(scope="module")
def press():
    with HostilePress() as press:
        yield press


#: Cases that cost seconds of processor (bombs of 300 MB, bodies without end): the proofs' alone.
HEAVY = (
    "endless body", "endless headers", "endless status line", "gzip bomb", "deflate bomb",
    "brotli bomb", "quadratic blow-up", "100,000 deep XML", "9 MB title", "20 MB title",
    "50,000 items", "page 100,000 deep", "page of 60,000 authors",
    "page with 100,000 attributes", "page with a 9 MB title", "page titled by 50,000 bars",
    "page of JSON-LD 200,000 deep", "page without end",
)  # fmt: skip


@pytest.fixture(scope="module")
def outcome(
    press: HostilePress, tmp_path_factory: pytest.TempPathFactory
) -> Outcome:
    """Collect from everybody at once, in a process of its own."""
    return collect_feeds(press, tmp_path_factory.mktemp("hostile"), CASES)


@pytest.fixture(scope="module")
def read(
    press: HostilePress, tmp_path_factory: pytest.TempPathFactory
) -> Outcome:
    """Collect from outlets whose feeds are well and whose articles' pages are not."""
    return collect_pages(press, tmp_path_factory.mktemp("pages"), PAGES)


def collect_feeds(
    press: HostilePress, folder: Path, cases: tuple[Case, ...]
) -> Outcome:
    outlets = {
        f"Good {n}": f"http://127.0.0.1:{press.port}/good-{n}"
        for n in range(GOOD)
    }
    outlets |= {case.name: press.address(case) for case in cases}
    return collect(folder, outlets)


def collect_pages(
    press: HostilePress, folder: Path, cases: tuple[Case, ...]
) -> Outcome:
    outlets = {case.name: f"{press.address(case)}-feed" for case in cases}
    return collect(folder, outlets, pages=True)


def without_heavy(cases: tuple[Case, ...]) -> tuple[Case, ...]:
    assert set(HEAVY) <= {case.name for case in CASES + PAGES}
    return tuple(case for case in cases if case.name not in HEAVY)


# In the fast suite: each collects once, whichever worker it is


def test_hostile_outlets_are_told_in_words_and_the_others_do_not_notice(
    tmp_path: Path,
) -> None:
    cases = without_heavy(CASES)
    with HostilePress(cases) as press:
        outcome = collect_feeds(press, tmp_path, cases)
        for case in cases:
            check_feed(outcome, case)
        check_the_others(outcome)
        check_nothing_told(press, tmp_path)


def test_hostile_pages_leave_their_headlines_and_reasons(
    tmp_path: Path,
) -> None:
    cases = without_heavy(PAGES)
    with HostilePress(cases) as press:
        read = collect_pages(press, tmp_path, cases)
    for case in cases:
        check_page(read, case)


# The proofs: all cases


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_a_hostile_outlet_is_told_in_words(
    outcome: Outcome, case: Case
) -> None:
    check_feed(outcome, case)


@pytest.mark.slow
def test_the_other_outlets_do_not_notice(outcome: Outcome) -> None:
    check_the_others(outcome)


@pytest.mark.slow
def test_memory_stays_within_bounds(outcome: Outcome, read: Outcome) -> None:
    """Bombs of 300 MB and endless bodies, many at once; the largest of our processes, in MB."""
    assert outcome.peak_mb < 400
    assert read.peak_mb < 800


@pytest.mark.slow
@pytest.mark.parametrize("case", PAGES, ids=lambda c: c.name)
def test_a_hostile_page_leaves_its_headline_and_a_reason(
    read: Outcome, case: Case
) -> None:
    check_page(read, case)


@pytest.mark.slow
def test_nothing_of_this_machine_is_told(
    press: HostilePress,
    outcome: Outcome,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    check_nothing_told(press, tmp_path_factory.getbasetemp() / "hostile0")


def check_feed(outcome: Outcome, case: Case) -> None:
    """A feed's failure is told in a word, and why in words for people."""
    tally = outcome.tallies[case.name]
    expected = ([case.failure], ["bad address"]) if case.failure else ([],)
    assert list(tally["failures"]) in expected, case.name
    assert tally["new"] == case.articles, case.name
    for feed in tally["failed_feeds"]:
        told_later = reason_of_error(feed["error"])
        assert told_later == precise_reason(feed["reason"], feed["error"])
    told = " ".join(tally["problems"])
    assert re.search(case.sees, told), (case.name, told)
    assert not re.search(r"Error\b|Exception|Traceback|\n|<class", told), told


def check_the_others(outcome: Outcome) -> None:
    assert [outcome.tallies[f"Good {n}"]["new"] for n in range(GOOD)] == [
        1
    ] * GOOD


def check_page(read: Outcome, case: Case) -> None:
    tally = read.tallies[case.name]
    assert tally["new"] == 1, case.name
    reasons = [case.failure] if case.failure else []
    assert list(tally["unread"]) == reasons, case.name


def check_nothing_told(press: HostilePress, folder: Path) -> None:
    """An external entity is neither read nor asked for; a redirect never arrives inside."""
    assert "/secret" not in press.asked
    with App(load_workspace(folder), lambda: NOW) as app:
        told = [
            j.article for j in app.articles.list_ranked(NOW.replace(year=2000))
        ]
    assert told
    assert not [a for a in told if "root:" in a.title + a.summary]


@pytest.mark.parametrize(
    "address", [a.strip("[]") for a in INSIDE if ":" in a or "10.0.0.1" in a]
)
def test_a_name_that_leads_inside_is_refused(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """DNS may answer anything: the address is looked at when the socket is made."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    ip_address(address)

    def answer(host: str, port: int, *_: object, **__: object) -> list[tuple]:
        assert host == "rebind.example"
        where = (address, port, 0, 0) if ":" in address else (address, port)
        return [(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", where)]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    (tmp_path / "feeds.yaml").write_text(
        settings({"Rebind": "http://rebind.example/feed"})
    )
    with App(load_workspace(tmp_path, {}), lambda: NOW) as app:
        tally = app.collection.collect_and_fill(feeds_only=True).report[
            "Rebind"
        ]
    assert dict(tally.failures) == {"forbidden address": 1}


def test_half_a_character_in_a_json_feed_can_be_stored(
    web: FakeWeb, tmp_path: Path
) -> None:
    """JSON may hold one (RFC 8259, 8.2); SQLite takes none, and a collect is stored by the lot."""
    web.answers["/feed"] = Answer(
        b'{"items": [{"id": "\\ud800", "url": "https://a.example/1", "title": "A\\udfff",'
        b' "authors": [{"name": "\\ud800"}], "summary": "\\ud800"}]}'
    )
    workspace(tmp_path, web.url)
    with App(load_workspace(tmp_path, {}), lambda: NOW) as app:
        assert (
            app.collection.collect_and_fill(feeds_only=True)
            .report["The Courier"]
            .new
            == 1
        )


def read_for_ever() -> None:
    while True:
        try:
            time.sleep(1)
        except Exception:
            pass


def test_reading_that_never_ends_is_given_up() -> None:
    """Also where a library takes every exception for a failure of its own."""
    with (
        pytest.raises(PageUnread, match=r"given up after 0\.05 s"),
        limit_parse_time(PageUnread, 0.05),
    ):
        read_for_ever()
    assert signal.getitimer(signal.ITIMER_REAL)[0] == 0
