"""Story lines: a pick as shown in an edition, with its marks in the edition's language."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from digest.infra.i18n import (
    ReaderLanguage,
    language_name,
    text_direction,
)
from digest.infra.running_text import close_directions, strong_direction
from digest.infra.script_language import foreign_language
from digest.model import OtherOutlet, Pick


@dataclass(frozen=True, slots=True)
class StoryLine:
    """Values of a pick for templates."""

    headline: str
    #: the link shown: the gift link, if there is one; "" if the story has no address
    url: str
    outlet: str
    #: such as opinion, in Spanish, paywall; in the edition's language
    marks: tuple[str, ...]
    language: str  #: of the story; "" if it is the edition's
    direction: str  #: of the story's language; "" if it is the edition's
    also_in: tuple[OtherOutlet, ...]
    note: str
    quote: str
    # what follows is "" or empty in a public newsletter
    proof: str
    our_quotes: tuple[str, ...]
    reasons: str
    excerpt: str


def story_line(pick: Pick, reader: ReaderLanguage) -> StoryLine:
    """Return a pick for an edition of some language."""
    language = reader.tag
    other_language = ""
    if pick.language != language:
        other_language = pick.language
    shown_language = other_language or foreign_language(pick.headline, language)
    other_direction = _direction_of(pick, other_language)
    if other_direction == text_direction(language):
        other_direction = ""
    return StoryLine(
        headline=close_directions(pick.headline),
        url=_shown_link(pick),
        outlet=close_directions(pick.outlet),
        marks=tuple(_marks_of(pick, other_language, reader)),
        language=shown_language,
        direction=other_direction,
        also_in=tuple(
            replace(other, outlet=close_directions(other.outlet))
            for other in pick.also_in
        ),
        note=close_directions(pick.note),
        quote=close_directions(pick.quote),
        proof=close_directions(pick.proof),
        our_quotes=tuple(map(close_directions, pick.our_quotes)),
        reasons=close_directions(pick.reasons),
        excerpt=close_directions(pick.excerpt),
    )


def _direction_of(pick: Pick, other_language: str) -> str:
    """Return the direction of a story's language, or that which its headline is written in."""
    if other_language:
        return text_direction(other_language)
    return strong_direction(pick.headline)


def _shown_link(pick: Pick) -> str:
    """Return the address that a story's headline leads to; "" if it leads nowhere."""
    if pick.gift:
        return pick.gift
    if pick.has_link:
        return pick.url
    return ""


def _marks_of(
    pick: Pick, other_language: str, reader: ReaderLanguage
) -> Iterator[str]:
    """Yield the marks of a story (such as a paywall), in the edition's language."""
    gettext = reader.gettext
    if pick.opinion:
        yield gettext("opinion")
    if other_language:
        name = language_name(other_language, reader.spoken)
        yield gettext("in %(language)s") % {"language": name}
    if pick.gift:
        yield gettext("gift link")
    elif pick.paywall:
        yield gettext("paywall")
