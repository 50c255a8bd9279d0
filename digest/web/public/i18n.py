"""What the public pages say, in the newsletter's language."""

from flask import Flask

from digest.infra.i18n import locale, phrases, spoken
from digest.infra.time_format import in_words
from digest.settings import Settings


def speak(web: Flask, settings: Settings) -> None:
    """Let templates speak, and know whose newsletter this is."""
    language = settings.newsletter.language
    known = phrases(language)
    web.jinja_env.add_extension("jinja2.ext.i18n")
    web.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        known.gettext, known.ngettext, newstyle=True
    )
    web.jinja_env.policies["ext.i18n.trimmed"] = True
    zone = settings.newsletter.zone
    web.jinja_env.filters["moment"] = lambda at: in_words(at, zone, locale(language))
    web.jinja_env.globals.update(
        title=settings.newsletter.title,
        org=settings.organisation.name,
        language=spoken(language),
    )
