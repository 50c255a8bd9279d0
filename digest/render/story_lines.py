"""A pick as readers see it: its line, its marks in their language, what stands below it."""

from dataclasses import dataclass
from gettext import NullTranslations

from digest.infra.i18n import language_name, phrases, spoken
from digest.model import Elsewhere, Pick
from digest.render.context import direction


@dataclass(frozen=True, slots=True)
class StoryLine:
    """What a template may use of a pick."""

    headline: str
    url: str  #: that readers open: the gift link, if there is one
    outlet: str
    #: such as opinion, in Spanish, paywall; in the edition's language
    marks: tuple[str, ...]
    language: str  #: of the story; "" if it is the edition's
    direction: str  #: of the story's language; "" if it is the edition's
    also_in: tuple[Elsewhere, ...]
    note: str
    quote: str


def story_line(pick: Pick, language: str) -> StoryLine:
    """Return a pick for an edition of some language."""
    if pick.language != language:
        other = pick.language
    else:
        other = ""
    return StoryLine(
        headline=pick.headline,
        url=pick.gift or pick.url,
        outlet=pick.outlet,
        marks=tuple(filter(None, _marks(pick, other, language, phrases(language)))),
        language=other,
        direction=direction(other)
        if other and direction(other) != direction(language)
        else "",
        also_in=pick.also_in,
        note=pick.note,
        quote=pick.quote,
    )


def _marks(
    pick: Pick, other: str, language: str, words: NullTranslations
) -> tuple[str, ...]:
    said = words.gettext
    if other:
        named = {"language": language_name(other, spoken(language))}
    else:
        named = {}
    return (
        said("opinion") if pick.opinion else "",
        said("in %(language)s") % named if other else "",
        said("gift link") if pick.gift else said("paywall") if pick.paywall else "",
    )
