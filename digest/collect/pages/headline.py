"""Headlines of feeds and pages: cut off the outlet's name and the label ("Opinion")."""

import re
from typing import NamedTuple

#: Words before or behind a headline that name the kind of the piece.
LABELS = (
    "Opinion|Op-Ed|Editorial|Analysis|Commentary|Perspective|Column|Guest Essay|Review|Letters?"
    "|Explainer|Fact Check|Exclusive|Video|Podcast|Live"
)
SPACED_SEPARATOR = r"\s+[|–—·•»«:-]{1,2}\s+"
LABEL_BEFORE = re.compile(
    rf"({LABELS})(?:\s*[|–—]\s*|\s+-\s+)(?=\S)", re.IGNORECASE
)
LABEL_AND_COLON = re.compile(
    r"(Opinion|Op-Ed|Editorial|Analysis|Commentary|Perspective):\s+(?=\S)",
    re.IGNORECASE,
)
LABEL_BEHIND = re.compile(rf"(?<=\S)\s+[|–—-]\s+({LABELS})", re.IGNORECASE)
#: Words of a section's name at most: "Headline | Section | Outlet".
MAX_SECTION_WORDS = 2
#: Words of an outlet's name with what it adds ("The Ledger Online") at most.
MAX_OUTLET_WORDS = 4


class CleanHeadline(NamedTuple):
    """A headline without its outlet's name and label, and the label: "Opinion"."""

    title: str
    label: str = ""


def clean_headline(title: str, names: frozenset[str]) -> CleanHeadline:
    """Return a headline without its outlet's name and without its label; and the label.

    `names` are the outlet's, as `outlet_names` gives them. A headline that would be
    left with nothing is returned as it is. Without names nothing is cleaned.
    """
    if not names:
        return CleanHeadline(title)
    title = _strip_outlet(title, names)
    before = LABEL_BEFORE.match(title) or LABEL_AND_COLON.match(title)
    if before:
        headline = title[before.end() :]
        return CleanHeadline(headline, label=before[1].capitalize())
    behind = LABEL_BEHIND.search(title)
    if behind and behind.end() == len(title):
        headline = title[: behind.start()]
        return CleanHeadline(headline, label=behind[1].capitalize())
    return CleanHeadline(title)


def outlet_names(name: str, homepage: str = "") -> frozenset[str]:
    """Return an outlet's name in the forms that headlines carry it, folded for comparison."""
    host = re.sub(r"^https?://(www\.)?|[/:].*$", "", homepage)
    host_without_ending = host.rpartition(".")[0]
    names = (_fold_name(form) for form in (name, host, host_without_ending))
    return frozenset(form for form in names if form)


def _strip_outlet(title: str, names: frozenset[str]) -> str:
    # parts and the separators between them, by turns
    parts = re.split(f"({SPACED_SEPARATOR})", title)
    if len(parts) < 3:
        return title
    *headline, separator, outlet = parts
    if not _is_outlet(outlet, names):
        return title
    # "Headline | Section | Outlet": the section goes with the outlet
    if separator.strip() == "|" and _ends_with_section(headline):
        headline = headline[:-2]
    return "".join(headline)


def _ends_with_section(parts: list[str]) -> bool:
    if len(parts) < 3:
        return False
    *_, separator, last = parts
    return separator.strip() == "|" and len(last.split()) <= MAX_SECTION_WORDS


def _is_outlet(text: str, names: frozenset[str]) -> bool:
    folded = _fold_name(text)
    if folded in names:
        return True
    if len(text.split()) > MAX_OUTLET_WORDS:
        return False
    return any(folded.startswith(f"{name} ") for name in names)


def _fold_name(name: str) -> str:
    lower = name.casefold().strip()
    return re.sub(r"^the |[^\w. ]", "", lower).strip()
