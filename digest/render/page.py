"""The web archive: a list of all editions, as a page and as an Atom feed (RFC 4287)."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from digest.infra.i18n import locale
from digest.infra.time_format import in_words
from digest.model import PageCorrection, PublicEdition
from digest.render.context import common, direction, page_url, say
from digest.render.templates import Environment, environment, render
from digest.settings import Settings

#: What XML 1.0 cannot hold, not even as a reference (section 2.2).
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
NEVER = "1970-01-01T00:00:00+00:00"
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_PICTURE = re.compile(r"/images/([0-9a-f]{64})/")


def archive_page(
    editions: Sequence[PublicEdition], settings: Settings, templates: Path
) -> str:
    """Return the page that lists editions, in the order given."""
    return render(
        _environment(settings, templates), "archive.html", _values(editions, settings)
    )


def atom_feed(
    editions: Sequence[PublicEdition], settings: Settings, templates: Path
) -> str:
    """Return the editions as an Atom feed, in the order given."""
    return render(
        _environment(settings, templates), "feed.atom", _values(editions, settings)
    )


def _environment(settings: Settings, templates: Path) -> Environment:
    return environment(templates, settings.newsletter.language)


def _values(editions: Sequence[PublicEdition], settings: Settings) -> dict[str, object]:
    listed = [_entry(one, settings) for one in editions]
    updated = max((e["updated"] for e in listed), default=NEVER)
    return common(settings, settings.newsletter.language) | {
        "editions": listed,
        "updated": updated,
    }


def _entry(public: PublicEdition, settings: Settings) -> dict[str, str]:
    edition = public.edition
    language = edition.language or settings.newsletter.language
    return {
        "date": say(edition.date, settings.newsletter.language),
        "language": language,
        "direction": direction(language),
        "isodate": edition.date.isoformat(),
        "subject": _line(edition.subject) or settings.newsletter.title,
        "preheader": _line(edition.preheader),
        "url": page_url(edition.date, settings),
        "sent": public.published_at.isoformat(),
        "updated": public.updated_at.isoformat(),
        "correction": _line(public.note),
    }


def _line(text: str) -> str:
    return " ".join(_NO_XML.sub("", text).split())


# Versions of a page


def corrected_page(
    page: str,
    day: date,
    corrections: Sequence[PageCorrection],
    settings: Settings,
    templates: Path,
) -> str:
    """Return the corrected page of an edition, with a notice of each correction at its top."""
    notes = [
        {
            "at": _moment(one.at, settings),
            "iso": one.at.isoformat(),
            "note": one.note,
            "before": _version_url(day, number, settings),
        }
        for number, one in enumerate(corrections, 1)
    ]
    values: dict[str, object] = {"corrections": notes, "current": ""}
    return _with_notice(page, values, settings, templates)


def old_page(
    page: str, day: date, corrected_at: datetime, settings: Settings, templates: Path
) -> str:
    """Return an earlier version of a page, with a notice that leads to the one that holds."""
    values: dict[str, object] = {
        "corrections": [],
        "current": page_url(day, settings),
        "at": _moment(corrected_at, settings),
        "iso": corrected_at.isoformat(),
    }
    return _with_notice(page, values, settings, templates)


def picture_keys(html: str) -> list[str]:
    """Return the keys of the images that a mail shows from our archive, each once."""
    return list(dict.fromkeys(_PICTURE.findall(html)))


def _with_notice(
    page: str, values: dict[str, object], settings: Settings, templates: Path
) -> str:
    """Put a notice at the top of a stored page.

    Not a part of page.html: that may be somebody's own, or older than corrections are.
    """
    known = common(settings, settings.newsletter.language) | values
    notice = render(_environment(settings, templates), "correction.html", known)
    return _BODY.sub(lambda tag: f"{tag[0]}\n{notice}", page, count=1)


def _version_url(day: date, number: int, settings: Settings) -> str:
    return f"{page_url(day, settings)}version/{number}/"


def _moment(at: datetime, settings: Settings) -> str:
    news = settings.newsletter
    return in_words(at, news.zone, locale(news.language))
