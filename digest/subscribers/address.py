"""What is a mail address."""

from unicodedata import normalize

import idna

from digest.errors import DigestError
from digest.settings.models import ADDRESS

LONGEST = 254  #: characters (RFC 5321, 4.5.3.1.3, less the angle brackets)


def is_address(address: str) -> bool:
    """Say whether something is a mail address."""
    try:
        checked(address)
    except DigestError:
        return False
    return True


def checked(address: str) -> str:
    """Return an address as it may stand in a message. Raises DigestError otherwise.

    Letters of any script may stand before the @ (RFC 6531); a domain's become ASCII (RFC 5891).
    """
    told = normalize("NFC", address.strip())
    local, _, domain = told.rpartition("@")
    try:
        found = told if told.isascii() else f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        found = ""
    if not (ADDRESS.fullmatch(found) and found.isprintable() and len(found) <= LONGEST):
        raise DigestError(f"expected a mail address such as ada@example.org, found {address!r}")
    return found
