"""Sources: which entries of a feed are another site's, and whose. Pure.

Alerts, news searches, planets and readers republish what others published. An entry is another
site's if its article is not on the feed's own site, and the feed says where it is from (RSS and Atom
`source`), the link is an aggregator's, or the feed's links lead to many sites. Which outlet of
feeds.yaml that is, `attribution` finds out; without one, the name is a guess.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from digest.collect.feeds.aggregators import hides_address
from digest.collect.feeds.clean import absolute_url, plain_text
from digest.collect.feeds.dedupe import shared_site
from digest.collect.feeds.entries import Entry, EntrySource
from digest.infra.letters import fold_letters

#: Sites beside its own that a feed of many sites links to at least.
MIN_SITES = 3
#: What stands between a headline and its outlet's name at the end, as Google writes it and titles do.
NAME_BEHIND = re.compile(r"^(.+\S)\s+[-–—|]\s+(\S[^|]{1,60})$")
MAX_NAME_LENGTH = 100
#: The address that a link post of a forum is about, beside that of its comments (Reddit's feeds).
LINK_OF_POST = re.compile(
    r"""<a href=["']([^"']+)["'][^>]*>\s*\[link\]\s*</a>"""
)


@dataclass(frozen=True, slots=True)
class Source:
    """The site that an article of another feed is from."""

    name: str  #: as the feed calls it; "" if it does not
    address: (
        str  #: the article's own, or that of the site; "" if neither is known
    )


@dataclass(frozen=True, slots=True)
class SourceClaim:
    """What an entry says of where it is from."""

    link: str  #: as written, before the article's own address was found in it
    entry_source: EntrySource | None
    subject: str = ""  #: the address that a forum's post is about


@dataclass(frozen=True, slots=True)
class FeedSites:
    """The sites and names of a feed's own, and whether it gathers articles of many others."""

    own: frozenset[str]
    names: frozenset[str]  #: folded
    is_of_many: bool
    is_of_one: (
        bool  #: every article is on the feed's own sites, at its own address
    )

    def is_own(self, address: str) -> bool:
        """Return whether an address is on one of the feed's own sites."""
        return site_of_address(address) in self.own

    def is_own_name(self, name: str) -> bool:
        """Return whether a name is the feed's or its outlet's."""
        return fold_letters(name) in self.names


def survey_sites(
    addresses: Sequence[str],
    own: Iterable[str],
    names: Iterable[str],
) -> FeedSites:
    """Return the sites that a feed's articles are on; `own` and `names` are of the feed and its outlet.

    A feed of many sites links to none of them most of the time: that would be an outlet's which has
    moved to another site.
    """
    own_sites = {site_of_address(address) for address in own} - {""}
    counts = Counter(map(site_of_address, addresses))
    del counts[""]
    foreign = [counts[site] for site in counts if site not in own_sites]
    half = counts.total() / 2
    is_of_many = len(foreign) >= MIN_SITES and max(foreign) <= half < sum(
        foreign
    )
    own_names = {fold_letters(name) for name in names} - {""}
    is_of_one = not foreign and not any(map(hides_address, addresses))
    return FeedSites(
        frozenset(own_sites),
        frozenset(own_names),
        is_of_many=is_of_many,
        is_of_one=is_of_one,
    )


def find_source(
    claim: SourceClaim,
    url: str,
    sites: FeedSites,
) -> Source | None:
    """Return the site that the article at an address is from; None if it is the feed's own."""
    is_hidden = hides_address(url)
    if not is_hidden and (not url or sites.is_own(url)):
        return None
    entry_source = claim.entry_source or EntrySource()
    name = plain_text(entry_source.name)[:MAX_NAME_LENGTH]
    site = absolute_url(entry_source.address, "")
    if is_hidden:
        return _source_of_hidden(name, site)
    if sites.is_own(site) or sites.is_own_name(name):
        return None
    signs = (
        name != "",
        site != "",
        sites.is_of_many,
        _was_wrapped(claim.link, url),
    )
    if any(signs):
        return Source(_readable_name(name), url)
    return None


def _source_of_hidden(name: str, site: str) -> Source | None:
    """Return the source of an article whose address is hidden, if the feed names one."""
    if name:
        return Source(name, site)
    return None


def link_of_post(entry: Entry) -> str:
    """Return the address that a forum's post is about; "" if it is about none."""
    for text in (entry.content, entry.summary):
        if "[link]" in text:
            match = LINK_OF_POST.search(text)
            if match:
                return plain_text(match[1])
    return ""


def split_off_name(title: str, source: Source) -> tuple[str, str]:
    """Return a headline without its outlet's name, and the name; "" if it has none.

    The name at the end is the one that the feed gives, or one that the site's host is made of.
    """
    # late: processes that read feeds need no settings
    from digest.settings.publishers import is_name_of_host

    match = NAME_BEHIND.match(title)
    if match is None:
        return title, source.name
    headline, name = match.groups()
    if source.name:
        is_name = fold_letters(name) == fold_letters(source.name)
    else:
        is_name = is_name_of_host(name, source.address)
    if is_name:
        return headline, name
    return title, source.name


def site_of_address(address: str) -> str:
    """Return the part of an address's host that the hosts of one site share; "" for none."""
    _scheme, _, behind_scheme = address.partition("://")
    authority, _, _path = behind_scheme.partition("/")
    return _site_of_authority(authority)


@lru_cache(maxsize=4096)
def _site_of_authority(authority: str) -> str:
    """Return the site of what stands between `://` and the path; a feed has few of them."""
    try:
        host = urlsplit(f"//{authority}").hostname
    except ValueError:
        return ""
    return ".".join(shared_site(host))


def _readable_name(name: str) -> str:
    """Return a name of a source; "" for an address that stands in place of one."""
    if "://" in name or "@" in name:
        return ""
    return name


def _was_wrapped(link: str, url: str) -> bool:
    """Return whether an article's address was found in the link of another site, or beside one."""
    return site_of_address(link) not in ("", site_of_address(url))
