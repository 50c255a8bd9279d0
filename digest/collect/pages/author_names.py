"""Names of authors in a byline: parted, and told from the other words that stand there.

Input is a byline's text; outputs are names. Nothing here looks at the page.
"""

import re
from collections.abc import Iterable, Iterator

from digest.collect.feeds.clean import plain_text
from digest.collect.pages.dateline import DATES

#: Words before a name: "By", "Posted by", "Ein Kommentar von", "Text:". "von" alone may be part of
#: a name, so that only words for a text may stand before it.
BY = re.compile(
    r"^\W*(?:"
    r"(?:[^\W\d_]+\s+){0,3}?(?:by|par|por)"
    r"|(?:(?:[^\W\d_]+\s+){0,2}?(?:artikel|beitrag|beiträge|kolumne|kommentar|interview|bericht|text"
    r"|eingestellt|erstellt|geschrieben|verfasst|veröffentlicht|profil)\s+)?von"
    r"|about|über|a[fv]|di|door|text|words|escrito|autor(?:in|en|es|a)?|authors?|auteure?s?"
    r")\b\s*:?(?:\s+|$)",
    re.IGNORECASE,
)
AND = "(?:and|und|et|y|e|och|og|en|with|mit|avec)"
BETWEEN = re.compile(
    rf"\s*(?:[,;/|·•&\n](?:\s*{AND}\s)?|\s{AND}\s)\s*",
    re.IGNORECASE,
)
#: A date with its time, and the word before it: "on March 4, 2025 at 3:15 PM", "am 04.03.2025, 15:15 Uhr".
TIME = r"\d\d?[:.h]\d\d(?::\d\d)?(?:\s?Uhr|\s?[ap]\.?m\.?)?(?!\d)"
WHEN = re.compile(
    rf"(?:\b(?:on|am|at|le|el|il|den|op|em)\s+(?:[^\W\d_]+,?\s+)?)?(?:{DATES.pattern})"
    rf"(?:\W{{0,3}}(?:(?:at|um|a las|à)\s+)?{TIME})?|{TIME}",
    re.IGNORECASE,
)
#: Words after a name that are no part of it: degrees, Korean for "reporter" and "and 2 more".
DEGREES = re.compile(
    r"\(.*?\)|,?\s+(?:Ph\.?D|M\.?D|MBA|R\.?N|J\.?D|Esq)\.?(?=\W|$)|기자$|\s외 \d+명$"
)
#: Who that is, behind a dash; for whom they write: "Ada Byron For The Ledger On Sunday"; and where
#: and when that came out.
WHO_THAT_IS = re.compile(
    r"(?<=\w)\s+(?:[-–—]\s+(?=\w)|(?:[Ff]or|FOR)\s+(?:[Tt]he|THE|[A-Z])"
    r"|(?i:published|posted|veröffentlicht|publicado|publié)(?!\w)).*$"
)
#: Posts that stand behind a name without a comma.
POSTS = re.compile(
    r"(?:\s+(?:staff|senior|chief|political|contributing|special|associate|writer|reporter"
    r"|correspondent|columnist|contributor|journalist|redakteur(?:in)?))+$",
    re.IGNORECASE,
)
NOBODY = re.compile(
    r"^(?:no author|unknown|admin\w*|super ?user|guest|author|staff|editor(?:ial)?|anonymous|webmaster"
    r"|user|news ?(?:desk|room)|autor(?:en|in)?|datum|quelle|ver(?:ö|oe)ffentlicht|bearbeiten|ceo"
    r"|publisher|posted|published|me|us|mich|uns|nous|noi|nosotros"
    r"|(?:(?:facebook|twitter|instagram|youtube|whatsapp|telegram|linkedin)\s*)+"
    r"|.*\b(?:https?|www|com|editors?|read more|follow|e-?mail|updated"
    r"|share|comment\w*|min(?:utes?)? read|newsletter|profile|posts?|view|bio|articles?|artikel"
    r"|beiträge)\b.*)$",
    re.IGNORECASE,
)
WORD = r"[^\W\d_][\w.'’`­-]*"
NAME = re.compile(rf"{WORD}(?:\s+{WORD}){{0,4}}")
#: Words of a name that are written small.
PARTICLES = frozenset(
    "a af al av bin da das de del della den der di do dos du e el i ibn la le ten ter van vd von y"
    " zu zum zur".split()
)
#: An outlet signs with its address: "Redaktion example.de".
SITE = re.compile(r"\w{3,}\.[a-z]{2,3}$")
#: Legal forms of companies and associations, at the end of their names.
COMPANY = re.compile(
    r"\b(?:GmbH|AG|KG|e\.? ?V|Inc|Ltd|LLC|PLC|S\.?p\.?A|S\.?r\.?l|S\.? ?A|B\.?V|N\.?V|ASBL)$"
)
MAX_NAME_LENGTH = 50
#: Letters of an outlet's name that is told by its beginning alone.
MIN_OUTLET_LENGTH = 4
SOFT_HYPHEN = "\u00ad"


def people_in(texts: Iterable[str], outlet_names: set[str]) -> tuple[str, ...]:
    """Return the names in bylines, each once, without the outlet's own.

    `outlet_names` are folded as `fold_name` does.
    """
    people: dict[str, None] = {}
    for text in texts:
        for name in _split_names(text):
            if not _is_outlet(name, outlet_names):
                people[name] = None
    return tuple(people)


def without_organisations(names: Iterable[str]) -> tuple[str, ...]:
    """Return names without those that are an address ("example.de") or a company's."""
    return tuple(
        name
        for name in names
        if not SITE.search(name) and not COMPANY.search(name)
    )


def without_dates(line: str) -> list[str]:
    """Return what stands before, between and behind the dates and times of a line."""
    pieces = []
    start = 0
    for match in WHEN.finditer(line):
        pieces.append(line[start : match.start()])
        start = match.end()
    pieces.append(line[start:])
    return [piece for piece in pieces if piece.strip()]


def is_full_name(name: str) -> bool:
    """Return whether a name has two words, or is of a script without capitals (高木浩光)."""
    has_capitals = name[0].lower() != name[0].upper()
    return " " in name or not has_capitals


def is_written_as_name(name: str) -> bool:
    """Return whether every word begins with a capital; a single word may be an account's name.

    That is how names are told from phrases of a page, in whatever language: "See all", "Zum Inhalt".
    """
    words = name.split()
    if len(words) == 1:
        return True
    return not any(
        word[0].islower() and word not in PARTICLES for word in words
    )


def is_sure_name(name: str) -> bool:
    """Return whether a text is a name although only its place says so."""
    return is_full_name(name) and is_written_as_name(name)


def fold_name(name: str) -> str:
    """Return a name without case, spaces and punctuation."""
    return re.sub(r"[\W_]", "", name.casefold().removeprefix("the "))


def _split_names(text: str) -> Iterator[str]:
    """Yield the names in a byline."""
    line = plain_text(text).replace(SOFT_HYPHEN, "")
    line = DEGREES.sub("", line)
    for piece in without_dates(line):
        words = BY.sub("", piece).strip()
        for part in BETWEEN.split(words):
            name = WHO_THAT_IS.sub("", part.strip(" .,;:–—-"))
            name = POSTS.sub("", name)
            if _is_name(name):
                yield name


def _is_name(text: str) -> bool:
    if "@" in text or len(text) > MAX_NAME_LENGTH or NOBODY.match(text):
        return False
    *_, last_word = text.split(" ")
    if last_word in PARTICLES:  # "Rezept von": the name is elsewhere
        return False
    is_account = text.isidentifier()
    is_name = NAME.fullmatch(text.replace("_", ""))
    return is_account or bool(is_name)


def _is_outlet(name: str, outlet_names: set[str]) -> bool:
    folded = fold_name(name)
    return any(_are_alike(folded, outlet_name) for outlet_name in outlet_names)


def _are_alike(folded: str, outlet_name: str) -> bool:
    if folded == outlet_name:
        return True
    if min(len(folded), len(outlet_name)) < MIN_OUTLET_LENGTH:
        return False
    return folded.startswith(outlet_name) or outlet_name.startswith(folded)
