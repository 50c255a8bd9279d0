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

from ruamel.yaml import YAML

from digest.errors import DigestError, NotFound
from digest.infra.durable_files import write_durably
from digest.settings.load import load_workspace
from digest.settings.publishers import (
    Publisher,
    home_of,
    is_same_publisher,
    unused_name,
)
from digest.settings.yaml_tree import FILE

BRACKETED_LIST = re.compile(r"\[[^\]]*\]")
#: Signs that must be quoted within brackets (YAML 1.2, 7.3.3).
SPECIAL_SIGNS = frozenset(",[]{}#'\"")
MAX_LINE_WIDTH = 10_000  #: characters: no line is folded


@dataclass(frozen=True, slots=True)
class NewFeed:
    """A feed to be watched, and who publishes it."""

    outlet: str
    homepage: str  #: "" if it is not known
    url: str
    #: whether a person said that the outlet is called so
    is_named_by_person: bool = False


@dataclass(slots=True)
class _WatchedOutlet:
    """An outlet as it is in the file, with the feeds that are to be added to it."""

    name: str
    homepage: str
    feeds: list[str]
    added: list[str]
    #: where it stands in the file; None for a new one
    index: int | None = None

    def as_publisher(self) -> Publisher:
        return Publisher(self.name, self.homepage, tuple(self.feeds))


class FeedsFile:
    """feeds.yaml, open for changes that are saved all together or not at all."""

    def __init__(self, folder: Path) -> None:
        """Raises SettingsError if the file cannot be read as it is."""
        self.settings = load_workspace(folder, {}).settings
        self._file = folder / FILE
        self._parse_text(self._file.read_text("utf-8"))

    def add_feed(self, feed: NewFeed) -> str:
        """Add a feed to the outlet that publishes it, else to a new one; return the outlet's name.

        "" if it is there already. Many are written together, by `save_changes`.
        """
        if any(feed.url in outlet.feeds for outlet in self._watched):
            return ""
        outlet = self._find_outlet(feed)
        if outlet is None:
            homepage = feed.homepage or home_of(feed.url, feed.outlet)
            taken = [watched.name for watched in self._watched]
            name = unused_name(feed.outlet, homepage, taken)
            outlet = _WatchedOutlet(name, homepage, feeds=[], added=[])
            self._watched.append(outlet)
        outlet.feeds.append(feed.url)
        outlet.added.append(feed.url)
        return outlet.name

    def remove_feed(self, url: str) -> str:
        """Remove a feed; return its outlet. An outlet is removed with its last feed.

        Raises NotFound if no outlet has it, DigestError if it is the last of all.
        """
        self._write_added_feeds()
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
        self._write_added_feeds()
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
        self._watched = [
            _WatchedOutlet(
                name=str(outlet["name"]),
                homepage=str(outlet["homepage"]),
                feeds=[str(url) for url in outlet["feeds"]],
                added=[],
                index=index,
            )
            for index, outlet in enumerate(self._outlets)
        ]

    def _index_of_outlet_with(self, url: str) -> int | None:
        """Return the outlet that has a feed; None if there is none."""
        for index, outlet in enumerate(self._outlets):
            if url in outlet["feeds"]:
                return index
        return None

    def _find_outlet(self, feed: NewFeed) -> _WatchedOutlet | None:
        """Return the outlet that publishes a feed; None if none does."""
        if feed.is_named_by_person:
            return self._outlet_named(feed.outlet)
        new = Publisher(
            name=feed.outlet,
            homepage=feed.homepage or home_of(feed.url, feed.outlet),
            feeds=(feed.url,),
            is_home_given=feed.homepage != "",
        )
        for outlet in self._watched:
            if is_same_publisher(new, outlet.as_publisher()):
                return outlet
        return None

    def _outlet_named(self, name: str) -> _WatchedOutlet | None:
        for outlet in self._watched:
            if outlet.name.casefold() == name.casefold():
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

    def _write_added_feeds(self) -> None:
        """Write what was added into the lines, from the last line up, so that lines above stay."""
        new_outlets = [
            {
                "name": outlet.name,
                "homepage": outlet.homepage,
                "feeds": outlet.added,
            }
            for outlet in self._watched
            if outlet.index is None
        ]
        grown = [
            outlet
            for outlet in self._watched
            if outlet.added and outlet.index is not None
        ]
        if not new_outlets and not grown:
            return
        if new_outlets:
            block = _indent(
                _write_yaml(new_outlets), self._dash_column(self._outlets)
            )
            self._insert_block(self._end_of_outlets(), block)
        for outlet in reversed(grown):
            self._insert_feeds(self._outlets[outlet.index]["feeds"], outlet)
        self._parse_text("".join(self._lines))

    def _insert_feeds(self, feeds: Any, outlet: _WatchedOutlet) -> None:
        if not feeds or feeds.fa.flow_style():  # none can only be written as []
            self._replace_bracketed_list(feeds, outlet.feeds)
            return
        last_line = feeds.lc.item(len(feeds) - 1)[0]
        block = _indent(_write_yaml(outlet.added), self._dash_column(feeds))
        self._insert_block(last_line + 1, block)

    def _remove_feed(self, feeds: Any, url: str) -> None:
        if feeds.fa.flow_style():
            others = [feed for feed in feeds if feed != url]
            self._replace_bracketed_list(feeds, others)
            self._parse_text("".join(self._lines))
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
        text = above + below[:column] + rewritten
        self._lines = text.splitlines(keepends=True)

    def _insert_block(self, line: int, block: str) -> None:
        self._lines.insert(line, block)

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
