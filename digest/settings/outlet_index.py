"""Outlet index: find the outlet that an address belongs to among many outlets, quickly."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from digest.infra.letters import fold_letters
from digest.settings.models import Outlet
from digest.settings.publishers import find_outlet, site_of


class OutletIndex:
    """The outlets of feeds.yaml by their sites, names and feeds."""

    def __init__(self, outlets: Sequence[Outlet]) -> None:
        self._by_name = {outlet.name: outlet for outlet in outlets}
        self._by_site: defaultdict[str, list[Outlet]] = defaultdict(list)
        self._name_by_feed: dict[str, str] = {}
        for outlet in outlets:
            site = site_of(outlet.homepage)
            self._by_site[site].append(outlet)
            for url in outlet.feeds:
                self._name_by_feed[url] = outlet.name

    def get(self, name: str) -> Outlet | None:
        """Return the outlet of exactly this name."""
        return self._by_name.get(name)

    def find(self, address: str) -> Outlet | None:
        """Return the outlet on whose site an address is; None if it is none's, or in doubt."""
        candidates = list(self._outlets_around(address))
        name = find_outlet(address, candidates)
        return self._by_name.get(name)

    def find_named(self, name: str) -> Outlet | None:
        """Return the only outlet that is called so, accents and capitals aside."""
        folded = fold_letters(name)
        outlets = [
            outlet
            for outlet in self._by_name.values()
            if fold_letters(outlet.name) == folded
        ]
        if len(outlets) == 1:
            return outlets[0]
        return None

    def name_of_feed(self, url: str) -> str:
        """Return the name of the outlet that a feed is listed under; "" if under none."""
        return self._name_by_feed.get(url, "")

    def _outlets_around(self, address: str) -> Iterator[Outlet]:
        """Yield the outlets on the address's host and on the hosts above it."""
        site = site_of(address)
        while site:
            yield from self._by_site.get(site, ())
            _label, _, site = site.partition(".")
