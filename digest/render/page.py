"""Web archive: the list of all editions, as a page and as an Atom feed (RFC 4287).

Also the versions of an edition's page once it was corrected.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from digest.infra.i18n import babel_locale, text_direction
from digest.infra.running_text import fold_spaces
from digest.infra.time_format import format_in_words
from digest.model import ROOT_NEWSLETTER, PageCorrection, PublicEdition
from digest.render.context import (
    archive_url,
    newsletter_values,
    page_url,
    write_date,
)
from digest.render.templates import (
    Environment,
    find_reader_language,
    make_environment,
    render_template,
)
from digest.settings import Settings

#: Characters that XML 1.0 cannot hold, not even as a reference (section 2.2).
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
#: The last change of a feed without editions.
NEVER = "1970-01-01T00:00:00+00:00"
_BODY_TAG = re.compile(r"<body\b[^>]*>", re.IGNORECASE)
_MAIN_PART = re.compile(r"<main\b[^>]*>(.*)</main>", re.DOTALL)
_PICTURE = re.compile(r"/images/([0-9a-f]{64})/")


def archive_page(
    editions: Sequence[PublicEdition], settings: Settings, templates: Path
) -> str:
    """Return the page that lists editions, in the order given."""
    values = _archive_values(editions, settings, templates)
    return render_template(
        _archive_environment(settings, templates), "archive.html", values
    )


def atom_feed(
    editions: Sequence[PublicEdition],
    settings: Settings,
    templates: Path,
    pages: Mapping[date, str] | None = None,
) -> str:
    """Return the editions as an Atom feed, in the order given; with their text, where a page is given."""
    values = _archive_values(editions, settings, templates)
    contents = {
        day.isoformat(): _main_part(page) for day, page in (pages or {}).items()
    }
    values["contents"] = contents
    return render_template(
        _archive_environment(settings, templates), "feed.atom", values
    )


def _main_part(page: str) -> str:
    """Return what a page says, without its head and foot; "" if a template of one's own has no <main>."""
    main = _MAIN_PART.search(page)
    if main is None:
        return ""
    return _NO_XML.sub("", main[1]).strip()


def list_url(settings: Settings) -> str:
    """Return where the list of editions is reached.

    Where there are several public newsletters, the root one's has its key in the address: without
    it, all are listed.
    """
    newsletter = settings.newsletter
    public = [one for one in settings.newsletters if not one.is_internal]
    if newsletter.key != ROOT_NEWSLETTER or len(public) < 2:
        return archive_url(settings)
    return f"{archive_url(settings)}{newsletter.key}/"


def _archive_environment(settings: Settings, templates: Path) -> Environment:
    newsletter = settings.newsletter
    reader = find_reader_language(newsletter.language, templates)
    return make_environment(
        templates, newsletter.key, reader, newsletter.theme.name
    )


def _archive_values(
    editions: Sequence[PublicEdition], settings: Settings, templates: Path
) -> dict[str, object]:
    entries = [_entry_of(edition, settings) for edition in editions]
    updated = max((entry["updated"] for entry in entries), default=NEVER)
    reader = find_reader_language(settings.newsletter.language, templates)
    return newsletter_values(settings, reader) | {
        "list_url": list_url(settings),
        "editions": entries,
        "updated": updated,
    }


def _entry_of(public: PublicEdition, settings: Settings) -> dict[str, str]:
    edition = public.edition
    language = edition.language or settings.newsletter.language
    return {
        "date": write_date(edition.date, settings.newsletter.language),
        "language": language,
        "direction": text_direction(language),
        "isodate": edition.date.isoformat(),
        "subject": _one_line(edition.subject) or settings.newsletter.title,
        "preheader": _one_line(edition.preheader),
        "url": page_url(edition.date, settings),
        "sent": public.published_at.isoformat(),
        "updated": public.updated_at.isoformat(),
        "correction": _one_line(public.note),
    }


def _one_line(text: str) -> str:
    return fold_spaces(_NO_XML.sub("", text))


# Versions of a page


def corrected_page(
    page: str,
    day: date,
    corrections: Sequence[PageCorrection],
    settings: Settings,
    templates: Path,
) -> str:
    """Return the corrected page of an edition, with a notice of each correction at its top."""
    notices = []
    for number, correction in enumerate(corrections, start=1):
        notice = {
            "at": _time_in_words(correction.at, settings),
            "iso": correction.at.isoformat(),
            "note": correction.note,
            "before": _version_url(day, number, settings),
        }
        notices.append(notice)
    values: dict[str, object] = {"corrections": notices, "current": ""}
    return _with_notice(page, values, settings, templates)


def old_page(
    page: str,
    day: date,
    corrected_at: datetime,
    settings: Settings,
    templates: Path,
) -> str:
    """Return an earlier version of a page, with a notice that leads to the one that holds."""
    values: dict[str, object] = {
        "corrections": [],
        "current": page_url(day, settings),
        "at": _time_in_words(corrected_at, settings),
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

    Not a part of page.html: that may be customised, or older than this feature.
    """
    reader = find_reader_language(settings.newsletter.language, templates)
    all_values = newsletter_values(settings, reader) | values
    jinja = _archive_environment(settings, templates)
    notice = render_template(jinja, "correction.html", all_values)
    return _BODY_TAG.sub(lambda tag: f"{tag[0]}\n{notice}", page, count=1)


def _version_url(day: date, number: int, settings: Settings) -> str:
    return f"{page_url(day, settings)}version/{number}/"


def _time_in_words(at: datetime, settings: Settings) -> str:
    newsletter = settings.newsletter
    return format_in_words(
        at, newsletter.zone, babel_locale(newsletter.language)
    )
