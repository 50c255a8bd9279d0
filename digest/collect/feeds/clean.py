"""Everything a feed or page says is hostile: make it plain text and http links."""

import html
import re
import unicodedata
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

import nh3

from digest.collect.feeds.aggregators import destination

#: Parameters that say how a reader came, not which article it is. The prefixes are those of
#: Urchin/Google, Matomo, HubSpot, Piwik, AT Internet and Google's own pages; the names are each
#: vendor's or outlet's click identifier.
TRACKER_PREFIXES = ("utm_", "mtm_", "pk_", "hsa_", "at_", "itm_", "guce_referrer")
TRACKERS = frozenset(
    "fbclid gclid dclid gbraid wbraid msclkid yclid igshid igsh twclid ttclid li_fat_id mc_cid "
    "mc_eid mkt_tok vero_id _hsenc _hsmi oly_enc_id oly_anon_id cmpid cmp ftcamp ncid smid smtyp "
    "ocid ftag wpisrc wprss guccounter soc_src soc_trk __twitter_impression _ga _gl srsltid "
    "s_kwcid epik wt_mc wt.mc_id wt.mc xtor feedname feedtype taid sref".split()
)
#: Parameters that do so only with one of these values: `?partner=rss&emc=rss`, `?ref=rss`.
CHANNEL_PARAMETERS = frozenset("ref source src partner emc from rss via".split())
CHANNELS = frozenset(
    "rss feed rssfeed rss-feed atom twitter facebook newsletter".split()
)
#: What a page for phones or Google's AMP has in its address and the article itself has not.
MOBILE_HOST = re.compile(r"(?:www|m|mobile|amp)\.(?=[^.]+\.)")
AMP_PATH = re.compile(r"^/amp(?=/)|/amp(?:\.html)?/?$|\.amp(?=\.html$|$)")
AMP_CACHE = re.compile(
    r"https?://(?:www\.google\.[a-z.]+/amp/s/|[\w-]+\.cdn\.ampproject\.org/[cv]/s/)(.+)"
)
#: Fragments that name no part of a page: `#xtor=RSS-1`, `#0`, `#:~:text=…`.
NOISE = re.compile(r":~:.*|.*=.*|\d{0,2}|top|comments")
MAX_URL = 2048
#: Tags between which a reader sees a space.
BLOCKS = (
    "address article blockquote br dd div dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre "
    "section table td th tr ul"
).split()
SPACED = frozenset([*BLOCKS, *(f"/{tag}" for tag in BLOCKS)])
TAG = re.compile(
    r"""<(/?[a-zA-Z][a-zA-Z0-9]*)[^<>"']*(?:(?:"[^"<>]*"|'[^'<>]*')[^<>"']*)*>"""
)
HIDDEN = re.compile(
    r"<(?:[!?]|script|style|template|noscript|iframe|svg|math)", re.IGNORECASE
)
UNPRINTABLE = frozenset({"Cc", "Cs", "Co", "Cn"})
#: C1 controls are Windows-1252 under a wrong name (WHATWG Encoding treats them so).
WINDOWS = {n: bytes([n]).decode("cp1252", "ignore") for n in range(0x80, 0xA0)}


def plain(text: str) -> str:
    """Return one line of plain text: no tags, entities, controls or doubled spaces."""
    if "<" in text:
        text = _untagged(text)
    if "&" in text:
        text = html.unescape(text)
    line = " ".join(text.split())
    if line.isprintable():
        return line
    return _printable(line)


def _untagged(text: str) -> str:
    if HIDDEN.search(text):  # what has an end of its own needs a real parser
        return nh3.clean(TAG.sub(_spaced, text), tags=set())
    return TAG.sub(lambda tag: " " if tag[1].lower() in SPACED else "", text)


def _spaced(tag: re.Match[str]) -> str:
    if tag[1].lower() in SPACED:
        return f" {tag[0]}"
    return tag[0]


def _printable(line: str) -> str:
    shown = (
        c for c in line.translate(WINDOWS) if unicodedata.category(c) not in UNPRINTABLE
    )
    return " ".join("".join(shown).split())


def link(raw: str, base: str) -> str:
    """Return an absolute http(s) address, or "" if it is anything else."""
    if not raw.strip():
        return ""
    url = "".join(raw.split())
    try:
        if not url.startswith(("http://", "https://")):
            url = urljoin(base, url)
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    if good and len(url) <= MAX_URL and url.isprintable():
        return url
    return ""


def key(url: str) -> str:
    """Return what two addresses of the same article share.

    Scheme, `www.`, a phone's or AMP's variant, default ports, tracking parameters and a trailing
    slash do not tell articles apart; everything else may, also a fragment: some feeds list the
    sections of one page.
    """
    if "google" in url or "amp" in url:
        cached = AMP_CACHE.match(url)
        if cached:
            url = f"https://{cached[1]}"
        else:
            url = destination(url) or url
    parts = urlsplit(url)
    host = MOBILE_HOST.sub("", parts.hostname or "", count=1)
    try:
        if parts.port not in (None, 80, 443):
            port = f":{parts.port}"
        else:
            port = ""
    except ValueError:
        port = ""
    path = AMP_PATH.sub("", parts.path).rstrip("/")
    if parts.query:
        kept = _kept(parts.query)
    else:
        kept = ""
    if parts.fragment:
        anchor = _anchor(parts.fragment)
    else:
        anchor = ""
    return host + port + path + (kept and f"?{kept}") + (anchor and f"#{anchor}")


def _kept(query: str) -> str:
    pairs = parse_qsl(query, keep_blank_values=True)
    return urlencode(
        [(k, v) for k, v in pairs if not _tracks(k, v) and not _is_amp(k, v)]
    )


def _is_amp(name: str, value: str) -> bool:
    return name.lower() == "amp" or (name.lower(), value.lower()) == (
        "outputtype",
        "amp",
    )


def untracked(url: str) -> str:
    """Return an address without tracking parameters, otherwise letter for letter."""
    rest, mark, fragment = url.partition("#")
    path, _, query = rest.partition("?")
    pairs = (part.partition("=") for part in query.split("&"))
    kept = "&".join(n + equals + v for n, equals, v in pairs if not _tracks(n, v))
    return path + (f"?{kept}" if kept else "") + mark + fragment


def _anchor(fragment: str) -> str:
    if NOISE.fullmatch(fragment):
        return ""
    return fragment


def _tracks(name: str, value: str) -> bool:
    name = name.lower()
    if name in CHANNEL_PARAMETERS:
        return value.lower() in CHANNELS
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
