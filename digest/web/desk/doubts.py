"""Doubts: the sentences that may name the organisation, as a person reads them to say yes or no."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from digest.model import Mention

#: Sentences that are shown of one article; the others are counted.
SHOWN_PLACES = 3
#: Characters that are shown on each side of the name; the whole sentence is one click away.
SIDE_LENGTH = 160
_ELLIPSIS = Markup("…")


@dataclass(frozen=True, slots=True)
class ShownSentence:
    """A sentence with the name marked, and all of it where it was cut."""

    words: Markup
    whole: Markup | None = None  #: None where nothing was cut


@dataclass(frozen=True, slots=True)
class Doubt:
    """One doubt about one name, with the sentences that it is about."""

    name: str
    words: str  #: the doubt
    sentences: tuple[ShownSentence, ...]


@dataclass(frozen=True, slots=True)
class Doubts:
    """The doubts about one article."""

    shown: tuple[Doubt, ...]
    more: int  #: further places of a name that are not shown


def list_doubts(mentions: Sequence[Mention]) -> Doubts:
    """Return doubtful mentions by name and doubt, so that each doubt is told once."""
    shown = mentions[:SHOWN_PLACES]
    sentences: dict[tuple[str, str], list[ShownSentence]] = {}
    for mention in shown:
        of_doubt = sentences.setdefault((mention.name, mention.doubt), [])
        if mention.sentence:
            of_doubt.append(show_sentence(mention))
    doubts = tuple(
        Doubt(name, words, tuple(of_doubt))
        for (name, words), of_doubt in sentences.items()
    )
    return Doubts(doubts, len(mentions) - len(shown))


def show_sentence(mention: Mention) -> ShownSentence:
    """Return the sentence of a mention; of a very long one what stands around the name."""
    sentence = mention.sentence
    places = _find_name(mention)
    marked = mark_places(sentence, places)
    first = 0
    end_of_name = 0
    if places:
        first = _start_of_word(sentence, places[0].start() - SIDE_LENGTH)
        end_of_name = places[0].end()
    last = _end_of_word(sentence, end_of_name + SIDE_LENGTH)
    if first == 0 and last == len(sentence):
        return ShownSentence(marked)
    marked_places = [place for place in places if place.end() <= last]
    cut = mark_places(sentence[:last], marked_places, first)
    if first:
        cut = _ELLIPSIS + cut
    if last < len(sentence):
        cut += _ELLIPSIS
    return ShownSentence(cut, marked)


def mark_places(
    sentence: str, places: Sequence[re.Match[str]], start: int = 0
) -> Markup:
    """Return a sentence from a position on, with places of it marked."""
    return Markup("").join(_parts(sentence, places, start))


def _parts(
    sentence: str, places: Sequence[re.Match[str]], start: int
) -> Iterator[Markup]:
    at = start
    for place in places:
        yield escape(sentence[at : place.start()])
        yield Markup("<mark>{}</mark>").format(place.group())
        at = place.end()
    yield escape(sentence[at:])


def _find_name(mention: Mention) -> list[re.Match[str]]:
    """Return where a sentence has a name; of a person, its last word if the whole is not there."""
    for words in (mention.name, mention.name.split()[-1]):
        pattern = re.compile(rf"\b{re.escape(words)}\b", re.IGNORECASE)
        places = list(pattern.finditer(mention.sentence))
        if places:
            return places
    return []


def _start_of_word(sentence: str, position: int) -> int:
    """Return where the first word behind a position begins; 0 if that is before the sentence."""
    if position <= 0:
        return 0
    return sentence.rfind(" ", 0, position) + 1


def _end_of_word(sentence: str, position: int) -> int:
    """Return where the word at a position ends."""
    if position >= len(sentence):
        return len(sentence)
    end = sentence.find(" ", position)
    if end < 0:
        return len(sentence)
    return end
