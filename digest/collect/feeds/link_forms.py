"""Links as feeds write them: make of odd forms what was meant, and tell what a fragment names.

Input is a link, and the address that it is relative to; output is a link that can be resolved.
"""

import re

from digest.infra.web_address import bare_host_of

#: A link that needs no repair: one scheme, two slashes, and something that is not a scheme again.
WELL_BEGUN = re.compile(r"https?://(?!/|https?:)")
#: The URL Standard (4.4, "special authority ignore slashes state") takes any number of slashes.
ODD_SLASHES = re.compile(r"(https?):/*", re.IGNORECASE)
#: A scheme before a whole address: the address was put behind "http://" once more.
REPEATED_SCHEME = re.compile(r"https?:/*(?=https?:/)", re.IGNORECASE)
HTML_LINK = re.compile(
    r"<a(?:\s|%20)[^>]*?href\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE
)
#: A host's name, with a port perhaps, at the start of a link.
HOST_AT_START = re.compile(r"([\w-]+(?:\.[\w-]+)+)(?::\d+)?(?=[/?#]|$)")
#: Labels of a host that begins with `www.`; fewer are the name of a file.
MIN_WWW_LABELS = 3

#: An address of a recording, where a podcast's own page of the episode may be its guid.
MEDIA_FILE = re.compile(
    r"^[^?#]+\.(?:mp3|m4a|m4v|mp4|ogg|oga|opus|aac|wav|webm|mov)(?:[?#]|$)",
    re.IGNORECASE,
)
#: Fragments of places that any page has, by WordPress, Disqus, Tynt, ShareThis and common templates,
#: of text to scroll to (`#:~:text=…`), and of how a visitor came (`#xtor=RSS-1`).
LANDMARK = re.compile(
    r":~:.*|[!/]?|top|_|c|comments?|respond|replies|disqus_thread|wpdiscuz|main|main-?content|"
    r"content|article|story|more-\d+|rss|feed|atom|newsletter|ixzz\w+|sthash\.\w+|"
    r"(?:xtor|utm_\w+|at_\w+|echobox|ref|source|from|via)=.*",
    re.IGNORECASE,
)
#: Fragments that mostly count how often a story was changed, or sent: `#0`, `#id=4`; none of a route.
COUNTER = re.compile(r"\d{1,2}|[^!/].*=.*")


def mend_link(link: str, base: str) -> str:
    """Return a link as it was meant, if it is written in an odd form; any other as it is."""
    if WELL_BEGUN.match(link):
        return link
    in_html = HTML_LINK.search(link)
    if in_html:
        link = in_html[1]
    link = REPEATED_SCHEME.sub("", link)
    odd = ODD_SLASHES.match(link)
    if odd is None:
        return _with_scheme(link, base)
    rest = link[odd.end() :]
    # "http:/story" is a path of the page it stands on (URL Standard, 4.4)
    is_path = odd[0].endswith(":/") and not HOST_AT_START.match(rest)
    if is_path:
        return link
    return f"{odd[1].lower()}://{rest}"


def _with_scheme(link: str, base: str) -> str:
    """Return a link that begins with a host, and no scheme, as a whole address."""
    at_start = HOST_AT_START.match(link)
    if at_start is None:
        return link
    host = at_start[1].lower()
    is_host = host.startswith("www.") and host.count(".") + 1 >= MIN_WWW_LABELS
    if not is_host and not _is_on_site(host, base):
        return link
    scheme, _, _ = base.partition("://")
    if scheme not in ("http", "https"):
        scheme = "https"
    return f"{scheme}://{link}"


def _is_on_site(host: str, base: str) -> bool:
    """Return whether a host is that of an address, one above it or one below it."""
    site = bare_host_of(base)
    if not site:
        return False
    return (
        host == site or site.endswith(f".{host}") or host.endswith(f".{site}")
    )


def is_page_address(address: str) -> bool:
    """Return whether an address may be a page's: there is one, and it is no recording's."""
    return address != "" and MEDIA_FILE.search(address) is None


def names_piece(fragment: str) -> bool:
    """Return whether a fragment tells one piece from another: a section, or a route of an app."""
    return may_name_piece(fragment) and COUNTER.fullmatch(fragment) is None


def may_name_piece(fragment: str) -> bool:
    """Return whether a fragment may tell pieces apart, if their headlines do so too."""
    return LANDMARK.fullmatch(fragment) is None
