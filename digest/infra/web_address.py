"""Web addresses: their parts and hosts, also of what is written wrongly."""

from urllib.parse import SplitResult, urlsplit


def split_address(address: str) -> SplitResult:
    """Return the parts of an address; those of none if it cannot be one, as `http://[x`."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def host_of(address: str) -> str:
    """Return the host of an address in small letters; "" if it has none."""
    return split_address(address).hostname or ""


def bare_host_of(address: str) -> str:
    """Return the host of an address without `www.`; "" if it has none."""
    return host_of(address).removeprefix("www.")
