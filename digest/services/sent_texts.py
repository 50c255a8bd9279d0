"""Sent texts: the text of a page that only one person can open, as they sent it.

Input: what the bookmarklet, the desk's form or the command brought. Output: the article with this
text, and who sent it. The text is evidence for staff: articles are judged by it, and no newsletter,
page or export has a word of it (`Article.sent_by`).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from digest.errors import DigestError
from digest.model import PAYWALLED, SUBSCRIBER_READER, Article
from digest.services.unlinked_clips import time_on_day

#: Characters of a text: the longest reports have half as many. Percent-encoded in a form they are
#: at most 900,000 bytes, and a form of the desk may have 2,000,000.
MAX_SENT_LENGTH = 100_000


@dataclass(frozen=True, slots=True)
class SentText:
    """The text of a page, sent by a person who may read it."""

    words: str = ""  #: "" if none was sent
    by: str = ""  #: the name of that person
    day: date | None = None  #: the day on which the page says it came out
    site: str = ""  #: the outlet's name, as the page says it


NO_TEXT = SentText()


class TextTooLong(DigestError):
    """A text that is longer than what is taken; `limit` is in characters."""

    def __init__(self, length: int) -> None:
        self.limit = MAX_SENT_LENGTH
        super().__init__(
            f"the text: expected at most {MAX_SENT_LENGTH} characters, found {length}; send the "
            "part that matters"
        )


def with_sent_text(
    article: Article, sent: SentText, now: datetime, zone: ZoneInfo
) -> Article:
    """Return an article as its page was read, with the text that a person sent in place of its own.

    Raises TextTooLong.
    """
    from digest.collect import plain_paragraphs

    dated = _with_day(article, sent.day, now, zone)
    # forms write a line break as two characters (HTML, 4.10.21.8)
    length = len("\n".join(sent.words.splitlines()))
    if length > MAX_SENT_LENGTH:
        raise TextTooLong(length)
    text = plain_paragraphs(sent.words)
    if not text:
        return dated
    unread = ""
    if article.unread in PAYWALLED:
        unread = article.unread  # its readers will meet the paywall
    return replace(
        dated,
        text=text,
        reader=SUBSCRIBER_READER,
        sent_by=sent.by,
        unread=unread,
    )


def with_known_facts(article: Article, earlier: Article | None) -> Article:
    """Return an article as it was read now; what could not be read stays as it was known."""
    if earlier is None:
        return article
    both = replace(
        article,
        title=article.title or earlier.title,
        label=article.label or earlier.label,
        summary=article.summary or earlier.summary,
        published=article.published or earlier.published,
        authors=article.authors or earlier.authors,
        language=article.language or earlier.language,
        image=article.image or earlier.image,
    )
    has_less_text = len(article.text) < len(earlier.text)
    if has_less_text and not article.sent_by:
        return replace(
            both,
            text=earlier.text,
            reader=earlier.reader,
            sent_by=earlier.sent_by,
        )
    return both


def _with_day(
    article: Article, day: date | None, now: datetime, zone: ZoneInfo
) -> Article:
    """Return an article with a day, unless it is known to have come out on that day already."""
    if day is None:
        return article
    if article.published and article.published.astimezone(zone).date() == day:
        return article
    return replace(article, published=time_on_day(day, now, zone))
