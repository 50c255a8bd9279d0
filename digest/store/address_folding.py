"""Folding: which spellings of an address are one person; hashes of addresses that were erased."""

import hashlib
import hmac
from unicodedata import normalize

import idna


def fold_address(address: str) -> str:
    """Return the form that all spellings of one subscriber's address share.

    RFC 5321, 2.4 lets the local part depend on case; in practice none does, and mailing one person
    twice is the worse mistake. Letters are not folded further: straße@ and strasse@ are two people.
    A domain is compared by its ASCII form (IDNA 2008, RFC 5891), text in Unicode's form NFC.
    """
    stripped = address.strip()
    if stripped.isascii():
        return stripped.lower()
    local, at, domain = normalize("NFC", stripped).rpartition("@")
    if at:
        domain = _to_ascii(domain)
    return normalize("NFC", f"{local.lower()}{at}{domain.lower()}")


def _to_ascii(domain: str) -> str:
    """Return a domain's ASCII form; the domain itself if it has none."""
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return domain


def old_fold(address: str) -> str:
    """Return how versions before 0014 of the schema folded an address (ß became ss).

    An address that was erased then is stored as a hash of this, from which it cannot be restored.
    """
    return address.strip().casefold()


def hash_address(key: str, folded: str) -> str:
    """Return what is stored of an address that was erased: a hash that needs the workspace's key."""
    return hmac.new(key.encode(), folded.encode(), hashlib.sha256).hexdigest()
