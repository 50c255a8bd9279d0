"""New articles of a run: where each of them is in a newsletter, or why it is in no section. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from digest.edition import reason_to_leave_out
from digest.model import AnalysedArticle
from digest.settings import Settings

NO_MENTION = "about neither the organisation nor a topic"
#: Of an article that a feed gave by another address: its page named the one that is stored.
KNOWN_ALREADY = "known already, as their pages show"
TOO_OLD = "published too long ago to be listed"


@dataclass(frozen=True, slots=True)
class SectionNews:
    """What is new in a section."""

    key: str
    title: str
    articles: tuple[AnalysedArticle, ...]  #: best first


@dataclass(frozen=True, slots=True)
class NewArticles:
    """The new articles of a run as a newsletter takes them; its counts add up to all of them."""

    newsletter: str  #: its key
    title: str
    sections: tuple[SectionNews, ...]  #: those that have any, in their order
    #: what an edition may have, and does not get by itself, by the reason
    set_aside: Counter[str]
    #: of neither the organisation nor a topic of the newsletter
    no_mention: int
    too_old: int  #: published before the time of which articles are listed
    #: by the outlet whose feed gave them: sections (keys), reasons, NO_MENTION and TOO_OLD
    by_outlet: Mapping[str, Counter[str]]

    @property
    def count_in_sections(self) -> int:
        """How many are in sections."""
        return sum(len(section.articles) for section in self.sections)

    @property
    def count_all(self) -> int:
        """How many there are."""
        return (
            self.count_in_sections
            + self.set_aside.total()
            + self.no_mention
            + self.too_old
        )


def sort_new_articles(
    settings: Settings,
    judged: Sequence[AnalysedArticle],
    count_by_feed: Mapping[str, int],
    now: datetime,
) -> NewArticles:
    """Return articles by section, reason to set aside, or neither.

    `judged` are those that are listed, `count_by_feed` says how many are new of each feed.
    """
    by_section: dict[str, list[AnalysedArticle]] = {}
    set_aside: Counter[str] = Counter()
    places: dict[str, Counter[str]] = {}
    for one in judged:
        reason = _place_outside_sections(one, now)
        if reason:
            set_aside[reason] += 1
        else:
            by_section.setdefault(one.judgement.section, []).append(one)
        places.setdefault(one.article.feed, Counter())[
            reason or one.judgement.section
        ] += 1
    no_mention = set_aside.pop(NO_MENTION, 0)
    too_old = _add_too_old(places, count_by_feed)
    sections = tuple(
        SectionNews(section.key, section.title, tuple(by_section[section.key]))
        for section in settings.sections
        if section.key in by_section
    )
    newsletter = settings.newsletter
    return NewArticles(
        newsletter.key,
        newsletter.title,
        sections,
        set_aside,
        no_mention,
        too_old,
        _group_by_outlet(settings, places),
    )


def _place_outside_sections(judged: AnalysedArticle, now: datetime) -> str:
    """Return why an article is in no section of an edition; "" if it is in one."""
    if not judged.judgement.section and not judged.is_left_out:
        return NO_MENTION
    return reason_to_leave_out(judged, now)


def _add_too_old(
    places: dict[str, Counter[str]], count_by_feed: Mapping[str, int]
) -> int:
    """Add how many new articles of each feed are not listed; return their sum."""
    too_old = 0
    for feed, count in count_by_feed.items():
        of_feed = places.setdefault(feed, Counter())
        rest = count - of_feed.total()
        if rest > 0:
            of_feed[TOO_OLD] += rest
            too_old += rest
    return too_old


def _group_by_outlet(
    settings: Settings, places: Mapping[str, Counter[str]]
) -> dict[str, Counter[str]]:
    by_outlet: dict[str, Counter[str]] = {}
    for outlet in settings.outlets:
        of_outlet: Counter[str] = Counter()
        for url in outlet.feeds:
            of_outlet.update(places.get(url, Counter()))
        if of_outlet:
            by_outlet[outlet.name] = of_outlet
    return by_outlet
