"""What is a mail address."""

from digest.errors import DigestError
from digest.settings.models import ADDRESS

LONGEST = 254  #: characters (RFC 5321, 4.5.3.1.3, less the angle brackets)


def is_address(address: str) -> bool:
    """Say whether something is a mail address."""
    address = address.strip()
    return bool(ADDRESS.fullmatch(address) and len(address) <= LONGEST and address.isascii())


def checked(address: str) -> str:
    """Return an address as it may stand in a message. Raises DigestError otherwise."""
    address = address.strip()
    if not is_address(address):
        raise DigestError(f"expected a mail address such as ada@example.org, found {address!r}")
    return address
