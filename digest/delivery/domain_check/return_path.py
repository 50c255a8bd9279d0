"""The return path of SMTP mail: does it take bounces, and does SPF for it count for the sender."""

from collections.abc import Iterator

from digest.delivery.domain_check.dmarc import nearest
from digest.delivery.domain_check.spf import spf
from digest.model import Finding, Severity
from digest.ports import Lookup
from digest.settings import Settings


def return_path(settings: Settings, domain: str, lookup: Lookup) -> Iterator[Finding]:
    """Yield what is amiss with the return path's domain; `domain` is the sender's.

    SPF is asked of the return path (RFC 7208, 2.4). DMARC counts it if both are of one
    organisation (relaxed alignment: RFC 7489, 3.1.2).
    """
    delivery = settings.delivery
    path = delivery.smtp.return_path
    if not path or "smtp" not in (delivery.transport, delivery.fallback):
        return
    own = path.rpartition("@")[2].lower()
    if not (lookup(own, "MX") or lookup(own, "A") or lookup(own, "AAAA")):
        yield Finding(
            Severity.MUST,
            own,
            f"{own} takes no mail: it has neither MX nor address",
            "bounces are lost, and many servers refuse mail from such a return path",
            f"add an MX record to {own}",
        )
    if own == domain:
        return
    yield from spf(settings, own, lookup)
    if not _is_aligned(own, domain, lookup):
        yield Finding(
            Severity.SHOULD,
            own,
            f"the return path is of another organisation than {domain}",
            "SPF then does not count for DMARC; only a DKIM signature does (RFC 7489, 3.1)",
            f"take a return path at {domain} or below it, or see that mail is signed for {domain}",
        )


def _is_aligned(own: str, domain: str, lookup: Lookup) -> bool:
    if own.endswith(f".{domain}") or domain.endswith(f".{own}"):
        return True
    where, records = nearest(domain, lookup)
    organisation = where.removeprefix("_dmarc.")
    return bool(records) and own.endswith(f".{organisation}")
