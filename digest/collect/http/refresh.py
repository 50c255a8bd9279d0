"""Refresh: the address that a small page sends its reader on to, instead of a redirect.

Counters of clicks and old sites answer 200 with a page whose only content is `<meta http-equiv=refresh>`
(HTML Living Standard, 4.2.5.3: "Pragma directives"). A page with an article of its own refreshes
itself for another reason: it is large.
"""

import re
from urllib.parse import urljoin

from digest.ports import Response

#: Bytes beyond which a page has something to say of its own.
MAX_PAGE_BYTES = 4_096
#: Seconds that a reader would wait.
MAX_WAIT_SECONDS = 5
META_TAG = re.compile(rb"<meta\b[^>]*>", re.IGNORECASE)
IS_REFRESH = re.compile(
    rb"""http-equiv\s*=\s*["']?\s*refresh\b""", re.IGNORECASE
)
CONTENT = re.compile(
    rb"""content\s*=\s*["']?\s*(\d+)[\d.]*\s*[;,]\s*url\s*=\s*["']?([^"'>]+)""",
    re.IGNORECASE,
)


def find_refresh(answer: Response) -> str:
    """Return the address that a page sends on to at once; "" if it sends nowhere."""
    if len(answer.body) > MAX_PAGE_BYTES:
        return ""
    for tag in META_TAG.findall(answer.body):
        written = _address_in_tag(tag)
        if written:
            return _absolute_address(written, answer.url)
    return ""


def _address_in_tag(tag: bytes) -> bytes:
    """Return the address to which a meta tag sends on soon; b"" if it does not."""
    if not IS_REFRESH.search(tag):
        return b""
    content = CONTENT.search(tag)
    if content is None:
        return b""
    seconds = int(content[1])
    if seconds > MAX_WAIT_SECONDS:
        return b""
    return content[2]


def _absolute_address(written: bytes, page: str) -> str:
    """Return an absolute address; "" for the page itself, and for what is no address of the web."""
    text = written.decode("utf-8", "replace").strip()
    try:
        address = urljoin(page, text.replace("&amp;", "&"))
    except ValueError:
        return ""
    if address == page or not address.startswith(("http://", "https://")):
        return ""
    return address
