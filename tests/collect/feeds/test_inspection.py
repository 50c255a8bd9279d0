"""Looking at single feeds and pages from the command line."""

import json
from pathlib import Path

from tests.cases.feeds import item, rss
from tests.command_line import invoke
from tests.fakes.web import Answer, FakeWeb

# Looking at feeds and pages


def test_check_prints_entries_and_problems_by_line(
    tmp_path: Path,
) -> None:
    file = tmp_path / "a.xml"
    file.write_bytes(
        rss(
            item("AT&T; sues", "https://c.example/1"),
            "<item><title>B</title></item>",
        )
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


def test_read_prints_a_line_or_error_per_page(
    web: FakeWeb, folder: Path
) -> None:
    text = (
        "The county published the report on Friday after a long dispute. " * 8
    )
    page = f"<html><head><title>Head</title></head><body><p>{text}</p></body></html>".encode()
    file, urls = folder / "p.html", folder / "urls.json"
    file.write_bytes(page)
    urls.write_text(
        '{"p.html": {"url": "https://ledger.example/2026/02/26/p"}}'
    )
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
    rows = {
        row["file"]: row for row in map(json.loads, shown.output.splitlines())
    }
    assert shown.exit_code == 1
    assert rows[str(file)]["canonical"] == "https://ledger.example/2026/02/26/p"
    assert (rows[f"{web.url}/x"]["title"], rows[f"{web.url}/x"]["reader"]) == (
        "Head",
        "trafilatura",
    )
    assert rows[f"{web.url}/x"]["text"] == text.strip()
    assert (
        rows[f"{web.url}/404"]["error"] == "the server answered 404 Not Found"
    )


def test_urls_that_are_no_json_are_a_wrong_use(folder: Path) -> None:
    (folder / "u").write_text("x")
    assert (
        invoke(folder, "read", "--urls", str(folder / "u"), "p.html").exit_code
        == 2
    )
