"""Translations: the desk's texts, ages and times, in the language of the person who asks."""

from datetime import date, datetime
from gettext import NullTranslations
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, get_day_names
from babel.numbers import format_decimal
from flask import Flask, request, session
from markupsafe import Markup, escape

from digest.infra.i18n import babel_locale, load_phrases
from digest.infra.time_format import format_in_words
from digest.model import DeliveryState
from digest.settings import WEEKDAYS
from digest.web.current import app

if TYPE_CHECKING:
    from digest.model import DeliveryReport

#: The languages of the desk, each by its own name.
LANGUAGES = {"en": "English", "es": "Español"}
FOLDER = "web/desk/locale"


def choose_language() -> str:
    """Return the language of the person who asks: chosen at the desk, or else their browser's."""
    chosen: str = session.get("language", "")
    return chosen or request.accept_languages.best_match(LANGUAGES) or "en"


def _(text: str, **values: object) -> str:
    """Return a text in that language, its %(names)s filled in."""
    return _catalogue().gettext(text) % values


def ngettext(singular: str, plural: str, number: int) -> str:
    """Return the text for a number, with %(n)s filled in."""
    return _catalogue().ngettext(singular, plural, number) % {"n": number}


def direction_of(language: str) -> str:
    """Return how a language runs: rtl, or else auto, by the first letter of the text.

    A sentence in Hebrew that begins with a Latin name runs from right to left all the same.
    """
    if babel_locale(language).text_direction == "rtl":
        return "rtl"
    return "auto"


def add_translations(web: Flask) -> None:
    """Give templates the texts and filters; times are written in the newsletter's zone."""
    web.jinja_env.add_extension("jinja2.ext.i18n")
    web.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _catalogue().gettext(text),
        lambda one, many, number: _catalogue().ngettext(one, many, number),
        newstyle=True,
    )
    web.jinja_env.policies["ext.i18n.trimmed"] = True

    def format_moment_in_zone(at: datetime) -> str:
        return format_moment(at, app.settings.newsletter.zone)

    web.jinja_env.filters.update(
        {
            "day": format_long_day,
            "direction": direction_of,
            "weekday": format_weekday,
            "weekday_name": format_weekday_name,
            "moment": format_moment_in_zone,
            "sentence": capitalise_sentence,
            "number": format_number,
            "carrier": name_transport,
            "breakable": break_address,
            "proof_told": describe_deliveries,
        }
    )
    web.context_processor(_language_context)


def format_long_day(day: date) -> str:
    """Return a day such as "February 27, 2026"."""
    return str(format_date(day, "long", locale=_locale()))


def format_weekday(day: date) -> str:
    """Return a day such as "Friday, February 27, 2026"."""
    return str(format_date(day, "full", locale=_locale()))


def format_medium_day(day: date) -> str:
    """Return a day such as "Feb 27, 2026"."""
    return str(format_date(day, "medium", locale=_locale()))


def format_weekday_name(weekday: str) -> str:
    """Return the name of a weekday of the settings, such as friday."""
    names = get_day_names("wide", locale=_locale())
    return str(names[WEEKDAYS.index(weekday)])


def format_number(number: int) -> str:
    """Return a number such as "100,000"."""
    return str(format_decimal(number, locale=_locale()))


def capitalise_sentence(text: str) -> str:
    """Return a text with a capital first, unless an address or a quote begins it."""
    first_word = text.split(" ", 1)[0].rstrip(",;:")
    if first_word.isalpha():
        return text[:1].upper() + text[1:]
    return text


def name_transport(transport: str) -> str:
    """Return the name of a transport, from the setting delivery.transport."""
    names = {
        "smtp": _("the mail server (SMTP)"),
        "sendgrid": "SendGrid",
        "outbox": _("the outbox"),
    }
    return names.get(transport, transport)


def break_address(address: str) -> Markup:
    """Return a mail address as markup that may be broken before "@" and "."."""
    text = str(escape(address))
    for mark in ("@", "."):
        text = text.replace(mark, f"<wbr>{mark}")
    return Markup(text)  # noqa: S704 (escaped above)


def describe_deliveries(report: "DeliveryReport") -> str:
    """Return a sentence on an edition's deliveries; its numbers add up to the first."""
    accepted = report.count_in_state(DeliveryState.ACCEPTED)
    claimed = report.count_in_state(DeliveryState.CLAIMED)
    queued = report.count_in_state(DeliveryState.QUEUED)
    excluded = report.count_in_state(DeliveryState.EXCLUDED)
    uncertain = report.count_in_state(DeliveryState.UNCERTAIN)
    parts = [
        ngettext(
            "%(n)s accepted for delivery",
            "%(n)s accepted for delivery",
            accepted,
        )
    ]
    if claimed:
        parts.append(
            ngettext(
                "%(n)s being handed over", "%(n)s being handed over", claimed
            )
        )
    if queued:
        parts.append(
            ngettext("%(n)s still waiting", "%(n)s still waiting", queued)
        )
    if excluded:
        parts.append(ngettext("%(n)s left out", "%(n)s left out", excluded))
    if uncertain:
        parts.append(
            ngettext(
                "%(n)s uncertain (nobody can say yet whether they got it)",
                "%(n)s uncertain (nobody can say yet whether they got it)",
                uncertain,
            )
        )
    readers = ngettext("%(n)s reader", "%(n)s readers", report.planned)
    return f"{readers}: {', '.join(parts)}"


def format_moment(at: datetime, zone: ZoneInfo) -> str:
    """Return a time as people write it, with its zone."""
    return format_in_words(at, zone, _locale())


def _language_context() -> dict[str, object]:
    return {"language": choose_language(), "languages": LANGUAGES}


def _catalogue() -> NullTranslations:
    return load_phrases(choose_language(), FOLDER)


def _locale() -> Locale:
    return babel_locale(choose_language())
