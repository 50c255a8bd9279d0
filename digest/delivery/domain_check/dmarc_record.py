"""Check of DMARC (RFC 7489): what mailboxes do with mail that fails, and who gets reports."""

from collections.abc import Iterator

from digest.model import Finding, Severity
from digest.ports import Lookup
from digest.settings import Settings

POLICIES = ("none", "quarantine", "reject")  #: RFC 7489, 6.3


def check_dmarc(
    settings: Settings, domain: str, lookup: Lookup
) -> Iterator[Finding]:
    """Yield the problems of the policy that holds for a domain, its own or one above."""
    reports_address = settings.newsletter.reply_to
    record_name, records = find_dmarc_records(domain, lookup)
    if not records:
        yield Finding(
            Severity.MUST,
            domain,
            "there is no DMARC record",
            "Gmail and Yahoo ask for one of bulk senders (2024), Microsoft too (2025)",
            f'add: _dmarc.{domain} TXT "v=DMARC1; p=none; rua=mailto:{reports_address}"',
        )
    elif len(records) > 1:
        yield Finding(
            Severity.MUST,
            record_name,
            f"there are {len(records)} DMARC records",
            "receivers then use none (RFC 7489, 6.6.3)",
            "keep only one",
        )
    else:
        yield from _check_policy(record_name, records[0])


def find_dmarc_records(domain: str, lookup: Lookup) -> tuple[str, list[str]]:
    """Return the name and the DMARC records of a domain, or of the nearest one above it.

    A bare top level is not asked. Without any record the name is the domain's own.
    """
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        record_name = "_dmarc." + ".".join(labels[start:])
        texts = lookup(record_name, "TXT")
        records = [
            text for text in texts if text.lower().startswith("v=dmarc1")
        ]
        if records:
            return record_name, records
    return f"_dmarc.{domain}", []


def _check_policy(record_name: str, record: str) -> Iterator[Finding]:
    tags = _parse_tags(record)
    if tags.get("p") not in POLICIES:
        yield Finding(
            Severity.MUST,
            record_name,
            "the DMARC record has no policy",
            "without it the record is not valid (RFC 7489, 6.3)",
            "add p=none, p=quarantine or p=reject",
        )
    elif tags["p"] == "none":
        yield Finding(
            Severity.MAY,
            record_name,
            "the policy is p=none",
            "it is enough for bulk mail, but others may still send in your name",
            "once the reports show no problems, set p=quarantine",
        )
    if "rua" not in tags:
        yield Finding(
            Severity.MAY,
            record_name,
            "there is no address for reports (rua)",
            "you would not learn of mail that fails",
            "add rua=mailto: and an address",
        )


def _parse_tags(record: str) -> dict[str, str]:
    """Return a record's tags and values, both in lower case."""
    tags: dict[str, str] = {}
    for part in record.split(";"):
        name, _, value = part.partition("=")
        tags[name.strip().lower()] = value.strip().lower()
    return tags
