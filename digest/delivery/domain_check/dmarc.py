"""DMARC (RFC 7489): what mailboxes do with mail that fails, and whom they tell."""

from collections.abc import Iterator

from digest.model import Finding, Severity
from digest.ports import Lookup
from digest.settings import Settings


def dmarc(settings: Settings, domain: str, lookup: Lookup) -> Iterator[Finding]:
    """Yield what is amiss with the policy that stands for a domain, its own or one above."""
    answers = settings.newsletter.reply_to
    where, records = nearest(domain, lookup)
    if not records:
        yield Finding(
            Severity.MUST,
            domain,
            "there is no DMARC record",
            "Gmail and Yahoo ask for one of bulk senders (2024), Microsoft too (2025)",
            f'add: _dmarc.{domain} TXT "v=DMARC1; p=none; rua=mailto:{answers}"',
        )
    elif len(records) > 1:
        yield Finding(
            Severity.MUST,
            where,
            f"there are {len(records)} DMARC records",
            "then none counts (RFC 7489, 6.6.3)",
            "leave one",
        )
    else:
        yield from _policy(where, records[0])


def nearest(domain: str, lookup: Lookup) -> tuple[str, list[str]]:
    """Walk up from the domain to the first that has a record, but not to a bare top level."""
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        where = "_dmarc." + ".".join(labels[start:])
        records = [r for r in lookup(where, "TXT") if r.lower().startswith("v=dmarc1")]
        if records:
            return where, records
    return f"_dmarc.{domain}", []


def _policy(where: str, record: str) -> Iterator[Finding]:
    pairs = (part.partition("=") for part in record.split(";"))
    tags = {name.strip().lower(): value.strip().lower() for name, _, value in pairs}
    if tags.get("p") not in ("none", "quarantine", "reject"):
        yield Finding(
            Severity.MUST,
            where,
            "the DMARC record has no policy",
            "it is no valid record then (RFC 7489, 6.3)",
            "say p=none, p=quarantine or p=reject",
        )
    elif tags["p"] == "none":
        yield Finding(
            Severity.MAY,
            where,
            "the policy is p=none",
            "it is enough for bulk mail, but others may still send in your name",
            "once the reports are clean, say p=quarantine",
        )
    if "rua" not in tags:
        yield Finding(
            Severity.MAY,
            where,
            "nobody gets the reports (rua)",
            "you would not learn of mail that fails",
            "add rua=mailto: and an address",
        )
