"""Mailbox health as printed beside feeds: which mailboxes there are, and what is wrong with them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from digest.cli.common import count_words

if TYPE_CHECKING:
    from digest.services.mailbox_health import SourceHealth


def print_mailboxes(
    mailboxes: Sequence["SourceHealth"], zone: ZoneInfo
) -> None:
    """Print a line for each mailbox, and where more is told; nothing if there is none."""
    if not mailboxes:
        return
    number = count_words(len(mailboxes), "mailbox", "mailboxes")
    click.secho(f"{number} (`digest mail list` tells more)", bold=True)
    for mailbox in mailboxes:
        click.echo(f"    {describe_mailbox(mailbox, zone)}")


def describe_mailbox(mailbox: "SourceHealth", zone: ZoneInfo) -> str:
    """Return in a line what a mailbox brought, or what is wrong with it."""
    from digest.infra.time_format import format_minute

    name = mailbox.source.name
    state = mailbox.state
    if mailbox.problem:
        return f"{name}: not read: {mailbox.problem}"
    if state.last_success is None:
        return f"{name}: not looked at yet"
    mails = count_words(state.mails, "mail", "mails")
    articles = count_words(state.articles, "new article", "new articles")
    looked = format_minute(state.last_success, zone)
    return f"{name}: {mails}, {articles}, last looked at {looked}"


def mailbox_as_data(mailbox: "SourceHealth") -> dict[str, Any]:
    """Return the health of a mailbox as JSON data, with the keys that a feed has there, too."""
    from digest.model.mail import MAIL_FEED

    source = mailbox.source
    state = mailbox.state
    return {
        "kind": "mailbox",
        "outlet": "",
        "url": f"{MAIL_FEED}{source.name}",
        "name": source.name,
        "state": mailbox.fault or "well",
        "needs_attention": mailbox.fault is not None,
        "last_success": state.last_success,
        "last_look": state.last_look,
        "mails": state.mails,
        "new_articles": state.articles,
        "error": mailbox.problem,
    }
