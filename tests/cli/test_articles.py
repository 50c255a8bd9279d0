"""Near misses on the command line: what may be you, and what was not counted."""

import json
from pathlib import Path

from tests.cli.test_cli import PAGE, good
from tests.conftest import workspace
from tests.fakes.web import Answer, FakeWeb


def test_near_misses_are_listed_with_their_doubt(
    tmp_path: Path, web: FakeWeb
) -> None:
    workspace(tmp_path, web.url)
    texts = ["A pier. North Open Water has closed.", "Into Open Water", "Rain."]
    items = "".join(
        f"<item><title>{title}</title><link>{web.url}/{number}</link></item>"
        for number, title in enumerate(["Pier", "Into Open Water", "Rain"])
    )
    web.answers["/feed"] = Answer(
        f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()
    )
    for number, text in enumerate(texts):
        web.answers[f"/{number}"] = Answer(PAGE.format("x", text).encode())
    good(tmp_path, "collect")
    listed = good(tmp_path, "articles", "--doubtful")
    assert "may be Open Water: it may be the ordinary word" in listed
    assert "2 of 3 articles hold your name and were not counted" in listed
    assert "1 of them may be you" in listed
    assert "not you: part of a longer name, “North Open Water”" in listed
    found = json.loads(good(tmp_path, "articles", "--doubtful", "--json"))
    (mention,) = found[0]["judgement"]["mentions"]
    assert (mention["counts"], mention["doubtful"]) == (False, True)


def test_doubts_are_answered_on_the_command_line_and_taken_back(
    tmp_path: Path, web: FakeWeb
) -> None:
    workspace(tmp_path, web.url)
    titles = [f"Walk {number} by Open Water" for number in "abcde"]
    items = "".join(
        f"<item><title>{title}</title><link>{web.url}/{number}</link></item>"
        for number, title in enumerate(titles)
    )
    web.answers["/feed"] = Answer(
        f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()
    )
    for number, title in enumerate(titles):
        web.answers[f"/{number}"] = Answer(
            PAGE.format("x", f"{title[:6]}: rain.").encode()
        )
    good(tmp_path, "collect")
    for number in range(1, 5):
        said = good(tmp_path, "articles", "--no", str(number))
        assert f"{number}  Open Water is not you there" in said
    assert "0 of them may be you" in good(tmp_path, "articles", "--doubtful")
    everything = good(tmp_path, "articles", "--all")
    assert "not Open Water: you answered no to 4 of 4 like this" in everything
    assert "not Open Water: you answered no: it may be" in everything
    assert "you answered no to 4 of 4 like this" in good(
        tmp_path, "articles", "--why", "5"
    )
    assert "1 answer taken back" in good(
        tmp_path, "articles", "--unanswer", "1"
    )
    assert "2 of them may be you" in good(tmp_path, "articles", "--doubtful")
    assert "5  Open Water is you there" in good(
        tmp_path, "articles", "--yes", "5"
    )
    assert "counts, since you answered yes: it may be" in good(
        tmp_path, "articles", "--why", "5"
    )
