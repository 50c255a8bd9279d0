"""Cadence in words: how often a newsletter comes, as its readers are told."""

from babel.dates import get_day_names

from digest.infra.i18n import babel_locale, load_phrases
from digest.settings import WEEKDAYS, Newsletter


def describe_cadence(newsletter: Newsletter, language: str) -> str:
    """Return how often a newsletter comes, such as "every Friday"."""
    gettext = load_phrases(language).gettext
    sentences = {
        "weekdays": gettext("every working day"),
        "weekly": gettext("every %(weekday)s"),
        "every_two_weeks": gettext("every other %(weekday)s"),
        "monthly": gettext("on the first %(weekday)s of the month"),
        "by_hand": gettext("from time to time"),
    }
    day_names = get_day_names("wide", locale=babel_locale(language))
    weekday = day_names[WEEKDAYS.index(newsletter.weekday)]
    return sentences[newsletter.cadence] % {"weekday": weekday}
