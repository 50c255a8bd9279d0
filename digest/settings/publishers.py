"""Publishers: tell whether a feed belongs to an outlet that is watched already. Pure.

An address says whose it is by its host; on a platform that many share, by the account in its path
or query (`/@ana`, `/profile/ana`, `?channel_id=…`). Where neither decides, names do. No platform is
known by its name: only the forms of addresses are.
"""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qs, quote, unquote, urlsplit

from digest.infra.letters import fold_letters
from digest.infra.web_address import split_address

if TYPE_CHECKING:
    from tldextract import TLDExtract

    from digest.settings.models import Outlet

#: Labels of hosts that are the same publisher's: the site, its phones' variant, its feeds.
GENERAL_LABELS = re.compile(r"^(?:www\d?|m|mobile|rss|feeds?)\.(?=.+\.)")
FEED_LABELS = re.compile(r"^(?:rss|feeds?)\d?\.")
#: Addresses whose sites are remembered: those of a long list are each compared with all others.
CACHED_ADDRESSES = 4096
ACCOUNT_SIGNS = ("@", "~")
#: Segments of paths before the name of an account: Mastodon, Bluesky, YouTube, Reddit, SoundCloud.
ACCOUNT_SEGMENTS = frozenset(
    {"users", "user", "u", "profile", "channel", "c", "r", "people"}
)
#: Parameters that name one: YouTube's feeds, Blogger's, and what forums of blogs use.
ACCOUNT_PARAMETERS = (
    "channel_id",
    "playlist_id",
    "user",
    "user_id",
    "account",
    "blog",
)
ENDING = re.compile(r"\.(?:rss|atom|xml|json|rdf)$", re.IGNORECASE)
#: "Valley Sun: County", "County | Valley Sun", "NYT > World", "Valley Sun » Feed"
SEPARATOR = re.compile(r"\s+[|–—·\-»«>/]+\s+|:\s+|\s*[|»>]\s*")
#: Words that name no publisher, in any language that they are left untranslated in.
COMMON_WORDS = frozenset(
    "the a of and on in for la le el der die das news rss feed feeds blog latest home".split()
)
MIN_COMMON_WORDS = 2
MIN_TELLING_LENGTH = 4  #: letters of a name that are found within a host


@dataclass(frozen=True, slots=True)
class Publisher:
    """What is known of who publishes some feeds."""

    name: str
    homepage: str
    feeds: tuple[str, ...]
    #: whether the homepage was given, rather than derived from a feed's address
    is_home_given: bool = True


def is_same_publisher(new: Publisher, watched: Publisher) -> bool:
    """Return whether what is new belongs to what is watched."""
    has_same_name = fold_letters(new.name) == fold_letters(watched.name)
    if site_of(new.homepage) != site_of(watched.homepage):
        return has_same_name and _share_domain(new.homepage, watched.homepage)
    accounts = _accounts_of(new)
    watched_accounts = _accounts_of(watched)
    if accounts and watched_accounts:
        return not accounts.isdisjoint(watched_accounts)
    if accounts or watched_accounts:
        return has_same_name
    return _are_one_on_a_host(new, watched)


def _are_one_on_a_host(new: Publisher, watched: Publisher) -> bool:
    """Return whether two that share a host, where no account is named, are one."""
    is_of_host = new.is_home_given or not _is_host_of_feeds(new.homepage)
    if is_of_host and _is_within(new.homepage, watched.homepage):
        return True
    if are_names_related(new.name, watched.name):
        return True
    names = (new.name, watched.name)
    return any(is_name_of_host(name, new.homepage) for name in names)


def find_outlet(address: str, outlets: Sequence["Outlet"]) -> str:
    """Return the name of the outlet that an address belongs to; "" if it is none's, or in doubt."""
    on_site = [
        outlet for outlet in outlets if _is_on_site(address, outlet.homepage)
    ]
    if not on_site:
        return ""
    account = account_of(address)
    for outlet in on_site:
        if account and account in _account_names_of(outlet):
            return outlet.name
    nearest = max(on_site, key=lambda one: _nearness(address, one.homepage))
    if _is_in_doubt(address, nearest, is_only=len(on_site) == 1):
        return ""
    return nearest.name


def _is_in_doubt(address: str, nearest: "Outlet", *, is_only: bool) -> bool:
    """Return whether an address, of no account that is watched, may be of another publisher there."""
    is_of_accounts = _account_names_of(nearest) != {""}
    if is_only:
        return is_of_accounts and account_of(address) != ""
    return is_of_accounts or _nearness(address, nearest.homepage) < 0


def _account_names_of(outlet: "Outlet") -> set[str]:
    """Return the accounts that an outlet's addresses name; "" for one that names none."""
    return {account_of(address) for address in (outlet.homepage, *outlet.feeds)}


def unused_name(name: str, homepage: str, taken: Iterable[str]) -> str:
    """Return a name for a new outlet: the given one, or one that its site makes distinct."""
    names = {one.casefold() for one in taken}
    if name.casefold() not in names:
        return name
    place = site_of(homepage)
    distinct = f"{name} ({place})"
    path = urlsplit(homepage).path.strip("/")
    if distinct.casefold() in names and path:
        distinct = f"{name} ({place}/{path})"
    number = 2
    while distinct.casefold() in names:
        distinct = f"{name} ({place}, {number})"
        number += 1
    return distinct


@lru_cache(maxsize=CACHED_ADDRESSES)
def site_of(address: str) -> str:
    """Return the host of a site, with its port, without labels such as www."""
    parts = _split_address(address)
    host = GENERAL_LABELS.sub("", (parts.hostname or "").lower(), count=1)
    if parts.port:
        return f"{host}:{parts.port}"
    return host


def account_of(address: str) -> str:
    """Return the account on a platform that an address names; "" if it names none."""
    parts = _split_address(address)
    account = _account_in_path(unquote(parts.path))
    if account:
        return account
    query = parse_qs(parts.query)
    for parameter in ACCOUNT_PARAMETERS:
        if parameter in query:
            return query[parameter][0].lower()
    return ""


def _account_in_path(path: str) -> str:
    """Return the part of a path that names an account, in small letters; "" if none does."""
    segments = [ENDING.sub("", segment).lower() for segment in path.split("/")]
    for before, segment in itertools.pairwise(segments):
        if _is_marked_account(segment):
            return segment
        follows_word = before in ACCOUNT_SEGMENTS
        if follows_word and segment:
            return segment
    return ""


def _is_marked_account(segment: str) -> bool:
    """Return whether a part of a path is an account by its sign: `@ana`, `~ana`."""
    return segment.startswith(ACCOUNT_SIGNS) and len(segment) > 1


def home_of(address: str, name: str = "") -> str:
    """Return the front page of the publisher at an address: its site's, or its account's.

    An account stands in the path as `@ana`, or as the publisher's name of several words.
    """
    parts = _split_address(address)
    root = f"{parts.scheme}://{parts.netloc}"
    for segment in unquote(parts.path).split("/"):
        page = ENDING.sub("", segment)
        if _is_marked_account(page):
            return f"{root}/{page}"
        if _is_slug_of(page, name) and not is_name_of_host(name, address):
            return f"{root}/{quote(page)}"
    return root


def are_names_related(one: str, other: str) -> bool:
    """Return whether two names may be of one publisher: a part is equal, or a beginning."""
    if _parts_of_name(one) & _parts_of_name(other):
        return True
    words = _words_of(one)
    other_words = _words_of(other)
    if not words or not other_words:
        return False
    shorter, longer = sorted((words, other_words), key=len)
    if longer[: len(shorter)] == shorter or longer[-len(shorter) :] == shorter:
        return True
    start = words[:MIN_COMMON_WORDS]
    return start == other_words[:MIN_COMMON_WORDS]


def is_name_of_host(name: str, address: str) -> bool:
    """Return whether a site's host is made of a name: "Valley Sun" and valleysun.example."""
    label = _squash_text(_label_of(address))
    words = _words_of(name)
    squashed = "".join(words)
    initials = "".join(word[0] for word in fold_letters(name).split())
    if len(label) < MIN_TELLING_LENGTH:
        return bool(label) and label in (squashed, initials)
    if len(squashed) >= MIN_TELLING_LENGTH and squashed in label:
        return True
    return label in squashed or label in _squash_text(name)


def _split_address(address: str) -> SplitResult:
    """Return the parts of an address; those of none if it has a wrong port or bracket."""
    parts = split_address(address)
    try:
        _port = parts.port
    except ValueError:
        return split_address("")
    return parts


def _accounts_of(publisher: Publisher) -> set[tuple[str, str]]:
    """Return the accounts that a publisher's addresses name, each with its site."""
    accounts = set()
    for address in (publisher.homepage, *publisher.feeds):
        account = account_of(address)
        if account:
            accounts.add((site_of(address), account))
    return accounts


def _is_within(new_home: str, watched_home: str) -> bool:
    """Return whether one of two homepages on a host is above the other."""
    new_path = _split_address(new_home).path.rstrip("/") + "/"
    watched_path = _split_address(watched_home).path.rstrip("/") + "/"
    return new_path.startswith(watched_path) or watched_path.startswith(
        new_path
    )


def _is_slug_of(segment: str, name: str) -> bool:
    """Return whether a part of a path is a name of several words: hill-ledger is "Hill Ledger"."""
    has_several_words = len(_words_of(name)) > 1
    return has_several_words and _squash_text(segment) == _squash_text(name)


def _is_host_of_feeds(address: str) -> bool:
    """Return whether a host is one for feeds, which may be those of many."""
    host = _split_address(address).hostname or ""
    return FEED_LABELS.match(host) is not None


def _parts_of_name(name: str) -> set[str]:
    parts = {fold_letters(part) for part in SEPARATOR.split(name)}
    return {part for part in parts if not COMMON_WORDS.issuperset(part.split())}


def _words_of(name: str) -> list[str]:
    words = fold_letters(name).split()
    return [word for word in words if word not in COMMON_WORDS]


def _squash_text(text: str) -> str:
    return fold_letters(text).replace(" ", "").replace("_", "")


def _is_on_site(address: str, homepage: str) -> bool:
    """Return whether an address is on a site or a subdomain of it, on the same port."""
    if _split_address(homepage).port != _split_address(address).port:
        return False
    site = site_of(homepage).partition(":")[0]
    host = site_of(address).partition(":")[0]
    return host == site or host.endswith(f".{site}")


def _nearness(address: str, homepage: str) -> int:
    """Return how much of a homepage's host and path an address shares; -1 if it is beside it."""
    home_path = _split_address(homepage).path.rstrip("/") + "/"
    path = _split_address(address).path.rstrip("/") + "/"
    if not path.startswith(home_path):
        return -1
    return len(site_of(homepage)) + len(home_path)


@cache
def _suffix_list() -> "TLDExtract":
    """Return the public suffix list (publicsuffix.org) as its library brings it: nothing is fetched."""
    from tldextract import TLDExtract

    return TLDExtract(
        suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True
    )


def _share_domain(one: str, other: str) -> bool:
    """Return whether two sites are under one registered domain."""
    extract = _suffix_list()
    domain = extract(one).top_domain_under_public_suffix
    return (
        domain != ""
        and domain == extract(other).top_domain_under_public_suffix
        and _split_address(one).port == _split_address(other).port
    )


def _label_of(address: str) -> str:
    """Return the label of a host that its owner chose: valleysun of www.valleysun.example."""
    extracted = _suffix_list()(address)
    if extracted.ipv4 or extracted.ipv6:
        return ""
    if extracted.suffix:
        return extracted.domain
    # a suffix that the list does not know is one label (its rule "*")
    labels = site_of(address).partition(":")[0].split(".")
    return ".".join(labels[-2:-1])
