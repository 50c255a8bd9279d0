"""Where an article names the organisation, its people or its cases, with the sentence.

text | every name in one pass | the longest | is it them? | where, in what role | how sure
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlsplit

from digest.model import Article, Kind, Mention, Place, Role
from digest.relevance.capitals import acts_as_body, deliberate, shaped, titled
from digest.relevance.matcher import Hit, Matcher, longest
from digest.relevance.name_rules import ACT, Found, is_german, namesake, not_them
from digest.relevance.place_names import Layout
from digest.relevance.roles import role
from digest.relevance.text import Sentences, accents_agree, fold, tidy
from digest.settings import Organisation

#: How sure we are of a name that passes every rule, by what the capitals are worth.
SURE, ACRONYM, LIKELY, PERSON_ALONE, BY_QUERY, DOUBTFUL = (
    0.95,
    0.9,
    0.85,
    0.75,
    0.3,
    0.2,
)

#: Why a phrase does not count that was given as one that is not it.
BY_RULE = "it stands under not_it in feeds.yaml"

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


@dataclass(frozen=True, slots=True)
class Name:
    """One configured phrase."""

    text: str
    kind: Kind | None  #: None: a phrase that is not it
    surname_of: str = ""  #: the full name, where this is only the last word of it
    written: str = ""  #: the phrase itself, where it is another spelling of `text`

    @property
    def spelt(self) -> str:
        """The phrase as it is looked for."""
        return self.written or self.text


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One place in one text where a name stands."""

    words: str  #: as they stand there
    mention: Mention


class Names:
    """The organisation's names, ready to be found."""

    def __init__(self, org: Organisation) -> None:
        self.names = tuple(_names(org))
        self._matcher = Matcher(n.spelt for n in self.names)

    def hits(self, folded: str) -> list[Hit]:
        """Return the longest names in folded text, phrases that are not it among them."""
        return longest(self._matcher.find(folded))


def mentions(article: Article, names: Names) -> tuple[Mention, ...]:
    """Return every mention, in reading order; one for each name and sentence.

    What only looks like a mention is among them, with its `doubt`. An article that could not be
    read is matched on headline and summary, and by the query of its feed.
    """
    found: dict[tuple[str, str, bool], Mention] = {}
    for occurrence in occurrences(article, names):
        m = occurrence.mention
        found.setdefault((m.name, fold(m.sentence), m.counts), m)
    kept = [m for m in found.values() if m.counts or not _repeated(m, found.values())]
    if not any(m.counts for m in kept) and (queried := _by_query(article, names)):
        kept.append(queried)
    return tuple(kept)


def occurrences(article: Article, names: Names) -> list[Occurrence]:
    """Return each place in headline, body and summary where a name stands, in reading order."""
    texts = (
        (Place.HEADLINE, tidy(article.title)),
        (Place.BODY, tidy(article.text)),
        (Place.SUMMARY, tidy(article.summary)),
    )
    found = [
        o
        for place, text in texts
        for o in _in_text(text, place, names, article.authors)
    ]
    return list(_confirmed(found, texts))


def _in_text(
    text: str, place: Place, names: Names, authors: Sequence[str]
) -> Iterator[Occurrence]:
    hits = names.hits(fold(text))
    if not hits:
        return
    layout, split = Layout(text, authors), Sentences(text)
    for hit in hits:
        name = names.names[hit.phrase]
        words = text[hit.start : hit.end]
        told_apart = shaped(name.spelt, words) and accents_agree(name.spelt, words)
        if name.kind is None or told_apart:
            where = layout.place(hit.start, hit.end) if place == Place.BODY else place
            yield _occurrence(text, hit, name, where, layout, split)


def _occurrence(
    text: str, hit: Hit, name: Name, place: Place, layout: Layout, split: Sentences
) -> Occurrence:
    start, end = split.around(hit.start, hit.end)
    before, after = text[start : hit.start], text[hit.end : end]
    in_title = titled(before, after, place == Place.HEADLINE)
    kind = name.kind or Kind.ORGANISATION
    words = text[hit.start : hit.end]
    found = Found(words, kind, before, after, in_title, is_german(text))
    does = role(kind, before, after)
    if does == Role.QUOTED and place != Place.QUOTE:
        start, end = _whole_quote(start, end, layout, split)
    doubt = not_them(found) if name.kind else BY_RULE
    mention = Mention(
        name=name.surname_of or name.text,
        kind=kind,
        place=place,
        sentence=" ".join(text[start:end].split()),
        role=does,
        confidence=DOUBTFUL if doubt else _confidence(found, name),
        doubt=doubt,
    )
    return Occurrence(found.name, mention)


def _confidence(f: Found, name: Name) -> float:
    """Return how sure the capitals and the words beside a name make us."""
    if name.surname_of:
        return DOUBTFUL
    if f.kind == Kind.PERSON:
        return DOUBTFUL if namesake(f) else PERSON_ALONE
    if f.kind == Kind.CASE or name.text.islower():
        return SURE
    if deliberate(f.name, f.before, f.titled):
        return ACRONYM if f.acronym else SURE
    return LIKELY if acts_as_body(f.name, f.before, f.after, f.titled) else DOUBTFUL


def _whole_quote(
    start: int, end: int, layout: Layout, split: Sentences
) -> tuple[int, int]:
    """Widen a sentence to the whole of the quote it gives, and what the speaker goes on to say."""
    first, last = layout.paragraph(start)
    said = [s for s in layout.speeches if first <= s.start and s.end <= last]
    for speech in said:
        sentence = split.around(speech.start, speech.end)
        if speech.start < end and speech.end > start:
            start, end = min(start, sentence[0]), max(end, sentence[1])
        elif end == speech.start:
            end = max(end, sentence[1])
    return start, end


# What the article as a whole says about its single occurrences


def _confirmed(
    found: Sequence[Occurrence], texts: Iterable[tuple[Place, str]]
) -> Iterator[Occurrence]:
    """Settle what capitals leave open by what else the article says."""
    sure = [o.mention for o in found if o.mention.confidence > DOUBTFUL]
    org = any(m.kind != Kind.PERSON for m in sure)
    people = {m.name for m in sure if m.kind == Kind.PERSON}
    # once it acts as a body somewhere, its words in small letters elsewhere say nothing against it
    acts = any(m.kind != Kind.PERSON and m.role != Role.PASSING for m in sure)
    words = set() if acts else _plain_words(found, texts)
    for o in found:
        yield replace(o, mention=_settled(o.mention, org, people, words))


def _settled(m: Mention, org: bool, people: set[str], plain: set[str]) -> Mention:
    if m.doubt:
        return m
    if m.kind == Kind.PERSON:
        return _settled_person(m, org, people)
    mere = m.name in plain and m.role == Role.PASSING and m.confidence > LIKELY
    if m.confidence > DOUBTFUL and not mere:
        return m
    if org and not mere:
        return replace(m, confidence=LIKELY)
    why = "capitals alone do not tell it from the words; no other mention settles it"
    return replace(m, confidence=DOUBTFUL, doubt=why)


def _settled_person(m: Mention, org: bool, people: set[str]) -> Mention:
    if m.confidence > DOUBTFUL or org or m.name in people:
        return replace(m, confidence=SURE if org else max(m.confidence, PERSON_ALONE))
    return replace(
        m, doubt="a namesake, or a surname alone: neither is placed by the article"
    )


def _plain_words(
    found: Sequence[Occurrence], texts: Iterable[tuple[Place, str]]
) -> set[str]:
    """Return names whose very words the article also uses as mere words: small, or for an act."""
    names = {
        o.mention.name
        for o in found
        if " " in o.mention.name or o.mention.name.isupper()
    }
    small = {n for n in names if any(f" {n.lower()} " in text for _, text in texts)}
    return small | {o.mention.name for o in found if ACT in o.mention.doubt}


def _repeated(m: Mention, others: Iterable[Mention]) -> bool:
    """Say whether a doubtful or uncounted mention only repeats what another says."""
    return any(
        o.counts and o.name == m.name and o.sentence == m.sentence for o in others
    )


def _by_query(article: Article, names: Names) -> Mention | None:
    """Return what the feed's own query says of an article that nobody could read."""
    if not article.unread or not article.feed:
        return None
    asked = " ".join(value for _, value in parse_qsl(urlsplit(article.feed).query))
    for hit in names.hits(fold(tidy(asked))):
        name = names.names[hit.phrase]
        if name.kind and not name.surname_of:
            return Mention(
                name.text, name.kind, Place.QUERY, "", Role.PASSING, BY_QUERY
            )
    return None


def _names(org: Organisation) -> Iterator[Name]:
    groups = (
        ((org.name,), Kind.ORGANISATION),
        (org.aliases, Kind.ALIAS),
        (org.cases, Kind.CASE),
        (org.people, Kind.PERSON),
        (org.not_it, None),
    )
    for phrases, kind in groups:
        for phrase in phrases:
            yield Name(phrase, kind)
            yield from (Name(phrase, kind, written=s) for s in _spellings(phrase, kind))
            if kind == Kind.PERSON and " " in phrase:
                yield Name(phrase.split()[-1], kind, surname_of=phrase)


def _spellings(phrase: str, kind: Kind | None) -> list[str]:
    """Return how else papers write a name: versus abbreviated, German letters spelt out or not."""
    versus = ("v.", "v", "vs.", "vs", "versus") if kind == Kind.CASE else ()
    written = {_VERSUS.sub(v, phrase, count=1) for v in versus} | {phrase}
    written |= {w.replace("ß", "ss") for w in written}
    written |= {w.translate(_SPELT_OUT) for w in written} | {
        w.replace("ss", "ß") for w in written
    }
    return sorted(written - {phrase})
