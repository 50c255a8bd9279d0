"""Check of the SMTP return path: does it take bounces, and does its SPF count for the sender."""

from collections.abc import Iterator

from digest.delivery.domain_check.dmarc_record import find_dmarc_records
from digest.delivery.domain_check.dns import takes_mail
from digest.delivery.domain_check.spf_record import check_spf
from digest.model import Finding, Severity
from digest.ports import Lookup
from digest.settings import Settings


def check_return_path(
    settings: Settings, sender_domain: str, lookup: Lookup
) -> Iterator[Finding]:
    """Yield the problems of the return path's domain.

    SPF is asked of the return path (RFC 7208, 2.4). DMARC counts it if both are of one
    organisation (relaxed alignment: RFC 7489, 3.1.2).
    """
    delivery = settings.delivery
    return_path = delivery.smtp.return_path
    if not return_path or "smtp" not in (delivery.transport, delivery.fallback):
        return
    domain = return_path.rpartition("@")[2].lower()
    if not takes_mail(domain, lookup):
        yield Finding(
            Severity.MUST,
            domain,
            f"{domain} cannot receive mail: it has neither an MX record nor an address",
            "bounces are lost, and many servers refuse mail from such a return path",
            f"add an MX record to {domain}",
        )
    if domain == sender_domain:
        return
    yield from check_spf(settings, domain, lookup)
    if not _is_aligned(domain, sender_domain, lookup):
        yield Finding(
            Severity.SHOULD,
            domain,
            f"the return path belongs to another organisation than {sender_domain}",
            "SPF then does not count for DMARC; only a DKIM signature does (RFC 7489, 3.1)",
            f"use a return path at {sender_domain} or below it, or have mail signed (DKIM) for "
            f"{sender_domain}",
        )


def _is_aligned(domain: str, sender_domain: str, lookup: Lookup) -> bool:
    """Return whether both domains are of one organisation."""
    if domain.endswith(f".{sender_domain}") or sender_domain.endswith(
        f".{domain}"
    ):
        return True
    record_name, records = find_dmarc_records(sender_domain, lookup)
    organisation = record_name.removeprefix("_dmarc.")
    return bool(records) and domain.endswith(f".{organisation}")
