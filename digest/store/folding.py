"""Foldings: what makes two spellings of an address one person; hashes of those forgotten."""

import hashlib
import hmac
from unicodedata import normalize

import idna


def fold(address: str) -> str:
    """Return what makes two spellings of an address the same subscriber.

    RFC 5321, 2.4 lets the local part depend on case; in practice none does, and mailing one person
    twice is the worse mistake. Letters are not folded further: straße@ and strasse@ are two people.
    A domain is compared by its ASCII form (IDNA 2008, RFC 5891), text in Unicode's form NFC.
    """
    told = address.strip()
    if told.isascii():
        return told.lower()
    local, at, domain = normalize("NFC", told).rpartition("@")
    try:
        if at:
            host = idna.encode(domain, uts46=True).decode()
        else:
            host = domain
    except idna.IDNAError:
        host = domain
    return normalize("NFC", f"{local.lower()}{at}{host.lower()}")


def old_fold(address: str) -> str:
    """Return how versions before 0014 of the schema folded an address (ß became ss).

    What was erased then is known by a hash of this, from which nobody can tell the address.
    """
    return address.strip().casefold()


def hash_of(key: str, folded: str) -> str:
    """Return what is kept of an address that was erased: a hash that only this workspace makes."""
    return hmac.new(key.encode(), folded.encode(), hashlib.sha256).hexdigest()
