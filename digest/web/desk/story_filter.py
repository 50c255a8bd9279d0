"""Story filter: which stories the page of stories shows, by its address or form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from digest.services.editing import Candidate

#: The fields of the filter; "more" is how many stories of a section are shown beyond the first.
FIELDS = ("q", "outlet", "topic", "days", "show", "more")
#: Choices of age, in days.
DAYS = (1, 2, 3, 7, 14, 30, 60)
#: Of them at least those up to a week are offered: a story may be found late.
DAYS_ALWAYS = 7
MAX_MORE_LENGTH = 5  #: digits of "more"


@dataclass(frozen=True, slots=True)
class StoryFilter:
    """Conditions for showing a story; an empty field allows any."""

    words: tuple[
        str, ...
    ]  #: all of them in its headline, outlet, proof or doubtful sentences
    outlet: str
    topic: str
    show: str  #: all, new, rejected, unread; "" for what nobody has dealt with
    since: datetime | None

    @classmethod
    def from_fields(
        cls, fields: Mapping[str, str], now: datetime
    ) -> "StoryFilter":
        """Return the filter that an address asks for."""
        since = None
        days = fields.get("days", "")
        if days in map(str, DAYS):
            since = now - timedelta(days=int(days))
        return cls(
            words=tuple(fields.get("q", "").casefold().split()),
            outlet=fields.get("outlet", ""),
            topic=fields.get("topic", ""),
            show=fields.get("show", ""),
            since=since,
        )

    def accepts(self, find: "Candidate") -> bool:
        """Return True if a story passes."""
        if self.outlet and find.article.outlet != self.outlet:
            return False
        if self.topic and self.topic not in _topics_of(find):
            return False
        if self._is_too_old(find):
            return False
        return self._is_shown(find) and self._has_words(find)

    def _is_shown(self, find: "Candidate") -> bool:
        match self.show:
            case "all":
                return True
            case "new":
                return find.is_new
            case "rejected":
                return find.rejected
            case "unread":
                return bool(find.article.unread) and not find.article.sent_by
        if find.picked:
            return True
        return not find.rejected and not find.story.ran

    def _is_too_old(self, find: "Candidate") -> bool:
        published = find.article.published
        if self.since is None or published is None:
            return False
        return published < self.since

    def _has_words(self, find: "Candidate") -> bool:
        article = find.article
        text = f"{article.title} {article.outlet} "
        if find.judged.proof:
            text += find.judged.proof.sentence
        for mention in find.judged.reading.doubtful_mentions:
            text += f" {mention.sentence}"
        text = text.casefold()
        return all(word in text for word in self.words)


def ages_within(window_days: int) -> list[int]:
    """Return the choices of age for editions that cover so many days."""
    longest = max(window_days, DAYS_ALWAYS)
    return [days for days in DAYS if days <= longest]


def used_fields(fields: Mapping[str, str]) -> dict[str, str]:
    """Return those fields of the filter that are filled in."""
    values = {name: fields.get(name, "") for name in FIELDS}
    return {name: value for name, value in values.items() if value}


def read_more(fields: Mapping[str, str]) -> int:
    """Return how many stories of a section are to be shown beyond the first."""
    text = fields.get("more", "")
    if text.isdecimal() and len(text) <= MAX_MORE_LENGTH:
        return int(text)
    return 0


def _topics_of(find: "Candidate") -> set[str]:
    topics: set[str] = set()
    for judged in find.story.articles:
        topics.update(hit.topic for hit in judged.reading.topics)
    return topics
