"""Headline of a page: chosen among the places that claim to hold it, without the outlet's name."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from digest.infra.web_address import bare_host_of

SEPARATOR = re.compile(r"(\s+[|–—·•»«:‹›/-]{1,2}\s+|\s*[|ㅣ]\s*)")
#: How much each place counts where JSON-LD names no headline. What is written for sharing counts once:
#: systems copy og:title to twitter:title, while a lone heading is what readers see.
SHARED_WEIGHT = 1.0
TITLE_TAG_WEIGHT = 0.25
ONLY_HEADING_WEIGHT = 1.3
HEADING_WEIGHT = 0.65
MAX_HEADINGS = 3
#: Words of a section's name at most: "Headline | Section".
MAX_SECTION_WORDS = 2
#: Words of an outlet's name with a slogan at most.
MAX_OUTLET_WORDS = 5
#: Letters of a name that is told by its beginning or end alone.
TELLING_LENGTH = 4
#: Letters of a part of a host's name (`www.ledger.co.uk`) that may be the outlet's name.
MIN_LABEL_LENGTH = 3


@dataclass(slots=True)
class Claims:
    """Titles that a page gives its article, by place; "" where there is none."""

    linked_data: str = ""
    open_graph: str = ""
    twitter: str = ""
    title_tag: str = ""
    headings: Sequence[str] = ()  #: the texts of h1

    def list_headlines(self) -> list[str]:
        """Return the headlines of all places that have one."""
        headlines = (
            self.linked_data,
            self.open_graph,
            self.twitter,
            self.title_tag,
            *self.headings,
        )
        return [headline for headline in headlines if headline]

    def weigh_headlines(self) -> Iterator[tuple[str, float]]:
        """Yield each headline outside JSON-LD with how much its place counts."""
        yield self.open_graph or self.twitter, SHARED_WEIGHT
        yield self.title_tag, TITLE_TAG_WEIGHT
        is_only_one = len(self.headings) == 1
        heading_weight = ONLY_HEADING_WEIGHT if is_only_one else HEADING_WEIGHT
        for heading in self.headings[:MAX_HEADINGS]:
            yield heading, heading_weight


def choose_headline(claims: Claims, sitename: str, url: str) -> str:
    """Return the headline: JSON-LD's if there is one, else what most places agree on.

    The outlet's name is cut off either end, and whatever else hangs behind a separator if another
    place has the headline without it.
    """
    outlet_names = _collect_outlet_names(sitename, url)
    headlines = claims.list_headlines()
    if claims.linked_data:
        return _strip_outlet(claims.linked_data, outlet_names, headlines)
    votes: dict[str, float] = {}
    spellings: dict[str, str] = {}
    for claim, weight in claims.weigh_headlines():
        headline = _strip_outlet(claim, outlet_names, headlines)
        if not headline or _is_outlet(headline, outlet_names):
            continue
        words = _fold_words(headline)
        votes[words] = votes.get(words, 0) + weight
        spellings.setdefault(words, headline)
    if votes:
        winner = max(votes, key=votes.__getitem__)
        return spellings[winner]
    if headlines:
        return headlines[0]
    return ""


def _strip_outlet(
    claim: str, outlet_names: set[str], headlines: Sequence[str]
) -> str:
    parts = _cut_outlet_names(SEPARATOR.split(claim), outlet_names)
    shorter = _find_shorter(parts, claim, headlines)
    if shorter is not None:
        return shorter
    return _cut_sections(parts)


def _cut_outlet_names(parts: list[str], outlet_names: set[str]) -> list[str]:
    """Cut the outlet's name off either end of parts and the separators between them, by turns."""
    while len(parts) > 2:
        if not _is_outlet(parts[-1], outlet_names):
            break
        parts = parts[:-2]
    while len(parts) > 2:
        if not _is_outlet(parts[0], outlet_names):
            break
        parts = parts[2:]
    return parts


def _cut_sections(parts: list[str]) -> str:
    """Return the headline of "Headline | Section"."""
    while len(parts) > 2:
        *headline, separator, section = parts
        if "|" not in separator or len(section.split()) > MAX_SECTION_WORDS:
            break
        parts = headline
    return "".join(parts).strip()


def _find_shorter(
    parts: list[str], claim: str, headlines: Sequence[str]
) -> str | None:
    """Return the longest beginning of a claim that is the whole headline in another place.

    None if there is none; "" if both hold nothing but signs.
    """
    others = {
        _fold_words(headline) for headline in headlines if headline != claim
    }
    for end in range(len(parts) - 2, 0, -2):
        beginning = "".join(parts[:end])
        if _fold_words(beginning) in others:
            return beginning.strip()
    return None


def _collect_outlet_names(sitename: str, url: str) -> set[str]:
    host = bare_host_of(url)
    labels = host.split(".")[:-1]
    parts_of_name = SEPARATOR.split(sitename)[::2]
    names = [sitename, host, *parts_of_name]
    names += [label for label in labels if len(label) >= MIN_LABEL_LENGTH]
    return {_squeeze_name(name) for name in names} - {""}


def _is_outlet(text: str, outlet_names: set[str]) -> bool:
    squeezed = _squeeze_name(text)
    if not squeezed:
        return False
    may_have_slogan = len(text.split()) <= MAX_OUTLET_WORDS
    for name in outlet_names:
        if squeezed == name or _is_beginning(squeezed, of=name):
            return True
        if may_have_slogan and _is_at_either_end(name, of=squeezed):
            return True
    return False


def _is_beginning(name: str, *, of: str) -> bool:
    return len(name) >= TELLING_LENGTH and of.startswith(name)


def _is_at_either_end(name: str, *, of: str) -> bool:
    if len(name) < TELLING_LENGTH:
        return False
    return of.startswith(name) or of.endswith(name)


def _squeeze_name(text: str) -> str:
    name = text.casefold().strip().removeprefix("the ")
    return re.sub(r"\W", "", name)


def _fold_words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
