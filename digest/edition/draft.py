"""Draft: propose an edition from ranked stories.

Input: stories in order, the settings, the period that the edition covers, the time. Output: a
draft with the first stories of each section that have not run, its runners-up, and what was set
aside with the reason. Dates are in the newsletter's own time zone; nothing is dated by guess.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from digest.edition.cadence import EditionWindow, due_moment
from digest.edition.internal_content import (
    internal_content_of,
    with_internal_content,
)
from digest.model import (
    NEEDS_A_PERSON,
    PAYWALLED,
    AnalysedArticle,
    Article,
    Edition,
    MentionPlace,
    OtherOutlet,
    Pick,
    Proposal,
    Section,
    Story,
)
from digest.settings import InternalContent, Newsletter, Settings

#: Labels, as the collector takes them off headlines, of what is not reporting.
OPINION = frozenset(
    "opinion op-ed editorial commentary perspective column".split()
) | {"guest essay"}
#: other outlets that a draft names behind a story; a person may add more
MAX_ALSO_IN = 3
MAX_RUNNERS_UP = 15  #: of a section that an editor is shown
#: Why a draft leaves out what names the organisation in a newsletter that is by topic only.
NO_SECTION = "names you, and no section of this newsletter takes it"


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed edition, all it was chosen from, and what was set aside with the reason."""

    edition: Edition
    #: by section, in order; the first of them are proposed
    stories: dict[str, tuple[Story, ...]]
    aside: tuple[tuple[Article, str], ...]

    def runners_up(self, key: str) -> tuple[Story, ...]:
        """Return the stories of a section that would come next."""
        section = next(
            each for each in self.edition.sections if each.key == key
        )
        return self.stories[key][len(section.picks) :]

    def list_proposals(self) -> Iterator[Proposal]:
        """Yield what was offered: what is in the draft, and as many runners-up as are shown."""
        for section in self.edition.sections:
            size = len(section.picks)
            offered = self.stories[section.key][: size + MAX_RUNNERS_UP]
            for place, story in enumerate(offered):
                representative = story.representative
                yield Proposal(
                    edition=self.edition.date,
                    article=representative.article.id,
                    section=section.key,
                    place=place,
                    in_draft=place < size,
                    rules=representative.judgement.rules,
                )


@dataclass(frozen=True, slots=True)
class _OutletFacts:
    """Facts about outlets, and what a draft writes behind and below a story."""

    tidy: Callable[[str], str]  #: makes an address fit to print
    #: outlets that show little without a subscription
    paywalled: frozenset[str]
    #: by outlet, where it is not the newsletter's
    languages: dict[str, str]
    #: what the newsletter prints beside the line; nothing if it is public
    internal: InternalContent


def _outlet_facts(
    settings: Settings, tidy: Callable[[str], str]
) -> _OutletFacts:
    own_language = _primary_language(settings.newsletter.language)
    paywalled = set()
    languages = {}
    for outlet in settings.outlets:
        if outlet.paywall == "hard":
            paywalled.add(outlet.name)
        # where it is not given, English is a guess
        is_given = "language" in outlet.model_fields_set
        if is_given and _primary_language(outlet.language) != own_language:
            languages[outlet.name] = outlet.language
    internal = internal_content_of(settings.newsletter)
    return _OutletFacts(tidy, frozenset(paywalled), languages, internal)


def _primary_language(tag: str) -> str:
    """Return a language tag without its region."""
    return tag.partition("-")[0]


# Stories that it takes, and those set aside


def propose_draft(
    stories: Iterable[Story],
    settings: Settings,
    day: date,
    covered: EditionWindow,
    now: datetime,
    tidy: Callable[[str], str] = str,
) -> Draft:
    """Fill each section with its first stories that have not run. The subject is left empty.

    `tidy` makes an article's address fit to print. Undated and future-dated articles, and those
    whose text ran before, are set aside and returned with the reason; nothing is dated by guess.
    """
    all_stories = list(stories)
    fresh_stories = [
        story
        for story in all_stories
        if not story.ran and _is_within(story.representative, covered, now)
    ]
    facts = _outlet_facts(settings, tidy)
    chosen = {}
    sections = []
    for section in settings.sections:
        candidates = [
            story for story in fresh_stories if _fits(story, section.key)
        ]
        chosen[section.key] = tuple(candidates)
        picks = tuple(
            _pick(story, facts) for story in candidates[: section.size]
        )
        sections.append(Section(section.key, section.title, picks))
    edition = Edition(date=day, subject="", sections=tuple(sections))
    set_aside: list[tuple[Article, str]] = []
    for story in all_stories:
        set_aside += _set_aside(story, settings.newsletter, covered, now)
    return Draft(edition, chosen, tuple(set_aside))


def _set_aside(
    story: Story,
    newsletter: Newsletter,
    covered: EditionWindow,
    now: datetime,
) -> Iterator[tuple[Article, str]]:
    """Yield the articles of a story that no edition takes although they concern it.

    Each comes with the reason. A story that ran, or has no section, is named by its representative
    alone.
    """
    representative = story.representative
    if _is_within(representative, covered, now):
        reason = _reason_against_story(story, newsletter, now)
        if reason:
            yield representative.article, reason
    for judged in story.articles:
        reason = reason_to_set_aside(judged, now)
        if reason and (judged.judgement.section or judged.is_left_out):
            yield judged.article, reason


def _reason_against_story(
    story: Story, newsletter: Newsletter, now: datetime
) -> str:
    """Return why a draft does not take a story of its window; "" if it may."""
    if story.ran:
        return words_for_earlier_run(story.ran, newsletter, now)
    if story.representative.is_left_out:
        return NO_SECTION
    return ""


def words_for_earlier_run(
    edition: date, newsletter: Newsletter, now: datetime
) -> str:
    """Return in words in which edition a story ran, or is to run."""
    day = f"in the edition of {edition.day} {edition:%B %Y}"
    if due_moment(newsletter, edition) <= now:
        return f"already ran {day}"
    return f"already {day}"


def reason_to_set_aside(judged: AnalysedArticle, now: datetime) -> str:
    """Return why an article can be in no edition; "" if it can. A person's filing goes first."""
    article = judged.article
    if article.unread.startswith(NEEDS_A_PERSON):
        return (
            f"{article.unread}; run `digest add` with the outlet's own address"
        )
    is_filed = bool(article.section)
    if _is_named_by_query_only(judged) and not is_filed:
        return f"by query, {NEEDS_A_PERSON}: read it, then run `digest add` with --section"
    return _problem_of_date(article.published, now, is_filed=is_filed)


def reason_to_leave_out(judged: AnalysedArticle, now: datetime) -> str:
    """Return why a draft leaves an article out although an edition may have it; "" if it does not."""
    reason = reason_to_set_aside(judged, now)
    if not reason and judged.is_left_out:
        return NO_SECTION
    return reason


def words_for_no_section(judged: AnalysedArticle) -> str:
    """Return in words why an article is in no section of a newsletter."""
    if judged.reading.names_organisation or judged.reading.topics:
        return "has no section in this newsletter"
    return "mentions neither the organisation nor a topic"


def _problem_of_date(
    published: datetime | None, now: datetime, *, is_filed: bool
) -> str:
    if published is None:
        if is_filed:
            return ""
        return "undated"
    if published > now:
        return "dated in the future"
    return ""


def _is_named_by_query_only(judged: AnalysedArticle) -> bool:
    mentions = judged.reading.mentions
    return {mention.place for mention in mentions if mention.counts} == {
        MentionPlace.QUERY
    }


def _is_within(
    judged: AnalysedArticle, covered: EditionWindow, now: datetime
) -> bool:
    """Return True if an article is of this edition; one filed by hand may lack a date."""
    if reason_to_set_aside(judged, now):
        return False
    article = judged.article
    if article.published is None:
        return True
    return covered.holds_article(article.published, article.first_seen)


def _fits(story: Story, section: str) -> bool:
    """Return True if a story is of a section and has what a line of it needs."""
    judged = story.representative
    is_of_section = judged.judgement.section == section
    return is_of_section and bool(judged.article.url and judged.article.title)


# Picks


def pick_of(
    story: Story, settings: Settings, tidy: Callable[[str], str]
) -> Pick:
    """Make a pick of a story as a draft would."""
    return _pick(story, _outlet_facts(settings, tidy))


def _pick(story: Story, facts: _OutletFacts) -> Pick:
    """Make a pick of a story with its label, paywall, language and copies."""
    article = story.representative.article
    outlet = article.outlet
    pick = Pick(
        headline=article.title,
        url=facts.tidy(article.url),
        outlet=article.outlet_and_place,
        opinion=article.label.casefold() in OPINION,
        paywall=outlet in facts.paywalled or article.unread in PAYWALLED,
        language=facts.languages.get(outlet, ""),
        also_in=tuple(_other_outlets(story, facts)),
    )
    if not article.has_link:
        # no reader can look it up: what a person typed is all there is
        pick = replace(pick, quote=_quote_of(article))
    return with_internal_content(pick, story.representative, facts.internal)


def _quote_of(article: Article) -> str:
    """Return the sentence of an article that has no address, unless it is the headline too."""
    words = article.own_summary
    if article.came_in_sheet:
        words = article.text.partition("\n")[0]
    sentence = " ".join(words.split())
    if sentence == article.title:
        return ""
    return sentence


def _other_outlets(story: Story, facts: _OutletFacts) -> Iterator[OtherOutlet]:
    """Yield the other outlets that carry the text, each once."""
    named = {story.representative.article.outlet}
    for copy in story.copies:
        article = copy.article
        if article.outlet in named or not article.url:
            continue
        if len(named) > MAX_ALSO_IN:
            return
        named.add(article.outlet)
        address = ""
        if article.has_link:
            address = facts.tidy(article.url)
        yield OtherOutlet(article.outlet_and_place, address)
