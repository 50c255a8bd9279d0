"""Mentions: find where an article names the organisation, its people or its cases.

Input: an article and the names of feeds.yaml. Output: mentions, each with its sentence, place
and role, a confidence from 0 to 1, and the reason if it is not the organisation after all.

1. All names are searched for in one pass; of overlapping ones the longest counts.
2. Capitals and accents must be those of the name (`capitals`).
3. The words around it must not make it something else (`name_rules`).
4. Doubts that a sentence leaves are decided by the rest of the article.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlsplit

from digest.model import Article, Mention, MentionPlace, MentionRole, NameKind
from digest.relevance.capitals import (
    acts_as_body,
    has_expected_capitals,
    is_deliberate,
    is_title_case,
)
from digest.relevance.matcher import Hit, Matcher, longest_hits
from digest.relevance.name_rules import (
    ACT,
    NameInContext,
    is_german,
    is_namesake,
    reason_for_rejecting,
)
from digest.relevance.roles import role_of_name
from digest.relevance.running_text import (
    Sentences,
    accents_agree,
    fold_text,
    normalize_text,
)
from digest.relevance.text_layout import TextLayout
from digest.settings import Organisation

# Confidence (0 to 1) in a name that passes every rule, by what its capitals are worth.

#: The capitals can only be meant as a name's.
SURE = 0.95
#: Likewise, but other things are called by the same few letters.
ACRONYM = 0.9
#: The words beside it, or the rest of the article, treat it as a body.
LIKELY = 0.85
#: A person, while nothing in the article names the organisation.
PERSON_ALONE = 0.75
#: The article could not be read; its feed was searched for the name.
BY_QUERY = 0.3
#: Nothing tells the name from the same words.
DOUBTFUL = 0.2

#: The reason for rejecting a phrase that the settings list as not the organisation.
BY_RULE = "it stands under not_it in feeds.yaml"
_ONLY_WORDS = (
    "capitals alone do not tell it from the words; no other mention settles it"
)
_ONLY_NAMESAKE = (
    "a namesake, or a surname alone: neither is placed by the article"
)

_SPELT_OUT = str.maketrans(
    {
        "ß": "ss",
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ø": "oe",
        "å": "aa",
        "æ": "ae",
        "œ": "oe",
    }
)
_VERSUS = re.compile(r"\b(?:v\.?|vs\.?|versus)(?= )", re.IGNORECASE)
_VERSUS_SPELLINGS = ("v.", "v", "vs.", "vs", "versus")


@dataclass(frozen=True, slots=True)
class Name:
    """One configured phrase, in one of its spellings."""

    text: str
    kind: NameKind | None  #: None: a phrase that is not the organisation
    #: the full name, where this is only the last word of it
    surname_of: str = ""
    #: the phrase itself, where it is another spelling of `text`
    written: str = ""

    @property
    def search_phrase(self) -> str:
        """The phrase as it is looked for."""
        return self.written or self.text


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place in one text with a name."""

    words: str  #: as they stand there
    mention: Mention


class Names:
    """The organisation's names, ready to be found."""

    def __init__(self, org: Organisation) -> None:
        self.names = tuple(_names_of(org))
        self._matcher = Matcher(name.search_phrase for name in self.names)

    def find_longest(self, folded: str) -> list[Hit]:
        """Return the longest names in folded text, phrases that are not it among them."""
        return longest_hits(self._matcher.find_phrases(folded))


@dataclass(frozen=True, slots=True)
class _PreparedText:
    """One of an article's texts, with data that the check of each name needs."""

    text: str
    place: MentionPlace
    layout: TextLayout
    sentences: Sentences
    in_german: bool


def find_mentions(article: Article, names: Names) -> tuple[Mention, ...]:
    """Return every mention, in reading order; one for each name and sentence.

    What only looks like a mention is among them, with its `doubt`. An article that could not
    be read is matched on headline and summary, and by the query of its feed.
    """
    by_sentence: dict[tuple[str, str, bool], Mention] = {}
    for occurrence in find_occurrences(article, names):
        mention = occurrence.mention
        key = (mention.name, fold_text(mention.sentence), mention.counts)
        by_sentence.setdefault(key, mention)
    counting = [mention for mention in by_sentence.values() if mention.counts]
    result = [
        mention
        for mention in by_sentence.values()
        if mention.counts or not _repeats_any(mention, counting)
    ]
    if not counting:
        by_query = _mention_by_query(article, names)
        if by_query:
            result.append(by_query)
    return tuple(result)


def find_occurrences(article: Article, names: Names) -> list[Occurrence]:
    """Return each place of a name in headline, body and summary, in that order."""
    texts = (
        (MentionPlace.HEADLINE, normalize_text(article.title)),
        (MentionPlace.BODY, normalize_text(article.text)),
        (MentionPlace.SUMMARY, normalize_text(article.summary)),
    )
    unsettled: list[Occurrence] = []
    for place, text in texts:
        unsettled += _occurrences_in(text, place, names, article.authors)
    evidence = _evidence_of(unsettled, [text for _, text in texts])
    return [
        replace(occurrence, mention=_settle(occurrence.mention, evidence))
        for occurrence in unsettled
    ]


# Single occurrences


def _occurrences_in(
    text: str, place: MentionPlace, names: Names, authors: Sequence[str]
) -> Iterator[Occurrence]:
    hits = names.find_longest(fold_text(text))
    if not hits:
        return
    layout = TextLayout(text, authors)
    prepared = _PreparedText(
        text, place, layout, Sentences(text), is_german(text)
    )
    for hit in hits:
        name = names.names[hit.phrase]
        # phrases rejected by the settings are rejected in any spelling
        if name.kind is None or _is_written_as(name, text[hit.start : hit.end]):
            yield _occurrence_at(hit, name, prepared)


def _is_written_as(name: Name, words: str) -> bool:
    phrase = name.search_phrase
    return has_expected_capitals(phrase, words) and accents_agree(phrase, words)


def _occurrence_at(hit: Hit, name: Name, prepared: _PreparedText) -> Occurrence:
    text = prepared.text
    start, end = prepared.sentences.span_around(hit.start, hit.end)
    context = _context_of(hit, name, prepared)
    place = prepared.place
    if place == MentionPlace.BODY:
        place = prepared.layout.place_at(hit.start, hit.end)
    role = role_of_name(context.kind, context.before, context.after)
    if role == MentionRole.QUOTED and place != MentionPlace.QUOTE:
        start, end = _widen_to_quote(start, end, prepared)
    doubt = reason_for_rejecting(context) if name.kind else BY_RULE
    mention = Mention(
        name=name.surname_of or name.text,
        kind=context.kind,
        place=place,
        sentence=" ".join(text[start:end].split()),
        role=role,
        confidence=DOUBTFUL if doubt else _confidence_in(name, context),
        doubt=doubt,
    )
    return Occurrence(context.name, mention)


def _context_of(hit: Hit, name: Name, prepared: _PreparedText) -> NameInContext:
    start, end = prepared.sentences.span_around(hit.start, hit.end)
    before = prepared.text[start : hit.start]
    after = prepared.text[hit.end : end]
    in_headline = prepared.place == MentionPlace.HEADLINE
    return NameInContext(
        name=prepared.text[hit.start : hit.end],
        kind=name.kind or NameKind.ORGANISATION,
        before=before,
        after=after,
        in_title_case=is_title_case(before, after, in_headline=in_headline),
        in_german=prepared.in_german,
    )


def _confidence_in(name: Name, context: NameInContext) -> float:
    """Return how sure the capitals and the words beside a name make us."""
    if name.surname_of:
        return DOUBTFUL
    if context.kind == NameKind.PERSON:
        return _confidence_in_person(context)
    if context.kind == NameKind.CASE or name.text.islower():
        return SURE
    return _confidence_by_capitals(context)


def _confidence_by_capitals(context: NameInContext) -> float:
    name = context.name
    in_title = context.in_title_case
    if is_deliberate(name, context.before, in_title=in_title):
        return ACRONYM if context.is_acronym else SURE
    if acts_as_body(name, context.before, context.after, in_title=in_title):
        return LIKELY
    return DOUBTFUL


def _confidence_in_person(context: NameInContext) -> float:
    if is_namesake(context):
        return DOUBTFUL
    return PERSON_ALONE


def _widen_to_quote(
    start: int, end: int, prepared: _PreparedText
) -> tuple[int, int]:
    """Widen a sentence to the whole quote it gives, and to what the speaker goes on to say."""
    first, last = prepared.layout.paragraph_at(start)
    for speech in prepared.layout.speeches_between(first, last):
        speech_start, speech_end = prepared.sentences.span_around(
            speech.start, speech.end
        )
        overlaps = speech.start < end and speech.end > start
        if overlaps:
            start = min(start, speech_start)
        if overlaps or speech.start == end:
            end = max(end, speech_end)
    return start, end


# Evidence of the whole article about single occurrences


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Evidence of an article about the names in it, from all occurrences."""

    names_organisation: bool  #: surely, or by a case of its own
    people: frozenset[str]  #: named in full, and no namesakes
    plain_words: frozenset[str]  #: names whose words it also uses as mere words


def _evidence_of(
    occurrences: Sequence[Occurrence], texts: Iterable[str]
) -> _Evidence:
    people = set()
    bodies = []
    for occurrence in occurrences:
        mention = occurrence.mention
        if mention.confidence <= DOUBTFUL:
            continue
        if mention.kind == NameKind.PERSON:
            people.add(mention.name)
        else:
            bodies.append(mention)
    # once it acts as a body, its words in small letters elsewhere say nothing against it
    acts = any(mention.role != MentionRole.PASSING for mention in bodies)
    plain_words = frozenset() if acts else _plain_words(occurrences, texts)
    return _Evidence(bool(bodies), frozenset(people), plain_words)


def _plain_words(
    occurrences: Sequence[Occurrence], texts: Iterable[str]
) -> frozenset[str]:
    """Return names whose words the article also uses as mere words: small, or for an act."""
    mentions = [occurrence.mention for occurrence in occurrences]
    whole_text = "\n".join(texts)
    return frozenset(
        mention.name
        for mention in mentions
        if ACT in mention.doubt or _stands_small(mention.name, whole_text)
    )


def _stands_small(name: str, text: str) -> bool:
    """Return True if a text has a name in small letters, where that is evidence.

    A single word that is no acronym is checked by its capitals alone.
    """
    if " " not in name and not name.isupper():
        return False
    return f" {name.lower()} " in text


def _settle(mention: Mention, evidence: _Evidence) -> Mention:
    """Decide doubts about capitals by the rest of the article."""
    if mention.doubt:
        return mention
    if mention.kind == NameKind.PERSON:
        return _settle_person(mention, evidence)
    is_only_words = (
        mention.name in evidence.plain_words
        and mention.role == MentionRole.PASSING
        and mention.confidence > LIKELY
    )
    if is_only_words:
        return replace(mention, confidence=DOUBTFUL, doubt=_ONLY_WORDS)
    if mention.confidence > DOUBTFUL:
        return mention
    if evidence.names_organisation:
        return replace(mention, confidence=LIKELY)
    return replace(mention, confidence=DOUBTFUL, doubt=_ONLY_WORDS)


def _settle_person(mention: Mention, evidence: _Evidence) -> Mention:
    """Accept a person's name beside the organisation's, or in full."""
    if evidence.names_organisation:
        return replace(mention, confidence=SURE)
    if mention.confidence > DOUBTFUL or mention.name in evidence.people:
        confidence = max(mention.confidence, PERSON_ALONE)
        return replace(mention, confidence=confidence)
    return replace(mention, doubt=_ONLY_NAMESAKE)


def _repeats_any(mention: Mention, others: Iterable[Mention]) -> bool:
    """Return True if a mention says of the same sentence what another does."""
    return any(
        other.name == mention.name and other.sentence == mention.sentence
        for other in others
    )


def _mention_by_query(article: Article, names: Names) -> Mention | None:
    """Return the name that the feed of an unread article searches for."""
    if not article.unread or not article.feed:
        return None
    query = urlsplit(article.feed).query
    search_terms = " ".join(value for _, value in parse_qsl(query))
    for hit in names.find_longest(fold_text(normalize_text(search_terms))):
        name = names.names[hit.phrase]
        if name.kind and not name.surname_of:
            return Mention(
                name=name.text,
                kind=name.kind,
                place=MentionPlace.QUERY,
                sentence="",
                role=MentionRole.PASSING,
                confidence=BY_QUERY,
            )
    return None


# The settings' names, in all their spellings


def _names_of(org: Organisation) -> Iterator[Name]:
    groups = (
        ((org.name,), NameKind.ORGANISATION),
        (org.aliases, NameKind.ALIAS),
        (org.cases, NameKind.CASE),
        (org.people, NameKind.PERSON),
        (org.not_it, None),
    )
    for phrases, kind in groups:
        for phrase in phrases:
            yield Name(phrase, kind)
            for spelling in _other_spellings(phrase, kind):
                yield Name(phrase, kind, written=spelling)
            if kind == NameKind.PERSON and " " in phrase:
                yield Name(phrase.split()[-1], kind, surname_of=phrase)


def _other_spellings(phrase: str, kind: NameKind | None) -> list[str]:
    """Return the other spellings of a name in newspapers.

    “Versus” is abbreviated in cases; German letters are spelt out or not.
    """
    spellings = {phrase}
    if kind == NameKind.CASE:
        spellings |= {
            _VERSUS.sub(versus, phrase, count=1) for versus in _VERSUS_SPELLINGS
        }
    spellings |= {spelling.replace("ß", "ss") for spelling in spellings}
    spelt_out = {spelling.translate(_SPELT_OUT) for spelling in spellings}
    with_sharp_s = {spelling.replace("ss", "ß") for spelling in spellings}
    spellings |= spelt_out | with_sharp_s
    return sorted(spellings - {phrase})
