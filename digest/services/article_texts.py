"""Article texts: add them to stories, which come without, where a newsletter prints of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from digest.edition.internal_content import internal_content_of
from digest.model import Article, Story

if TYPE_CHECKING:
    from digest.settings import Newsletter
    from digest.store import Store


def with_article_texts(
    stories: Sequence[Story], newsletter: "Newsletter", store: "Store"
) -> list[Story]:
    """Return stories whose representatives have their texts, where the newsletter prints of them.

    Stories of no section are returned as they are: no edition takes them.
    """
    has_excerpts = bool(internal_content_of(newsletter).excerpt)
    ids = [
        story.representative.article.id
        for story in stories
        if story.representative.judgement.section
        and (has_excerpts or _is_told_by_text(story))
    ]
    if not ids:
        return list(stories)
    articles: dict[int, Article] = {}
    for batch in store.analyses.iterate_texts(ids):
        articles |= {article.id: article for article in batch}
    return [_with_text(story, articles) for story in stories]


def _is_told_by_text(story: Story) -> bool:
    """Return whether a story has no address, and its sentence is in its text: it came in a sheet."""
    article = story.representative.article
    return article.came_in_sheet and not article.has_link


def _with_text(story: Story, articles: Mapping[int, Article]) -> Story:
    representative = story.representative
    article = articles.get(representative.article.id)
    if article is None:
        return story
    with_text = replace(representative.article, text=article.text)
    first = replace(representative, article=with_text)
    return replace(story, articles=(first, *story.articles[1:]))
