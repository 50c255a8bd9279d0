"""News agencies: recognise whose text an outlet runs.

The agency, or the outlet it comes from, is named in the byline, the dateline or the last lines.
"""

import re
from collections.abc import Iterable

from digest.model import Article
from digest.relevance.running_text import normalize_text

#: As papers write them, and the short name by which a story says “AP, also in 14 papers”.
AGENCIES = {
    "Associated Press": "AP",
    "The Associated Press": "AP",
    "AP": "AP",
    "AP News": "AP",
    "Reuters": "Reuters",
    "Thomson Reuters": "Reuters",
    "AFP": "AFP",
    "Agence France-Presse": "AFP",
    "Bloomberg": "Bloomberg",
    "Bloomberg News": "Bloomberg",
    "UPI": "UPI",
    "dpa": "dpa",
    "ANSA": "ANSA",
    "EFE": "EFE",
    "PA": "PA",
    "PA Media": "PA",
    "Press Association": "PA",
    "Canadian Press": "The Canadian Press",
    "The Canadian Press": "The Canadian Press",
    "Xinhua": "Xinhua",
    "Kyodo": "Kyodo",
    "States Newsroom": "States Newsroom",
    "ProPublica": "ProPublica",
    "KFF Health News": "KFF Health News",
    "The Conversation": "The Conversation",
    "Stateline": "Stateline",
    "The Marshall Project": "The Marshall Project",
    "Tribune News Service": "Tribune News Service",
    "CNN Wire": "CNN",
}
#: Characters at the end of a text in which a credit is looked for.
_CREDIT_LENGTH = 400
#: “NORTHGATE (Valley Wire) — …”
_DATELINE = re.compile(
    r"^[A-ZÀ-Þ][\w .,'’-]{1,40}? \((?P<name>[A-Z][\w .&’'-]{1,30})\)\s*[-–—]+ "
    r"|^\((?P<name_alone>[A-Z][\w ]{1,20})\)\s*[-–—]+ "
)
_CREDIT = re.compile(
    r"(?:this (?:article|story|piece)(?: was)? (?:is |was )?(?:originally |first )?"
    r"(?:published|appeared)(?: by| in| on| at)|copyright \d{4},?"
    r"|©(?: copyright)? ?\d{4},?|reporting by|distributed by"
    r"|republished from) (?P<name>(?:the )?[A-Z][\w&’'-]*(?: [A-Z][\w&’'-]*){0,3})",
    re.IGNORECASE,
)


def find_agency(article: Article) -> str:
    """Return whose text it says it is, or "" if it claims to be the outlet's own."""
    source = _agency_in_byline(article.authors)
    if not source:
        text = normalize_text(article.text)
        source = _agency_in_dateline(text) or _agency_in_credit(text)
    if source.lower() == article.outlet.lower():
        return ""
    return source


def _agency_in_byline(authors: Iterable[str]) -> str:
    for author in authors:
        name = author.strip()
        if name in AGENCIES:
            return AGENCIES[name]
    return ""


def _agency_in_dateline(text: str) -> str:
    """Return the agency of a dateline; there one that is not in the list counts too."""
    match = _DATELINE.match(text)
    if not match:
        return ""
    name = match["name"] or match["name_alone"]
    return AGENCIES.get(name, name)


def _agency_in_credit(text: str) -> str:
    match = _CREDIT.search(text[-_CREDIT_LENGTH:])
    if not match:
        return ""
    return AGENCIES.get(match["name"], "")
