"""The headline of a page, from the places that claim to hold it."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

SEPARATOR = re.compile(r"(\s+[|–—·•»«:‹›/-]{1,2}\s+|\s*[|ㅣ]\s*)")
#: How much each place's word counts where JSON-LD names no headline.
OPEN_GRAPH = 1.0
TWITTER = 1.0
HEADING = 1.3
ONE_OF_MANY = 0.65
TITLE_TAG = 0.25


@dataclass(slots=True)
class Claims:
    """What a page calls its article, in each place; "" where it says nothing."""

    linked_data: str = ""
    open_graph: str = ""
    twitter: str = ""
    title_tag: str = ""
    headings: Sequence[str] = ()  #: the texts of h1

    def all(self) -> list[str]:
        """Return every claim that is made."""
        claims = (
            self.linked_data,
            self.open_graph,
            self.twitter,
            self.title_tag,
            *self.headings,
        )
        return [c for c in claims if c]


def headline(claims: Claims, sitename: str, url: str) -> str:
    """Return the headline: JSON-LD's if there is one, else what most places agree on.

    The outlet's name is cut off either end, and whatever else hangs behind a separator if another
    place has the headline without it.
    """
    names = _names(sitename, url)
    given = claims.all()
    weighed = [
        (claims.open_graph, OPEN_GRAPH),
        (claims.twitter, TWITTER),
        (claims.title_tag, TITLE_TAG),
        *(
            (h, HEADING if len(claims.headings) == 1 else ONE_OF_MANY)
            for h in claims.headings[:3]
        ),
    ]
    if claims.linked_data:
        return _bare(claims.linked_data, names, given)
    votes: Counter[str] = Counter()
    spelt: dict[str, str] = {}
    for claim, weight in weighed:
        if claim:
            bare = _bare(claim, names, given)
        else:
            bare = ""
        if bare and not _is_site(bare, names):
            votes[_words(bare)] += weight  # type: ignore[assignment] # Counter adds floats as well
            spelt.setdefault(_words(bare), bare)
    if votes:
        return spelt[max(votes, key=votes.__getitem__)]
    if given:
        return given[0]
    return ""


def _bare(claim: str, names: set[str], others: Sequence[str]) -> str:
    parts = SEPARATOR.split(claim)
    while len(parts) > 2 and _is_site(parts[-1], names):
        parts = parts[:-2]
    while len(parts) > 2 and _is_site(parts[0], names):
        parts = parts[2:]
    plainly = {_words(o) for o in others if o != claim}
    for end in range(len(parts) - 2, 0, -2):
        if _words("".join(parts[:end])) in plainly:
            return "".join(parts[:end]).strip()
    while len(parts) > 2 and "|" in parts[-2] and len(parts[-1].split()) <= 2:
        parts = parts[:-2]  # "Headline | Section"
    return "".join(parts).strip()


def _names(sitename: str, url: str) -> set[str]:
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    labels = [label for label in host.split(".")[:-1] if len(label) > 2]
    said = [sitename, host, *labels, *SEPARATOR.split(sitename)[::2]]
    return {_squeezed(n) for n in said} - {""}


def _is_site(text: str, names: set[str]) -> bool:
    found = _squeezed(text)
    few = len(text.split()) <= 5
    return bool(found) and any(
        found == name
        or (few and len(name) > 3 and (found.startswith(name) or found.endswith(name)))
        or (len(found) > 3 and name.startswith(found))
        for name in names
    )


def _squeezed(text: str) -> str:
    return re.sub(r"\W", "", text.casefold().strip().removeprefix("the "))


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
