"""People: tell the organisation's people from others of the same name.

A person's name is asserted where the article links it to us: by our name, or by words of our field
beside it. Without a link it is doubtful, and refused where the article is about a sport or an art.
A surname counts once the full name stands in the article, and not behind another first name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from digest.model import MentionRole, NameKind
from digest.relevance.fields import Field
from digest.relevance.occurrences import LIKELY, PERSON_ALONE, SURE, Occurrence
from digest.relevance.offices import names_office
from digest.relevance.running_text import fold_text
from digest.relevance.sport_and_art import is_of_sport_or_art

ONLY_SURNAME = "a surname alone; the article has the full name nowhere"
NO_LINK = "it may be somebody else of that name: nothing in the article links them to you"
FAR_FROM_US = (
    "a namesake: nothing in the article is of your topics, or of any body"
)
DESCRIBED_OTHERWISE = "a namesake, by what the article tells of them"

_OCCUPATION = (
    "footballer|midfielder|striker|goalkeeper|defender|winger|forward|captain|coach|pitcher"
    "|quarterback|batsman|bowler|golfer|boxer|cyclist|sprinter|runner|swimmer|jockey|driver|actor"
    "|actress|singer|songwriter|rapper|guitarist|drummer|pianist|violinist|composer|dancer|comedian"
    "|painter|sculptor|novelist|poet|chef|butcher|baker|florist|dentist|plumber|farmer|hairdresser"
    "|teacher|pupil|schoolboy|schoolgirl|student|model|influencer|youtuber|magician|burglar|soprano"
    "|tenor|cellist|organist|peintre|chanteur|chanteuse|acteur|actrice"
    "|footballeur|maler|sänger|sängerin|cantante|pintor"
)
_OCCUPATION_BEFORE = re.compile(
    rf"\b(?:{_OCCUPATION}|\w+(?:sänger|spieler|maler|fahrer|meister)(?:in)?),? $",
    re.IGNORECASE,
)
_OCCUPATION_AFTER = re.compile(
    rf", (?:\d{{1,2}}, )?(?:an?|the) (?:[\w-]+ ){{0,3}}(?:{_OCCUPATION})\b"
    r"|,? who (?:plays|sings|paints|dances|scored|conducts|stars|swims|keeps goal)\b",
    re.IGNORECASE,
)
_AGED = re.compile(r",? (?:aged )?\d{1,2},")
_UPPER = r"[A-ZÀ-ÖØ-ÞĀ-Ž]"
#: Words that stand before a surname without being a first name.
_NO_FIRST_NAME = frozenset(
    "mr mrs ms miss dr prof sir dame lord lady herr frau monsieur madame "
    "mme m don doña señor señora sr sra "
    "dona senhor senhora meneer mevrouw the but and for as when while if "
    "so then now asked says said "
    "because since after before on in at by from with to of und der die "
    "das aber doch auch le la el "
    "los les mais et pero y e director spokesperson spokesman spokeswoman professor president "
    "chief chairman chairwoman directeur directrice sprecher sprecherin".split()
)


def first_name_before(before: str) -> str:
    """Return the other first name that stands before a surname, "" if none does."""
    match = re.search(rf"({_UPPER}[\w’'.-]*) $", before)
    if match is None:
        return ""
    word = match[1]
    folded = fold_text(word).strip(".'")
    if folded in _NO_FIRST_NAME or word.isupper() or folded.endswith("'s"):
        return ""
    return word


def find_bearers(surname: str, text: str) -> list[tuple[int, str]]:
    """Return where people of a surname are named in full: position and first name."""
    pattern = (
        rf"(?<![\w’'-])({_UPPER}[\w’'-]+(?: {_UPPER}\.)?) "
        rf"(?:(?:van|von|de|der|den|da|di) )*{re.escape(surname)}(?!\w)"
    )
    return [
        (match.start(), match[1])
        for match in re.finditer(pattern, text)
        if fold_text(match[1]).strip(".'") not in _NO_FIRST_NAME
        and not fold_text(match[1]).endswith("'s")
    ]


def settle_people(
    occurrences: Sequence[Occurrence], text: str, field: Field
) -> list[Occurrence]:
    """Return occurrences with the doubts about people decided; bodies are left as they are."""
    people = [one for one in occurrences if one.mention.kind == NameKind.PERSON]
    if not people:
        return list(occurrences)
    bodies = [
        one
        for one in occurrences
        if one.mention.counts and one.mention.kind != NameKind.PERSON
    ]
    names_us = bool(bodies)
    standings = {
        name: _standing_of(name, people, text, field, names_us=names_us)
        for name in {one.mention.name for one in people}
    }
    return [
        _settle_person(one, standings[one.mention.name], text, bodies)
        if one.mention.kind == NameKind.PERSON
        else one
        for one in occurrences
    ]


def is_namesake(before: str, after: str) -> bool:
    """Return True if a person seems another of that name: by occupation, or an age.

    Police reports give an age. An article that names the organisation too overrules this.
    """
    return bool(
        _OCCUPATION_BEFORE.search(before)
        or _OCCUPATION_AFTER.match(after)
        or _AGED.match(after)
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """What an article tells of one of our people."""

    doubt: str = ""  #: "" if it is them
    is_doubtful: bool = False
    confidence: float = SURE
    is_named_in_full: bool = True


def _standing_of(
    name: str,
    people: Sequence[Occurrence],
    text: str,
    field: Field,
    *,
    names_us: bool,
) -> _Standing:
    """Return whether a person is ours, by all places where the article has the name."""
    in_full = _find_in_full(name, people)
    if not in_full:
        return _Standing(ONLY_SURNAME, is_named_in_full=False)
    is_described = any(is_other_by_work(one) for one in in_full)
    is_elsewhere = is_of_sport_or_art(text)
    if names_us:
        is_other = is_described and is_elsewhere
        return _standing_beside_us(is_other=is_other)
    is_linked = any(_is_linked(one, field) for one in in_full)
    return _standing_alone(
        is_other=is_described or is_elsewhere,
        is_linked=is_linked,
        is_far=_is_far(text, field),
    )


def _is_far(text: str, field: Field) -> bool:
    """Return True if nothing in an article is of our topics, or of any body, and a word of sport or art.

    Where no topics are configured, nothing can be said.
    """
    if not field.has_topics or field.is_in(text) or names_office(text):
        return False
    return is_of_sport_or_art(text, least=1)


def _standing_alone(
    *, is_other: bool, is_linked: bool, is_far: bool
) -> _Standing:
    """Return whether a person is ours in an article that does not name us."""
    if is_other:
        return _Standing(DESCRIBED_OTHERWISE)
    if is_far:
        return _Standing(FAR_FROM_US)
    if is_linked:
        return _Standing(confidence=PERSON_ALONE)
    return _Standing(NO_LINK, is_doubtful=True)


def _find_in_full(name: str, people: Sequence[Occurrence]) -> list[Occurrence]:
    """Return where a person is named in full."""
    return [
        one
        for one in people
        if one.mention.name == name and not one.surname and not one.refusal
    ]


def _standing_beside_us(*, is_other: bool) -> _Standing:
    if is_other:
        return _Standing(DESCRIBED_OTHERWISE, is_doubtful=True)
    return _Standing()


def _is_linked(one: Occurrence, field: Field) -> bool:
    """Return True if words beside a person's name are of our field, or an office's."""
    sentence = f"{one.before} | {one.after}"
    return field.is_in(sentence) or names_office(sentence)


def is_other_by_work(one: Occurrence) -> bool:
    """Return True if the words beside a person's name say what else they do, or their age."""
    return is_namesake(one.before, one.after)


def _settle_person(
    one: Occurrence,
    standing: _Standing,
    text: str,
    bodies: Sequence[Occurrence],
) -> Occurrence:
    if one.refusal is not None:
        return one
    if one.surname:
        other = _other_bearer(one, text)
        if other:
            return one.refuse_for(f"“{other} {one.surname}” is another person")
    if not standing.is_named_in_full:
        return _settle_surname_alone(one, bodies)
    if not standing.doubt:
        return one.accept_with(standing.confidence)
    if standing.is_doubtful:
        return one.ask_about(standing.doubt)
    return one.refuse_for(standing.doubt)


def _settle_surname_alone(
    one: Occurrence, bodies: Sequence[Occurrence]
) -> Occurrence:
    """Accept a surname without the full name beside ours: “Open Water’s Oduya”.

    One that speaks in an article that names us is shown; others are refused.
    """
    sentence = one.mention.sentence
    if any(body.mention.sentence in sentence for body in bodies):
        return one.accept_with(LIKELY)
    if bodies and one.mention.role == MentionRole.QUOTED:
        return one.ask_about(ONLY_SURNAME)
    return one.refuse_for(ONLY_SURNAME)


def _other_bearer(one: Occurrence, text: str) -> str:
    """Return the first name of the other person whose surname stands here, "" if it is ours.

    It is that of whoever was last named in full before.
    """
    direct = first_name_before(one.before)
    own_first_name = one.mention.name.split()[0]
    if direct and direct != own_first_name:
        return direct
    position = text.find(one.text) + one.start
    earlier = [
        (start, first_name)
        for start, first_name in find_bearers(one.surname, text)
        if start < position
    ]
    if not earlier:
        return ""
    last_first_name = earlier[-1][1]
    if last_first_name.split()[0] == own_first_name:
        return ""
    return last_first_name
