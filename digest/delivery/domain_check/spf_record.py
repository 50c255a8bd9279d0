"""Check of SPF (RFC 7208): the servers that may send for a domain."""

import re
from collections.abc import Iterator

from digest.model import Finding, Severity
from digest.ports import Lookup
from digest.settings import Settings

#: More terms that ask the DNS are an error, and then nothing passes (RFC 7208, 4.6.4).
MAX_LOOKUPS = 10
#: Terms that ask the DNS (RFC 7208, 4.6.4): by name, and by how they begin.
LOOKUP_TERMS = ("a", "mx", "ptr")
LOOKUP_PREFIXES = ("include:", "exists:", "redirect=")
#: The term by which a domain lets a transport's servers send.
SENDER_TERMS = {"sendgrid": "include:sendgrid.net", "smtp": "mx"}


def check_spf(
    settings: Settings, domain: str, lookup: Lookup
) -> Iterator[Finding]:
    """Yield the problems of a domain's SPF record."""
    records = _find_spf_records(domain, lookup)
    sender_term = SENDER_TERMS.get(settings.delivery.transport, "mx")
    if not records:
        yield Finding(
            Severity.SHOULD,
            domain,
            "there is no SPF record",
            "mailboxes ask for SPF and DKIM of bulk senders (Gmail, Yahoo 2024)",
            f'add: {domain} TXT "v=spf1 {sender_term} ~all"',
        )
    elif len(records) > 1:
        yield Finding(
            Severity.MUST,
            domain,
            f"there are {len(records)} SPF records",
            "receivers then use none (RFC 7208, 3.2)",
            "merge them into one",
        )
    else:
        yield from _check_record(records[0], domain, lookup)


def _check_record(
    record: str, domain: str, lookup: Lookup
) -> Iterator[Finding]:
    terms = record.lower().split()
    if "+all" in terms or "all" in terms:
        yield Finding(
            Severity.MUST,
            domain,
            "its SPF record lets everybody send (+all)",
            "it protects nothing, and spam filters know it",
            "end it with ~all or -all",
        )
    lookup_count = _count_lookups(record, lookup, {domain})
    if lookup_count > MAX_LOOKUPS:
        yield Finding(
            Severity.MUST,
            domain,
            f"its SPF record needs {lookup_count} look-ups",
            f"more than {MAX_LOOKUPS} are an error (RFC 7208, 4.6.4)",
            "remove includes that are no longer used",
        )


def _find_spf_records(domain: str, lookup: Lookup) -> list[str]:
    records = lookup(domain, "TXT")
    return [
        record for record in records if record.lower().split(" ")[0] == "v=spf1"
    ]


def _count_lookups(
    record: str, lookup: Lookup, visited_domains: set[str]
) -> int:
    """Count the terms that ask the DNS, also those of included records.

    Included records are read until the limit is passed, and each domain once.
    """
    count = 0
    for qualified_term in record.lower().split()[1:]:
        term = qualified_term.lstrip("+-~?")
        if _asks_dns(term):
            count += 1
        included_domain = _included_domain(term)
        if (
            not included_domain
            or included_domain in visited_domains
            or count > MAX_LOOKUPS
        ):
            continue
        visited_domains.add(included_domain)
        for included_record in _find_spf_records(included_domain, lookup):
            count += _count_lookups(included_record, lookup, visited_domains)
    return count


def _asks_dns(term: str) -> bool:
    name = re.split("[:/]", term, maxsplit=1)[0]
    return name in LOOKUP_TERMS or term.startswith(LOOKUP_PREFIXES)


def _included_domain(term: str) -> str:
    """Return the domain whose record a term includes, "" if it includes none."""
    domain = term.removeprefix("include:").removeprefix("redirect=")
    if domain == term:
        return ""
    return domain
