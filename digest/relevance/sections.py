"""Sections: which list of a newsletter an article is of.

Input: the sections of one newsletter, an article and its analysis. Output: its place, with what
kept it out of a section in words. Analyses do not depend on the newsletter; this does.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from digest.model import FOLLOWING, IN_THE_NEWS, Article, ArticleAnalysis
from digest.settings import SectionRule


@dataclass(frozen=True, slots=True)
class SectionPlace:
    """Where an article is in a newsletter, by the rules."""

    section: str  #: "" for none
    #: the section whose picks teach how it is liked, and which it may be proposed for if it surely
    #: is; "" for none
    learned_in: str = ""
    #: what the newsletter lacks to file it as a person or its analysis says, in words
    lacks: tuple[str, ...] = ()


class Sections:
    """The sections of one newsletter, and what each takes.

    A person's filing goes first, then a mention of the organisation, then topics, the strongest
    first. A section that lists topics takes them in place of the section that each topic names; of
    several that list a topic, the first.
    """

    def __init__(self, rules: Iterable[SectionRule]) -> None:
        self._keys: set[str] = set()
        self._section_of_topic: dict[str, str] = {}
        for rule in rules:
            self._keys.add(rule.key)
            for topic in rule.topics:
                self._section_of_topic.setdefault(topic, rule.key)

    def place_article(
        self, article: Article, reading: ArticleAnalysis
    ) -> SectionPlace:
        """Return where an article is."""
        lacks: list[str] = []
        if article.section in self._keys:
            return SectionPlace(article.section, article.section)
        if article.section:
            lacks.append(
                f"filed under {article.section} by hand, which is no section of this newsletter"
            )
        section = self._find_by_rules(reading)
        if section:
            return SectionPlace(section, section, tuple(lacks))
        lacks += _describe_unplaced(reading)
        learned_in = ""
        # what is on a topic is left out since nobody asked for that topic here
        if FOLLOWING in self._keys and not reading.topics:
            learned_in = FOLLOWING
        return SectionPlace("", learned_in, tuple(lacks))

    def _find_by_rules(self, reading: ArticleAnalysis) -> str:
        """Return the section of an article that nobody filed; "" for none."""
        if reading.names_organisation and IN_THE_NEWS in self._keys:
            return IN_THE_NEWS
        for hit in reading.topics:
            section = self._section_of_topic.get(hit.topic, hit.section)
            if section in self._keys:
                return section
        return ""


def _describe_unplaced(reading: ArticleAnalysis) -> Iterator[str]:
    """Yield what an article in no section is about, although this newsletter has no place for it."""
    names = dict.fromkeys(
        mention.name for mention in reading.mentions if mention.counts
    )
    for name in names:
        yield f"names {name}, and this newsletter has no section {IN_THE_NEWS}"
    for hit in reading.topics:
        yield f"{hit.topic}: no section of this newsletter takes it"
