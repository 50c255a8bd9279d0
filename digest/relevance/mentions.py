"""Mentions: find where an article names the organisation, its people or its cases.

Input: an article and the names of feeds.yaml. Output: mentions, each with its sentence, place
and role, a confidence from 0 to 1, and the reason if it is not the organisation after all.

1. All names are searched for in one pass; of overlapping ones the longest counts.
2. Capitals and accents must be those of the name (`capitals`).
3. The words around it must not make it something else (`name_rules`).
4. Doubts that a sentence leaves are decided by the rest of the article.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

from digest.model import Article, Mention, MentionPlace, MentionRole, NameKind
from digest.relevance.capitals import (
    acts_as_body,
    has_expected_capitals,
    is_deliberate,
    is_described_as_body,
    is_title_case,
    stands_as_somebody,
)
from digest.relevance.fields import Field
from digest.relevance.matcher import Hit, Matcher, longest_hits
from digest.relevance.name_rules import (
    NameInContext,
    Refusal,
    find_refusal,
    names_chapter,
)
from digest.relevance.name_spellings import VERSUS, Name, names_of
from digest.relevance.occurrences import (
    ACRONYM,
    BY_CAPITAL,
    BY_QUERY,
    DOUBTFUL,
    LIKELY,
    PERSON_ALONE,
    SURE,
    Occurrence,
)
from digest.relevance.people import settle_people
from digest.relevance.roles import role_of_name
from digest.relevance.running_text import (
    Sentences,
    accents_agree,
    fold_text,
    is_german,
    normalize_text,
)
from digest.relevance.settling import settle_occurrences
from digest.relevance.text_layout import TextLayout
from digest.relevance.word_lists import FALLBACK_LANGUAGE, is_common_word
from digest.settings import Organisation

#: The reason for rejecting a phrase that the settings list as not the organisation.
BY_RULE = "it stands under not_it in feeds.yaml"
#: The reason for asking about, or refusing, a chapter, where the settings want that.
CHAPTER = "a chapter, by the place behind the name"
#: Letters; a shorter acronym is not written as a word.
_MIN_ACRONYM_AS_WORD = 4
#: Letters; a shorter word, such as “of”, says nothing of a name.
_MIN_CERTAIN_LETTERS = 3

_BODIES = (NameKind.ORGANISATION, NameKind.ALIAS)

#: What becomes of chapters, as in the settings.
Chapters = Literal["count", "ask", "leave_out"]


class Names:
    """The organisation's names, ready to be found."""

    def __init__(self, org: Organisation, topics: Iterable[str] = ()) -> None:
        self.names = tuple(names_of(org))
        self.chapters = org.chapters
        #: the bodies' names, folded, in all spellings
        self.own = frozenset(
            fold_text(name.search_phrase)
            for name in self.names
            if name.kind in _BODIES
        )
        self.field = Field.from_phrases([org.name, *org.aliases], topics)
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
    language: str


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
    place_of_summary = MentionPlace.SUMMARY
    if article.came_in_sheet:
        place_of_summary = MentionPlace.NOTE
    texts = (
        (MentionPlace.HEADLINE, normalize_text(article.title)),
        (MentionPlace.BODY, normalize_text(article.text)),
        (place_of_summary, normalize_text(article.summary)),
    )
    unsettled: list[Occurrence] = []
    for place, text in texts:
        unsettled += _occurrences_in(text, place, names, article)
    if not unsettled:
        return []
    whole_text = "\n\n".join(text for _, text in texts if text)
    settled = settle_occurrences(unsettled, whole_text, names.own, names.field)
    return settle_people(settled, whole_text, names.field)


# Single occurrences


def _occurrences_in(
    text: str, place: MentionPlace, names: Names, article: Article
) -> Iterator[Occurrence]:
    hits = names.find_longest(fold_text(text))
    if not hits:
        return
    in_german = is_german(text) or article.language.startswith("de")
    language = article.language.partition("-")[0].lower() or FALLBACK_LANGUAGE
    if in_german:
        language = "de"
    prepared = _PreparedText(
        text,
        place,
        TextLayout(text, article.authors),
        Sentences(text),
        in_german,
        language,
    )
    for hit in hits:
        name = names.names[hit.phrase]
        # phrases rejected by the settings are rejected in any spelling
        if name.kind is None or _is_written_as(
            name, text[hit.start : hit.end], prepared
        ):
            yield _occurrence_at(hit, name, prepared, names.chapters)


def _is_written_as(name: Name, words: str, prepared: _PreparedText) -> bool:
    if name.is_german_form and not prepared.in_german:
        return False
    phrase = name.search_phrase
    if not accents_agree(phrase, words):
        return False
    return has_expected_capitals(phrase, words) or _is_acronym_as_word(
        phrase, words
    )


def _is_acronym_as_word(phrase: str, words: str) -> bool:
    """Return True for “Unicef” where the name is UNICEF, as the British write it."""
    is_long = len(phrase) >= _MIN_ACRONYM_AS_WORD
    return is_long and phrase.isupper() and words == words.capitalize()


def _occurrence_at(
    hit: Hit, name: Name, prepared: _PreparedText, chapters: Chapters
) -> Occurrence:
    text = prepared.text
    start, end = prepared.sentences.span_around(hit.start, hit.end)
    context = _context_of(hit, name, prepared)
    place = prepared.place
    if place == MentionPlace.BODY:
        place = prepared.layout.place_at(hit.start, hit.end)
    role = role_of_name(context.kind, context.before, context.after)
    if role == MentionRole.QUOTED and place != MentionPlace.QUOTE:
        start, end = _widen_to_quote(start, end, prepared)
    refusal = _refusal_by_place(hit, prepared) or _refusal_of(
        name, context, chapters
    )
    confidence = DOUBTFUL
    if refusal is None:
        confidence = _confidence_in(name, context)
    mention = Mention(
        name=name.surname_of or name.text,
        kind=context.kind,
        place=place,
        sentence=" ".join(text[start:end].split()),
        role=role,
        confidence=confidence,
        doubt=refusal.reason if refusal else "",
        doubtful=bool(refusal and refusal.is_doubtful),
    )
    is_plain_case = (
        context.kind == NameKind.CASE
        and not context.is_certain
        and not VERSUS.search(name.text)
    )
    return Occurrence(
        words=context.name,
        mention=mention,
        refusal=refusal,
        is_common_word=_is_common(context) or is_plain_case,
        is_certain=context.is_certain,
        is_chapter=context.kind in _BODIES and names_chapter(context),
        surname=name.text if name.surname_of else "",
        before=context.before,
        after=context.after,
        text=text,
        start=hit.start,
    )


def _refusal_by_place(hit: Hit, prepared: _PreparedText) -> Refusal | None:
    """Return why what stands around articles does not count: credits, ads, helplines."""
    if prepared.place != MentionPlace.BODY:
        return None
    layout = prepared.layout
    if layout.is_paid_or_invites(hit.start):
        return Refusal("an advertisement, or an invitation to sign up")
    if layout.is_credit(hit.start):
        return Refusal("the credit of a picture")
    if layout.is_helpline(hit.start):
        return Refusal("a number to call below the article", is_doubtful=True)
    return None


def _refusal_of(
    name: Name, context: NameInContext, chapters: Chapters
) -> Refusal | None:
    if name.kind is None:
        return Refusal(BY_RULE)
    return find_refusal(context) or _refusal_of_chapter(context, chapters)


def _refusal_of_chapter(
    context: NameInContext, chapters: Chapters
) -> Refusal | None:
    """Return why a chapter does not count, where the settings want that."""
    if chapters == "count" or context.kind not in _BODIES:
        return None
    if names_chapter(context):
        return Refusal(CHAPTER, is_doubtful=chapters == "ask")
    return None


def _context_of(hit: Hit, name: Name, prepared: _PreparedText) -> NameInContext:
    start, end = prepared.sentences.span_around(hit.start, hit.end)
    before = prepared.text[start : hit.start]
    after = prepared.text[hit.end : end]
    words = prepared.text[hit.start : hit.end]
    in_headline = prepared.place == MentionPlace.HEADLINE
    return NameInContext(
        name=words,
        kind=name.kind or NameKind.ORGANISATION,
        before=before,
        after=after,
        in_title_case=is_title_case(before, after, in_headline=in_headline),
        in_german=prepared.in_german,
        language=prepared.language,
        is_certain=_is_certain(name, prepared.language),
    )


def _is_certain(name: Name, language: str) -> bool:
    """Return True if a word of the name is no common word: it can only be a name."""
    words = [word for word in name.text.split() if word[:1].isalpha()]
    return any(
        not is_common_word(word, language)
        and not is_common_word(word, FALLBACK_LANGUAGE)
        for word in words
        if len(word) >= _MIN_CERTAIN_LETTERS
    )


def _is_common(context: NameInContext) -> bool:
    return context.is_plain_word and not context.is_certain


def _confidence_in(name: Name, context: NameInContext) -> float:
    """Return how sure the capitals and the words beside a name make us."""
    if name.surname_of:
        return DOUBTFUL
    if context.kind == NameKind.PERSON:
        return PERSON_ALONE
    if context.kind == NameKind.CASE or name.text.islower():
        return SURE
    return _confidence_by_capitals(context)


def _confidence_by_capitals(context: NameInContext) -> float:
    name = context.name
    in_title = context.in_title_case
    if context.is_certain:
        return _confidence_in_certain(context)
    if is_described_as_body(context.before, context.after):
        return SURE
    acts = acts_as_body(name, context.before, context.after, in_title=in_title)
    if is_deliberate(name, context.before, in_title=in_title):
        return _confidence_by_deliberate_capital(context, acts=acts)
    return LIKELY if acts else DOUBTFUL


def _confidence_by_deliberate_capital(
    context: NameInContext, *, acts: bool
) -> float:
    """Return what a capital in running text is worth: little, for a common word."""
    if not _is_common(context):
        return _confidence_in_certain(context)
    if acts or stands_as_somebody(context.before, context.after):
        return SURE
    if context.in_german:
        return DOUBTFUL  # every noun has that capital
    return BY_CAPITAL


def _confidence_in_certain(context: NameInContext) -> float:
    if context.is_acronym:
        return ACRONYM
    return SURE


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
