"""Links of an edition: gone, closed, moved or headed otherwise since its stories were picked."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from digest.model import Finding, LinkCheck, Pick, RenderedEdition, Severity
from digest.preflight.line_finder import line_of_link

#: Answers that mean that the page is not there any more.
GONE_REASONS = frozenset({"http 404", "http 410"})
#: Headlines less alike than this are another headline, not another outlet's name behind it.
MIN_LIKENESS = 0.6
#: How a headline begins whose story was taken back, in English, Spanish, French and German.
_TAKEN_BACK = re.compile(
    r"\W*(?:retracted|retraction|withdrawn|retractado|retractación|retirado|rétracté|rétractation|"
    r"retiré|zurückgezogen)\s*[:\])–—-]|this article has been removed|"
    r"(?:error )?404\b|(?:page|article) not found|página no encontrada|page (?:non trouvée|introuvable)|"
    r"seite nicht gefunden",
    re.IGNORECASE,
)
_CORRECTED = re.compile(
    r"\W*(?:correction|corrected|clarification|corrección|rectificación|fe de errores|rectificatif|"
    r"erratum|korrektur|richtigstellung|berichtigung)\s*[:\])–—-]",
    re.IGNORECASE,
)
#: The collector's word for a host that nobody could look up: gone, or nobody is online.
_UNKNOWN_HOST = "unknown host"


def check_links(
    built: RenderedEdition, fetched: Sequence[LinkCheck]
) -> Iterator[Finding]:
    """Yield what is wrong with the page behind each link."""
    picks_by_url = _index_picks(built)
    if _is_offline(fetched):
        yield Finding(
            Severity.SHOULD,
            "the edition",
            "no host of its links could be looked up",
            "this machine is probably not online, so nothing is known of them",
            "check again when it is",
        )
        return
    for link in fetched:
        pick = picks_by_url.get(link.url)
        yield from _check_reached(built, link, pick)
        if link.headline and pick:
            yield from _check_headline(built, link, pick.headline)


def _is_offline(fetched: Sequence[LinkCheck]) -> bool:
    """Return whether every host was unknown, which says more of this machine than of the hosts."""
    reasons = [link.reason for link in fetched]
    return bool(reasons) and set(reasons) == {_UNKNOWN_HOST}


def _index_picks(built: RenderedEdition) -> dict[str, Pick]:
    picks_by_url = {}
    for section in built.edition.sections:
        for pick in section.picks:
            picks_by_url[pick.url] = pick
    return picks_by_url


def _check_reached(
    built: RenderedEdition, link: LinkCheck, pick: Pick | None
) -> Iterator[Finding]:
    where = line_of_link(built, link.url)
    if link.reason in GONE_REASONS or link.reason == _UNKNOWN_HOST:
        yield Finding(
            Severity.MUST,
            where,
            f"{link.url} is gone: {link.error}",
            "readers would find nothing",
            "find its new address, or remove the link",
        )
    elif link.closed:
        if pick is None or not (pick.paywall or pick.gift):
            yield Finding(
                Severity.MAY,
                where,
                f"{link.url} asks for a subscription",
                "many readers cannot read it",
                "say so with {.paywall} behind the outlet, or add a line [Gift link](https://…)",
                mends=pick is not None,
            )
    elif link.error:
        yield Finding(
            Severity.SHOULD,
            where,
            f"{link.url} could not be reached: {link.error}",
            "it may be the same for readers",
            "open it by hand",
        )
    elif link.moved_to:
        yield Finding(
            Severity.MAY,
            where,
            f"{link.url} has moved to {link.moved_to}",
            "the old address may end one day",
            "use the new one",
            mends=True,
        )


def _check_headline(
    built: RenderedEdition, link: LinkCheck, our_headline: str
) -> Iterator[Finding]:
    now = link.headline
    where = line_of_link(built, link.url)
    if _TAKEN_BACK.match(now) and not _TAKEN_BACK.match(our_headline):
        yield Finding(
            Severity.MUST,
            where,
            f"the page is headed “{now}”",
            "the outlet may have taken the story back",
            "read it before it is sent",
        )
        return
    if _CORRECTED.match(now) and not _CORRECTED.match(our_headline):
        yield Finding(
            Severity.SHOULD,
            where,
            f"the page is headed “{now}”",
            "the outlet has corrected the story",
            "read it before it is sent",
        )
        return
    likeness = SequenceMatcher(None, our_headline.lower(), now.lower()).ratio()
    if likeness < MIN_LIKENESS:
        yield Finding(
            Severity.MAY,
            where,
            f"the outlet's headline is now “{now}”",
            f"ours is “{our_headline}”; the story may have changed",
            "read it again",
        )
