"""Translations: a public page's texts and times, in the language of the newsletter it is about."""

from collections.abc import Sequence
from datetime import datetime

from babel.lists import format_list
from flask import Flask, g, has_request_context

from digest.infra.i18n import (
    ReaderLanguage,
    babel_locale,
    reader_language,
    text_direction,
)
from digest.infra.time_format import format_in_words
from digest.settings import Newsletter
from digest.web.current import app


def add_translations(web: Flask) -> None:
    """Give templates the texts, the filter `moment` for times, and the newsletter's names."""
    web.jinja_env.add_extension("jinja2.ext.i18n")
    web.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        _gettext, _ngettext, newstyle=True
    )
    web.jinja_env.policies["ext.i18n.trimmed"] = True
    web.jinja_env.filters["moment"] = _format_moment
    web.jinja_env.filters["how_often"] = how_often
    web.jinja_env.filters["name_all"] = name_all
    web.context_processor(_page_values)


def show_newsletter(newsletter: Newsletter) -> None:
    """Let the page that answers this request be about a newsletter."""
    g.shown_newsletter = newsletter


def shown_newsletter() -> Newsletter:
    """Return the newsletter that the page is about.

    That which a view chose, else that of the address; where that is internal, the first public one.
    """
    chosen: Newsletter | None = g.get("shown_newsletter")
    if chosen is not None:
        return chosen
    own = app.settings.newsletter
    if not own.is_internal:
        return own
    public = app.subscribers.list_public_newsletters()
    return next(iter(public), own)


def how_often(newsletter: Newsletter) -> str:
    """Return how often a newsletter comes, in the language of the page."""
    from digest.render import describe_cadence

    return describe_cadence(newsletter, _page_reader())


def name_all(newsletters: Sequence[Newsletter]) -> str:
    """Return the titles of newsletters in a sentence: "A, B and C"."""
    titles = [newsletter.title for newsletter in newsletters]
    return format_list(titles, locale=babel_locale(_page_reader().tag))


def _page_values() -> dict[str, object]:
    newsletter = shown_newsletter()
    language = _page_reader().spoken
    title = newsletter.title
    if newsletter.is_internal and "shown_newsletter" not in g:
        # none is public, and nobody outside is told what it is called
        title = app.settings.organisation.name
    return {
        "newsletter": newsletter,
        "has_several": len(app.settings.newsletters) > 1,
        "title": title,
        "org": app.settings.organisation.name,
        "language": language,
        "direction": text_direction(language),
    }


def _gettext(text: str) -> str:
    return _page_reader().gettext(text)


def _ngettext(singular: str, plural: str, number: int) -> str:
    phrases = _page_reader().phrases
    return phrases.ngettext(singular, plural, number)


def _format_moment(at: datetime) -> str:
    newsletter = shown_newsletter()
    return format_in_words(
        at, newsletter.zone, babel_locale(newsletter.language)
    )


def _page_reader() -> ReaderLanguage:
    if not has_request_context():
        return reader_language("en")
    language = shown_newsletter().language
    return reader_language(language, app.workspace.locale_folder)
