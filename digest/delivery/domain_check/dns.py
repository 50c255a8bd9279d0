"""The only user of dnspython: a name and a type in, texts out."""

from collections.abc import Sequence

import dns.exception
import dns.rdatatype
import dns.resolver

from digest.errors import DigestError
from digest.ports import Lookup

PATIENCE = 5.0  #: seconds for one question


def lookups(servers: Sequence[tuple[str, int]] = ()) -> Lookup:
    """Return what asks the system's name servers, or those named (address, port)."""
    resolver = dns.resolver.Resolver(configure=not servers)
    resolver.lifetime = resolver.timeout = PATIENCE
    if servers:
        resolver.nameservers = [address for address, _ in servers]
        resolver.nameserver_ports = dict(servers)

    def ask(name: str, kind: str) -> list[str]:
        try:
            answer = resolver.resolve(name, kind)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException as e:
            raise DigestError(f"{name} ({kind}) could not be looked up: {e}") from e
        return [_text(record) for record in answer]

    return ask


def _text(record: object) -> str:
    """Join a TXT record's pieces, as RFC 7208, 3.3 asks."""
    strings = getattr(record, "strings", None)
    if strings:
        return b"".join(strings).decode("utf-8", "replace")
    return str(record)
