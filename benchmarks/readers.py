"""One reader over all labelled pages, in a process of its own; `extract.py` calls it.

python benchmarks/readers.py NAME FOLDER OUT
"""

import gzip
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Page = dict[str, Any]
Read = Callable[[bytes, str, str], Page]


def digest() -> Read:
    """Return the combined reader of this project."""
    sys.path.insert(0, str(Path(__file__).parent.parent))
    from digest.collect.pages.extract import combined_reader

    def read(html: bytes, url: str, _encoding: str) -> Page:
        found = combined_reader(html, url)
        date = found.published.date().isoformat() if found.published else ""
        return {
            "text": found.text,
            "title": found.title,
            "date": date,
            "authors": found.authors,
        }

    return read


def newspaper() -> Read:
    """Return newspaper3k or newspaper4k, whichever is installed; neither may fetch images."""
    import newspaper as library

    def read(html: bytes, url: str, encoding: str) -> Page:
        page = library.Article(url, fetch_images=False, memoize_articles=False)
        page.download(input_html=html.decode(encoding, "replace"))
        page.parse()
        date = page.publish_date.date().isoformat() if page.publish_date else ""
        return {
            "text": page.text,
            "title": page.title,
            "date": date,
            "authors": page.authors,
        }

    return read


def trafilatura() -> Read:
    """Return trafilatura alone, with its metadata."""
    from trafilatura import bare_extraction

    def read(html: bytes, url: str, _encoding: str) -> Page:
        found = bare_extraction(
            html, url=url, include_comments=False, with_metadata=True
        )
        if found is None:
            return {}
        authors = [a for a in (found.author or "").split("; ") if a]
        return {
            "text": found.text,
            "title": found.title,
            "date": found.date,
            "authors": authors,
        }

    return read


def bare() -> Read:
    """Return the HTML parse alone: no reader can be faster."""
    import lxml.html

    def read(html: bytes, _url: str, _encoding: str) -> Page:
        lxml.html.document_fromstring(html)
        return {}

    return read


READERS = {
    "digest": digest,
    "newspaper3k": newspaper,
    "newspaper4k": newspaper,
    "trafilatura": trafilatura,
    "bare parse": bare,
}


def main() -> None:
    """Read every page and write what was found, with the time and memory it took."""
    name, folder, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    truth = json.loads((folder / "ground-truth.json").read_text())
    pages = {
        i: gzip.decompress((folder / "html" / f"{i}.html.gz").read_bytes())
        for i in truth
    }
    read, found, failed = READERS[name](), {}, 0
    first = next(iter(truth))
    _one(
        read, pages[first], truth[first]
    )  # what is loaded at the first page is no page's time
    started = time.perf_counter()
    for i, entry in truth.items():
        page = _one(read, pages[i], entry)
        failed += page is None
        found[i] = page or {}
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    took = {
        "seconds": seconds,
        "peak_mb": peak,
        "failed": failed,
        "pages": found,
    }
    out.write_text(json.dumps(took, default=list))


def _one(read: Read, html: bytes, entry: Page) -> Page | None:
    try:
        return read(
            html, entry.get("url") or "", entry.get("encoding") or "utf-8"
        )
    except Exception:
        return None  # the libraries raise whatever their parts raise; it is counted


if __name__ == "__main__":
    main()
