"""Template context: what every template may use, whatever it is for."""

from datetime import date
from urllib.parse import quote

from babel.dates import format_date, get_day_names
from markupsafe import Markup, escape

from digest.infra.i18n import ReaderLanguage, babel_locale, text_direction
from digest.model import ROOT_NEWSLETTER, TOKEN_PLACEHOLDER, Edition
from digest.settings import WEEKDAYS, Settings
from digest.settings.theme import SocialLink

#: Pixels left and right of the column that text and images stand in.
MARGIN = 24
#: Letters of a mail that most lists of mails show behind its subject at the most (Litmus, "preview text").
PREVIEW_LENGTH = 100
#: A space that is not folded, and a joiner that keeps it from being cut: five bytes.
_PREVIEW_FILLER = "\u2007\u034f"


def newsletter_values(
    settings: Settings, reader: ReaderLanguage
) -> dict[str, object]:
    """Return what a template may use of the newsletter itself."""
    language = reader.tag
    newsletter = settings.newsletter
    day_names = get_day_names("wide", locale=babel_locale(language))
    return {
        "org": settings.organisation.name,
        "title": newsletter.title,
        "language": language,
        "direction": text_direction(language),
        "english": _english_attributes(reader),
        "postal_address": " ".join(newsletter.postal_address.split()),
        "archive_url": archive_url(settings),
        "subscribe_url": subscribe_url(settings),
        "internal": newsletter.is_internal,
        "weekday": day_names[WEEKDAYS.index(newsletter.weekday)],
        "theme": newsletter.theme,
        "social": [_social_account(link) for link in newsletter.theme.social],
        "preferences_url": "",
        "forward_url": "",
        "column": column_width(settings),
    }


def _social_account(link: SocialLink) -> dict[str, str]:
    """Return an account elsewhere as templates show it; only editions have a picture of it."""
    return {"name": link.name, "url": link.url, "picture": ""}


def _english_attributes(reader: ReaderLanguage) -> Markup:
    """Return attributes for English text in an edition of another language."""
    if reader.spoken == reader.tag:
        return Markup("")
    return Markup(' lang="en" dir="ltr"')


def attributes_of_english(language: str) -> Markup:
    """Return attributes for what is English in every edition, such as reasons."""
    if language.partition("-")[0] == "en":
        return Markup("")
    return Markup(' lang="en" dir="ltr"')


def preheader_padding(preheader: str) -> str:
    """Return what keeps the mail's first words out of the preview; "" without a preheader."""
    if not preheader:
        return ""
    return _PREVIEW_FILLER * max(0, PREVIEW_LENGTH - len(preheader))


def column_width(settings: Settings) -> int:
    """Return how many pixels wide text and images may be."""
    return settings.newsletter.theme.width - 2 * MARGIN


def write_date(day: date, language: str) -> str:
    """Write a date as people of a language do."""
    return format_date(day, format="long", locale=babel_locale(language))


# Addresses


def archive_url(settings: Settings) -> str:
    """Return where the list of all editions is reached, with a slash at its end."""
    key = settings.newsletter.key
    if key == ROOT_NEWSLETTER:
        return _site_url(settings)
    return f"{_site_url(settings)}{key}/"


def subscribe_url(settings: Settings) -> str:
    """Return where anybody can subscribe; "" if the newsletter is internal."""
    if settings.newsletter.is_internal:
        return ""
    return f"{archive_url(settings)}subscribe"


def preferences_url(settings: Settings) -> str:
    """Return the address of a reader's own data and newsletters; it holds TOKEN."""
    return f"{_site_url(settings)}p/{TOKEN_PLACEHOLDER}"


def forward_url(subject: str, address: str) -> str:
    """Return an address that begins a mail with a link to a page (RFC 6068); "" without a page."""
    if not address:
        return ""
    return f"mailto:?subject={quote(subject)}&body={quote(address, safe='')}"


def confirm_url(settings: Settings) -> str:
    """Return the address of a confirmation; it holds TOKEN."""
    return f"{_site_url(settings)}c/{TOKEN_PLACEHOLDER}"


def _site_url(settings: Settings) -> str:
    """Return where the public pages of all newsletters are reached, with a slash at its end."""
    return f"{settings.newsletter.public_url.rstrip('/')}/"


def page_url(day: date, settings: Settings) -> str:
    """Return where the page of an edition is reached."""
    return f"{archive_url(settings)}{day.isoformat()}/"


def unsubscribe_url(settings: Settings) -> str:
    """Return the unsubscribe address; it holds TOKEN, which names the newsletter.

    The address does not, so that it is good for as long as the token is.
    """
    return f"{_site_url(settings)}u/{TOKEN_PLACEHOLDER}"


# Counted links


def story_urls(edition: Edition) -> list[str]:
    """Return the addresses of an edition's stories that have one, each once, in their order."""
    urls: list[str] = []
    for section in edition.sections:
        urls += [pick.url for pick in section.picks if pick.has_link]
    return list(dict.fromkeys(urls))


def with_counted_links(html: str, edition: Edition, settings: Settings) -> str:
    """Route each story's link through our counter, if the settings ask for it.

    The links are the same for everybody. The text part keeps the stories' own addresses.
    """
    newsletter = settings.newsletter
    # an internal newsletter has no public address that could count
    if newsletter.is_internal or not newsletter.count_links:
        return html
    for number, url in enumerate(story_urls(edition)):
        counter_url = _counter_url(number, edition, settings)
        html = html.replace(f'href="{escape(url)}"', f'href="{counter_url}"')
    return html


def without_counted_links(
    html: str, edition: Edition, settings: Settings
) -> str:
    """Replace counted links by the stories' own: the reverse of `with_counted_links`.

    A test mail is sent before its links are stored, and counts nothing.
    """
    for number, url in enumerate(story_urls(edition)):
        counter_url = _counter_url(number, edition, settings)
        html = html.replace(f'href="{counter_url}"', f'href="{escape(url)}"')
    return html


def _counter_url(number: int, edition: Edition, settings: Settings) -> str:
    return f"{page_url(edition.date, settings)}to/{number}"
