"""300 outlets, 100 of which fail in thirty ways, collected twice: nothing doubled, all of it said."""

import json

import pytest

from tests.fakes.faulty_press import (
    FAILING,
    KINDS,
    WELL,
    FaultyPress,
    run_command,
    write_settings,
)

pytestmark = pytest.mark.slow
#: Words of HTTP and XML parsers, and of Python.
PROGRAMS_WORDS = (
    "Connection: close", "not well-formed", "invalid token", "Errno", "Exception", "Traceback",
    "bytes when reading", "ssl", "None",
)  # fmt: skip


@pytest.fixture(scope="module")
def outputs(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, str]:
    """Collect as a person does, then as a program does, and list feeds and articles."""
    folder = tmp_path_factory.mktemp("faulty")
    with FaultyPress() as press:
        write_settings(folder, press)
        printed = {
            "first": run_command(folder, "collect"),
            "second": run_command(folder, "collect", "--all", "--json"),
        }
    for name, options in {
        "list": ("feeds", "list"),
        "trouble": ("feeds", "list", "--trouble"),
        "feeds": ("feeds", "list", "--json"),
        "articles": ("articles", "--since", "2000-01-01", "--json"),
    }.items():
        printed[name] = run_command(folder, *options)
    printed["new"] = str(press.articles)
    return printed


def in_one_line(printed: str) -> str:
    return " ".join(printed.split())


def test_there_are_as_many_outlets_and_faults_as_said() -> None:
    assert (WELL, FAILING) == (200, 100)
    assert len(KINDS) >= 30


def test_every_way_to_fail_is_said_in_words_for_people(
    outputs: dict[str, str],
) -> None:
    first = in_one_line(outputs["first"])
    assert [kind.name for kind in KINDS if kind.words not in first] == []
    for name in ("first", "list", "trouble"):
        found = [word for word in PROGRAMS_WORDS if word in outputs[name]]
        assert found == [], name


def test_the_second_time_only_what_is_new_then_is_new(
    outputs: dict[str, str],
) -> None:
    """Three come back, one more article each; and nothing of the first time comes again."""
    rows = json.loads(outputs["second"])
    assert sum(row["new"] for row in rows) == 3
    articles = json.loads(outputs["articles"])
    keys = [article["key"] for article in articles]
    assert len(keys) == len(set(keys))
    titles = [(article["outlet"], article["title"]) for article in articles]
    assert len(titles) == len(set(titles))
    # of the hundred, the moved and the silent give one each, two their last, three came back
    assert len(articles) == int(outputs["new"]) + 5 + 5 + 2 + 3


def test_numbers_add_up(outputs: dict[str, str]) -> None:
    rows = json.loads(outputs["second"])
    assert len(rows) == WELL + FAILING
    assert sum(row["polled"] for row in rows) == WELL + FAILING
    failed = [row for row in rows if row["failed_feeds"]]
    assert sum(sum(row["failures"].values()) for row in rows) == len(failed)
    assert "15 in “Open Water in the news”" in outputs["first"]
    new = int(outputs["new"]) + 12
    assert f"{new} new articles from 212 outlets" in outputs["first"]
    first = in_one_line(outputs["first"])
    assert (
        "300 outlets: 202 with something new, 10 with something new and a fault, "
        "83 with a feed that fails, 5 empty, moved or silent"
    ) in first
    assert f"{new - 15 - 5} about neither the organisation nor a topic" in first


def test_the_list_has_a_state_for_each_feed(outputs: dict[str, str]) -> None:
    feeds = json.loads(outputs["feeds"])
    states = [feed["state"] for feed in feeds]
    assert states.count("never gave an entry") == 5
    assert states.count("empty now") == 2
    assert states.count("silent") == 5
    assert states.count("moved") == 5
    assert states.count("never worked") == 80
    assert states.count("well") == len(feeds) - 97
    troubled = [feed for feed in feeds if feed["needs_attention"]]
    assert all(feed["what_to_do"] for feed in troubled)
    assert f"{len(troubled)} feeds need attention" in outputs["trouble"]
    assert all(feed["url"] in outputs["trouble"] for feed in troubled)
