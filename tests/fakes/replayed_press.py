"""Real feeds and real pages, served on loopback as outlets.

Links in the feeds lead to hosts that must not be asked: whatever is not on loopback is answered by
one of the labelled pages instead, chosen by its address.

    python -m tests.fakes.replayed_press [FOLDER]     collect, draft and build, and print what came
"""

import gzip
import json
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from digest.app import App
from digest.collect import Report, make_fetcher
from digest.errors import FetchError
from digest.ports import Request, Response
from digest.settings import Settings, Workspace, load_workspace
from tests.conftest import SHARED
from tests.fakes.web import Answer, FakeWeb

FEEDS = SHARED / "data" / "feeds"
PAGES = SHARED / "data" / "extraction"
NOW = datetime(2026, 2, 18, 12, tzinfo=UTC)


class Rewriting:
    """A Fetcher that goes to loopback for every page, and says it came from where it was asked."""

    def __init__(self, inner, base: str, pages: int) -> None:
        self._inner, self._base, self._pages = inner, base, pages

    def __call__(
        self, requests: Iterable[Request]
    ) -> Iterator[tuple[Request, Response | FetchError]]:
        asked = {self._local(r, n): r for n, r in enumerate(requests)}
        for local, answer in self._inner(Request(url) for url in asked):
            original = asked[local.url]
            here = isinstance(answer, Response)
            yield (
                original,
                replace(answer, url=original.url) if here else answer,
            )

    def _local(self, request: Request, n: int) -> str:
        if request.url.startswith(self._base):
            return request.url
        return f"{self._base}/page/{zlib.crc32(request.url.encode()) % self._pages}?{n}"


@contextmanager
def served() -> Iterator[tuple[FakeWeb, list[Path]]]:
    """Serve every feed at /feed/<name> and every page at /page/<n>."""
    feeds = sorted((FEEDS / "feeds").iterdir())
    pages = sorted((PAGES / "html").iterdir())
    with FakeWeb() as web:
        for feed in feeds:
            web.answers[f"/feed/{feed.name}"] = Answer(feed.read_bytes())
        for n, page in enumerate(pages):
            web.answers[f"/page/{n}"] = Answer(
                gzip.decompress(page.read_bytes())
            )
        yield web, feeds


@contextmanager
def replayed(folder: Path) -> Iterator[tuple[App, Report]]:
    """Collect every feed once, as the first user's digest; an outlet a feed."""
    with served() as (web, feeds):
        shipped = load_workspace(Path(__file__).parents[2], {})
        outlets = [
            {
                "name": f.name,
                "homepage": web.url,
                "feeds": [f"{web.url}/feed/{f.name}"],
            }
            for f in feeds
        ]
        collect = {"allow_loopback": True, "per_host": 16, "spacing": 0}
        values = shipped.settings.model_dump(by_alias=True) | {
            "outlets": outlets,
            "collect": collect,
        }
        # both ways of giving newsletters are there, and one is empty
        values = {name: value for name, value in values.items() if value != ()}
        settings = Settings.model_validate(values)

        @contextmanager
        def rewriting(found: Settings) -> Iterator[Rewriting]:
            with make_fetcher(found) as inner:
                yield Rewriting(
                    inner, web.url, len(list((PAGES / "html").iterdir()))
                )

        with App(
            Workspace(folder, settings, shipped.secrets), lambda: NOW, rewriting
        ) as app:
            yield app, app.collection.collect_and_fill().report


def expected() -> dict[str, dict]:
    return json.loads((FEEDS / "expected.json").read_text())["feeds"]


def main(folder: Path) -> None:
    with replayed(folder) as (app, report):
        tallies = report.values()
        failures = sum((t.failures for t in tallies), Counter())
        unread = sum((t.unread for t in tallies), Counter())
        print(f"feeds {sum(t.polled for t in tallies)}, articles {sum(t.new for t in tallies)}, "
              f"pages read {sum(t.read for t in tallies)}")  # fmt: skip
        print("feeds that failed, by reason:", dict(failures) or "none")
        for problem in (p for t in tallies for p in t.problems):
            print("  ", problem.split("/feed/")[1])
        print("pages unread, by reason:", dict(unread) or "none")
        draft = app.drafts.create_draft(NOW.date())
        for section in draft.edition.sections:
            print(section.title)
            for pick in section.picks:
                print(f"  - {pick.headline} ({pick.outlet})")
        print(f"set aside: {Counter(why for _, why in draft.aside)}")
        for file in app.edition_files.write_edition(NOW.date()):
            print(file, file.stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else tempfile.mkdtemp()))
