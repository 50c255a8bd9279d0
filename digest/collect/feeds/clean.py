"""Sanitising: the hostile texts and addresses of feeds and pages become plain text and http links."""

import html
import re
import unicodedata
from datetime import UTC, datetime
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit

import nh3

from digest.collect.feeds.aggregators import (
    embedded_address,
    may_carry_address,
)
from digest.collect.feeds.link_forms import mend_link, names_piece
from digest.model import is_unlinked

#: Parameters that name how a visitor came, not which article it is. The prefixes are those of
#: Urchin/Google, Matomo, HubSpot, Piwik, AT Internet and Google's own pages; the names are each
#: vendor's or outlet's click identifier, and what PHP, Java and ColdFusion number visits by.
TRACKER_PREFIXES = (
    "utm_",
    "mtm_",
    "pk_",
    "hsa_",
    "at_",
    "itm_",
    "guce_referrer",
)
TRACKER_NAMES = frozenset(
    "fbclid gclid dclid gbraid wbraid msclkid yclid igshid igsh twclid ttclid li_fat_id mc_cid "
    "mc_eid mkt_tok vero_id _hsenc _hsmi oly_enc_id oly_anon_id cmpid cmp ftcamp ncid smid smtyp "
    "ocid ftag wpisrc wprss guccounter soc_src soc_trk __twitter_impression _ga _gl srsltid "
    "s_kwcid epik wt_mc wt.mc_id wt.mc xtor feedname feedtype taid sref "
    "phpsessid jsessionid sessionid session_id cfid cftoken".split()
)
#: Parameters that do so only with one of these values: `?partner=rss&emc=rss`, `?ref=rss`.
CHANNEL_PARAMETERS = frozenset(
    "ref source src partner emc from rss via".split()
)
CHANNELS = frozenset(
    "rss feed rssfeed rss-feed atom twitter facebook newsletter".split()
)
#: Parts of the address of a phone's or AMP page that the article's own lacks.
MOBILE_HOST = re.compile(r"(?:www|m|mobile|amp)\.(?=[^.]+\.)")
AMP_PATH = re.compile(r"^/amp(?=/)|/amp(?:\.html)?/?$|\.amp(?=\.html$|$)")
AMP_CACHE = re.compile(
    r"https?://(?:www\.google\.[a-z.]+/amp/s/|[\w-]+\.cdn\.ampproject\.org/[cv]/s/)(.+)"
)
LINE_BREAK = re.compile(r"[\r\n]+[ \t]*")
#: The number of a visit in a path, as Java's servers write it (Jakarta Servlet, 7.1.3).
SESSION_IN_PATH = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)
MAX_URL_LENGTH = 2048
#: Tags between which a space is shown, the most frequent first.
BLOCK_TAGS = (
    "p br li div ul h2 h3 address article blockquote dd dt figcaption figure h1 h4 h5 h6 hr ol pre "
    "section table td th tr"
).split()
#: Tags that begin or end a paragraph.
PARAGRAPH_TAG = re.compile(
    rf"</?(?:{'|'.join(BLOCK_TAGS)})(?=[\s/>])", re.IGNORECASE
)
REST_OF_TAG = r"""[^<>"']*(?:(?:"[^"<>]*"|'[^'<>]*')[^<>"']*)*>"""
TAG = re.compile(rf"</?[a-zA-Z][a-zA-Z0-9]*{REST_OF_TAG}")
BLOCK_INITIALS = "".join({tag[0] + tag[0].upper() for tag in BLOCK_TAGS})
#: A function for each tag would take twice the time, and so would a search without the initials.
SPACING_TAG = re.compile(
    rf"</?(?=[{BLOCK_INITIALS}])(?i:{'|'.join(BLOCK_TAGS)})(?![a-zA-Z0-9]){REST_OF_TAG}"
)
#: Markup that stands as words in a text: it was escaped once too often.
ESCAPED_MARKUP = re.compile(
    r"</(?:p|a|b|i|em|li|ul|div|span|strong)>|<br ?/?>|<(?:a|img)\s[^<>]*(?:href|src)=",
    re.IGNORECASE,
)
#: Stands between paragraphs while tags are taken away: a control, that no text keeps.
PARAGRAPH_END = "\x1e"
#: Markup whose contents are not text, or that has an end of its own.
NON_TEXT_MARKUP = re.compile(
    r"<(?=[!?sStTnNiImM])(?:[!?]|(?i:script|style|template|noscript|iframe|svg|math))"
)
#: Unicode's categories of controls, surrogates, private use and the unassigned.
UNPRINTABLE_CATEGORIES = frozenset({"Cc", "Cs", "Co", "Cn"})
#: C1 controls are Windows-1252 under a wrong name (WHATWG Encoding treats them so).
C1_AS_WINDOWS_1252 = {
    code: bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)
}


def plain_text(text: str) -> str:
    """Return one line of plain text: no tags, entities, controls or doubled spaces."""
    if "<" in text:
        text = _strip_tags(text)
    return _clean_line(text)


def plain_text_of_summary(markup: str) -> str:
    """Return one line of plain text, also where a feed escaped its markup once too often."""
    text = plain_text(markup)
    if "<" in text and ESCAPED_MARKUP.search(text):
        return plain_text(text)
    return text


def plain_words(text: str) -> str:
    """Return what a person typed on one line: no controls or doubled spaces, all else as it is."""
    line = " ".join(text.split())
    if line.isprintable():
        return line
    return _strip_unprintable(line)


def plain_paragraphs(text: str) -> str:
    """Return paragraphs of words that are no markup, a blank line between them."""
    lines = (plain_words(line) for line in text.splitlines())
    return "\n\n".join(line for line in lines if line)


def clean_paragraphs(text: str) -> str:
    """Return text with clean paragraphs, a blank line between them."""
    lines = (plain_text(line) for line in re.split(r"\n+", text))
    return "\n\n".join(line for line in lines if line)


def paragraphs_of_markup(markup: str) -> str:
    """Return the text of markup as clean paragraphs; a line break of its source is none."""
    if "<" not in markup:
        markup = html.unescape(markup)
    if "<" not in markup:
        return clean_paragraphs(markup)
    if NON_TEXT_MARKUP.search(markup):
        one_line = " ".join(markup.split())
        return clean_paragraphs(PARAGRAPH_TAG.sub(r"\n\g<0>", one_line))
    with_ends = SPACING_TAG.sub(PARAGRAPH_END, markup)
    without_tags = TAG.sub("", with_ends)
    lines = map(_clean_line, without_tags.split(PARAGRAPH_END))
    return "\n\n".join(line for line in lines if line)


def _clean_line(text: str) -> str:
    """Return text without tags in one line: no entities, controls or doubled spaces."""
    if "&" in text:
        text = html.unescape(text)
    return plain_words(text)


def _strip_tags(text: str) -> str:
    if NON_TEXT_MARKUP.search(text):  # that needs a real parser
        spaced = SPACING_TAG.sub(r" \g<0>", text)
        return nh3.clean(_without_half_characters(spaced), tags=set())
    return TAG.sub("", SPACING_TAG.sub(" ", text))


def _without_half_characters(text: str) -> str:
    """Return text that can be encoded: JSON may hold one half of a surrogate pair (RFC 8259, 8.2)."""
    return text.encode("utf-8", "ignore").decode("utf-8")


def _strip_unprintable(line: str) -> str:
    printable = "".join(
        character
        for character in line.translate(C1_AS_WINDOWS_1252)
        if unicodedata.category(character) not in UNPRINTABLE_CATEGORIES
    )
    return " ".join(printable.split())


def absolute_url(raw: str, base: str) -> str:
    """Return an absolute http(s) address, or "" if it is anything else."""
    if not raw.strip():
        return ""
    url = _without_line_breaks(raw)
    try:
        url = mend_link(url, base)
        if not url.startswith(("http://", "https://")):
            url = urljoin(base, url)
        parts = urlsplit(url)
        has_host = bool(parts.hostname)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not has_host:
        return ""
    if len(url) > MAX_URL_LENGTH or not url.isprintable():
        return ""
    return url


def _without_line_breaks(raw: str) -> str:
    """Return an address in one line, its spaces escaped (URL Standard, 4.4: "URL parsing")."""
    address = raw.strip()
    if address.isprintable():
        return address.replace(" ", "%20")
    one_line = LINE_BREAK.sub("", address)
    return one_line.replace("\t", "").replace(" ", "%20")


def article_key(url: str) -> str:
    """Return the key that two addresses of the same article share.

    Scheme, `www.`, a phone's or AMP's variant, default ports, parameters of tracking and of visits
    and a trailing slash do not distinguish articles; everything else may, also a fragment: some
    feeds list the sections of one page. What stands in place of an address is a key itself.
    """
    if is_unlinked(url):
        return url
    parts = urlsplit(_unwrap_address(url))
    host = MOBILE_HOST.sub("", parts.hostname or "", count=1)
    path = SESSION_IN_PATH.sub("", parts.path)
    path = AMP_PATH.sub("", path).rstrip("/")
    shared = host + _port_suffix(parts) + path
    query = _telling_query(parts.query)
    if query:
        shared += f"?{query}"
    if parts.fragment and names_piece(parts.fragment):
        shared += f"#{parts.fragment}"
    return shared


def strip_trackers(url: str) -> str:
    """Return an address without tracking parameters, otherwise letter for letter."""
    address, number_sign, fragment = url.partition("#")
    path, _, query = address.partition("?")
    parameters = "&".join(
        parameter
        for parameter in query.split("&")
        if not _is_tracker(parameter)
    )
    if parameters:
        path += f"?{parameters}"
    return path + number_sign + fragment


def unwrapped_address(link: str) -> str:
    """Return the address that an aggregator's link carries, without trackers; "" if it carries none."""
    if not may_carry_address(link):
        return ""
    return strip_trackers(absolute_url(embedded_address(link), ""))


def _unwrap_address(url: str) -> str:
    """Return the address that a link carries, as alerts and AMP caches do, else the address itself."""
    if "amp" in url:
        cached = AMP_CACHE.match(url)
        if cached:
            return f"https://{cached[1]}"
    if may_carry_address(url):
        return embedded_address(url) or url
    return url


def _port_suffix(parts: SplitResult) -> str:
    """Return the port as an address writes it; "" for a default one, and for what is none."""
    try:
        port = parts.port
    except ValueError:
        return ""
    if port in (None, 80, 443):
        return ""
    return f":{port}"


def _telling_query(query: str) -> str:
    """Return a query without the parameters that do not distinguish articles."""
    if not query:
        return ""
    telling = [
        (name, value)
        for name, value in parse_qsl(query, keep_blank_values=True)
        if not _is_incidental(name, value)
    ]
    return urlencode(telling)


def _is_incidental(name: str, value: str) -> bool:
    return _names_channel(name, value) or _asks_for_amp(name, value)


def _asks_for_amp(name: str, value: str) -> bool:
    if name.lower() == "amp":
        return True
    return name.lower() == "outputtype" and value.lower() == "amp"


def _is_tracker(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return _names_channel(name, value)


def _names_channel(name: str, value: str) -> bool:
    """Return whether a parameter names how a visitor came, not which article it is."""
    name = name.lower()
    if name in CHANNEL_PARAMETERS:
        return value.lower() in CHANNELS
    return name in TRACKER_NAMES or name.startswith(TRACKER_PREFIXES)


def parse_iso_time(text: str) -> datetime | None:
    """Read an ISO 8601 time; None if it is none."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return None
    return to_utc(time)


def to_utc(time: datetime) -> datetime | None:
    """Return a time in UTC; one without a zone is read as UTC.

    None where that leaves the calendar: in the first hours of year 1, the last of year 9999.
    """
    if time.tzinfo is None:
        time = time.replace(tzinfo=UTC)
    try:
        return time.astimezone(UTC)
    except OverflowError:
        return None
