"""feedparser and newsboat on cases of feeds that have right answers, judged as ours are.

    python benchmarks/feeds_beside_peers.py CASES

CASES is a folder of cases with a `run.py`, which serves and judges them; those of `check/` are asked. A
peer has no way to say what is wrong with a feed: of that, only that it gives no entry is asked.
newsboat is left out where it is not installed.
"""

import html
import importlib.util
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

Row = dict[str, Any]
Reader = Callable[[str], list[Row]]

TIMEOUT_SECONDS = 60


def main() -> None:
    """Print how many cases of each kind each reader gets right."""
    folder = Path(sys.argv[1])
    runner = load_runner(folder / "run.py")
    cases = runner.load(None)["check"]
    sites = serve_cases(runner, cases)
    readers: dict[str, Reader] = {"feedparser": read_by_feedparser}
    if shutil.which("newsboat"):
        readers["newsboat"] = read_by_newsboat
    else:
        print("newsboat is not installed; left out")
    counts = {
        name: count_right(runner, cases, sites, reader)
        for name, reader in readers.items()
    }
    print_table(Counter(case["kind"] for case in cases), counts)


def load_runner(path: Path) -> ModuleType:
    """Return the module that serves and judges the cases."""
    spec = importlib.util.spec_from_file_location("run", path)
    if spec is None or spec.loader is None:
        sys.exit(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def serve_cases(runner: ModuleType, cases: Sequence[Row]) -> dict[str, Any]:
    """Serve each case on loopback addresses of its own; return its site by its name."""
    sites: dict[str, Any] = {}
    taken = 0
    for case in cases:
        site = runner.Site(case["folder"], case["serve"], taken)
        taken += len(site.addresses)
        sites[case["name"]] = site
    runner.Server(list(sites.values()))
    return sites


def count_right(
    runner: ModuleType,
    cases: Sequence[Row],
    sites: dict[str, Any],
    read: Reader,
) -> Counter[str]:
    """Count by kind the cases that a reader gets right."""
    right: Counter[str] = Counter()
    for case in cases:
        site = sites[case["name"]]
        expected = site.filled(case["expect"])
        asks_for_problem = expected.pop("problem", None) is True
        rows = read_or_fail(read, site.fill(case["ask"]))
        faults = runner.judge_check(expected, rows)
        if asks_for_problem and not expected.get("entries"):
            faults += rows
        right[case["kind"]] += not faults
    return right


def read_or_fail(read: Reader, address: str) -> list[Row]:
    """Return the entries that a reader gives; none if it raises an error."""
    try:
        return read(address)
    # whatever a peer raises at a feed is its answer
    except Exception:
        return []


def read_by_feedparser(address: str) -> list[Row]:
    """Return the entries that feedparser gives."""
    import calendar

    import feedparser

    rows = []
    for entry in feedparser.parse(address).entries:
        parsed = entry.get("published_parsed") or entry.get("updated_parsed")
        seconds = None
        if parsed:
            seconds = calendar.timegm(parsed)
        rows.append(
            row_of(
                entry.get("title", ""),
                entry.get("link"),
                seconds,
                entry.get("summary", ""),
            )
        )
    return rows


def read_by_newsboat(address: str) -> list[Row]:
    """Return the entries that newsboat stores of a feed, in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        urls = Path(folder, "urls")
        cache = Path(folder, "cache.db")
        config = Path(folder, "config")
        urls.write_text(f"{address}\n")
        config.write_text("download-timeout 10\ndownload-retries 1\n")
        files = ["-u", str(urls), "-c", str(cache), "-C", str(config)]
        command = ["newsboat", *files, "-x", "reload"]
        subprocess.run(
            command,
            check=False,
            capture_output=True,
            timeout=TIMEOUT_SECONDS,
            env={"HOME": folder, "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        )
        if not cache.exists():
            return []
        with sqlite3.connect(cache) as connection:
            stored = connection.execute(
                "select title, url, pubDate, content from rss_item order by id"
            )
            return [row_of(*item) for item in stored]


def row_of(
    title: str, link: str | None, seconds: int | None, summary: str
) -> Row:
    """Return an entry as `digest feeds check --json` prints one."""
    published = None
    if seconds:
        time = datetime.fromtimestamp(seconds, UTC)
        published = f"{time:%Y-%m-%dT%H:%M:%SZ}"
    return {
        "title": html.unescape(re.sub("<[^>]*>", "", title)),
        "link": link or None,
        "published": published,
        "summary": summary,
    }


def print_table(
    all_cases: Counter[str], counts: dict[str, Counter[str]]
) -> None:
    """Print a table in Markdown: kinds, and how many each reader gets right."""
    print(f"| kind | cases | {' | '.join(counts)} |")
    print(f"| --- | --- |{' --- |' * len(counts)}")
    for kind in sorted(all_cases):
        right = " | ".join(str(count[kind]) for count in counts.values())
        print(f"| {kind} | {all_cases[kind]} | {right} |")
    sums = " | ".join(str(count.total()) for count in counts.values())
    print(f"| all | {all_cases.total()} | {sums} |")


if __name__ == "__main__":
    main()
