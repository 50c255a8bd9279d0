"""Notices: mails about the newsletter itself, to one person: confirm, welcome, goodbye."""

from pathlib import Path

from digest.model import TOKEN_PLACEHOLDER, Notice
from digest.render.context import (
    archive_url,
    newsletter_values,
    unsubscribe_url,
)
from digest.render.mjml import compile_mjml
from digest.render.templates import make_environment, render_template
from digest.render.text_part import tidy_text
from digest.settings import Settings

CONFIRM = "confirm"
WELCOME = "welcome"
GOODBYE = "goodbye"
NOTICES = (CONFIRM, WELCOME, GOODBYE)


def render_notice(name: str, settings: Settings, templates: Path) -> Notice:
    """Render one of NOTICES. The first line of its .txt template is its subject.

    Raises RenderError if a template fails.
    """
    newsletter = settings.newsletter
    env = make_environment(templates, newsletter.key, newsletter.language)
    values = _notice_values(name, settings)
    rendered_text = render_template(env, f"{name}.txt", values)
    first_line, _, text = rendered_text.partition("\n")
    subject = " ".join(first_line.split())
    _, html = compile_mjml(
        render_template(env, f"{name}.mjml", values | {"subject": subject})
    )
    return Notice(name, subject, html, tidy_text(text))


def _notice_values(name: str, settings: Settings) -> dict[str, object]:
    """Return the values for the templates of a notice.

    Only a subscriber can unsubscribe, and only somebody who is not yet one can confirm.
    """
    confirm_url = ""
    if name == CONFIRM:
        confirm_url = f"{archive_url(settings)}c/{TOKEN_PLACEHOLDER}"
    leave_url = ""
    if name == WELCOME:
        leave_url = unsubscribe_url(settings)
    return newsletter_values(settings, settings.newsletter.language) | {
        "preheader": "",
        "page_url": "",
        "confirm_url": confirm_url,
        "unsubscribe_url": leave_url,
    }
