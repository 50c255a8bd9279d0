"""SPF (RFC 7208): which servers may send for a domain."""

from collections.abc import Iterator

from digest.model import Finding, Severity
from digest.ports import Lookup
from digest.settings import Settings

#: More terms that ask the DNS are an error, and then nothing passes (RFC 7208, 4.6.4).
MOST_LOOKUPS = 10
ASKING = "a", "mx", "ptr"
ASKING_OF = "include:", "exists:", "redirect="


def spf(settings: Settings, domain: str, lookup: Lookup) -> Iterator[Finding]:
    """Yield what is amiss with a domain's SPF record."""
    records = _records(domain, lookup)
    sender = {"sendgrid": "include:sendgrid.net", "smtp": "mx"}.get(
        settings.delivery.transport, "mx"
    )
    if not records:
        yield Finding(
            Severity.SHOULD,
            domain,
            "there is no SPF record",
            "mailboxes ask for SPF and DKIM of bulk senders (Gmail, Yahoo 2024)",
            f'add: {domain} TXT "v=spf1 {sender} ~all"',
        )
    elif len(records) > 1:
        yield Finding(
            Severity.MUST,
            domain,
            f"there are {len(records)} SPF records",
            "then none counts (RFC 7208, 3.2)",
            "join them into one",
        )
    else:
        yield from _record(records[0], domain, lookup)


def _record(record: str, domain: str, lookup: Lookup) -> Iterator[Finding]:
    terms = record.lower().split()
    if "+all" in terms or "all" in terms:
        yield Finding(
            Severity.MUST,
            domain,
            "its SPF record lets everybody send (+all)",
            "it is worth nothing, and filters know it",
            "end it with ~all or -all",
        )
    asked = _lookups(record, lookup, {domain})
    if asked > MOST_LOOKUPS:
        yield Finding(
            Severity.MUST,
            domain,
            f"its SPF record needs {asked} look-ups",
            f"more than {MOST_LOOKUPS} are an error (RFC 7208, 4.6.4)",
            "drop includes no longer used",
        )


def _records(domain: str, lookup: Lookup) -> list[str]:
    return [r for r in lookup(domain, "TXT") if r.lower().split(" ")[0] == "v=spf1"]


def _lookups(record: str, lookup: Lookup, seen: set[str]) -> int:
    """Count the terms that ask the DNS, those of included records too."""
    count = 0
    for term in record.lower().split()[1:]:
        plain = term.lstrip("+-~?")
        if plain.split(":")[0].split("/")[0] in ASKING or plain.startswith(ASKING_OF):
            count += 1
        other = plain.removeprefix("include:").removeprefix("redirect=")
        if other != plain and other not in seen and count <= MOST_LOOKUPS:
            seen.add(other)
            count += sum(_lookups(r, lookup, seen) for r in _records(other, lookup))
    return count
