"""What every template may use, whatever it is for."""

from datetime import date

from babel.dates import format_date

from digest.settings import Settings

RIGHT_TO_LEFT = frozenset("ar dv fa he ku ps sd ug ur yi".split())


def common(settings: Settings) -> dict[str, object]:
    """Return what a template may use of the newsletter itself."""
    news = settings.newsletter
    direction = "rtl" if news.language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"
    return {
        "org": settings.organisation.name,
        "title": news.title,
        "language": news.language,
        "direction": direction,
        "postal_address": " ".join(news.postal_address.split()),
        "archive_url": archive_url(settings),
        "theme": news.theme,
    }


def archive_url(settings: Settings) -> str:
    """Return where the list of all editions is reached, with a slash at its end."""
    return f"{settings.newsletter.public_url.rstrip('/')}/"


def page_url(day: date, settings: Settings) -> str:
    """Return where the page of an edition is reached."""
    return f"{archive_url(settings)}{day.isoformat()}/"


def say(day: date, language: str) -> str:
    """Write a date as people of a language do."""
    return format_date(day, format="long", locale=language.replace("-", "_"))
