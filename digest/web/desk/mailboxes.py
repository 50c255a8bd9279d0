"""Mailboxes: how each fares, which outlets it brought, and what of its mails was not taken and why."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from digest.model.mail import LinkKind, UnreadReason
from digest.services.mailbox_health import MailboxFault
from digest.web.current import app
from digest.web.desk.i18n import _, ngettext
from digest.web.desk.link_reasons import describe_reason

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Sequence

    from digest.model.mail import ReadMail
    from digest.services.mailbox_health import (
        MailboxDetails,
        ShownLink,
        SourceHealth,
    )

blueprint = Blueprint("mailboxes", __name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, and what a person can do about it."""

    sentence: str
    advice: str


@dataclass(frozen=True, slots=True)
class UnreadGroup:
    """Mails that could not be read for one reason."""

    problem: Problem
    mails: "Sequence[ReadMail]"


@dataclass(frozen=True, slots=True)
class LinkGroup:
    """Links that were taken for one thing."""

    name: str
    links: "Sequence[ShownLink]"


@dataclass(frozen=True, slots=True)
class ShownMailbox:
    """A mailbox as the page shows it."""

    details: "MailboxDetails"
    fault: Problem | None
    unread: list[UnreadGroup]
    others: list[LinkGroup]
    #: its links in words, articles first; they add up to `link_count`
    counts: list[str]
    link_count: int


@blueprint.get("/mailboxes")
def show_mailboxes() -> str:
    """Show every mailbox of the settings."""
    details = app.mail_sources.list_details()
    return render_template(
        "mailboxes.html",
        here="status",
        describe_reason=describe_reason,
        mailboxes=[_show_mailbox(one) for one in details],
        watched={outlet.name for outlet in app.settings.outlets},
    )


def _show_mailbox(details: "MailboxDetails") -> ShownMailbox:
    links = details.links
    return ShownMailbox(
        details,
        _describe_fault(details.health),
        _group_unread(details.unread),
        _group_links(details.others),
        _count_links(links),
        links.total(),
    )


def _group_unread(mails: "Iterable[ReadMail]") -> list[UnreadGroup]:
    by_reason: dict[str, list[ReadMail]] = {}
    for mail in mails:
        by_reason.setdefault(mail.unread, []).append(mail)
    return [
        UnreadGroup(_describe_unread(UnreadReason(reason), len(group)), group)
        for reason, group in by_reason.items()
    ]


def _group_links(links: "Sequence[ShownLink]") -> list[LinkGroup]:
    by_kind: dict[LinkKind, list[ShownLink]] = {}
    for shown in links:
        by_kind.setdefault(shown.link.kind, []).append(shown)
    return [
        LinkGroup(_count_kind(kind, len(group)), group)
        for kind, group in by_kind.items()
    ]


def _count_links(links: "Counter[LinkKind]") -> list[str]:
    """Return how many links are of each kind: articles, then what is most."""
    kinds = [kind for kind, _number in links.most_common()]
    kinds.sort(key=lambda kind: kind != LinkKind.ARTICLE)
    return [_count_kind(kind, links[kind]) for kind in kinds]


# Words


def _describe_fault(health: "SourceHealth") -> Problem | None:
    """Return what is wrong with a mailbox; None if nothing is."""
    fault = health.fault
    if fault is None:
        return None
    own_variable, _shared = health.source.password_variables
    problems = {
        MailboxFault.NO_PASSWORD: Problem(
            _("Its password is missing, so it is not read."),
            _(
                "Whoever runs digest sets %(variable)s in its environment or .env, best to an app "
                "password of the mail provider.",
                variable=own_variable,
            ),
        ),
        MailboxFault.NOT_LET_IN: Problem(
            _("The mail server does not let digest in, or has no such folder."),
            _(
                "Compare the username and the folder in feeds.yaml with your mail program. If they "
                "are right, set a new app password as %(variable)s.",
                variable=own_variable,
            ),
        ),
        MailboxFault.NO_TRUST: Problem(
            _("The mail server cannot prove that it is the right one."),
            _(
                "Look whether its name in feeds.yaml is the one that the provider gives. If so, "
                "tell whoever runs the mail server that its certificate is not in order."
            ),
        ),
        MailboxFault.NOT_REACHED: Problem(
            _("The mail server does not answer."),
            _(
                "It is asked again by itself. If this lasts for a day, compare its name and port "
                "in feeds.yaml with what the provider gives."
            ),
        ),
        MailboxFault.NO_FOLDER: Problem(
            _("There is no folder %(folder)s.", folder=health.source.path),
            _("Make the folder, or correct its path in feeds.yaml."),
        ),
    }
    return problems[fault]


def _describe_unread(reason: UnreadReason, number: int) -> Problem:
    """Return why some mails could not be read."""
    by_hand = _(
        "Open it in your mail program, and add the articles that matter by their addresses."
    )
    problems = {
        UnreadReason.TOO_LARGE: Problem(
            ngettext(
                "%(n)s mail is too large (over 10 MB)",
                "%(n)s mails are too large (over 10 MB)",
                number,
            ),
            by_hand,
        ),
        UnreadReason.NO_TEXT: Problem(
            ngettext(
                "%(n)s mail has no text, only images or attachments",
                "%(n)s mails have no text, only images or attachments",
                number,
            ),
            by_hand,
        ),
        UnreadReason.NO_MAIL: Problem(
            ngettext(
                "%(n)s file is no mail",
                "%(n)s files are no mails",
                number,
            ),
            _("Save the mail again from your mail program, as .eml."),
        ),
        UnreadReason.BROKEN: Problem(
            ngettext(
                "%(n)s mail is damaged",
                "%(n)s mails are damaged",
                number,
            ),
            by_hand,
        ),
        UnreadReason.FILE_REFUSED: Problem(
            ngettext(
                "%(n)s file may not be opened by digest",
                "%(n)s files may not be opened by digest",
                number,
            ),
            _("Let whoever runs digest give it the right to read the file."),
        ),
    }
    return problems[reason]


def _count_kind(kind: LinkKind, number: int) -> str:
    """Return how many links were taken for one thing."""
    counts = {
        LinkKind.ARTICLE: ngettext("%(n)s article", "%(n)s articles", number),
        LinkKind.MANAGING: ngettext(
            "%(n)s to unsubscribe and the like",
            "%(n)s to unsubscribe and the like",
            number,
        ),
        LinkKind.SHARING: ngettext(
            "%(n)s share button", "%(n)s share buttons", number
        ),
        LinkKind.PROFILE: ngettext(
            "%(n)s social profile", "%(n)s social profiles", number
        ),
        LinkKind.APP: ngettext("%(n)s app", "%(n)s apps", number),
        LinkKind.ADVERTISEMENT: ngettext(
            "%(n)s advertisement", "%(n)s advertisements", number
        ),
        LinkKind.HOME: ngettext("%(n)s home page", "%(n)s home pages", number),
        LinkKind.SECTION: ngettext(
            "%(n)s section page", "%(n)s section pages", number
        ),
        LinkKind.SERVICE: ngettext(
            "%(n)s page of puzzles, events, jobs and the like",
            "%(n)s pages of puzzles, events, jobs and the like",
            number,
        ),
        LinkKind.FILE: ngettext(
            "%(n)s image or file", "%(n)s images and files", number
        ),
        LinkKind.NO_ADDRESS: ngettext(
            "%(n)s without a web address",
            "%(n)s without a web address",
            number,
        ),
        LinkKind.HIDDEN: ngettext(
            "%(n)s that hides where it leads",
            "%(n)s that hide where they lead",
            number,
        ),
        LinkKind.DOUBTFUL: ngettext("%(n)s in doubt", "%(n)s in doubt", number),
    }
    return counts[kind]
