"""Mails about the newsletter itself: please confirm, welcome, goodbye."""

from pathlib import Path

from digest.model import TOKEN, Notice
from digest.render.context import archive_url, common, unsubscribe_url
from digest.render.mjml import compile_mjml
from digest.render.templates import environment, render
from digest.render.text import tidy
from digest.settings import Settings

CONFIRM = "confirm"
WELCOME = "welcome"
GOODBYE = "goodbye"
NOTICES = (CONFIRM, WELCOME, GOODBYE)


def notice(name: str, settings: Settings, templates: Path) -> Notice:
    """Render one of NOTICES. The first line of its .txt template is its subject.

    Raises RenderError if a template fails.
    """
    language = settings.newsletter.language
    env = environment(templates, language)
    values = _values(name, settings)
    subject, _, text = render(env, f"{name}.txt", values).partition("\n")
    subject = " ".join(subject.split())
    _, html = compile_mjml(render(env, f"{name}.mjml", values | {"subject": subject}))
    return Notice(name, subject, html, tidy(text))


def _values(name: str, settings: Settings) -> dict[str, object]:
    """Only who is a subscriber can leave, and only who is not yet one can confirm."""
    return common(settings, settings.newsletter.language) | {
        "preheader": "",
        "page_url": "",
        "confirm_url": f"{archive_url(settings)}c/{TOKEN}" if name == CONFIRM else "",
        "unsubscribe_url": unsubscribe_url(settings) if name == WELCOME else "",
    }
