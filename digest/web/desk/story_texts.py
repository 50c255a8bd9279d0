"""Story texts: the age of a story, its marks, and the sentence that names the organisation."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from digest.model import PAYWALLED
from digest.web.desk.i18n import _, format_medium_day, ngettext

if TYPE_CHECKING:
    from digest.services.editing import Candidate

#: From this age on, articles are dated in days.
DAYS_FROM_HOURS = 48


def describe_age(published: datetime | None, now: datetime) -> str:
    """Return how old an article is."""
    if published is None:
        return _("undated")
    hours = round((now - published).total_seconds() / 3600)
    if hours < 0:
        return _("dated in the future")
    if hours < DAYS_FROM_HOURS:
        return ngettext("%(n)s hour old", "%(n)s hours old", hours)
    return ngettext("%(n)s day old", "%(n)s days old", round(hours / 24))


def highlight_name(find: "Candidate") -> Markup:
    """Return the sentence that names the organisation, with the name marked."""
    proof = find.judged.proof
    if proof is None:
        return Markup("")
    sentence = proof.sentence
    start = sentence.casefold().find(proof.name.casefold())
    if start < 0:
        return escape(sentence)
    end = start + len(proof.name)
    marked_name = Markup("<mark>{}</mark>").format(sentence[start:end])
    return escape(sentence[:start]) + marked_name + escape(sentence[end:])


def describe_marks(
    find: "Candidate", paywalled: Collection[str]
) -> Iterator[str]:
    """Yield in a word or two what an editor should know of a story.

    `paywalled` holds the names of the outlets with a paywall.
    """
    yield from _article_marks(find, paywalled)
    yield from _story_marks(find)


def _article_marks(
    find: "Candidate", paywalled: Collection[str]
) -> Iterator[str]:
    article = find.article
    if article.outlet in paywalled or article.unread in PAYWALLED:
        yield _("paywall")
    if article.label:
        yield article.label
    if article.mailed and article.published is None:
        day = format_medium_day(article.mailed.date())
        yield _("found in mail of %(day)s", day=day)
    if article.sent_by:
        yield _(
            "text sent by %(name)s from their own subscription",
            name=article.sent_by,
        )
    elif article.unread:
        yield _("unread: %(why)s", why=article.unread)
    if find.aside and not _is_aside_shown(find):
        yield find.aside


def _is_aside_shown(find: "Candidate") -> bool:
    """Return True if the reason to set a story aside is shown by its age or another mark."""
    if find.aside in ("undated", find.article.unread):
        return True
    age = describe_age(find.article.published, find.now)
    return age == _("dated in the future")


def _story_marks(find: "Candidate") -> Iterator[str]:
    story = find.story
    if story.ran:
        yield _("ran on %(day)s", day=format_medium_day(story.ran))
    if story.followed:
        yield _(
            "follows up: “%(title)s” ran on %(day)s",
            title=story.followed_title,
            day=format_medium_day(story.followed),
        )
    outlets = {judged.article.outlet for judged in story.articles}
    others = outlets - {find.article.outlet}
    if others:
        yield _("also in %(n)s", n=len(others))
    for title in find.earlier:
        yield _("ran first as “%(title)s”", title=title)
