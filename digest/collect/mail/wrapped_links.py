"""Wrapped links: find the address that a tracker's link shows, without asking the tracker.

Most systems write the target into their link: as a parameter, as a part of the path, plain,
escaped, in base64, in JSON, in a signed token. All are looked for in any link, whoever made it; only
two forms need their maker's own rules (Proofpoint's, which are public). What shows no target is
either the article's own address or hides where it leads.
"""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from digest.collect.feeds.aggregators import embedded_address
from digest.collect.feeds.clean import absolute_url, strip_trackers
from digest.collect.mail.address_forms import (
    has_number,
)
from digest.infra.web_address import host_of, split_address

MAX_WRAPPINGS = 6
#: Addresses whose answers are remembered: a mail's links are asked about several times.
MAX_REMEMBERED = 2048
#: Parameters that name where a visitor came from or returns to, or an image: not the target.
OTHER_PARAMETERS = re.compile(
    r"^(?:ref|referr?er|source|src|img|image|pic|thumb|icon|logo|return|returnurl|return_to|back"
    r"|callback|continue|next|origin|site|domain|via|unsub.*|utm_.*)$",
    re.IGNORECASE,
)
#: "http" in base64 and in hexadecimal digits.
ADDRESS_IN_BASE_64 = re.compile(r"aHR0c[A-Za-z0-9+/=_-]{12,}")
ADDRESS_IN_HEX = re.compile(r"68747470[0-9a-fA-F]{16,}")
BASE_64 = re.compile(r"[A-Za-z0-9+/_=-]{16,}")
ABSOLUTE = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)
#: An address among the fields of a code: "47;1893;https://example.org/…;;9f3b".
ABSOLUTE_FIELD = re.compile(
    r"(?:^|[;|,\s])(https?://[^\s\"'<>\\;|,]+)", re.IGNORECASE
)
ADDRESS_IN_PATH = re.compile(r"https?:/{1,2}(?=[^/])", re.IGNORECASE)
#: A host and a path in one part of a path, without a scheme (Postmark: /3s/example.org%2Fpath).
HOST_AND_PATH = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}/\S+", re.IGNORECASE)
#: URL Defense (Proofpoint): https://urldefense.com/v3/__https://example.org/a*b__;Kw!!…$
DEFENSE_HOST = re.compile(r"(?:^|\.)urldefense(?:\.proofpoint)?\.(?:com|us)$")
DEFENSE_V3 = re.compile(r"/v3/__(.+?)__;([^!]*)!")
DEFENSE_RUN = re.compile(r"\*(?:\*.)?")
#: Lengths of runs of replaced characters in version 3, by their sign: A is 2, B is 3.
RUN_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
#: A slug of so many words in a path: the link is an article's, whatever stands in its query.
SLUG = re.compile(
    r"/(?![0-9a-f]{8}-[0-9a-f]{4}-)[^/]*[a-z]{2,}(?:[-_][a-z0-9]+){3,}[^/]*/?$",
    re.IGNORECASE,
)
#: Parameters by which mailing systems name a mail and its reader at the target: Substack, Kit,
#: beehiiv, MailerLite, Keap, EveryAction, Iterable, Sailthru, Piano, Braze.
READER_PARAMETERS = frozenset(
    "ref ref_src isfreemail triedredirect ck_subscriber_id _bhlid ml_subscriber ml_subscriber_hash "
    "inf_contact_key "
    "emci emdi ceid "
    "iterable_campaign sailthru_email nlid cndid esrc subscriber_id subscriberid contactid user_email "
    "mailing_id "
    "email_hash em_hash bxid hashed_email lctg euid sp_mid sp_rid sc_src sc_lid sc_uid sc_llid".split()
)
#: Signs after a number sign that make it name a page, not a part of one (`#!/story/12`).
ROUTE_SIGNS = ("!", "/")
MAIL_ADDRESS = re.compile(r"[^@=&\s]+@[^@=&\s]+\.[a-z]{2,}", re.IGNORECASE)

#: First labels of hosts at which mailing systems count clicks.
TRACKER_LABELS = re.compile(
    r"^(?:(?:e?mail|news|nl|newsletter|info|m)-?)?"
    r"(?:click|clicks|track|tracking|trk|link|links|lnk|url\d+|go|r|t|e|ct|click\w*|email|el\d*|tr\d?)"
    r"\d*\."
)
#: Paths at which they do: SendGrid, Mailchimp, HubSpot, Constant Contact, Brevo, and their like.
TRACKER_PATH = re.compile(
    r"/(?:ls/click|wf/click|ss/c|track/click|track/link|e3t/|tn\.jsp|tr/cl|cl/|CL0/|L0/|click(?:\.|/|$)"
    r"|lnk/|mk/cl/|Ctc/|s/[A-Za-z0-9_-]{12,}|r/?\?|c/[A-Za-z0-9_-]{16,}|e/c/|lt\.php|redirect(?:/|$|\?)|r/[A-Za-z0-9_-]{6,}|f/a/|ct/|dc/"
    r"|t/[A-Za-z0-9_-]{6,})",
)
#: A word of chance letters: no slug is written so.
TOKEN = re.compile(r"^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z0-9_~=.+-]{20,}$")
SIGNS = re.compile(r"[^A-Za-z0-9]+")
#: Shorteners' addresses: a short host, and one short part that is no word.
SHORT_CODE = re.compile(r"^/(?=[^/]*[A-Z0-9])[A-Za-z0-9_-]{4,12}/?$")
MAX_SHORT_HOST_LENGTH = 12


@lru_cache(maxsize=MAX_REMEMBERED)
def unwrap_link(url: str) -> str:
    """Return the address that a link shows, at the end of all wrappings, else the link itself.

    Without trackers' parameters, and without those that hold the reader's own mail address.
    """
    address = url
    for _ in range(MAX_WRAPPINGS):
        inner = _find_target(address)
        if not inner or inner == address:
            break
        address = inner
    if hides_target(address):  # it is followed, if at all, as it was written
        return address
    return _forget_reader(address)


@lru_cache(maxsize=MAX_REMEMBERED)
def hides_target(url: str) -> bool:
    """Return whether an address looks like a tracker's or a shortener's: a guess by its form."""
    if is_tracker(url):
        return True
    parts = split_address(strip_trackers(url))
    if SLUG.search(parts.path):
        return False
    if any(map(_has_token, _words_of(parts))):
        return True
    is_short = len(host_of(url)) <= MAX_SHORT_HOST_LENGTH
    return is_short and SHORT_CODE.match(parts.path) is not None


def _has_token(text: str) -> bool:
    """Return whether a part of an address is chance letters, or has some between signs."""
    return any(map(TOKEN.match, (text, *SIGNS.split(text))))


def _words_of(parts: SplitResult) -> list[str]:
    """Return the parts of a path, and the values of a query that has no number of an article."""
    segments = parts.path.split("/")
    if has_number(parts.geturl()):
        return segments
    return [*segments, *(value for _, value in parse_qsl(parts.query))]


def is_tracker(url: str) -> bool:
    """Return whether an address has a form that mailing systems give their links."""
    parts = split_address(url)
    if SLUG.search(parts.path):
        return False
    if TRACKER_PATH.search(f"{parts.path}?"):
        return True
    host = host_of(url)
    return TRACKER_LABELS.match(host) is not None and host.count(".") > 1


def _find_target(url: str) -> str:
    """Return the address within an address; "" if it shows none."""
    parts = split_address(url)
    if DEFENSE_HOST.search((parts.hostname or "").lower()):
        return _target_of_defense(url, parts)
    targets = chain([embedded_address(url)], _targets_in(parts))
    addresses = (absolute_url(target, "") for target in targets)
    return next(filter(_has_real_host, addresses), "")


def _targets_in(parts: SplitResult) -> Iterator[str]:
    """Yield what may be the target, the more certain first."""
    yield from _targets_in_path(parts)
    if SLUG.search(parts.path):
        return
    for name, value in parse_qsl(parts.query):
        if not OTHER_PARAMETERS.match(name):
            yield from _targets_in_value(value)


def _targets_in_path(parts: SplitResult) -> Iterator[str]:
    path = parts.path
    plain = ADDRESS_IN_PATH.search(path)
    if plain:
        rest = path[plain.end() :]
        scheme = plain[0].rstrip("/")
        query = ""
        if parts.query:
            query = f"?{parts.query}"
        yield f"{scheme}//{rest}{query}"
    for segment in path.split("/"):
        unescaped = unquote(segment)
        if unescaped.lower().startswith(("http://", "https://")):
            yield unescaped
        elif "/" in unescaped and HOST_AND_PATH.fullmatch(unescaped):
            yield f"https://{unescaped}"
        else:
            yield from _targets_in_code(unescaped)
    # the signs of plain base64 may be parts of the path
    code = ADDRESS_IN_BASE_64.search(unquote(path))
    if code:
        yield from _targets_in_code(code[0])
    for digits in ADDRESS_IN_HEX.findall(path):
        yield bytes.fromhex(digits[: len(digits) // 2 * 2]).decode(
            "utf-8", "replace"
        )


def _targets_in_value(value: str) -> Iterator[str]:
    """Yield what the value of a parameter holds, plain, escaped once more, or in a code."""
    for text in (value, unquote(value)):
        if text.lower().startswith(("http://", "https://")):
            yield text
    yield from _targets_in_code(value)


def _targets_in_code(text: str) -> Iterator[str]:
    """Yield addresses in base64 (RFC 4648), in JSON within it, or in a token of such parts (RFC 7519)."""
    for part in text.split("."):
        if not BASE_64.fullmatch(part):
            continue
        # a sign of its version may stand before it: "a1aHR0cHM6…"
        for code in (part, part[2:]):
            decoded = _decode_base_64(code)
            if decoded:
                yield from _targets_in_decoded(decoded)


def _targets_in_decoded(text: str) -> Iterator[str]:
    stripped = text.strip()
    if stripped.startswith("{"):
        yield from _targets_in_json(stripped, depth=0)
    elif ABSOLUTE.match(stripped):
        yield ABSOLUTE.match(stripped)[0]  # type: ignore[index]
    elif stripped.isprintable():
        yield from ABSOLUTE_FIELD.findall(stripped)


def _targets_in_json(text: str, depth: int) -> Iterator[str]:
    """Yield the addresses that are values of an object, or of one that is a value in it."""
    fields = _read_object(text).items()
    values = [
        value for name, value in fields if not OTHER_PARAMETERS.match(name)
    ]
    for value in filter(_is_text, values):
        if value.lower().startswith(("http://", "https://")):
            yield value
        elif depth < MAX_WRAPPINGS:
            yield from _targets_in_json(value, depth + 1)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _read_object(text: str) -> dict[str, Any]:
    """Return an object of JSON; an empty one of anything else."""
    if not text.startswith("{"):
        return {}
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(values, dict):
        return {}
    return values


def _decode_base_64(code: str) -> str:
    """Return the text in a code, unpacked if it is packed (zlib); "" if it is none."""
    alphabet = code.replace("-", "+").replace("_", "/").rstrip("=")
    padded = alphabet + "=" * (-len(alphabet) % 4)
    try:
        decoded = base64.b64decode(padded, validate=True)
    except (binascii.Error, ValueError):
        return ""
    if decoded[:1] == b"\x78":  # RFC 1950: how zlib's streams begin
        decoded = _unpack_code(decoded)
    try:
        return decoded.decode()
    except UnicodeDecodeError:
        return ""


def _unpack_code(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, 10_000)
    except zlib.error:
        return b""


def _target_of_defense(url: str, parts: SplitResult) -> str:
    """Return the target of URL Defense, by Proofpoint's published decoder."""
    third = DEFENSE_V3.search(url)
    if third:
        return absolute_url(_restore_runs(third[1], third[2]), "")
    for name, value in parse_qsl(parts.query):
        if name != "u":
            continue
        address = unquote(value)
        if "/v2/" in parts.path:
            address = unquote(value.replace("-", "%").replace("_", "/"))
        return absolute_url(address, "")
    return ""


def _restore_runs(text: str, code: str) -> str:
    """Put back the characters that version 3 replaced with asterisks."""
    characters = iter(_decode_base_64(code))

    def restore(sign: re.Match[str]) -> str:
        if len(sign[0]) == 1:
            return next(characters, "")
        length = RUN_SIGNS.find(sign[0][-1]) + 2
        return "".join(next(characters, "") for _ in range(length))

    return DEFENSE_RUN.sub(restore, text)


def _has_real_host(address: str) -> bool:
    """Return whether an address has a host with a dot, as sites have: `http://a` is chance."""
    host = urlsplit(address).hostname or ""
    return "." in host.strip(".") or host == "localhost"


def _with_ascii_host(url: str) -> str:
    """Return an address whose host is written as in DNS (RFC 5891): both ways name one site."""
    host = host_of(url)
    if host.isascii():
        return url
    try:
        return url.replace(host, host.encode("idna").decode(), 1)
    except UnicodeError:
        return url


def _forget_reader(url: str) -> str:
    """Return an address without parameters that name the mail or its reader, also by an address."""
    stripped = _with_ascii_host(strip_trackers(url))
    address, number_sign, fragment = stripped.partition("#")
    path, _, query = address.partition("?")
    parameters = [
        parameter
        for parameter in query.split("&")
        if not MAIL_ADDRESS.search(unquote(parameter))
        and parameter.partition("=")[0].lower() not in READER_PARAMETERS
    ]
    telling = "&".join(filter(None, parameters))
    if telling:
        path += f"?{telling}"
    if fragment.startswith(ROUTE_SIGNS):
        path += number_sign + fragment
    return path
