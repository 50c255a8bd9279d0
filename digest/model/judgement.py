"""Relevance: mentions, topics, stories, and scores with their reasons."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

from digest.model.article import Article
from digest.model.edition_key import EditionKey

IN_THE_NEWS = "in_the_news"
FOLLOWING = "following"


class MentionPlace(StrEnum):
    """Part of an article in which a name is."""

    HEADLINE = "headline"
    SUMMARY = "summary"
    NOTE = "note"  #: what the press office wrote of a past clip
    BODY = "body"
    QUOTE = "quote"  #: in a quotation
    CAPTION = "caption"
    BYLINE = "byline"  #: who wrote it, or a note about them
    RELATED = "related links"
    #: nowhere we could read: the feed was searched for the name
    QUERY = "query"


#: Places where a name does not make the article about its bearer.
NOT_COVERAGE = frozenset({MentionPlace.BYLINE, MentionPlace.RELATED})


class MentionRole(StrEnum):
    """Role of a name in its sentence."""

    SOURCE = "source of the documents"
    QUOTED = "quoted"
    PARTY = "party to a case"
    PASSING = "in passing"


class NameKind(StrEnum):
    """Kind of a name."""

    ORGANISATION = "organisation"
    ALIAS = "alias"
    PERSON = "person"
    CASE = "case"


@dataclass(frozen=True, slots=True)
class Mention:
    """Where an article names the organisation, with the sentence that proves it."""

    name: str  #: as configured
    kind: NameKind
    place: MentionPlace
    sentence: str  #: as it runs, a spokesperson's quote kept whole; "" by query
    role: MentionRole = MentionRole.PASSING
    confidence: float = 1.0  #: 0 to 1, how sure we are that it is them
    #: reason why it names somebody else; "" if it counts as the organisation
    doubt: str = ""
    #: the doubt may be wrong: a person is to say whether it is the organisation
    doubtful: bool = False
    #: the doubt that answers of a person have settled; "" if none was
    question: str = ""
    #: how they settled it, in words
    answers: str = ""

    @property
    def counts(self) -> bool:
        """Whether it makes the article relevant."""
        return not self.doubt and self.place not in NOT_COVERAGE

    @property
    def reason_against(self) -> str:
        """Why it does not count, in words; "" if it does."""
        if self.counts:
            return ""
        return self.doubt or f"it is in the {self.place}"


@dataclass(frozen=True, slots=True)
class NameAnswer:
    """Answer of a person to whether a name in an article is the organisation's."""

    article: int  #: its id
    name: str  #: as configured
    doubt: str  #: what was asked about, in the words of the doubt
    is_us: bool


@dataclass(frozen=True, slots=True)
class TopicHit:
    """A topic of the organisation found in an article."""

    topic: str
    words: tuple[str, ...]  #: the phrases that matched, as written there
    #: that the topic names; a newsletter may have another for it, or none
    section: str
    #: by the weights of topic and phrases, their number and places
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class StoryMembership:
    """Story membership of an article: the text it copies, and the event it reports."""

    copy_of: int  #: id of the first article of those that carry the same text
    story: int  #: id of the first article of those on the same event


@dataclass(frozen=True, slots=True)
class ArticleAnalysis:
    """Analysis of an article's own words; valid until its text or the rules change."""

    mentions: tuple[Mention, ...] = ()
    topics: tuple[TopicHit, ...] = ()
    agency: str = ""  #: the agency or outlet that the text says it comes from

    @property
    def names_organisation(self) -> bool:
        """Whether a mention counts."""
        return any(mention.counts for mention in self.mentions)

    @property
    def is_near_miss(self) -> bool:
        """Whether it holds a name, and none counts."""
        return bool(self.mentions) and not self.names_organisation

    @property
    def questions(self) -> tuple[tuple[str, str], ...]:
        """Each name with the doubt that a person is asked about, or that answers have settled."""
        asked = (
            (mention.name, mention.question or mention.doubt)
            for mention in self.mentions
            if mention.question or mention.doubtful
        )
        return tuple(dict.fromkeys(asked))

    @property
    def doubtful_mentions(self) -> tuple[Mention, ...]:
        """The mentions that a person is to decide, where none counts without that."""
        if self.names_organisation:
            return ()
        return tuple(mention for mention in self.mentions if mention.doubtful)


@dataclass(frozen=True, slots=True)
class ScoreReason:
    """Part of a score, in words."""

    words: str
    points: float = 0.0  #: what it adds
    #: it changes by itself, with the hour or with what is learned
    is_passing: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        if round(self.points, 1):
            return f"{self.words} ({self.points:+.1f})"
        return self.words


@dataclass(frozen=True, slots=True)
class Relevance:
    """Relevance of an article to a newsletter at this hour: section, score, reasons."""

    #: "" if it concerns neither the organisation nor a topic that the newsletter has
    section: str = ""
    #: higher runs first in its section; the reasons' points together
    score: float = 0.0
    reasons: tuple[ScoreReason, ...] = ()  #: most important first
    rules: float = 0.0  #: the score without the preference model


@dataclass(frozen=True, slots=True)
class AnalysedArticle:
    """An article with its analysis, its relevance, and the story it belongs to."""

    article: Article
    reading: ArticleAnalysis
    judgement: Relevance
    belongs: StoryMembership = StoryMembership(0, 0)
    #: editions of other newsletters in which it ran, or its event with nothing new since
    ran_elsewhere: tuple[EditionKey, ...] = ()
    #: editions of other newsletters in which an earlier report of its event ran
    followed_elsewhere: tuple[EditionKey, ...] = ()

    @property
    def is_left_out(self) -> bool:
        """Whether it names the organisation, and the newsletter has no section for it."""
        return self.reading.names_organisation and not self.judgement.section

    @property
    def may_name_us(self) -> bool:
        """Whether a person is to say if it names the organisation, on a topic or not."""
        return bool(self.reading.doubtful_mentions)

    @property
    def proof(self) -> Mention | None:
        """The mention to show: the surest that counts and has a sentence of the outlet.

        What the press office noted itself proves nothing; it is shown as a note.
        """
        counted = (
            m
            for m in self.reading.mentions
            if m.counts and m.sentence and m.place != MentionPlace.NOTE
        )
        return min(
            counted,
            key=lambda m: (m.place == MentionPlace.HEADLINE, -m.confidence),
            default=None,
        )


@dataclass(frozen=True, slots=True)
class Story:
    """One event or one wire text, with all its articles, the representative first."""

    articles: tuple[AnalysedArticle, ...]
    #: the edition in which it ran already, with nothing new since
    ran: date | None = None
    #: the edition in which an earlier report of the event ran
    followed: date | None = None
    followed_title: str = ""  #: the headline of that report

    @property
    def representative(self) -> AnalysedArticle:
        """The article that represents the story."""
        return self.articles[0]

    @property
    def copies(self) -> tuple[AnalysedArticle, ...]:
        """All articles with the representative's text, itself included."""
        text = self.representative.belongs.copy_of
        return tuple(j for j in self.articles if j.belongs.copy_of == text)

    @property
    def ran_elsewhere(self) -> tuple[EditionKey, ...]:
        """Editions of other newsletters in which the story ran: the last of each, newest first."""
        return _last_of_each(
            key for judged in self.articles for key in judged.ran_elsewhere
        )

    @property
    def followed_elsewhere(self) -> tuple[EditionKey, ...]:
        """Editions of other newsletters that an earlier report ran in, and this story did not."""
        ran_in = {key.newsletter for key in self.ran_elsewhere}
        followed = _last_of_each(
            key for judged in self.articles for key in judged.followed_elsewhere
        )
        return tuple(key for key in followed if key.newsletter not in ran_in)

    @property
    def origin(self) -> str:
        """Source of a text that several outlets carry: an agency, or the outlet that had it first."""
        if len(self.copies) == 1:
            return self.representative.reading.agency
        named = next(
            (j.reading.agency for j in self.copies if j.reading.agency), ""
        )
        return named or min(self.copies, key=_first).article.outlet


def _last_of_each(editions: Iterable[EditionKey]) -> tuple[EditionKey, ...]:
    """Return the newest edition of each newsletter, the newest of all first."""
    newest: dict[str, EditionKey] = {}
    for key in editions:
        newest[key.newsletter] = max(key, newest.get(key.newsletter, key))
    in_order = sorted(newest.values(), key=lambda key: key.newsletter)
    return tuple(sorted(in_order, key=lambda key: key.day, reverse=True))


def _first(j: AnalysedArticle) -> tuple[bool, datetime, int]:
    published = j.article.published
    return (
        published is None,
        published or datetime.max.replace(tzinfo=UTC),
        j.article.id,
    )
