"""Notices: mails about the newsletter itself, to one person: confirm, welcome, goodbye."""

from collections.abc import Sequence
from pathlib import Path

from babel.lists import format_list

from digest.infra.i18n import ReaderLanguage, babel_locale
from digest.infra.running_text import fold_spaces
from digest.model import Notice
from digest.render.cadence_words import describe_cadence
from digest.render.context import (
    confirm_url,
    newsletter_values,
    unsubscribe_url,
)
from digest.render.mjml import compile_mjml
from digest.render.templates import (
    find_reader_language,
    make_environment,
    render_template,
)
from digest.render.text_part import tidy_text
from digest.settings import Newsletter, Settings

CONFIRM = "confirm"
WELCOME = "welcome"
GOODBYE = "goodbye"
NOTICES = (CONFIRM, WELCOME, GOODBYE)


def render_notice(
    name: str,
    settings: Settings,
    templates: Path,
    newsletters: Sequence[str] = (),
) -> Notice:
    """Render one of NOTICES. The first line of its .txt template is its subject.

    It is about these newsletters (keys), or that of the settings alone. Raises RenderError if a
    template fails.
    """
    newsletter = settings.newsletter
    reader = find_reader_language(newsletter.language, templates)
    env = make_environment(
        templates, newsletter.key, reader, newsletter.theme.name
    )
    values = _notice_values(name, settings, newsletters, reader)
    rendered_text = render_template(env, f"{name}.txt", values)
    first_line, _, text = rendered_text.partition("\n")
    subject = fold_spaces(first_line)
    _, html = compile_mjml(
        render_template(env, f"{name}.mjml", values | {"subject": subject})
    )
    return Notice(name, subject, html, tidy_text(text))


def _notice_values(
    name: str,
    settings: Settings,
    newsletters: Sequence[str],
    reader: ReaderLanguage,
) -> dict[str, object]:
    """Return the values for the templates of a notice.

    Only a subscriber can unsubscribe, and only somebody who is not yet one can confirm.
    """
    confirm_address = ""
    if name == CONFIRM:
        confirm_address = confirm_url(settings)
    leave_url = ""
    if name == WELCOME:
        leave_url = unsubscribe_url(settings)
    concerned = _find_newsletters(settings, newsletters)
    titles = [one.title for one in concerned]
    return newsletter_values(settings, reader) | {
        "titles": format_list(titles, locale=babel_locale(reader.tag)),
        "newsletters": [
            {"title": one.title, "often": describe_cadence(one, reader)}
            for one in concerned
        ],
        "cadence": settings.newsletter.cadence,
        "preheader": "",
        "preheader_padding": "",
        "page_url": "",
        "confirm_url": confirm_address,
        "unsubscribe_url": leave_url,
    }


def _find_newsletters(
    settings: Settings, keys: Sequence[str]
) -> list[Newsletter]:
    """Return the newsletters of these keys; without any, that of the settings."""
    named = [one for one in settings.newsletters if one.key in keys]
    return named or [settings.newsletter]
