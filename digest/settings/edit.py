"""Edits the outlets of feeds.yaml in place: every other line of the file stays as it was."""

import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ruamel.yaml import YAML

from digest.errors import DigestError, NotFound
from digest.infra.durable_files import write_durably
from digest.settings.load import FILE, load

FLOW = re.compile(r"\[[^\]]*\]")


@dataclass(frozen=True, slots=True)
class NewFeed:
    """A feed to be watched, and who publishes it."""

    outlet: str
    homepage: str
    url: str


class FeedsFile:
    """feeds.yaml, open for changes that are kept all together or not at all."""

    def __init__(self, folder: Path) -> None:
        """Raises SettingsError if the file cannot be read as it is."""
        self.settings = load(folder, {}).settings
        self._file = folder / FILE
        self._parse(self._file.read_text("utf-8"))

    def add(self, feed: NewFeed) -> str:
        """Add a feed, to the outlet of its name or site if there is one; return whose it is.

        "" if it is there already. Raises DigestError if the file's shape allows no edit.
        """
        if any(feed.url in o["feeds"] for o in self._outlets):
            return ""
        if known := self._outlet(feed):
            self._insert(known["feeds"], feed.url)
            return str(known["name"])
        block = _yaml(
            [{"name": feed.outlet, "homepage": feed.homepage, "feeds": [feed.url]}]
        )
        self._put(self._end(), _indented(block, self._dash(self._outlets)))
        return feed.outlet

    def remove(self, url: str) -> str:
        """Remove a feed; return its outlet. An outlet goes with its last feed.

        Raises NotFound if no outlet has it, DigestError if it is the last of all.
        """
        at = next((n for n, o in enumerate(self._outlets) if url in o["feeds"]), None)
        if at is None:
            raise NotFound(f"{FILE} has no feed {url}; `digest feeds list` shows them")
        outlet = self._outlets[at]
        if len(outlet["feeds"]) > 1:
            self._drop(outlet["feeds"], url)
        elif len(self._outlets) == 1:
            raise DigestError(
                f"{url} is the only feed of the only outlet; add another one first"
            )
        else:
            last = at + 1 == len(self._outlets)
            if last:
                end = self._end()
            else:
                end = self._outlets.lc.item(at + 1)[0]
            self._cut(self._outlets.lc.item(at)[0], end)
        return str(outlet["name"])

    def save(self) -> None:
        """Write the file. Raises SettingsError, and writes nothing, if it would not be good."""
        text = "".join(self._lines)
        with tempfile.TemporaryDirectory() as place:
            (Path(place) / FILE).write_text(text, "utf-8")
            load(Path(place), {})
        write_durably(self._file, text.encode())

    def _parse(self, text: str) -> None:
        self._lines = text.splitlines(keepends=True)
        if self._lines and not self._lines[-1].endswith("\n"):
            self._lines[-1] += "\n"
        self._tree = YAML(typ="rt").load(text)
        self._outlets: Any = self._tree["outlets"]
        if self._outlets.fa.flow_style():
            raise DigestError(
                f"{FILE}: outlets stand between brackets; write each on its own lines"
            )

    def _outlet(self, feed: NewFeed) -> Any:
        by_name = (o for o in self._outlets if o["name"] == feed.outlet)
        by_site = (
            o for o in self._outlets if _site(o["homepage"]) == _site(feed.homepage)
        )
        return next(by_name, None) or next(by_site, None)

    def _insert(self, feeds: Any, url: str) -> None:
        if feeds.fa.flow_style():
            self._reflow(feeds, [*feeds, url])
        else:
            self._put(
                feeds.lc.item(len(feeds) - 1)[0] + 1,
                _indented(_yaml([url]), self._dash(feeds)),
            )

    def _drop(self, feeds: Any, url: str) -> None:
        if feeds.fa.flow_style():
            self._reflow(feeds, [f for f in feeds if f != url])
        else:
            line = feeds.lc.item(feeds.index(url))[0]
            self._cut(line, line + 1)

    def _reflow(self, feeds: Any, urls: Sequence[str]) -> None:
        """Write a list between brackets anew, on the line where it begins."""
        line = feeds.lc.line
        column = feeds.lc.col
        head = "".join(self._lines[:line])
        rest = "".join(self._lines[line:])
        again = FLOW.sub(
            lambda _: f"[{', '.join(map(_quoted, urls))}]", rest[column:], count=1
        )
        self._parse(head + rest[:column] + again)

    def _dash(self, items: Any) -> int:
        line: int = items.lc.item(0)[0]
        return self._lines[line].index("-")

    def _end(self) -> int:
        """Return the line after the last outlet, before blank lines and comments that follow."""
        below = (self._tree.lc.key(k)[0] for k in self._tree)
        start = self._tree.lc.key("outlets")[0]
        line: int = min((n for n in below if n > start), default=len(self._lines))
        while not self._lines[line - 1].strip() or self._lines[line - 1].startswith(
            "#"
        ):
            line -= 1
        return line

    def _put(self, line: int, block: str) -> None:
        self._parse("".join([*self._lines[:line], block, *self._lines[line:]]))

    def _cut(self, start: int, end: int) -> None:
        self._parse("".join([*self._lines[:start], *self._lines[end:]]))


def _yaml(value: Any) -> str:
    writer = YAML(typ="rt")
    writer.width = 10_000
    writer.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    writer.dump({"x": value}, out)
    return "".join(line[2:] for line in out.getvalue().splitlines(keepends=True)[1:])


def _indented(block: str, columns: int) -> str:
    return "".join(" " * columns + line for line in block.splitlines(keepends=True))


def _quoted(url: str) -> str:
    """Return an address so that it can stand between brackets (YAML 1.2, 7.3.3)."""
    if set(url) & set(",[]{}#'\""):
        return json.dumps(url)
    return url


def _site(url: str) -> str:
    return urlsplit(url).netloc.lower().removeprefix("www.")
