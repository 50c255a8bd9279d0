"""Addresses of feeds as people, sites and other readers write them: `feed://`, no scheme, spaces.

Input is what stands in a list or was typed; output is a web address, or why it is none.
"""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

#: Other ways to write http://, by the programs that were to open such an address.
FEED_SCHEMES = re.compile(
    r"(?:feed|rss|pcast|itpc|podcast)s?:(?://)?", re.IGNORECASE
)
WEB_SCHEME = re.compile(r"(https?):/{0,2}", re.IGNORECASE)
OTHER_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)
#: The URL Standard (4.4) drops these within an address.
LINE_BREAK = re.compile(r"[\t\r\n]+")
#: Signs that stand around an address in a text (RFC 3986, appendix C).
AROUND_ADDRESS = " \t\r\n<>\"'“”„«»"
#: An address that was escaped once too often.
ESCAPED_AMPERSAND = re.compile(r"&(?:amp|#0*38|#x0*26);", re.IGNORECASE)
#: RFC 1035, 2.3.1 and RFC 5890: labels between dots, the last with a letter.
HOST_NAME = re.compile(r"(?:\w(?:[\w-]{0,61}\w)?\.)*(?!\d+$)[\w-]{2,63}\.?")


def possible_addresses(text: str) -> tuple[str, ...]:
    """Return the web addresses that a text may be, the likeliest first; none if it is none."""
    one_line = LINE_BREAK.sub("", text.strip(AROUND_ADDRESS)).replace(
        " ", "%20"
    )
    unescaped = ESCAPED_AMPERSAND.sub("&", one_line)
    scheme, rest = _split_scheme(unescaped)
    address = f"{scheme or 'https'}://{rest}"
    if not is_web_address(address):
        return ()
    if scheme:
        return (address,)
    if not _is_evident_host(urlsplit(address).hostname or ""):
        return ()
    if _is_of_local_network(address):
        return (f"http://{rest}", address)
    return (address, f"http://{rest}")


def is_web_address(address: str) -> bool:
    """Return whether an address can be asked: http or https, and a host that may exist."""
    try:
        parts = urlsplit(address)
        _port = parts.port  # ValueError if it is no number of a port
    except ValueError:
        return False
    is_of_web = parts.scheme in ("http", "https")
    is_one_line = address.isprintable() and " " not in address
    return is_of_web and is_one_line and _is_host(parts.hostname or "")


def _split_scheme(address: str) -> tuple[str, str]:
    """Return http or https, and what follows it.

    The first is "" where no scheme is given; the other one too, where it is none of the web.
    """
    feed_scheme = FEED_SCHEMES.match(address)
    rest = FEED_SCHEMES.sub("", address, count=1)
    web_scheme = WEB_SCHEME.match(rest)
    if web_scheme:
        return web_scheme[1].lower(), rest[web_scheme.end() :]
    if feed_scheme:
        return "http", rest.lstrip("/")
    if OTHER_SCHEME.match(rest):
        rest = ""
    return "", rest.lstrip("/")


def _is_host(host: str) -> bool:
    return bool(HOST_NAME.fullmatch(host)) or _is_ip_address(host)


def _is_evident_host(host: str) -> bool:
    """Return whether a word without a scheme is a host: one word alone may be anything."""
    return "." in host or ":" in host or host == "localhost"


def _is_ip_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_of_local_network(address: str) -> bool:
    """Return whether a host has no name that a certificate could be for."""
    host = urlsplit(address).hostname or ""
    return host == "localhost" or _is_ip_address(host)
