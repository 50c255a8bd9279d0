"""Translations: the public pages' texts and times, in the newsletter's language."""

from datetime import datetime

from flask import Flask

from digest.infra.i18n import babel_locale, load_phrases, phrase_language
from digest.infra.time_format import format_in_words
from digest.settings import Settings


def add_translations(web: Flask, settings: Settings) -> None:
    """Give templates the texts, the filter `moment` for times, and the newsletter's names."""
    language = settings.newsletter.language
    catalogue = load_phrases(language)
    web.jinja_env.add_extension("jinja2.ext.i18n")
    web.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        catalogue.gettext, catalogue.ngettext, newstyle=True
    )
    web.jinja_env.policies["ext.i18n.trimmed"] = True

    def format_moment(at: datetime) -> str:
        return format_in_words(
            at, settings.newsletter.zone, babel_locale(language)
        )

    web.jinja_env.filters["moment"] = format_moment
    web.jinja_env.globals.update(
        title=settings.newsletter.title,
        org=settings.organisation.name,
        language=phrase_language(language),
    )
