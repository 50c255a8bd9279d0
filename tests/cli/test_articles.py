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
