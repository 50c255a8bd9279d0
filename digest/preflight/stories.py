"""The stories of an edition: doubled, already run, missing, with trackers."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from urllib.parse import urlsplit

from digest.model import Build, Finding, Pick, Severity
from digest.preflight.line_numbers import is_public, line, link_line
from digest.settings import Settings

LONG_NOTE = 220  #: characters: three lines of the mail


def stories(
    built: Build,
    settings: Settings,
    ran: Mapping[str, date],
    key: Callable[[str], str],
    tidy: Callable[[str], str],
) -> Iterator[Finding]:
    """Yield what is odd about the choice of stories."""
    edition = built.edition
    picks = [p for s in edition.sections for p in s.picks]
    if not picks and not edition.leads:
        yield Finding(
            Severity.MUST,
            "the edition",
            "it holds nothing",
            "there is nothing to read",
            "`digest draft --refresh` proposes stories",
        )
    for section in edition.sections:
        if not section.picks:
            yield Finding(
                Severity.SHOULD,
                line(built, f"{{#{section.key}}}"),
                f"no stories under “{section.title}”",
                "the mail leaves the section out",
                "pick some, or delete its heading",
            )
    yield from _doubled(built, picks, key)
    known = {o.name for o in settings.outlets}
    for pick in picks:
        yield from _story(built, pick, ran.get(key(pick.url)), tidy, known)


def _doubled(
    built: Build, picks: list[Pick], key: Callable[[str], str]
) -> Iterator[Finding]:
    addresses = Counter(key(p.url) for p in picks)
    headlines = Counter(p.headline for p in picks)
    told: set[str] = set()
    for pick in picks:
        twice = addresses[key(pick.url)] > 1 or headlines[pick.headline] > 1
        if twice and not {key(pick.url), pick.headline} & told:
            told |= {key(pick.url), pick.headline}
            yield Finding(
                Severity.MUST,
                link_line(built, pick.url),
                f"“{pick.headline}” stands there twice",
                "it looks careless",
                "delete one",
                mends=addresses[key(pick.url)] > 1,
            )


def _story(
    built: Build,
    pick: Pick,
    ran: date | None,
    tidy: Callable[[str], str],
    known: set[str],
) -> Iterator[Finding]:
    where = link_line(built, pick.url)
    if ran:
        yield Finding(
            Severity.SHOULD,
            where,
            f"“{pick.headline}” ran in the edition of {ran:%-d %B %Y}",
            "readers have seen it",
            "pick another, or say what is new",
        )
    if tidy(pick.url) != pick.url:
        yield Finding(
            Severity.MAY,
            where,
            "the address carries tracking parameters",
            "it follows readers, and makes the mail longer",
            f"use {tidy(pick.url)}",
            mends=True,
        )
    if not is_public(pick.url):
        yield Finding(
            Severity.MUST,
            where,
            f"{urlsplit(pick.url).hostname} is no public address",
            "no reader can open it",
            "give the story's public address",
        )
    if pick.outlet not in known:
        yield Finding(
            Severity.MAY,
            where,
            f"{pick.outlet} is no outlet of feeds.yaml",
            "its name may be spelt otherwise there",
            _like(pick.outlet, known) or "check how the outlet writes itself",
        )
    if len(pick.note) > LONG_NOTE:
        yield Finding(
            Severity.MAY,
            where,
            f"a note of {len(pick.note)} characters",
            "a note is one sentence; this outweighs the story",
            "shorten it, or make it a lead",
        )


def _like(name: str, known: set[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1)
    if near:
        return f"{near[0]} is the name there"
    return ""
