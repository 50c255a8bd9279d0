"""Clicks: where the counted links of an edition lead, and how often each was followed."""

from datetime import date
from typing import TYPE_CHECKING

from digest.errors import NotFound

if TYPE_CHECKING:
    from digest.store import Store


class Clicks:
    """The counted links of one workspace's editions. Clicks of people are not distinguished."""

    def __init__(self, store: "Store") -> None:
        self._store = store

    def follow_link(self, day: date, place: int, *, counts: bool = True) -> str:
        """Return where a link (by its place, from 0) of an edition that is out leads; count it.

        Raises NotFound if it has no such link.
        """
        links = self._links_of(day)
        if place >= len(links):
            raise NotFound(f"the edition of {day} has no link {place}")
        if counts:
            self._store.clicks.count_click(day, place)
        return links[place]

    def count_by_address(self, day: date) -> dict[str, int]:
        """Return how often each address of an edition was followed."""
        links = self._links_of(day)
        counts = self._store.clicks.get_click_counts(day)
        return {
            links[place]: number
            for place, number in counts.items()
            if place < len(links)
        }

    def _links_of(self, day: date) -> list[str]:
        """Return the links of an edition as sent or published; none before that."""
        from digest.edition import load_edition
        from digest.render import story_urls

        source = self._public_source(day)
        if not source:
            return []
        return story_urls(load_edition(source))

    def _public_source(self, day: date) -> str:
        """Return the Markdown of an edition as sent, or else as published, or ""."""
        if self._store.publications.is_sent(day):
            content = self._store.sent_contents.get_content(day)
            if content is not None:
                return content.source
        published = self._store.publications.get_publication(day)
        if published is None:
            return ""
        return published.source
