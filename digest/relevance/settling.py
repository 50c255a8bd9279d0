"""Settling: decide doubts about single places of a body's name by the rest of the article."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from digest.model import MentionPlace, MentionRole, NameKind
from digest.relevance.capitals import acts_as_body, is_described_as_body
from digest.relevance.fields import Field
from digest.relevance.name_patterns import ACT, PLACE
from digest.relevance.name_rules import Refusal
from digest.relevance.occurrences import (
    ACRONYM,
    BY_CAPITAL,
    DOUBTFUL,
    LIKELY,
    Occurrence,
)
from digest.relevance.offices import is_called_body, names_office
from digest.relevance.spelt_out import OtherBody, find_other_body
from digest.relevance.sport_and_art import is_of_sport_or_art

ONLY_WORDS = (
    "it may be the ordinary word: the capital may be that of the sentence or headline, and nothing "
    "else in the article settles it"
)
ONLY_WORD_BESIDE = "the article uses the same word in small letters, and no other mention settles it"
ONLY_CAPITAL = (
    "it may be the ordinary word: nothing else in the article tells of an "
    "organisation"
)
ONLY_LETTERS = "a few letters, which other bodies have too; nothing beside them tells of you"
#: Letters; an acronym so short is several bodies' name.
SHORT_ACRONYM = 3
ONLY_PLAIN_WORDS = (
    "a name of common words; nothing beside it or in the article tells of you"
)
ONLY_CHAPTER = "a name of common words with a place behind it; nothing else in the article tells of you"
ONLY_CASE = "the name of a case or campaign, of plain words, where nothing else names you"


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Evidence of an article about the names in it, from all occurrences."""

    is_sure: bool  #: a body's name stands where it can be nothing else
    is_likely: bool  #: or where it acts as a body
    plain_words: frozenset[str]  #: names whose words it also uses as mere words
    small_words: frozenset[str]  #: names that it also has in small letters
    longer_names: frozenset[str]  #: other bodies' names that begin with ours
    shortened: frozenset[str]  #: ours that another body's longer name is cut to
    places: frozenset[str]  #: names that are a village's there
    #: something beside a name of common words tells of us: the field, a body, people, a sure name
    supports_plain_names: bool
    has_field: bool  #: its text has words of our field
    with_places: frozenset[str]  #: names that a place stands behind at first
    has_full_name: bool  #: a name of ours that is no acronym stands in it
    #: something beside the letters of an acronym tells of us: full name, people, field, “the group”
    supports_acronyms: bool
    tells_of_body: (
        bool  #: its text tells of a charity, a campaigner, a spokesperson
    )
    #: by acronym, the other body that the article spells it out as
    other_bodies: dict[str, OtherBody]


def settle_occurrences(
    occurrences: Sequence[Occurrence],
    text: str,
    own_names: frozenset[str],
    field: Field,
) -> list[Occurrence]:
    """Return occurrences with the doubts about bodies decided; people are left as they are.

    `text` is the whole article, `own_names` the bodies' names, folded.
    """
    bodies = [
        one for one in occurrences if one.mention.kind in _KINDS_OF_BODIES
    ]
    if not bodies:
        return list(occurrences)
    evidence = _evidence_of(occurrences, bodies, text, own_names, field)
    return [
        _settle_body(one, evidence)
        if one.mention.kind in _KINDS_OF_BODIES
        else one
        for one in occurrences
    ]


_KINDS_OF_BODIES = (NameKind.ORGANISATION, NameKind.ALIAS, NameKind.CASE)


def _evidence_of(
    occurrences: Sequence[Occurrence],
    bodies: Sequence[Occurrence],
    text: str,
    own_names: frozenset[str],
    field: Field,
) -> _Evidence:
    acronyms = {
        one.words
        for one in bodies
        if one.words.isupper() and " " not in one.words
    }
    other_bodies = {
        acronym: other
        for acronym in acronyms
        if (other := find_other_body(acronym, text, own_names))
    }
    good = [
        one
        for one in bodies
        if not one.mention.doubt and one.words not in other_bodies
    ]
    # once it acts as a body, its words in small letters elsewhere say nothing against it
    acts = any(
        one.mention.role != MentionRole.PASSING
        and one.mention.confidence > DOUBTFUL
        for one in good
    )
    plain_words = frozenset() if acts else _plain_words(bodies, text)
    refused = [one.refusal for one in bodies if one.refusal]
    longer_names = frozenset(
        refusal.longer_name
        for refusal in refused
        if refusal.longer_name and not refusal.is_doubtful
    )
    has_field = field.is_in(text)
    has_field_beside = field.is_in(_without_names(occurrences, text))
    tells_of_body = names_office(text)
    names_us_surely = any(map(_names_us_surely, occurrences))
    return _Evidence(
        supports_plain_names=tells_of_body
        or names_us_surely
        or has_field_beside
        or (has_field and not is_of_sport_or_art(text))
        or any(map(_is_treated_as_body, good)),
        has_field=has_field_beside or names_us_surely,
        with_places=frozenset(
            name
            for name in {one.words for one in bodies}
            if (first := _find_first_use(name, bodies)) and first.is_chapter
        ),
        has_full_name=any(
            not one.mention.doubt and not one.words.isupper() for one in bodies
        ),
        is_sure=any(
            one.mention.confidence >= ACRONYM
            for one in good
            if one.mention.kind != NameKind.CASE or not one.is_common_word
        ),
        is_likely=any(
            one.mention.confidence >= LIKELY
            and one.mention.confidence != BY_CAPITAL
            for one in good
        ),
        plain_words=plain_words,
        small_words=frozenset(
            one.mention.name
            for one in bodies
            if one.is_common_word and _has_small_word(one.words, text)
        ),
        longer_names=longer_names,
        shortened=_find_shortened(bodies, longer_names),
        places=frozenset(
            one.words
            for one in bodies
            if one.refusal and one.refusal.reason == PLACE
        ),
        supports_acronyms=has_field
        or any(map(_tells_more_than_letters, occurrences)),
        tells_of_body=tells_of_body,
        other_bodies=other_bodies,
    )


def _without_names(occurrences: Sequence[Occurrence], text: str) -> str:
    """Return a text without our names: their own words are no evidence for them."""
    for words in {one.words for one in occurrences}:
        text = text.replace(words, " ")
    return text


def _names_us_surely(one: Occurrence) -> bool:
    """Return True for a person's full name, or a body's that can be nothing else."""
    if one.mention.doubt or one.surname:
        return False
    if one.mention.kind == NameKind.PERSON:
        return True
    return one.is_certain and not is_short_acronym(one.words)


def _is_treated_as_body(one: Occurrence) -> bool:
    """Return True if the words beside a name treat it as a body."""
    return is_described_as_body(one.before, one.after) or acts_as_body(
        one.words, one.before, one.after, in_title=False
    )


def _tells_more_than_letters(one: Occurrence) -> bool:
    """Return True for a full name, or letters that are called a body: “the charity TLP”."""
    if is_short_acronym(one.words):
        return is_described_as_body(one.before, one.after)
    return not (one.surname or one.mention.doubt)


def _find_shortened(
    bodies: Sequence[Occurrence], longer_names: frozenset[str]
) -> frozenset[str]:
    """Return our names that stand alone only after a longer name of another body."""
    shortened = set()
    for name in {one.words for one in bodies}:
        first = _find_first_use(name, bodies)
        if (
            first
            and first.refusal
            and first.refusal.longer_name in longer_names
        ):
            shortened.add(name)
    return frozenset(shortened)


def _find_first_use(
    name: str, bodies: Sequence[Occurrence]
) -> Occurrence | None:
    """Return the first place of a name below the headline."""
    uses = [
        one
        for one in bodies
        if one.words == name and one.mention.place != MentionPlace.HEADLINE
    ]
    return min(uses, key=lambda one: one.start, default=None)


def _plain_words(bodies: Iterable[Occurrence], text: str) -> frozenset[str]:
    """Return names whose words the article also uses as mere words: small, or for an act."""
    return frozenset(
        one.mention.name
        for one in bodies
        if ACT in one.mention.doubt or _stands_small(one.mention.name, text)
    )


def _stands_small(name: str, text: str) -> bool:
    """Return True if a text has a name of several words, or an acronym, in small letters."""
    if " " not in name and not name.isupper():
        return False
    return f" {name.lower()} " in text


def _has_small_word(word: str, text: str) -> bool:
    """Return True if a text has a word in small letters, in the plural too."""
    small = word.lower()
    return any(
        mark in text for mark in (f" {small} ", f" {small}s ", f" {small}.")
    )


def _settle_body(one: Occurrence, evidence: _Evidence) -> Occurrence:
    """Decide the doubts about one occurrence."""
    if one.mention.kind == NameKind.CASE:
        return _settle_case(one, evidence)
    other = _find_other(one, evidence)
    if other:
        return one.refuse_for(other)
    if one.refusal is not None:
        return _settle_refused(one, one.refusal, evidence)
    question = _find_question(one, evidence)
    if question:
        return one.ask_about(question)
    if one.is_common_word:
        return _settle_common_word(one, evidence)
    return _settle_phrase(one, evidence)


def _find_question(one: Occurrence, evidence: _Evidence) -> str:
    """Return what the article leaves open about a name, whatever its capitals; "" for nothing."""
    body = evidence.other_bodies.get(one.words.upper())
    if body and not evidence.has_full_name:
        return f"it may stand for “{body.full_name}” there"
    if _is_unknown_chapter(one, evidence):
        return ONLY_CHAPTER
    return ""


def _is_unknown_chapter(one: Occurrence, evidence: _Evidence) -> bool:
    """Return True for “Turning Point Nepal” where nothing else tells of us.

    The same common words with a place behind them are the names of many bodies.
    """
    if one.words.isupper() or _is_plainly_a_body(one) or evidence.has_field:
        return False
    return one.words in evidence.with_places


def _is_plainly_a_body(one: Occurrence) -> bool:
    """Return True if a name is no common words, or says itself that it is a body's."""
    return one.is_certain or is_called_body(one.words)


def _settle_case(one: Occurrence, evidence: _Evidence) -> Occurrence:
    is_only_words = one.is_common_word and one.refusal is None
    if is_only_words and not evidence.is_sure:
        return one.ask_about(ONLY_CASE)
    return one


def _find_other(one: Occurrence, evidence: _Evidence) -> str:
    """Return what the article uses a name for, where that is another body or a place."""
    body = evidence.other_bodies.get(one.words.upper())
    if body and body.is_certain:
        return f"it stands for “{body.full_name}” there"
    stands_as_place = one.before.endswith(" in ")
    if stands_as_place and one.words in evidence.places:
        return PLACE
    is_whole_name = one.refusal is None
    if is_whole_name and one.words in evidence.shortened:
        return f"short for “{min(evidence.longer_names)}” there"
    return ""


def _settle_refused(
    one: Occurrence, refusal: Refusal, evidence: _Evidence
) -> Occurrence:
    """Accept what was refused by a doubtful rule where the article names us for sure."""
    if not refusal.is_doubtful:
        return one
    if refusal.longer_name in evidence.longer_names:
        return one.refuse_for(refusal.reason)
    if evidence.is_sure and refusal.longer_name.startswith(one.words):
        return one.accept_with(LIKELY)
    return one


def _settle_common_word(one: Occurrence, evidence: _Evidence) -> Occurrence:
    """Decide about a common word whose capital may be that of its sentence."""
    confidence = one.mention.confidence
    enough = ACRONYM
    if evidence.tells_of_body or evidence.has_field:
        enough = BY_CAPITAL
    if confidence >= enough:
        return one
    if one.mention.name in evidence.small_words:
        return _settle_beside_small_word(one, evidence)
    if evidence.is_sure:
        return one.accept_with(LIKELY)
    return _settle_word_alone(one, evidence)


def _settle_word_alone(one: Occurrence, evidence: _Evidence) -> Occurrence:
    """Decide about a common word in an article that names us nowhere for sure."""
    confidence = one.mention.confidence
    if confidence == BY_CAPITAL:
        return one.ask_about(ONLY_CAPITAL)
    acts = confidence > DOUBTFUL
    if acts or evidence.is_likely:
        return one.accept_with(LIKELY)
    return one.ask_about(ONLY_WORDS)


def _settle_beside_small_word(
    one: Occurrence, evidence: _Evidence
) -> Occurrence:
    """Decide about a common word that the article uses in small letters too."""
    is_placed = one.mention.confidence > DOUBTFUL
    if evidence.is_sure and is_placed:
        return one.accept_with(LIKELY)
    if evidence.is_sure or is_placed:
        return one.ask_about(ONLY_WORD_BESIDE)
    return one.refuse_for(ONLY_WORD_BESIDE)


def _settle_phrase(one: Occurrence, evidence: _Evidence) -> Occurrence:
    """Decide about an acronym, a name of several words, or one that is no common word."""
    mention = one.mention
    if is_short_acronym(one.words) and not evidence.supports_acronyms:
        return one.ask_about(ONLY_LETTERS)
    if not (_is_plainly_a_body(one) or evidence.supports_plain_names):
        return one.ask_about(ONLY_PLAIN_WORDS)
    has_plain_words = mention.name in evidence.plain_words
    if mention.confidence <= LIKELY:
        return _settle_unclear_phrase(
            one, evidence, has_plain_words=has_plain_words
        )
    is_passing = mention.role == MentionRole.PASSING
    if has_plain_words and is_passing:
        return one.ask_about(ONLY_WORDS)
    return one


def _settle_unclear_phrase(
    one: Occurrence, evidence: _Evidence, *, has_plain_words: bool
) -> Occurrence:
    """Decide about a name whose capitals say nothing where it stands."""
    acts = one.mention.confidence > DOUBTFUL
    if acts or evidence.is_likely:
        return one.accept_with(LIKELY)
    if has_plain_words:
        return one.refuse_for(ONLY_WORDS)
    return one.ask_about(ONLY_WORDS)


def is_short_acronym(words: str) -> bool:
    """Return True if a name is so few capital letters that several bodies have it."""
    return words.isupper() and len(words) <= SHORT_ACRONYM
