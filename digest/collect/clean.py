"""Everything a feed or page says is hostile: make it plain text and http links."""

import html
import re
import unicodedata
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import nh3

#: Parameters that say how a reader came, not which article it is. The prefixes are those of
#: Urchin/Google, Matomo, HubSpot and Piwik; the names are each vendor's click identifier.
TRACKER_PREFIXES = ("utm_", "mtm_", "pk_", "hsa_")
TRACKERS = frozenset(
    "fbclid gclid dclid gbraid wbraid msclkid yclid igshid twclid ttclid li_fat_id mc_cid mc_eid "
    "mkt_tok vero_id _hsenc _hsmi oly_enc_id oly_anon_id cmpid ftcamp ncid".split()
)
#: Fragments that name no part of a page: `#xtor=RSS-1`, `#0`, `#:~:text=…`.
NOISE = re.compile(r":~:.*|.*=.*|\d{0,2}|top|comments")
MAX_URL = 2048


def plain(text: str) -> str:
    """Return one line of plain text: no tags, entities, controls or doubled spaces."""
    if "<" in text or "&" in text:
        text = html.unescape(nh3.clean(text, tags=set()))
    visible = "".join(
        " " if c in "\t\n\r\f\v\u2028\u2029" else c
        for c in text
        if c in "\t\n\r\f\v\u2028\u2029" or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn")
    )
    return " ".join(visible.split())


def link(raw: str, base: str) -> str:
    """Return an absolute http(s) address, or "" if it is anything else."""
    if not raw.strip():
        return ""
    try:
        url = urljoin(base, "".join(raw.split()))
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return url if good and len(url) <= MAX_URL and url.isprintable() else ""


def key(url: str) -> str:
    """Return what two addresses of the same article share.

    Scheme, `www.`, default ports, tracking parameters and a trailing slash do not tell articles
    apart; everything else may, also a fragment: some feeds list the sections of one page.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    kept = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _tracks(k)]
    return urlunsplit(
        ("", host + port, parts.path.rstrip("/"), urlencode(kept), _anchor(parts.fragment))
    )[2:]


def untracked(url: str) -> str:
    """Return an address without tracking parameters, otherwise letter for letter."""
    rest, mark, fragment = url.partition("#")
    path, _, query = rest.partition("?")
    kept = "&".join(part for part in query.split("&") if not _tracks(part.partition("=")[0]))
    return path + (f"?{kept}" if kept else "") + mark + fragment


def _anchor(fragment: str) -> str:
    return "" if NOISE.fullmatch(fragment) else fragment


def _tracks(name: str) -> bool:
    name = name.lower()
    return name in TRACKERS or name.startswith(TRACKER_PREFIXES)


def moment(text: str) -> datetime | None:
    """Read an ISO 8601 time; None if it is none."""
    try:
        return aware(datetime.fromisoformat(text))
    except ValueError:
        return None


def aware(when: datetime) -> datetime | None:
    """Return a time in UTC; one without a zone is taken to be in it.

    None where that leaves the calendar: in the first hours of year 1, the last of year 9999.
    """
    try:
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        return None


def paragraphs(text: str) -> str:
    """Return text with clean paragraphs, a blank line between them."""
    return "\n\n".join(p for p in (plain(line) for line in re.split(r"\n+", text)) if p)
