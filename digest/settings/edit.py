"""Editing of feeds.yaml in place: add and remove feeds; every other line stays as it was.

Changes are made in memory, and written all together by `save_changes`. The tree (ruamel.yaml) gives the
lines of keys; these lines, counted from 0, are edited.
"""

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
from digest.settings.load import load_workspace
from digest.settings.yaml_tree import FILE

BRACKETED_LIST = re.compile(r"\[[^\]]*\]")
#: Signs that must be quoted within brackets (YAML 1.2, 7.3.3).
SPECIAL_SIGNS = frozenset(",[]{}#'\"")
MAX_LINE_WIDTH = 10_000  #: characters: no line is folded


@dataclass(frozen=True, slots=True)
class NewFeed:
    """A feed to be watched, and who publishes it."""

    outlet: str
    homepage: str
    url: str


class FeedsFile:
    """feeds.yaml, open for changes that are saved all together or not at all."""

    def __init__(self, folder: Path) -> None:
        """Raises SettingsError if the file cannot be read as it is."""
        self.settings = load_workspace(folder, {}).settings
        self._file = folder / FILE
        self._parse_text(self._file.read_text("utf-8"))

    def add_feed(self, feed: NewFeed) -> str:
        """Add a feed, to the outlet of its name or site if there is one; return whose it is.

        "" if it is there already. Raises DigestError if the file's shape allows no edit.
        """
        if self._index_of_outlet_with(feed.url) is not None:
            return ""
        outlet = self._find_outlet(feed)
        if outlet:
            self._insert_feed(outlet["feeds"], feed.url)
            return str(outlet["name"])
        new_outlet = {
            "name": feed.outlet,
            "homepage": feed.homepage,
            "feeds": [feed.url],
        }
        block = _indent(
            _write_yaml([new_outlet]), self._dash_column(self._outlets)
        )
        self._insert_block(self._end_of_outlets(), block)
        return feed.outlet

    def remove_feed(self, url: str) -> str:
        """Remove a feed; return its outlet. An outlet is removed with its last feed.

        Raises NotFound if no outlet has it, DigestError if it is the last of all.
        """
        index = self._index_of_outlet_with(url)
        if index is None:
            raise NotFound(
                f"{FILE} has no feed {url}; `digest feeds list` shows them"
            )
        outlet = self._outlets[index]
        if len(outlet["feeds"]) > 1:
            self._remove_feed(outlet["feeds"], url)
        elif len(self._outlets) > 1:
            self._remove_outlet(index)
        else:
            raise DigestError(
                f"{url} is the only feed of the only outlet; add another one first"
            )
        return str(outlet["name"])

    def save_changes(self) -> None:
        """Write the file. Raises SettingsError, and writes nothing, if it would not be valid."""
        text = "".join(self._lines)
        with tempfile.TemporaryDirectory() as temporary_folder:
            copy = Path(temporary_folder) / FILE
            copy.write_text(text, "utf-8")
            load_workspace(copy.parent, {})
        write_durably(self._file, text.encode())

    # where things stand

    def _parse_text(self, text: str) -> None:
        self._lines = text.splitlines(keepends=True)
        if self._lines and not self._lines[-1].endswith("\n"):
            self._lines[-1] += "\n"
        self._tree = YAML(typ="rt").load(text)
        self._outlets: Any = self._tree["outlets"]
        if self._outlets.fa.flow_style():
            raise DigestError(
                f"{FILE}: outlets are written in brackets; write each on its own lines"
            )

    def _index_of_outlet_with(self, url: str) -> int | None:
        """Return the outlet that has a feed; None if there is none."""
        for index, outlet in enumerate(self._outlets):
            if url in outlet["feeds"]:
                return index
        return None

    def _find_outlet(self, feed: NewFeed) -> Any:
        """Return the outlet of a feed by its name, else by its site; None if there is none."""
        for outlet in self._outlets:
            if outlet["name"] == feed.outlet:
                return outlet
        for outlet in self._outlets:
            if _site_of(outlet["homepage"]) == _site_of(feed.homepage):
                return outlet
        return None

    def _dash_column(self, entries: Any) -> int:
        """Return the column of the dashes of a list."""
        line: int = entries.lc.item(0)[0]
        return self._lines[line].index("-")

    def _end_of_outlets(self) -> int:
        """Return the line after the last outlet, before blank lines and comments that follow."""
        start = self._tree.lc.key("outlets")[0]
        end = len(self._lines)
        for key in self._tree:
            line: int = self._tree.lc.key(key)[0]
            if start < line < end:
                end = line
        while _is_blank_or_comment(self._lines[end - 1]):
            end -= 1
        return end

    # edits

    def _insert_feed(self, feeds: Any, url: str) -> None:
        if feeds.fa.flow_style():
            self._replace_bracketed_list(feeds, [*feeds, url])
            return
        last_line = feeds.lc.item(len(feeds) - 1)[0]
        block = _indent(_write_yaml([url]), self._dash_column(feeds))
        self._insert_block(last_line + 1, block)

    def _remove_feed(self, feeds: Any, url: str) -> None:
        if feeds.fa.flow_style():
            self._replace_bracketed_list(
                feeds, [feed for feed in feeds if feed != url]
            )
            return
        line = feeds.lc.item(feeds.index(url))[0]
        self._remove_lines(line, line + 1)

    def _remove_outlet(self, index: int) -> None:
        start = self._outlets.lc.item(index)[0]
        if index + 1 < len(self._outlets):
            end = self._outlets.lc.item(index + 1)[0]
        else:
            end = self._end_of_outlets()
        self._remove_lines(start, end)

    def _replace_bracketed_list(self, feeds: Any, urls: Sequence[str]) -> None:
        """Write a list between brackets anew, on the line where it begins."""
        line = feeds.lc.line
        column = feeds.lc.col
        above = "".join(self._lines[:line])
        below = "".join(self._lines[line:])
        bracketed = f"[{', '.join(map(_quote_url, urls))}]"
        # a function, since backslashes in a replacement text have a meaning
        rewritten = BRACKETED_LIST.sub(
            lambda _: bracketed, below[column:], count=1
        )
        self._parse_text(above + below[:column] + rewritten)

    def _insert_block(self, line: int, block: str) -> None:
        self._parse_text(
            "".join([*self._lines[:line], block, *self._lines[line:]])
        )

    def _remove_lines(self, start: int, end: int) -> None:
        self._parse_text("".join([*self._lines[:start], *self._lines[end:]]))


def _is_blank_or_comment(line: str) -> bool:
    return not line.strip() or line.startswith("#")


def _write_yaml(value: Any) -> str:
    writer = YAML(typ="rt")
    writer.width = MAX_LINE_WIDTH
    writer.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    writer.dump({"x": value}, out)  # under a key, so that a list is indented
    lines_below_key = out.getvalue().splitlines(keepends=True)[1:]
    return "".join(line[2:] for line in lines_below_key)


def _indent(block: str, columns: int) -> str:
    margin = " " * columns
    return "".join(margin + line for line in block.splitlines(keepends=True))


def _quote_url(url: str) -> str:
    """Return an address quoted for use in brackets."""
    if SPECIAL_SIGNS.isdisjoint(url):
        return url
    return json.dumps(url)


def _site_of(url: str) -> str:
    return urlsplit(url).netloc.lower().removeprefix("www.")
