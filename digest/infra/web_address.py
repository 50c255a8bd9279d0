"""Web addresses: their parts and hosts, also of what is written wrongly."""

import re
from urllib.parse import SplitResult, unquote, urlsplit

_MAIL = re.compile(r"[^\s@,;]+@[^\s@,;]+\.[^\s@,;.]+")
#: A part of a host's name, in any script: letters and digits, hyphens inside (RFC 5890), and
#: underscores, which are no names of hosts but work.
_LABEL = re.compile(r"\w(?:[\w-]*\w)?")
_TELEPHONE = re.compile(r"\+?[\d\s().-]*\d[\d\s().-]*(?:;.*)?")


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


def find_address_fault(address: str) -> str:
    """Return why no reader can follow an address, "" if there is no such reason.

    Whether anything answers there is another question.
    """
    if not address:
        return "it is empty"
    if re.search(r"\s", address):
        return "it holds a space"
    if address.startswith("#"):
        return "a mail has no places that a link could lead to"
    parts = split_address(address)
    find_fault = _FAULTS.get(parts.scheme)
    if find_fault is None:
        return "expected a web address such as https://…"
    return find_fault(parts)


def _fault_of_mail(parts: SplitResult) -> str:
    if all(map(_MAIL.fullmatch, unquote(parts.path).split(","))):
        return ""
    return "expected an address such as mailto:name@example.org"


def _fault_of_telephone(parts: SplitResult) -> str:
    if _TELEPHONE.fullmatch(unquote(parts.path)):
        return ""
    return "expected a number such as tel:+441632960114"


def _fault_of_host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if not host:
        return "it names no host"
    try:
        _ = parts.port
    except ValueError:
        return "what stands behind the colon is no port"
    if ":" in host:  # IPv6
        return ""
    labels = host.removesuffix(".").split(".")
    if len(labels) == 1 and host != "localhost":
        return f"{host} is no host that readers could reach"
    if not all(map(_LABEL.fullmatch, labels)):
        return f"{host} is no name of a host"
    return ""


#: What readers may be asked to open, to write to, to call.
_FAULTS = {
    "http": _fault_of_host,
    "https": _fault_of_host,
    "mailto": _fault_of_mail,
    "tel": _fault_of_telephone,
}
