"""Translations: the public pages' texts and times, in the newsletter's language."""

from datetime import datetime

from flask import Flask

from digest.infra.i18n import locale, phrases, spoken
from digest.infra.time_format import in_words
from digest.settings import Settings


def add_translations(web: Flask, settings: Settings) -> None:
    """Give templates the texts, the filter `moment` for times, and the newsletter's names."""
    language = settings.newsletter.language
    catalogue = phrases(language)
    web.jinja_env.add_extension("jinja2.ext.i18n")
    web.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        catalogue.gettext, catalogue.ngettext, newstyle=True
    )
    web.jinja_env.policies["ext.i18n.trimmed"] = True

    def format_moment(at: datetime) -> str:
        return in_words(at, settings.newsletter.zone, locale(language))

    web.jinja_env.filters["moment"] = format_moment
    web.jinja_env.globals.update(
        title=settings.newsletter.title,
        org=settings.organisation.name,
        language=spoken(language),
    )
