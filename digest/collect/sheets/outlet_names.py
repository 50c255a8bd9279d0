"""Names of outlets in sheets: which outlet of feeds.yaml a name or an address is of.

Input is what a sheet says and the address of a clip; output is the name of the outlet as feeds.yaml
has it, the name as typed, or else the site's host.
"""

from collections.abc import Sequence

from digest.collect.feeds.clean import plain_text
from digest.collect.sheets.clip_columns import SCHEMELESS
from digest.infra.letters import fold_letters
from digest.infra.web_address import bare_host_of
from digest.settings import Outlet
from digest.settings.publishers import (
    are_names_related,
    find_outlet,
    is_name_of_host,
    site_of,
)

ARTICLES = ("the ", "la ", "le ", "el ", "der ", "die ", "das ", "il ")


class OutletNames:
    """The outlets of feeds.yaml, by name and by site."""

    def __init__(self, outlets: Sequence[Outlet]) -> None:
        self._by_name = {fold_outlet(one.name): one.name for one in outlets}
        self._by_site: dict[str, list[Outlet]] = {}
        for one in outlets:
            host = site_of(one.homepage).partition(":")[0]
            self._by_site.setdefault(host, []).append(one)
        self._related: dict[tuple[str, str, str], bool] = {}

    def find_name(self, typed: str, url: str) -> str:
        """Return the name of an outlet; "" if neither a name nor an address is given."""
        name = plain_text(typed)
        if _is_site(name):
            return self._name_of_site(name)
        watched = self._by_name.get(fold_outlet(name))
        if watched:
            return watched
        at_site = self._find_at(url)
        if at_site and self._is_same(name, at_site, url):
            return at_site
        return name or bare_host_of(url)

    def _name_of_site(self, typed: str) -> str:
        """Return the outlet of a site that is named by its host: "courier.example"."""
        address = typed
        if "://" not in typed:
            address = f"https://{typed}"
        return self._find_at(address) or bare_host_of(address) or typed

    def _find_at(self, url: str) -> str:
        """Return the outlet at an address; "" if it is none's. Only those of its host are compared."""
        labels = site_of(url).partition(":")[0].split(".")
        candidates = [
            outlet
            for place in range(len(labels))
            for outlet in self._by_site.get(".".join(labels[place:]), ())
        ]
        if not candidates:
            return ""
        return find_outlet(url, candidates)

    def _is_same(self, name: str, watched: str, url: str) -> bool:
        """Return whether a typed name is none, or another spelling of an outlet's."""
        if not name:
            return True
        question = (name, watched, bare_host_of(url))
        if question not in self._related:
            is_related = are_names_related(name, watched)
            self._related[question] = is_related or is_name_of_host(name, url)
        return self._related[question]


def fold_outlet(name: str) -> str:
    """Return the name of an outlet in small letters without accents, signs and its article."""
    folded = fold_letters(name)
    for article in ARTICLES:
        if folded.startswith(article):
            return folded.removeprefix(article)
    return folded


def _is_site(name: str) -> bool:
    """Return whether an outlet is named by its site: "courier.example"."""
    return name.startswith("http") or SCHEMELESS.fullmatch(name) is not None
