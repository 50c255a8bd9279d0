"""Stories of an edition: doubled, already run, missing, with trackers."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from urllib.parse import urlsplit

from digest.model import Finding, Pick, RenderedEdition, Severity
from digest.preflight.line_finder import is_public, line_of, line_of_link
from digest.settings import Settings

#: Likeness of two names from which one may be the other spelt otherwise (difflib's own).
USUAL_LIKENESS = 0.6
#: Likeness of two names that differ by a slip of the pen; a guess of ours.
LIKENESS_OF_TYPO = 0.85
#: Between the outlet of what has no address and its page or minute.
PLACE_MARK = ", "
MAX_NOTE_LENGTH = 220  #: characters: three lines of the mail


def check_stories(
    built: RenderedEdition,
    settings: Settings,
    ran: Mapping[str, date],
    key: Callable[[str], str],
    tidy: Callable[[str], str],
) -> Iterator[Finding]:
    """Yield what is odd about the choice of stories."""
    edition = built.edition
    picks: list[Pick] = []
    for section in edition.sections:
        picks += section.picks
    if edition.is_empty_but_for(settings.newsletter.blocks.names):
        yield _describe_empty(settings)
        return
    for section in edition.sections:
        if not section.picks:
            yield Finding(
                Severity.SHOULD,
                line_of(built, f"{{#{section.key}}}"),
                f"no stories under “{section.title}”",
                "the mail leaves the section out",
                "pick some, or delete its heading",
            )
    yield from _check_doubles(built, picks, key)
    for pick in picks:
        yield from _check_story(built, pick, ran.get(key(pick.url)), tidy)
    outlets = {outlet.name for outlet in settings.outlets}
    yield from _check_outlets(built, picks, outlets)


def _describe_empty(settings: Settings) -> Finding:
    """Return what is said of an edition without content: a mistake, unless such ones are sent."""
    if settings.newsletter.empty == "send":
        return Finding(
            Severity.MAY,
            "the edition",
            "it has nothing to report",
            "the mail says so, since feeds.yaml has `empty: send`",
            "approve it as it is, or add a story",
        )
    return Finding(
        Severity.MUST,
        "the edition",
        "it holds nothing",
        "there is nothing to read",
        "`digest draft --refresh` proposes stories",
    )


def _check_doubles(
    built: RenderedEdition, picks: list[Pick], key: Callable[[str], str]
) -> Iterator[Finding]:
    key_counts = Counter(key(pick.url) for pick in picks)
    headline_counts = Counter(pick.headline for pick in picks)
    reported: set[str] = set()
    for pick in picks:
        pick_key = key(pick.url)
        has_same_address = key_counts[pick_key] > 1
        has_same_headline = headline_counts[pick.headline] > 1
        if not has_same_address and not has_same_headline:
            continue
        if pick_key in reported or pick.headline in reported:
            continue
        reported |= {pick_key, pick.headline}
        yield Finding(
            Severity.MUST,
            line_of_link(built, pick.url),
            f"“{pick.headline}” is in the edition twice",
            "it looks careless",
            "delete one",
            mends=has_same_address,
        )


def _check_story(
    built: RenderedEdition,
    pick: Pick,
    ran: date | None,
    tidy: Callable[[str], str],
) -> Iterator[Finding]:
    """Yield findings about one story; `ran`: the edition that had it already."""
    where = line_of_link(built, pick.url)
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
    if pick.has_link and not is_public(pick.url):
        yield Finding(
            Severity.MUST,
            where,
            f"{urlsplit(pick.url).hostname} is no public address",
            "no reader can open it",
            "give the story's public address",
        )
    if len(pick.note) > MAX_NOTE_LENGTH:
        yield Finding(
            Severity.MAY,
            where,
            f"a note of {len(pick.note)} characters",
            "a note is one sentence; this outweighs the story",
            "shorten it, or make it a lead",
        )


def _check_outlets(
    built: RenderedEdition, picks: list[Pick], outlets: set[str]
) -> Iterator[Finding]:
    """Yield what is said of the stories' outlets, once of each."""
    findings: list[Finding] = []
    for pick in picks:
        where = line_of_link(built, pick.url)
        findings += _check_outlet(pick, outlets, where)
    counts = Counter(finding.what for finding in findings)
    for finding in {one.what: one for one in reversed(findings)}.values():
        yield _with_count(finding, counts[finding.what])


def _with_count(finding: Finding, count: int) -> Finding:
    if count == 1:
        return finding
    return replace(finding, what=f"{finding.what} ({count} stories)")


def _check_outlet(
    pick: Pick, outlets: set[str], where: str
) -> Iterator[Finding]:
    """Yield a finding if a story's outlet may be spelt otherwise than in feeds.yaml.

    A paper or a station need not be there: it is told only if it is close to the name of one that is.
    """
    if _is_named(pick, outlets):
        return
    name = pick.outlet
    advice = _suggest_outlet(name, outlets, USUAL_LIKENESS)
    if not pick.has_link:
        name, _, _ = name.partition(PLACE_MARK)
        advice = _suggest_outlet(name, outlets, LIKENESS_OF_TYPO)
        if not advice:
            return
    yield Finding(
        Severity.MAY,
        where,
        f"{name} is no outlet of feeds.yaml",
        "its name may be spelt otherwise there",
        advice or "check how the outlet writes itself",
    )


def _is_named(pick: Pick, outlets: set[str]) -> bool:
    """Return whether a story names an outlet of feeds.yaml; without a link, a page may follow it."""
    if pick.outlet in outlets:
        return True
    if pick.has_link:
        return False
    return any(
        pick.outlet.startswith(f"{outlet}{PLACE_MARK}") for outlet in outlets
    )


def _suggest_outlet(name: str, outlets: set[str], likeness: float) -> str:
    matches = get_close_matches(name, sorted(outlets), n=1, cutoff=likeness)
    if not matches:
        return ""
    return f"{matches[0]} is the name there"
