"""From judged stories to a proposed edition."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from digest.model import NEEDS_A_PERSON, Article, Edition, Pick, Section, Story
from digest.settings import Newsletter, SectionRule

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time an edition covers: from `start` up to, not including, `end`."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed edition, and what was set aside with the reason."""

    edition: Edition
    runners_up: dict[str, tuple[Pick, ...]]
    aside: tuple[tuple[Article, str], ...]


def next_date(newsletter: Newsletter, now: datetime) -> date:
    """Return the date of the edition being worked on: the next weekday of the newsletter."""
    local = now.astimezone(ZoneInfo(newsletter.time_zone))
    days = (WEEKDAYS.index(newsletter.weekday) - local.weekday()) % 7
    if days == 0 and local.hour >= newsletter.hour:
        days = 7
    return local.date() + timedelta(days=days)


def window(newsletter: Newsletter, day: date) -> Window:
    """Return what the edition of `day` covers, in the newsletter's own time zone."""
    zone = ZoneInfo(newsletter.time_zone)
    end = datetime.combine(day, time(newsletter.hour), zone)
    return Window(end - timedelta(days=newsletter.window), end)


def propose(
    stories: Iterable[Story],
    rules: Sequence[SectionRule],
    day: date,
    covered: Window,
    now: datetime,
    tidy: Callable[[str], str] = str,
    already_ran: Collection[str] = (),
) -> Draft:
    """Fill each section with its best stories that have not run. The subject is left empty.

    `tidy` makes an article's address fit to print; `already_ran` holds keys of articles that
    earlier editions carried. Undated and future-dated
    articles are set aside and returned, never dated by guess.
    """
    found, ran = list(stories), set(already_ran)
    every = [j.article for s in found for j in s.articles if j.judgement.section]
    aside = tuple((a, why) for a in every if (why := _aside(a, now)))
    fresh = [
        s
        for s in found
        if _within(s.representative.article, covered, now)
        and not ran & {j.article.key for j in s.articles}
    ]
    chosen = {r.key: _picks(fresh, r.key, tidy) for r in rules}
    sections = (Section(r.key, r.title, chosen[r.key][: r.size]) for r in rules)
    runners_up = {r.key: chosen[r.key][r.size :] for r in rules}
    return Draft(Edition(day, "", sections=tuple(sections)), runners_up, aside)


def _aside(article: Article, now: datetime) -> str:
    if article.unread.startswith(NEEDS_A_PERSON):
        return f"{article.unread}; `digest add` with the outlet's own address takes it in"
    if article.published is None:
        return "" if article.section else "undated"
    return "dated in the future" if article.published > now else ""


def _within(article: Article, covered: Window, now: datetime) -> bool:
    """Say whether an article is of this edition; one filed by hand may lack a date."""
    if _aside(article, now):
        return False
    return article.published is None or covered.start <= article.published < covered.end


def _picks(stories: Iterable[Story], section: str, tidy: Callable[[str], str]) -> tuple[Pick, ...]:
    best = (s.representative for s in stories)
    return tuple(
        Pick(j.article.title, tidy(j.article.url), j.article.outlet)
        for j in best
        if j.judgement.section == section and j.article.url and j.article.title
    )
