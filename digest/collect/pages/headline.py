"""Cleans headlines of what outlets hang on them."""

import re

#: What stands before or behind a headline to say of what kind the piece is.
LABELS = (
    "Opinion|Op-Ed|Editorial|Analysis|Commentary|Perspective|Column|Guest Essay|Review|Letters?"
    "|Explainer|Fact Check|Exclusive|Video|Podcast|Live"
)
SPACED = r"\s+[|–—·•»«:-]{1,2}\s+"
BEFORE = re.compile(rf"({LABELS})(?:\s*[|–—]\s*|\s+-\s+)(?=\S)", re.IGNORECASE)
COLON = re.compile(
    r"(Opinion|Op-Ed|Editorial|Analysis|Commentary|Perspective):\s+(?=\S)",
    re.IGNORECASE,
)
BEHIND = re.compile(rf"(?<=\S)\s+[|–—-]\s+({LABELS})", re.IGNORECASE)


def clean_headline(title: str, names: frozenset[str]) -> tuple[str, str]:
    """Return a headline without its outlet's name and without its label; and the label.

    `names` are the outlet's, as `outlet_names` gives them. A headline that would be left with
    nothing is returned as it is. Without names nothing is cleaned.
    """
    if not names:
        return title, ""
    title = _without_outlet(title, names)
    for pattern in (BEFORE, COLON):
        if found := pattern.match(title):
            return title[found.end() :], found[1].capitalize()
    found = BEHIND.search(title)
    if found and found.end() == len(title):
        return title[: found.start()], found[1].capitalize()
    return title, ""


def outlet_names(name: str, homepage: str = "") -> frozenset[str]:
    """Return an outlet's name in the forms that headlines carry it, folded for comparison."""
    host = re.sub(r"^https?://(www\.)?|[/:].*$", "", homepage)
    bare = host.rpartition(".")[0]
    return frozenset(filter(None, map(_folded, (name, host, bare))))


def _without_outlet(title: str, names: frozenset[str]) -> str:
    *rest, last = re.split(f"({SPACED})", title)
    if len(rest) < 2 or not _is_outlet(last, names):
        return title
    separator = rest[-1]
    kept = "".join(rest[:-1])
    *rest, section = re.split(f"({SPACED})", kept)
    # "Headline | Section | Outlet": the section goes with the outlet
    bar = len(rest) >= 2 and rest[-1].strip() == separator.strip() == "|"
    if bar and len(section.split()) <= 2:
        return "".join(rest[:-1])
    return kept


def _is_outlet(text: str, names: frozenset[str]) -> bool:
    folded = _folded(text)
    return any(
        folded == name or (folded.startswith(f"{name} ") and len(text.split()) <= 4)
        for name in names
    )


def _folded(name: str) -> str:
    return re.sub(r"^the |[^\w. ]", "", name.casefold().strip()).strip()
