"""DKIM (RFC 6376): the key by which mailboxes check a mail's signature."""

import binascii
from base64 import b64decode
from collections.abc import Iterator

from digest.model import Finding, Severity
from digest.ports import Lookup
from digest.settings import Settings

#: The names under which SendGrid keeps its two keys (docs.sendgrid.com, domain authentication).
SENDGRID = ("s1", "s2")
#: A public RSA key of so many bits is so many bytes of DER or a little more; Gmail asks for the
#: first, and advises the second.
LEAST = 1024, 140
ADVISED = 2048, 270


def dkim(settings: Settings, domain: str, lookup: Lookup) -> Iterator[Finding]:
    """Yield what is amiss with a domain's signing keys."""
    delivery = settings.delivery
    names = delivery.dkim_selectors or (
        SENDGRID if delivery.transport == "sendgrid" else ()
    )
    if not names:
        yield Finding(
            Severity.MAY,
            domain,
            "it is not known under which selector your server signs",
            "mailboxes ask for DKIM of bulk senders (Gmail, Yahoo 2024)",
            "put it into feeds.yaml: delivery.dkim_selectors",
        )
    for name in names:
        yield from _key(f"{name}._domainkey.{domain}", lookup)


def _key(where: str, lookup: Lookup) -> Iterator[Finding]:
    tags = [_tags(r) for r in lookup(where, "TXT")]
    keys = [t["p"] for t in tags if "p" in t]
    if not keys:
        yield Finding(
            Severity.MUST,
            where,
            "there is no DKIM key",
            "mail that nobody signed for is refused or filed as spam (Gmail, Yahoo 2024)",
            "add the record that your mail provider shows under domain authentication",
        )
    elif not keys[0]:
        yield Finding(
            Severity.MUST,
            where,
            "the DKIM key is withdrawn (p= is empty)",
            "every signature fails (RFC 6376, 3.6.1)",
            "have your provider make a new one",
        )
    else:
        yield from _length(where, keys[0], tags[0].get("k", "rsa"))


def _length(where: str, key: str, kind: str) -> Iterator[Finding]:
    try:
        size = len(b64decode(key, validate=True))
    except (ValueError, binascii.Error):
        yield Finding(
            Severity.MUST,
            where,
            "the DKIM key is no base64",
            "no signature can be checked",
            "copy the record again, whole",
        )
        return
    if kind == "rsa" and size < LEAST[1]:
        yield Finding(
            Severity.MUST,
            where,
            f"the DKIM key has fewer than {LEAST[0]} bits",
            "Gmail takes it for none (sender guidelines)",
            f"make one of {ADVISED[0]}",
        )
    elif kind == "rsa" and size < ADVISED[1]:
        yield Finding(
            Severity.MAY,
            where,
            f"the DKIM key has fewer than {ADVISED[0]} bits",
            "it is taken still, a longer one is advised (RFC 8301, 3.2)",
            f"make one of {ADVISED[0]}",
        )


def _tags(record: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): "".join(value.split()) for name, _, value in pairs}
