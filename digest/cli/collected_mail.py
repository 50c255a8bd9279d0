"""Collected mail as a person reads it: what each mailbox gave, and what of it is in doubt."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from digest.cli.common import count_words

if TYPE_CHECKING:
    from digest.collect import Report
    from digest.collect.report import MailboxTally

#: Links in doubt that are named; the others are counted.
MAX_NAMES = 8
#: LinkKind.ARTICLE, whose module is not loaded for this.
ARTICLE = "article"
#: What links of mails are by LinkKind, in the singular and in the plural.
LINK_WORDS = {
    "managing": ("of unsubscribing and the like",) * 2,
    "sharing": ("share button", "share buttons"),
    "profile": ("social profile", "social profiles"),
    "app": ("app store", "app stores"),
    "advertisement": ("advertisement", "advertisements"),
    "home": ("home page", "home pages"),
    "section": ("section page", "section pages"),
    "service": ("page of service", "pages of service"),
    "file": ("image or file", "images and files"),
    "no address": ("without a web address",) * 2,
    "hidden": ("that hides where it leads", "that hide where they lead"),
    "doubtful": ("in doubt",) * 2,
}


def print_mail(report: "Report", *, verbose: bool) -> None:
    """Print what each mailbox gave, and what of it a person should look at."""
    for mailbox in report.mailboxes:
        if mailbox.mails or verbose:
            click.echo(describe_mailbox(mailbox))
        for line in _describe_mail_faults(mailbox, verbose=verbose):
            click.secho(line, err=True, fg="yellow")


def describe_mailbox(mailbox: "MailboxTally") -> str:
    """Return what a mailbox gave, in one line whose sums add up."""
    mails = count_words(mailbox.mails, "mail", "mails")
    kinds = [
        f"{number} {LINK_WORDS[kind][number != 1]}"
        for kind, number in mailbox.links.most_common()
        if kind != ARTICLE
    ]
    articles = count_words(mailbox.articles, "article", "articles")
    if mailbox.articles:
        articles += f" ({mailbox.new} new)"
    parts = ", ".join([articles, *kinds])
    links = count_words(mailbox.links.total(), "link", "links")
    line = f"mail {mailbox.name}: {mails}, {links}: {parts}"
    if mailbox.other_senders:
        line += f"; {count_words(mailbox.other_senders, 'mail', 'mails')} of other senders"
    if mailbox.left_for_later:
        line += f"; {mailbox.left_for_later} left for the next run"
    return line


def _describe_mail_faults(
    mailbox: "MailboxTally", *, verbose: bool
) -> Iterator[str]:
    if mailbox.error:
        yield f"mail {mailbox.name} was not read: {mailbox.error}"
    for sentence in mailbox.broken:
        yield f"mail {mailbox.name}: not read: {sentence}"
    if mailbox.doubtful:
        yield from _describe_doubts(mailbox, verbose=verbose)


def _describe_doubts(
    mailbox: "MailboxTally", *, verbose: bool
) -> Iterator[str]:
    """Yield the links that a person should look at, and what to do with them."""
    shown = mailbox.doubtful
    if not verbose:
        shown = shown[:MAX_NAMES]
    for link in shown:
        title = link.title or "(no words)"
        yield f"    not taken ({link.reason}): {title}  {link.target}"
    others = len(mailbox.doubtful) - len(shown)
    if others:
        yield f"    and {others} more in doubt (--verbose)"
    yield "    what to do: `digest add` with the address of what is an article"


def mailbox_as_data(mailbox: "MailboxTally") -> dict[str, Any]:
    """Return what a mailbox gave as JSON data."""
    from dataclasses import asdict

    return {
        "mailbox": mailbox.name,
        "mails": mailbox.mails,
        "read_before": mailbox.read_before,
        "other_senders": mailbox.other_senders,
        "left_for_later": mailbox.left_for_later,
        "links": dict(mailbox.links),
        "articles": mailbox.articles,
        "new": mailbox.new,
        "doubtful": [asdict(link) for link in mailbox.doubtful],
        "broken": mailbox.broken,
        "error": mailbox.error,
    }
