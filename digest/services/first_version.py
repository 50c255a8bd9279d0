"""First version of an edition: the text and page that were sent or published, as they were kept."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.store import Store


@dataclass(frozen=True, slots=True)
class EditionVersion:
    """An edition as it was at a time."""

    source: str  #: Markdown
    page: str  #: HTML


def find_first_version(store: "Store", day: date) -> EditionVersion | None:
    """Return what was sent, else what was published; None if neither, or none of it was kept."""
    content = store.sent_contents.get_content(day)
    if content and store.publications.is_sent(day):
        return EditionVersion(content.source, content.page)
    published = store.publications.get_publication(day)
    if published and published.source:
        return EditionVersion(published.source, published.page)
    return None
