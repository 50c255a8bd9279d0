"""From what was rendered to what is mailed."""

import re
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from digest.infra.i18n import phrases
from digest.model import Edition, Letter
from digest.render.context import say, unsubscribe_url
from digest.render.notice import CONFIRM, notice
from digest.settings import Settings

LONGEST_LIST_NAME = 100  #: characters; RFC 2919, 2 allows a list's id 255 in all


def letter_of(
    day: date, settings: Settings, subject: str, html: str, text: str
) -> Letter:
    """Return what every recipient gets, but for the token."""
    news = settings.newsletter
    domain = news.sender.address.rpartition("@")[2]
    slug = re.sub(r"[^a-z0-9]+", "-", news.title.lower()).strip("-") or "newsletter"
    return Letter(
        edition=day,
        sender_name=news.sender.name,
        sender_address=news.sender.address,
        reply_to=news.reply_to,
        subject=subject,
        html=html,
        text=text,
        list_id=f"{slug[:LONGEST_LIST_NAME]}.{domain}",
        unsubscribe_url=unsubscribe_url(settings),
        unsubscribe_mail=settings.delivery.bounces.address or news.reply_to,
        organisation=settings.organisation.name,
    )


def notice_letter(
    name: str, settings: Settings, templates: Path, now: datetime
) -> Letter:
    """Return a mail about the newsletter itself, to one person.

    Who has not confirmed has nothing to unsubscribe from: that one bears no such link. Raises
    RenderError if a template fails.
    """
    made = notice(name, settings, templates)
    letter = letter_of(now.date(), settings, made.subject, made.html, made.text)
    if name == CONFIRM:
        return replace(letter, unsubscribe_url="")
    return letter


def correction_lead(
    first: Edition, settings: Settings, language: str
) -> tuple[str, str, str]:
    """Return subject, headline and text that a correction of an edition begins with.

    The gaps are marked "TK", which `digest check` does not let pass.
    """
    known = phrases(language)
    headline = known.gettext("Correction")
    subject = f"{headline}: {first.subject.strip() or settings.newsletter.title}"
    told = known.gettext("In our edition of %(date)s we wrote: TK. It should read: TK.")
    return subject, headline, told % {"date": say(first.date, language)}
