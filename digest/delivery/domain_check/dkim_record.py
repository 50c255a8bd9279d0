"""Check of DKIM (RFC 6376): the key by which mailboxes check a mail's signature."""

import binascii
from base64 import b64decode
from collections.abc import Iterator

from digest.model import Finding, Severity
from digest.ports import Lookup
from digest.settings import Settings

#: The names under which SendGrid keeps its two keys (docs.sendgrid.com, domain authentication).
SENDGRID_SELECTORS = ("s1", "s2")
#: Gmail asks for the first number of bits in an RSA key, and advises the second.
MIN_KEY_BITS = 1024
ADVISED_KEY_BITS = 2048
#: A public key of so many bits is so many bytes of DER or a little more.
MIN_KEY_BYTES = 140
ADVISED_KEY_BYTES = 270


def check_dkim(
    settings: Settings, domain: str, lookup: Lookup
) -> Iterator[Finding]:
    """Yield the problems of a domain's signing keys."""
    selectors = _signing_selectors(settings)
    if not selectors:
        yield Finding(
            Severity.MAY,
            domain,
            "the DKIM selector of your server is not known",
            "mailboxes ask for DKIM of bulk senders (Gmail, Yahoo 2024)",
            "put it into feeds.yaml: delivery.dkim_selectors",
        )
    for selector in selectors:
        yield from _check_key(f"{selector}._domainkey.{domain}", lookup)


def _signing_selectors(settings: Settings) -> tuple[str, ...]:
    """Return the names of the keys that mail is signed with, as far as they are known."""
    delivery = settings.delivery
    if delivery.dkim_selectors:
        return tuple(delivery.dkim_selectors)
    if delivery.transport == "sendgrid":
        return SENDGRID_SELECTORS
    return ()


def _check_key(record_name: str, lookup: Lookup) -> Iterator[Finding]:
    records = [_parse_tags(record) for record in lookup(record_name, "TXT")]
    keys = [tags["p"] for tags in records if "p" in tags]
    if not keys:
        yield Finding(
            Severity.MUST,
            record_name,
            "there is no DKIM key",
            "unsigned mail is refused or filed as spam (Gmail, Yahoo 2024)",
            "add the record that your mail provider shows under domain authentication",
        )
    elif not keys[0]:
        yield Finding(
            Severity.MUST,
            record_name,
            "the DKIM key is withdrawn (p= is empty)",
            "every signature fails (RFC 6376, 3.6.1)",
            "ask your provider for a new one",
        )
    else:
        yield from _check_key_length(
            record_name, keys[0], records[0].get("k", "rsa")
        )


def _check_key_length(
    record_name: str, key: str, algorithm: str
) -> Iterator[Finding]:
    try:
        key_bytes = len(b64decode(key, validate=True))
    except (ValueError, binascii.Error):
        yield Finding(
            Severity.MUST,
            record_name,
            "the DKIM key is not base64",
            "no signature can be checked",
            "copy the whole record again",
        )
        return
    if algorithm != "rsa":
        return
    if key_bytes < MIN_KEY_BYTES:
        yield Finding(
            Severity.MUST,
            record_name,
            f"the DKIM key has fewer than {MIN_KEY_BITS} bits",
            "Gmail ignores it (sender guidelines)",
            f"make one of {ADVISED_KEY_BITS}",
        )
    elif key_bytes < ADVISED_KEY_BYTES:
        yield Finding(
            Severity.MAY,
            record_name,
            f"the DKIM key has fewer than {ADVISED_KEY_BITS} bits",
            "it is still accepted, but a longer one is advised (RFC 8301, 3.2)",
            f"make one of {ADVISED_KEY_BITS}",
        )


def _parse_tags(record: str) -> dict[str, str]:
    """Return a record's tags by their names in lower case; values without white space."""
    tags: dict[str, str] = {}
    for part in record.split(";"):
        name, _, value = part.partition("=")
        tags[name.strip().lower()] = "".join(value.split())
    return tags
