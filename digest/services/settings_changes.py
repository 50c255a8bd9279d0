"""Settings changes: what could be changed in feeds.yaml to bring an article in. Pure.

Each change has the settings as they would be, so that it can be tried before it is advised.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from digest.model import Article, ArticleAnalysis
from digest.relevance.mentions import BY_RULE, CHAPTER
from digest.relevance.near_phrases import (
    find_acronym,
    find_near_phrases,
    list_names,
)
from digest.relevance.running_text import fold_text, normalize_text
from digest.settings import Organisation, Settings, Topic

#: Other spellings of one name, and phrases near one of a topic, that are tried.
MAX_SPELLINGS = 2
#: Names of the article that are tried, where nothing of the settings is near.
MAX_NAMES = 3


@dataclass(frozen=True, slots=True)
class SettingsChange:
    """A change of feeds.yaml."""

    words: str  #: what to change, for a press officer
    settings: Settings  #: as they would be


def list_changes(
    settings: Settings, article: Article, reading: ArticleAnalysis
) -> Iterator[SettingsChange]:
    """Yield what might bring an article in, the likeliest first; whether it does is to be tried."""
    text = "\n\n".join(
        filter(None, (article.title, article.summary, article.text))
    )
    reasons = {mention.doubt for mention in reading.mentions}
    if BY_RULE in reasons:
        yield from _without_not_it(settings, text)
    if CHAPTER in reasons:
        yield _with_organisation(
            settings, "set `chapters: count`", chapters="count"
        )
    yield from _with_spellings(settings, text)
    yield from _with_topic_phrases(settings, text)
    yield from _with_sections(settings, reading)


def list_names_to_ask_about(
    settings: Settings, article: Article
) -> Iterator[SettingsChange]:
    """Yield the names of an article as aliases, those of its headline first: one may be yours."""
    org = settings.organisation
    configured = {
        fold_text(name) for name in (org.name, *org.aliases, *org.people)
    }
    in_headline = list_names(article.title)
    names = dict.fromkeys([*in_headline, *list_names(article.text)])
    new_names = [name for name in names if fold_text(name) not in configured]
    for name in new_names[:MAX_NAMES]:
        yield _with_organisation(
            settings,
            f"if “{name}” is you, add it to `aliases`",
            aliases=(*org.aliases, name),
        )


def with_tier(settings: Settings, outlet: str, tier: int) -> SettingsChange:
    """Return the settings with an outlet in another tier."""
    outlets = list(settings.outlets)
    place = [one.name for one in outlets].index(outlet)
    outlets[place] = outlets[place].model_copy(update={"tier": tier})
    return SettingsChange(
        f"give {outlet} `tier: {tier}`", _copy(settings, outlets=tuple(outlets))
    )


def with_size(settings: Settings, section: str, size: int) -> SettingsChange:
    """Return the settings with a section that takes more stories."""
    sections = list(settings.sections)
    place = [one.key for one in sections].index(section)
    sections[place] = sections[place].model_copy(update={"size": size})
    return SettingsChange(
        f"give the section {section} `size: {size}`",
        _copy(settings, sections=tuple(sections)),
    )


def _without_not_it(settings: Settings, text: str) -> Iterator[SettingsChange]:
    folded = fold_text(normalize_text(text))
    org = settings.organisation
    for phrase in org.not_it:
        if fold_text(normalize_text(phrase)) in folded:
            rest = tuple(one for one in org.not_it if one != phrase)
            yield _with_organisation(
                settings, f"take “{phrase}” out of `not_it`", not_it=rest
            )


def _with_spellings(settings: Settings, text: str) -> Iterator[SettingsChange]:
    """Yield the names as the article spells them, and the letters that they are short for."""
    org = settings.organisation
    names = {
        "aliases": (org.name, *org.aliases),
        "people": org.people,
        "cases": org.cases,
    }
    configured = {
        fold_text(name) for of_key in names.values() for name in of_key
    }
    for key, name, spelling in _list_spellings(names, text):
        if fold_text(spelling) not in configured:
            yield _with_name(settings, key, spelling, name)
    letters = find_acronym(text, org.name)
    if letters and fold_text(letters) not in configured:
        yield _with_name(settings, "aliases", letters, org.name)


def _list_spellings(
    names: Mapping[str, Sequence[str]], text: str
) -> Iterator[tuple[str, str, str]]:
    """Yield the key, the name, and words of a text that are nearly the name."""
    for key, of_key in names.items():
        for name in of_key:
            for spelling in find_near_phrases(text, name)[:MAX_SPELLINGS]:
                yield key, name, spelling


def _with_name(
    settings: Settings, key: str, spelling: str, name: str
) -> SettingsChange:
    names = getattr(settings.organisation, key)
    return _with_organisation(
        settings,
        f"add “{spelling}” to `{key}`: it stands there for “{name}”",
        **{key: (*names, spelling)},
    )


def _with_topic_phrases(
    settings: Settings, text: str
) -> Iterator[SettingsChange]:
    """Yield the topics with a phrase as the article has it, or without what kept it out."""
    folded = fold_text(normalize_text(text))
    for number, topic in enumerate(settings.topics):
        for phrase in topic.any:
            for words in find_near_phrases(text, phrase)[:MAX_SPELLINGS]:
                changed = topic.model_copy(
                    update={"any": (*topic.any, words.lower())}
                )
                yield _with_topic(
                    settings,
                    number,
                    changed,
                    f"add “{words.lower()}” to `any` of the topic {topic.name}, beside “{phrase}”",
                )
        for phrase in topic.none:
            if fold_text(phrase) in folded:
                rest = tuple(one for one in topic.none if one != phrase)
                yield _with_topic(
                    settings,
                    number,
                    topic.model_copy(update={"none": rest}),
                    f"take “{phrase}” out of `none` of the topic {topic.name}",
                )
        for phrase in topic.all:
            rest = tuple(one for one in topic.all if one != phrase)
            if fold_text(phrase) not in folded and (rest or topic.any):
                yield _with_topic(
                    settings,
                    number,
                    topic.model_copy(update={"all": rest}),
                    f"take “{phrase}” out of `all` of the topic {topic.name}",
                )


def _with_topic(
    settings: Settings, number: int, topic: Topic, words: str
) -> SettingsChange:
    topics = list(settings.topics)
    topics[number] = topic
    return SettingsChange(words, _copy(settings, topics=tuple(topics)))


def _with_sections(
    settings: Settings, reading: ArticleAnalysis
) -> Iterator[SettingsChange]:
    """Yield the sections with a topic that the article is on, and that none of them takes."""
    for hit in reading.topics:
        for number, section in enumerate(settings.sections):
            sections = list(settings.sections)
            topics = (*section.topics, hit.topic)
            sections[number] = section.model_copy(update={"topics": topics})
            yield SettingsChange(
                f"list {hit.topic} under `topics` of the section {section.key}",
                _copy(settings, sections=tuple(sections)),
            )


def _with_organisation(
    settings: Settings, words: str, **values: object
) -> SettingsChange:
    organisation: Organisation = settings.organisation.model_copy(update=values)
    return SettingsChange(words, _copy(settings, organisation=organisation))


def _copy(settings: Settings, **values: object) -> Settings:
    """Return settings with other values, for the same newsletter."""
    return settings.model_copy(update=values)
