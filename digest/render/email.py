"""Email: what every recipient gets, made of what was rendered, but for the token."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from digest.infra.i18n import ReaderLanguage
from digest.model import ROOT_NEWSLETTER, Edition, Email, Lead
from digest.render.context import unsubscribe_url, write_date
from digest.render.notice import CONFIRM, render_notice
from digest.settings import Settings

#: Characters; a list's id may have 255 in all (RFC 2919, 2).
MAX_LIST_NAME_LENGTH = 100
_NOT_IN_LIST_NAME = re.compile(r"[^a-z0-9]+")


def email_of(
    day: date, settings: Settings, subject: str, html: str, text: str
) -> Email:
    """Return what every recipient gets, but for the token."""
    newsletter = settings.newsletter
    return Email(
        edition=day,
        sender_name=newsletter.sender.name,
        sender_address=newsletter.sender.address,
        reply_to=newsletter.reply_to,
        subject=subject,
        html=html,
        text=text,
        list_id=_list_id(settings),
        unsubscribe_url=unsubscribe_url(settings),
        unsubscribe_mail=settings.delivery.bounces.address
        or newsletter.reply_to,
        organisation=settings.organisation.name,
        newsletter=newsletter.key,
    )


def _list_id(settings: Settings) -> str:
    """Return the value of List-Id, at the sender's domain.

    The root newsletter has its title in plain letters; another one its key, which no other has.
    """
    newsletter = settings.newsletter
    _, _, domain = newsletter.sender.address.rpartition("@")
    if newsletter.key != ROOT_NEWSLETTER:
        return f"{newsletter.key}.{domain}"
    name = _NOT_IN_LIST_NAME.sub("-", newsletter.title.lower()).strip("-")
    if not name:
        name = "newsletter"
    return f"{name[:MAX_LIST_NAME_LENGTH]}.{domain}"


def notice_email(
    name: str,
    settings: Settings,
    templates: Path,
    now: datetime,
    newsletters: Sequence[str] = (),
) -> Email:
    """Return a mail about newsletters themselves (keys; or that of the settings), to one person.

    Somebody who has not confirmed has nothing to unsubscribe from: that mail has no such link.
    Raises RenderError if a template fails.
    """
    rendered = render_notice(name, settings, templates, newsletters)
    letter = email_of(
        now.date(), settings, rendered.subject, rendered.html, rendered.text
    )
    if name == CONFIRM:
        return replace(letter, unsubscribe_url="")
    return letter


def leads_or_notice(
    edition: Edition, settings: Settings, reader: ReaderLanguage
) -> tuple[Lead, ...]:
    """Return the leads to print: of an empty edition that is sent, that there is nothing to report."""
    newsletter = settings.newsletter
    is_empty = edition.is_empty_but_for(newsletter.blocks.names)
    if newsletter.empty == "skip" or not is_empty:
        return edition.leads
    gettext = reader.gettext
    headline = gettext("Nothing to report")
    dek = gettext("We found no press to report on this time.")
    return (Lead(headline, dek),)


def correction_lead(
    first: Edition, settings: Settings, reader: ReaderLanguage
) -> tuple[str, str, str]:
    """Return subject, headline and text that a correction of an edition begins with.

    The gaps are marked "TK", which `digest check` does not let pass.
    """
    gettext = reader.gettext
    headline = gettext("Correction")
    corrected_subject = first.subject.strip() or settings.newsletter.title
    sentence = gettext(
        "In our edition of %(date)s we wrote: TK. It should read: TK."
    )
    text = sentence % {"date": write_date(first.date, reader.tag)}
    colon = gettext(": ")
    return f"{headline}{colon}{corrected_subject}", headline, text
