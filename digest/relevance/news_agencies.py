"""Whose text a paper runs: the agency or outlet that its dateline, byline or last line names."""

import re

from digest.model import Article
from digest.relevance.text import tidy

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
#: “NORTHGATE (Valley Wire) — …”
_DATELINE = re.compile(
    r"^[A-ZÀ-Þ][\w .,'’-]{1,40}? \((?P<who>[A-Z][\w .&’'-]{1,30})\)\s*[-–—]+ "
    r"|^\((?P<alone>[A-Z][\w ]{1,20})\)\s*[-–—]+ "
)
_CREDIT = re.compile(
    r"(?:this (?:article|story|piece)(?: was)? (?:is |was )?(?:originally |first )?"
    r"(?:published|appeared)(?: by| in| on| at)|copyright \d{4},?"
    r"|©(?: copyright)? ?\d{4},?|reporting by|distributed by"
    r"|republished from) (?P<who>(?:the )?[A-Z][\w&’'-]*(?: [A-Z][\w&’'-]*){0,3})",
    re.IGNORECASE,
)


def agency(article: Article) -> str:
    """Return whose text it says it is, or "" if it claims to be the paper's own."""
    for author in article.authors:
        if known := AGENCIES.get(author.strip()):
            return _other(known, article)
    text = tidy(article.text)
    if found := _DATELINE.match(text):
        who = found["who"] or found["alone"]
        return _other(AGENCIES.get(who, who), article)
    if (found := _CREDIT.search(text[-400:])) and found["who"] in AGENCIES:
        return _other(AGENCIES[found["who"]], article)
    return ""


def _other(who: str, article: Article) -> str:
    if who.lower() != article.outlet.lower():
        return who
    return ""
