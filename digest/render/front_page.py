"""Front page: the public newsletters of a newsroom, where there are several."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from digest.infra.i18n import ReaderLanguage
from digest.infra.running_text import fold_spaces
from digest.model import PublicEdition
from digest.render.cadence_words import describe_cadence
from digest.render.context import (
    archive_url,
    newsletter_values,
    page_url,
    write_date,
)
from digest.render.page import list_url
from digest.render.templates import (
    find_reader_language,
    make_environment,
    render_template,
)
from digest.settings import Settings


@dataclass(frozen=True, slots=True)
class ListedNewsletter:
    """A newsletter of the front page."""

    settings: Settings  #: for this newsletter
    newest: PublicEdition | None


def front_page(
    listed: Sequence[ListedNewsletter], settings: Settings, templates: Path
) -> str:
    """Return the page that lists newsletters, in the order given.

    It looks as the newsletter does that `settings` are for, and is in its language.
    """
    newsletter = settings.newsletter
    reader = find_reader_language(newsletter.language, templates)
    values = newsletter_values(settings, reader) | {
        "front_url": f"{newsletter.public_url.rstrip('/')}/",
        "newsletters": [_entry_of(one, reader) for one in listed],
    }
    environment = make_environment(
        templates, newsletter.key, reader, newsletter.theme.name
    )
    return render_template(environment, "newsletters.html", values)


def _entry_of(
    listed: ListedNewsletter, reader: ReaderLanguage
) -> dict[str, object]:
    settings = listed.settings
    newsletter = settings.newsletter
    often = describe_cadence(newsletter, reader)
    entry: dict[str, object] = {
        "title": newsletter.title,
        "language": newsletter.language,
        "about": newsletter.about,
        "often": often[:1].upper() + often[1:],
        "url": list_url(settings),
        "feed_url": f"{archive_url(settings)}feed.atom",
        "subscribe_url": f"{archive_url(settings)}subscribe",
        "newest_url": "",
    }
    if listed.newest is None:
        return entry
    edition = listed.newest.edition
    return entry | {
        "newest_url": page_url(edition.date, settings),
        "newest_subject": fold_spaces(edition.subject) or newsletter.title,
        "newest_date": write_date(edition.date, reader.tag),
        "newest_isodate": edition.date.isoformat(),
    }
