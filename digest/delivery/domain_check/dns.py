"""DNS look-ups: a name and a record type in, texts out. The only user of dnspython."""

from collections.abc import Sequence

import dns.exception
import dns.rdatatype
import dns.resolver

from digest.errors import DigestError
from digest.ports import Lookup

TIMEOUT_SECONDS = 5.0  #: for one question


def make_lookup(servers: Sequence[tuple[str, int]] = ()) -> Lookup:
    """Return a function that asks the system's name servers, or those given (address, port)."""
    resolver = dns.resolver.Resolver(configure=not servers)
    resolver.timeout = TIMEOUT_SECONDS
    resolver.lifetime = TIMEOUT_SECONDS
    if servers:
        resolver.nameservers = [address for address, _ in servers]
        resolver.nameserver_ports = dict(servers)

    def look_up(name: str, record_type: str) -> list[str]:
        try:
            answer = resolver.resolve(name, record_type)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.DNSException as error:
            message = f"{name} ({record_type}) could not be looked up: {error}"
            raise DigestError(message) from error
        return [_record_text(record) for record in answer]

    return look_up


def takes_mail(host: str, lookup: Lookup) -> bool:
    """Return whether mail to a host finds a server: by MX, or else by address (RFC 5321, 5.1)."""
    return any(lookup(host, record_type) for record_type in ("MX", "A", "AAAA"))


def _record_text(record: object) -> str:
    """Return a record as text; a TXT record's pieces are joined (RFC 7208, 3.3)."""
    strings = getattr(record, "strings", None)
    if not strings:
        return str(record)
    return b"".join(strings).decode("utf-8", "replace")
