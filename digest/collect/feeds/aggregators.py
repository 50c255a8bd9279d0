"""Links of aggregators and mailers that lead to another place: the address they carry is found in them.

Alerts, news searches, mail filters and counters of clicks wrap an article's address in one of their
own. Where the link shows it, it is read from the link: nobody is asked, so nobody learns who reads.
The forms are those that the senders' documentation or their links show; no sender is known by its
name, but Google, whose links hide the address in a form of their own, and Proofpoint's.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from urllib.parse import SplitResult, parse_qsl, unquote

from digest.infra.web_address import split_address
from digest.model import NEEDS_A_PERSON

#: Parameters that hold where a link leads, in small letters: Google (`url`, `q`), Bing (`url`, `u`),
#: DuckDuckGo (`uddg`), Facebook and mail filters (`u`, `url`, `a`), counters of clicks (the others).
TARGET_PARAMETERS = frozenset(
    "url u q a uddg ru target dest destination redirect redirect_url redirecturl to goto link href "
    "out r l p".split()
)
#: Parts of paths and hosts that only lead elsewhere: /url, /redirect, /l.php, /apiclick.aspx, l.….
LEADING_WORDS = frozenset(
    "url redirect redir r rd go goto out outbound click clicks clk ck l lnk link links track tracking "
    "tracker apiclick exit away leave t ct safelinks urldefense linkprotect".split()
)
#: Parts that do something with an address, and lead not to it: sharing, login, translation, archives.
ACTING_WORDS = frozenset(
    "share sharer sharing sharearticle intent login log-in signin sign-in sso auth oauth register "
    "subscribe translate embed oembed proxy preview archive archiver save unsubscribe widget".split()
)
#: An address within a path, as one part of it: `/L0/https:%2F%2Fpaper.example%2Fx/1/…`, `RU=https%3a…`.
ADDRESS_IN_PATH = re.compile(
    r"(?:/|=)(https?(?:%3a|:)%2f%2f[^/]+)", re.IGNORECASE
)
#: The rest of a path that is an address: `/rss/*http://paper.example/x`.
ADDRESS_BEHIND_STAR = re.compile(r"/\*(https?)(?:%3a|:)(//.+)", re.IGNORECASE)
#: Proofpoint's URL Defense, version 3: /v3/__https://paper.example/x__;!!…
URL_DEFENSE_3 = re.compile(r"^/v3/__(https?:/[^*]+?)__;[\w-]*!", re.IGNORECASE)
#: Beginnings of texts in base64 (RFC 4648): "http", "a1http" as Bing writes it, and `{"` of JSON.
BASE64_OF_ADDRESS = re.compile(r"(?:^|/|=|[?&]u=a1)(aHR0c[\w+/=-]{8,})")
BASE64_OF_JSON = re.compile(r"/(eyJ[\w-]{8,})")
#: A path of Google News before the code of an article.
GOOGLE_NEWS_ARTICLE = re.compile(
    r"^/(?:__i/)?(?:rss/)?(?:rd/)?(?:articles|read)/([\w-]+)"
)
#: The bytes with which a code of Google News begins that holds the article's address.
GOOGLE_NEWS_PREFIX = b"\x08\x13\x22"
#: Wrappers around one another that are taken off.
MAX_WRAPPERS = 4
MAX_CODE_LENGTH = 4096


def embedded_address(url: str) -> str:
    """Return the address that a link carries in it, of whatever leads to it; "" if it carries none.

    Only what is written in the link is read; nothing is asked. The address is as it is written
    there, with the marks of campaigns that it may have.
    """
    address = ""
    for _ in range(MAX_WRAPPERS):
        inner = _unwrap_once(address or url)
        if not inner:
            break
        address = inner
    return address


def may_carry_address(url: str) -> bool:
    """Return whether a link may carry an address: a quick test, for most carry none."""
    return (
        url.find("http", 8) > 0
        or "aHR0c" in url
        or "/eyJ" in url
        or "//news.google." in url
    )


def hides_address(url: str) -> bool:
    """Return whether a link is one of Google News that hides the article's address."""
    if "//news.google." not in url:
        return False
    parts = split_address(url)
    is_article = GOOGLE_NEWS_ARTICLE.match(parts.path) is not None
    return (
        is_article and _is_google(parts.hostname) and not embedded_address(url)
    )


def advice_for_person(url: str) -> str:
    """Return what a person is to do about a link that hides the outlet's own; "" if it does not.

    A Google News link can be followed only by a call that Google does not document, so its
    destination is not guessed.
    """
    if hides_address(url):
        return f"{NEEDS_A_PERSON}: a Google News link hides the outlet's own address"
    return ""


def _unwrap_once(url: str) -> str:
    parts = split_address(url)
    if not may_carry_address(url) or _is_acting(parts):
        return ""
    addresses = _carried_addresses(url, parts)
    others = (address for address in addresses if address != url)
    return next(filter(_is_address, others), "")


def _carried_addresses(url: str, parts: SplitResult) -> Iterator[str]:
    """Yield what may be the address that a link carries, the surest first."""
    if _is_google(parts.hostname):
        yield _address_in_google_news(parts)
    yield from _proofpoint_addresses(parts)
    if _only_leads(parts):
        yield from _addresses_in_query(parts)
        yield from _addresses_in_json(parts)
    yield from _addresses_in_text(url, parts)


def _addresses_in_text(url: str, parts: SplitResult) -> Iterator[str]:
    """Yield addresses that stand in a link as one piece, percent-escaped or in base64."""
    in_path = ADDRESS_IN_PATH.search(parts.path)
    if in_path:
        yield unquote(in_path[1])
    behind_star = ADDRESS_BEHIND_STAR.search(url)
    if behind_star:
        yield f"{behind_star[1]}:{behind_star[2]}"
    in_base64 = BASE64_OF_ADDRESS.search(f"{parts.path}?{parts.query}")
    if in_base64:
        code, _, _signature = in_base64[1].partition("/")
        yield _decode_base64(code)


def _addresses_in_query(parts: SplitResult) -> Iterator[str]:
    for name, value in parse_qsl(parts.query):
        if name.lower() in TARGET_PARAMETERS:
            yield value


def _addresses_in_json(parts: SplitResult) -> Iterator[str]:
    """Yield the addresses in JSON that a path has as base64: `/redirect/2/eyJlIjoiaHR0cHM6…`."""
    code = BASE64_OF_JSON.search(parts.path)
    if code is None:
        return
    try:
        fields = json.loads(_decode_base64(code[1]))
    except ValueError:
        return
    if isinstance(fields, dict):
        yield from (value for value in fields.values() if type(value) is str)


def _proofpoint_addresses(parts: SplitResult) -> Iterator[str]:
    """Yield the address in a link of URL Defense, version 2 or 3 (help.proofpoint.com)."""
    labels = (parts.hostname or "").split(".")
    if "urldefense" not in labels:
        return
    third = URL_DEFENSE_3.match(parts.path)
    if third:
        # one slash of "https://" is lost where a mail program tidied the path
        yield re.sub(r"^(https?:)/(?=[^/])", r"\1//", third[1])
    parameters = dict(parse_qsl(parts.query))
    second = parameters.get("u", "")
    escaped = second.replace("-", "%").replace("_", "/")
    yield unquote(escaped)


def _address_in_google_news(parts: SplitResult) -> str:
    """Return the address in an older link of Google News; "" where the code is only a number.

    The code is a protocol buffer in base64: field 4 is the article's address, with its length.
    """
    code = GOOGLE_NEWS_ARTICLE.match(parts.path)
    if code is None:
        return ""
    message = _decode_bytes(code[1])
    if not message.startswith(GOOGLE_NEWS_PREFIX):
        return ""
    length, start = _read_varint(message, len(GOOGLE_NEWS_PREFIX))
    end = start + length
    address = message[start:end]
    return address.decode("ascii", "replace")


def _read_varint(message: bytes, start: int) -> tuple[int, int]:
    """Return a number of a protocol buffer, seven bits a byte, and where the next field begins."""
    number = 0
    for place, byte in enumerate(message[start : start + 4]):
        number |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return number, start + place + 1
    return 0, start


def _decode_base64(code: str) -> str:
    return _decode_bytes(code).decode("utf-8", "replace")


def _decode_bytes(code: str) -> bytes:
    """Return what base64 means, in either of its alphabets; nothing if it is none."""
    letters = code[:MAX_CODE_LENGTH]
    letters = letters.rstrip("=")
    letters = letters.replace("+", "-")
    letters = letters.replace("/", "_")
    # four letters are three bytes; a last letter alone means nothing
    if len(letters) % 4 == 1:
        letters = letters[:-1]
    padding = "=" * (-len(letters) % 4)
    try:
        return base64.urlsafe_b64decode(letters + padding)
    except (binascii.Error, ValueError):
        return b""


def _is_address(text: str) -> bool:
    parts = split_address(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    return text.isprintable() and " " not in text and "\ufffd" not in text


def _only_leads(parts: SplitResult) -> bool:
    """Return whether an address only leads elsewhere, by a word of its path or host, or has no path."""
    words = _words_of(parts)
    is_without_path = not parts.path.strip("/")
    return is_without_path or not LEADING_WORDS.isdisjoint(words)


def _is_acting(parts: SplitResult) -> bool:
    return not ACTING_WORDS.isdisjoint(_words_of(parts))


def _words_of(parts: SplitResult) -> set[str]:
    """Return the parts of a path and the labels of a host, in small letters, without endings."""
    words: set[str] = set()
    for segment in parts.path.lower().split("/"):
        word, _, _ending = segment.partition(".")
        words.add(word)
    labels = (parts.hostname or "").split(".")
    words.update(labels[:-1])
    return words


def _is_google(host: str | None) -> bool:
    """Return whether a host is google.com, news.google.com, www.google.co.uk or the like."""
    labels = (host or "").split(".")
    return "google" in labels[:2] and len(labels) <= 4
