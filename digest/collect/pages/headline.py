"""Headlines of feeds and pages: cut off the outlet's name and the label ("Opinion")."""

import re

#: What stands before or behind a headline to say of what kind the piece is.
LABELS = (
    "Opinion|Op-Ed|Editorial|Analysis|Commentary|Perspective|Column|Guest Essay|Review|Letters?"
    "|Explainer|Fact Check|Exclusive|Video|Podcast|Live"
)
SPACED_SEPARATOR = r"\s+[|–—·•»«:-]{1,2}\s+"
LABEL_BEFORE = re.compile(rf"({LABELS})(?:\s*[|–—]\s*|\s+-\s+)(?=\S)", re.IGNORECASE)
LABEL_AND_COLON = re.compile(
    r"(Opinion|Op-Ed|Editorial|Analysis|Commentary|Perspective):\s+(?=\S)",
    re.IGNORECASE,
)
LABEL_BEHIND = re.compile(rf"(?<=\S)\s+[|–—-]\s+({LABELS})", re.IGNORECASE)
#: Words of a section's name at most: "Headline | Section | Outlet".
MAX_SECTION_WORDS = 2
#: Words of an outlet's name with what it adds ("The Ledger Online") at most.
MAX_OUTLET_WORDS = 4


def clean_headline(title: str, names: frozenset[str]) -> tuple[str, str]:
    """Return a headline without its outlet's name and without its label; and the label.

    `names` are the outlet's, as `outlet_names` gives them. A headline that would be
    left with nothing is returned as it is. Without names nothing is cleaned.
    """
    if not names:
        return title, ""
    title = _strip_outlet(title, names)
    before = LABEL_BEFORE.match(title) or LABEL_AND_COLON.match(title)
    if before:
        return title[before.end() :], before[1].capitalize()
    behind = LABEL_BEHIND.search(title)
    if behind and behind.end() == len(title):
        return title[: behind.start()], behind[1].capitalize()
    return title, ""


def outlet_names(name: str, homepage: str = "") -> frozenset[str]:
    """Return an outlet's name in the forms that headlines carry it, folded for comparison."""
    host = re.sub(r"^https?://(www\.)?|[/:].*$", "", homepage)
    host_without_ending = host.rpartition(".")[0]
    names = (_fold_name(form) for form in (name, host, host_without_ending))
    return frozenset(form for form in names if form)


def _strip_outlet(title: str, names: frozenset[str]) -> str:
    # parts and the separators between them, by turns
    parts = re.split(f"({SPACED_SEPARATOR})", title)
    if len(parts) < 3 or not _is_outlet(parts[-1], names):
        return title
    separator = parts[-2].strip()
    parts = parts[:-2]
    if len(parts) > 2 and separator == "|" and _is_section(parts[-2], parts[-1]):
        # "Headline | Section | Outlet": the section goes with the outlet
        parts = parts[:-2]
    return "".join(parts)


def _is_section(separator: str, text: str) -> bool:
    return separator.strip() == "|" and len(text.split()) <= MAX_SECTION_WORDS


def _is_outlet(text: str, names: frozenset[str]) -> bool:
    folded = _fold_name(text)
    if folded in names:
        return True
    if len(text.split()) > MAX_OUTLET_WORDS:
        return False
    return any(folded.startswith(f"{name} ") for name in names)


def _fold_name(name: str) -> str:
    return re.sub(r"^the |[^\w. ]", "", name.casefold().strip()).strip()
