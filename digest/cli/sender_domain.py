"""Sender's domain: the command that checks it as mailbox providers do."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from digest.cli.common import Context, as_json, pass_app, report_findings
from digest.cli.newsletter_choice import list_apps, newsletter_option
from digest.model import gravest_first

if TYPE_CHECKING:
    from digest.app import App

#: The port of name servers (RFC 1035, section 4.2).
DNS_PORT = 53


@click.command("doctor")
@click.option(
    "--dns", "server", metavar="ADDRESS[:PORT]", help="Use this name server."
)
@newsletter_option
@as_json
@pass_app
@click.pass_obj
def check_domain(
    context: Context,
    app: "App",
    server: str | None,
    newsletter: str | None,
    *,
    as_json: bool,
) -> None:
    """Check the sender's domain as mailbox providers do, that of each newsletter.

    SPF, DKIM, DMARC, MX and the unsubscribe host are checked.

    Each finding names the record to add. Exit code 1 if something must be fixed.
    """
    from digest.delivery.domain_check.dns import make_lookup

    address, _, port = (server or "").partition(":")
    if port and not port.isdigit():
        raise click.BadParameter(
            f"expected a port number, found {port!r}", param_hint="--dns"
        )
    if address:
        lookup = make_lookup([(address, int(port or DNS_PORT))])
    else:
        lookup = make_lookup(())
    senders = _differing_senders(list_apps(app, newsletter))
    findings = gravest_first(
        dict.fromkeys(
            finding
            for one in senders
            for finding in one.domain_check.check_domain(lookup)
        )
    )
    domains = dict.fromkeys(
        one.settings.newsletter.sender.address.rpartition("@")[2]
        for one in senders
    )
    all_well = f"{', '.join(domains)}: nothing must be fixed"
    report_findings(context, findings, all_well, as_json=as_json)


def _differing_senders(apps: Sequence["App"]) -> "list[App]":
    """Return the services for one newsletter of all that send and answer from the same hosts."""
    by_hosts: dict[tuple[str, str, str], App] = {}
    for app in apps:
        newsletter = app.settings.newsletter
        hosts = (
            newsletter.sender.address.rpartition("@")[2],
            newsletter.reply_to.rpartition("@")[2],
            str(newsletter.public_url),
        )
        by_hosts.setdefault(hosts, app)
    return list(by_hosts.values())
