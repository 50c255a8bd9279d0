"""Output of articles: in a few lines, with the whole reasoning, and as JSON."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from digest.model import (
        AnalysedArticle,
        Article,
        EditionKey,
        Mention,
        Story,
    )
    from digest.services.articles import Explanation
    from digest.services.missed_articles import MissedArticle
    from digest.settings import Settings


def print_judged(
    judged: "AnalysedArticle",
    settings: "Settings",
    now: datetime,
    headlines: Sequence[str] = (),
) -> None:
    """Print an article, the sentence that proves a mention, and the reasons of its score."""
    _print_heading(judged, now)
    if judged.proof:
        click.secho(f"       {_in_quotes(judged.proof.sentence)}", fg="green")
    if judged.article.note:
        click.echo(f"       note: {_on_one_line(judged.article.note)}")
    for reason in judged.judgement.reasons:
        click.echo(f"       - {reason}")
    for run in describe_runs_elsewhere(judged, settings):
        click.echo(f"       - {run}")
    for earlier in headlines:
        click.echo(f"       - earlier headline: {earlier}")


def print_why(
    why: "Explanation", settings: "Settings", now: datetime, aside: str
) -> None:
    """Print the whole reasoning about an article."""
    judged = why.judged
    _print_heading(judged, now)
    topics = [
        f"{topic.topic}: {', '.join(topic.words)} (strength {topic.strength:.1f})"
        for topic in judged.reading.topics
    ]
    parts = (
        ("Note", judged.article.note.splitlines()),
        ("Named", list(_mention_lines(judged))),
        ("Topics", topics),
        ("Story", list(_story_lines(why.story, judged))),
        ("Text", [_describe_text(judged.article)]),
        ("Score", [str(reason) for reason in judged.judgement.reasons]),
        ("Place", [_describe_place(why, aside)]),
        (
            "Other newsletters",
            list(describe_runs_elsewhere(why.story, settings)),
        ),
        ("Earlier headlines", list(why.headlines)),
    )
    for title, lines in parts:
        if lines:
            click.secho(f"  {title}", bold=True)
        for line in lines:
            click.echo(f"    {line}")


def as_data(
    judged: "AnalysedArticle",
    settings: "Settings",
    headlines: Sequence[str] = (),
) -> dict[str, Any]:
    """Return an article as JSON data, without its text.

    What has no address has "" for address and key; its id names it.
    """
    from dataclasses import asdict

    from digest.model import link_of

    article = asdict(judged.article)
    del article["text"]
    article["url"] = link_of(judged.article.url)
    article["key"] = link_of(judged.article.key)
    article["source_of_text"] = judged.article.source_of_text
    data = asdict(judged)
    mentions = [
        asdict(mention) | {"counts": mention.counts}
        for mention in judged.reading.mentions
    ]
    reasons = [
        {"words": reason.words, "points": reason.points}
        for reason in judged.judgement.reasons
    ]
    return {
        **article,
        "note": judged.article.note,
        "earlier_headlines": list(headlines),
        "judgement": data["judgement"]
        | data["reading"]
        | {"mentions": mentions, "reasons": reasons},
        "copy_of": judged.belongs.copy_of,
        "story": judged.belongs.story,
        **runs_elsewhere_as_data(judged, settings),
    }


def runs_elsewhere_as_data(
    judged: "AnalysedArticle | Story", settings: "Settings"
) -> dict[str, list[str]]:
    """Return the editions of other newsletters that carried it as JSON data; {} without others."""
    if not settings.has_several_newsletters:
        return {}
    return {
        "ran_elsewhere": [str(key) for key in judged.ran_elsewhere],
        "followed_elsewhere": [str(key) for key in judged.followed_elsewhere],
    }


def describe_runs_elsewhere(
    judged: "AnalysedArticle | Story", settings: "Settings"
) -> Iterator[str]:
    """Yield in words which other newsletters carried it: “also in Daily clips, 4 December 2026”."""
    titles = {
        newsletter.key: newsletter.title for newsletter in settings.newsletters
    }

    def name_edition(key: "EditionKey") -> str:
        title = titles.get(key.newsletter, key.newsletter)
        return f"{title}, {key.day.day} {key.day:%B %Y}"

    for key in judged.ran_elsewhere:
        yield f"also in {name_edition(key)}"
    for key in judged.followed_elsewhere:
        yield f"follows up {name_edition(key)}"


def also_in(story: "Story") -> str:
    """Return who else carries a story: “AP, also in 14 papers; 3 more reports”."""
    papers = {copy.article.outlet for copy in story.copies}
    papers.discard(story.representative.article.outlet)
    outlets = {report.article.outlet for report in story.articles}
    # the representative's own outlet is no further report
    more_reports = len(outlets - papers) - 1
    same_text = []
    if papers or story.origin:
        same_text.append(story.origin)
    if papers:
        same_text.append(f"also in {_count_of(len(papers), 'paper')}")
    parts = [", ".join(same_text)]
    if more_reports > 0:
        parts.append(_count_of(more_reports, "more report"))
    return "; ".join(filter(None, parts))


def _count_of(number: int, noun: str) -> str:
    """Return a number with its noun: "1 paper", "2 papers"."""
    if number == 1:
        return f"{number} {noun}"
    return f"{number} {noun}s"


def place_of(article: "Article") -> str:
    """Return where an article can be read: its address, else page or minute."""
    if article.has_link:
        return article.url
    return article.place or "without an address"


def _print_heading(judged: "AnalysedArticle", now: datetime) -> None:
    article = judged.article
    headline = article.title or "(no headline)"
    if article.label:
        headline = f"{article.label}: {headline}"
    click.secho(f"{article.id:5}  {headline}", bold=True, nl=False)
    click.echo(f" ({article.outlet})")
    section = judged.judgement.section or "no section"
    score = f"{judged.judgement.score:.1f}"
    age = _format_age(article.published, now)
    if article.mailed:
        age += f", found in mail of {article.mailed.day} {article.mailed:%B %Y}"
    click.echo(f"       {section}, {score}, {age}  {place_of(article)}")


def print_doubtful(judged: "AnalysedArticle") -> None:
    """Print an article that may name the organisation: each sentence, and the doubt."""
    _print_headline(judged.article)
    for mention in judged.reading.doubtful_mentions:
        click.echo(f"       may be {mention.name}: {mention.doubt}")
        _print_sentence(mention)


def print_refused(judged: "AnalysedArticle") -> None:
    """Print an article that holds a name and is not about the organisation, and why not."""
    _print_headline(judged.article)
    for mention in judged.reading.mentions:
        click.echo(f"       not {mention.name}: {mention.reason_against}")
        _print_sentence(mention)


def _print_headline(article: "Article") -> None:
    click.secho(
        f"{article.id:5}  {article.title or '(no headline)'}",
        bold=True,
        nl=False,
    )
    click.echo(f" ({article.outlet})  {place_of(article)}")


def _print_sentence(mention: "Mention") -> None:
    if mention.sentence:
        click.echo(f"         {_in_quotes(mention.sentence)}")


def print_changes(missed: "MissedArticle") -> None:
    """Print what brings an article in, each on its own line where there are several."""
    if len(missed.changes) < 2:
        click.echo(f"what to change: {missed.advice}")
        return
    click.echo("what to change, one of these (each was tried):")
    for change in missed.changes:
        click.echo(f"  - {change}")


def _in_quotes(sentence: str) -> str:
    """Return a sentence in quotation marks, unless it is somebody's words already."""
    if sentence[0] in '“«„"':
        return sentence
    return f"“{sentence}”"


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _mention_lines(judged: "AnalysedArticle") -> Iterator[str]:
    for mention in judged.reading.mentions:
        if mention.counts:
            verdict = "counts"
            if mention.answers:
                verdict = f"counts, since {mention.answers}: {mention.question}"
        else:
            verdict = f"does not count: {mention.reason_against}"
            if mention.doubtful:
                verdict = f"may be you: {mention.doubt}"
        yield (
            f"{mention.name} ({mention.kind}), in the {mention.place}, {mention.role}, "
            f"{mention.confidence:.0%} sure: {verdict}"
        )
        if mention.sentence:
            yield f"  {_in_quotes(mention.sentence)}"


def _story_lines(story: "Story", explained: "AnalysedArticle") -> Iterator[str]:
    """Yield the articles of a story, a line each, the explained one marked."""
    if len(story.articles) == 1:
        if story.origin:
            yield f"no other outlet has it; the text is {story.origin}'s"
        else:
            yield "no other outlet has it"
        return
    others = also_in(story)
    if others:
        yield others
    copies = {copy.article.id for copy in story.copies}
    for number, report in enumerate(story.articles):
        article = report.article
        if number == 0:
            kind = "represents the story"
        elif article.id in copies:
            kind = "the same text"
        else:
            kind = "another report"
        line = f"{article.id}  {article.title} ({article.outlet}): {kind}"
        if article.id == explained.article.id:
            line += " ← this one"
        yield line


def _describe_text(article: "Article") -> str:
    """Return where an article's text comes from, and why its page could not be read."""
    unread = ""
    if article.unread:
        unread = f"its page: {article.unread}"
    parts = filter(None, [article.source_of_text, unread])
    return "; ".join(parts) or "not read yet"


def _describe_place(why: "Explanation", aside: str) -> str:
    section = why.judged.judgement.section
    if aside and (section or why.judged.is_left_out):
        return f"set aside: {aside}"
    if not section:
        return "in no section"
    place = f"its story is number {why.place} of {why.of} in {section}"
    if why.story.followed:
        ran = f"ran in the edition of {why.story.followed}"
        place += f"; it follows up: “{why.story.followed_title}” {ran}"
    return place


def _format_age(published: datetime | None, now: datetime) -> str:
    if published is None:
        return "undated"
    hours = (now - published).total_seconds() / 3600
    if hours < 0:
        from digest.infra.time_format import UTC, format_minute

        return f"dated in the future ({format_minute(published, UTC)})"
    if hours >= 48:
        return f"{hours / 24:.0f} days old"
    return f"{hours:.0f} hours old"
