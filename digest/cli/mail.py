"""Mail as a source: commands that list mailboxes, and show what is taken of a mail."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from digest.cli.common import (
    Context,
    as_json,
    count_words,
    errors_as_failures,
    pass_app,
    print_json,
    print_table,
)

if TYPE_CHECKING:
    from datetime import datetime

    from digest.app import App
    from digest.collect.mail.mail_check import CheckedMail
    from digest.model.mail import MailLink
    from digest.services.mailbox_health import SourceHealth


@click.group("mail")
def mail_group() -> None:
    """List the mailboxes of newsletters and alerts; show what is taken of a mail."""


@mail_group.command("list")
@as_json
@pass_app
@click.pass_obj
def list_mailboxes(context: Context, app: "App", *, as_json: bool) -> None:
    """Show how reading each mailbox went: last success, mails, articles, errors."""
    sources = app.mail_sources.list_health()
    if as_json:
        print_json([_health_as_data(health) for health in sources])
        return
    if not sources:
        click.echo("no mailbox is set; sources.mail in feeds.yaml names them")
        return
    headings = ["name", "where", "last success", "last mail", "mails"]
    headings += ["new articles", "problems"]
    zone = app.settings.newsletter.zone
    rows = [_health_row(health, zone) for health in sources]
    print_table(headings, rows)
    faulty = [health for health in sources if health.problem]
    context.print_note(
        f"{count_words(len(sources), 'mailbox', 'mailboxes')}, {len(faulty)} with problems"
    )


@mail_group.command("check")
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@as_json
@click.pass_obj
def check_mails(
    context: Context, files: tuple[Path, ...], *, as_json: bool
) -> None:
    """Show what is decided of each link in mails (.eml files), and why.

    Nothing is stored, no link is followed, and no working folder is needed. Exit code 1 if a mail
    cannot be read.
    """
    from digest.services.mail_sources import check_files
    from digest.settings import load_workspace

    outlets: tuple[Any, ...] = ()
    with errors_as_failures():
        if (context.folder / "feeds.yaml").exists():
            outlets = load_workspace(context.folder).settings.outlets
        checked = check_files(files, outlets)
    if as_json:
        print_json([_mail_as_data(mail) for mail in checked])
    else:
        for mail in checked:
            _print_mail(mail)
    if any(mail.error for mail in checked):
        raise click.exceptions.Exit(1)


def _print_mail(mail: "CheckedMail") -> None:
    if mail.error:
        click.secho(f"{mail.file}: {mail.error}", err=True, fg="yellow")
        return
    click.secho(f"{mail.file}: {mail.subject} ({mail.sender})", bold=True)
    for link, outlet in mail.links:
        kind = str(link.kind)
        if link.target in mail.to_follow:
            kind = "to follow"
        _print_link(link, kind, outlet)


def _print_link(link: "MailLink", kind: str, outlet: str) -> None:
    title = link.title or "(no words)"
    if link.reason:
        title += f" ({link.reason})"
    click.echo(f"  {kind:13}  {title}")
    for line in filter(None, (link.target or link.url, outlet)):
        click.echo(f"  {'':13}  {line}")


def _mail_as_data(mail: "CheckedMail") -> dict[str, Any]:
    """Return what is decided of a mail as JSON data."""
    from dataclasses import asdict

    return {
        "file": str(mail.file),
        "subject": mail.subject,
        "sender": mail.sender,
        "sent": mail.sent,
        "error": mail.error,
        "links": [
            asdict(link)
            | {"outlet": outlet, "to_follow": link.target in mail.to_follow}
            for link, outlet in mail.links
        ],
    }


def _health_as_data(health: "SourceHealth") -> dict[str, Any]:
    """Return how reading a mailbox went as JSON data."""
    state = health.state
    return {
        "name": health.source.name,
        "host": health.source.host,
        "folder": health.source.folder,
        "path": health.source.path,
        "last_look": state.last_look,
        "last_success": state.last_success,
        "last_mail": state.last_mail,
        "mails": state.mails,
        "new_articles": state.articles,
        "links": state.links,
        "problem": health.problem,
    }


def _health_row(health: "SourceHealth", zone: Any) -> list[str]:
    source = health.source
    state = health.state
    where = source.path or f"{source.username} at {source.host}"
    return [
        source.name,
        where,
        _words_for_time(state.last_success, zone),
        _words_for_time(state.last_mail, zone),
        str(state.mails),
        str(state.articles),
        health.problem,
    ]


def _words_for_time(time: "datetime | None", zone: Any) -> str:
    from digest.infra.time_format import format_minute

    if time is None:
        return "not yet"
    return format_minute(time, zone)
