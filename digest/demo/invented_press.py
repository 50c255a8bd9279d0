"""Invented press: outlets and articles of the demo, from press.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

MAX_SLUG_WORDS = 9


@dataclass(frozen=True, slots=True)
class Outlet:
    """One invented outlet."""

    key: str
    name: str
    format: str  #: rss, atom, rdf, json, malformed or dead
    tier: int
    paywall: str = "none"


@dataclass(frozen=True, slots=True)
class Piece:
    """One invented article."""

    outlet: str
    title: str
    by: str
    paragraphs: tuple[str, ...]
    hours: float = 0  #: before now
    undated: bool = False
    status: int = 200  #: of the answer to a request for its page

    @property
    def url_path(self) -> str:
        """Its path on the outlet's server."""
        letters = [
            letter if letter.isalnum() else " " for letter in self.title.lower()
        ]
        words = "".join(letters).split()
        return "/" + "-".join(words[:MAX_SLUG_WORDS])

    def date_at(self, now: datetime) -> datetime | None:
        """Return its date, or None if it has none."""
        if self.undated:
            return None
        return (now - timedelta(hours=self.hours)).replace(microsecond=0)


@cache
def load_press() -> tuple[tuple[Outlet, ...], tuple[Piece, ...]]:
    """Return every invented outlet and article."""
    source = tomllib.loads(
        (files("digest.demo") / "press.toml").read_text("utf-8")
    )
    articles = source["article"]
    texts = {
        article["id"]: article["text"]
        for article in articles
        if "id" in article
    }
    outlets = tuple(Outlet(**fields) for fields in source["outlet"])
    pieces = tuple(_make_piece(fields, texts) for fields in articles)
    return outlets, pieces


def _make_piece(
    fields: Mapping[str, object], texts: Mapping[str, str]
) -> Piece:
    """Make an article; "copy_of" names one whose text it has, without "drop_last" paragraphs."""
    values = dict(fields)
    values.pop("id", None)
    original = str(values.pop("copy_of", ""))
    dropped = int(str(values.pop("drop_last", 0)))
    text = texts[original] if original else str(values.pop("text"))
    paragraphs = [paragraph.strip() for paragraph in text.strip().split("\n\n")]
    if dropped:
        paragraphs = paragraphs[:-dropped]
    return Piece(paragraphs=tuple(paragraphs), **values)  # type: ignore[arg-type]
