"""Cadence in words: how often a newsletter comes, as its readers are told."""

from babel.dates import get_day_names

from digest.infra.i18n import ReaderLanguage, babel_locale
from digest.settings import WEEKDAYS, Newsletter

#: By the cadence in feeds.yaml.
SENTENCES = {
    "weekdays": "every working day",
    "weekly": "every %(weekday)s",
    "every_two_weeks": "every other %(weekday)s",
    "monthly": "on the first %(weekday)s of the month",
    "by_hand": "from time to time",
}


def describe_cadence(newsletter: Newsletter, reader: ReaderLanguage) -> str:
    """Return how often a newsletter comes, such as "every Friday"."""
    return say_how_often(newsletter.cadence, newsletter.weekday, reader)


def say_how_often(cadence: str, weekday: str, reader: ReaderLanguage) -> str:
    """Return a cadence and a weekday of the settings in words.

    A catalogue may have a sentence for one weekday alone, with the English name of the day as its
    context: in Portuguese it is "na primeira sexta-feira" but "no primeiro domingo".
    """
    sentence = SENTENCES[cadence]
    translated = reader.phrases.pgettext(weekday, sentence)
    if translated == sentence:
        translated = reader.gettext(sentence)
    day_names = get_day_names("wide", locale=babel_locale(reader.tag))
    day_name = day_names[WEEKDAYS.index(weekday)]
    return translated % {"weekday": day_name}
