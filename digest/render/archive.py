"""The web archive: a list of all editions, as a page and as an Atom feed (RFC 4287)."""

import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from digest.model import Edition
from digest.render.env import Environment, environment, render
from digest.render.values import common, direction, page_url, say
from digest.settings import Settings

#: What XML 1.0 cannot hold, not even as a reference (section 2.2).
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
NEVER = "1970-01-01T00:00:00+00:00"

Sent = tuple[Edition, datetime]  #: an edition, and when it was due


def archive_page(editions: Sequence[Sent], settings: Settings, templates: Path) -> str:
    """Return the page that lists editions, in the order given."""
    return render(_environment(settings, templates), "archive.html", _values(editions, settings))


def atom_feed(editions: Sequence[Sent], settings: Settings, templates: Path) -> str:
    """Return the editions as an Atom feed, in the order given."""
    return render(_environment(settings, templates), "feed.atom", _values(editions, settings))


def _environment(settings: Settings, templates: Path) -> Environment:
    return environment(templates, settings.newsletter.language)


def _values(editions: Sequence[Sent], settings: Settings) -> dict[str, object]:
    listed = [_entry(edition, due, settings) for edition, due in editions]
    updated = max((e["sent"] for e in listed), default=NEVER)
    return common(settings, settings.newsletter.language) | {"editions": listed, "updated": updated}


def _entry(edition: Edition, due: datetime, settings: Settings) -> dict[str, str]:
    language = edition.language or settings.newsletter.language
    return {
        "date": say(edition.date, settings.newsletter.language),
        "language": language,
        "direction": direction(language),
        "isodate": edition.date.isoformat(),
        "subject": _line(edition.subject) or settings.newsletter.title,
        "preheader": _line(edition.preheader),
        "url": page_url(edition.date, settings),
        "sent": due.isoformat(),
    }


def _line(text: str) -> str:
    return " ".join(_NO_XML.sub("", text).split())
