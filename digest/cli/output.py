"""How judged articles are shown: in a line or two, whole, and as JSON."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from digest.model import Judged, Story
    from digest.services.articles import Why


def print_judged(j: "Judged", now: datetime, headlines: Sequence[str] = ()) -> None:
    """Print an article, its best evidence and what its score is made of."""
    _head(j, now)
    if proof := j.proof:
        click.secho(f"       {_quoted(proof.sentence)}", fg="green")
    for reason in j.judgement.reasons:
        click.echo(f"       - {reason}")
    for earlier in headlines:
        click.echo(f"       - ran first as: {earlier}")


def print_why(why: "Why", now: datetime, aside: str) -> None:
    """Print the whole reasoning about an article."""
    j = why.judged
    _head(j, now)
    for title, lines in (
        ("Named", list(_mentions(j))),
        (
            "Topics",
            [
                f"{t.topic}: {', '.join(t.words)} (strength {t.strength:.1f})"
                for t in j.reading.topics
            ],
        ),
        ("Story", list(_story(why.story, j))),
        ("Score", [str(r) for r in j.judgement.reasons]),
        ("Place", [_place(why, aside)]),
        ("Earlier headlines", list(why.headlines)),
    ):
        if lines:
            click.secho(f"  {title}", bold=True)
        for line in lines:
            click.echo(f"    {line}")


def as_data(j: "Judged", headlines: Sequence[str] = ()) -> dict[str, Any]:
    """Return an article as JSON takes it, without its text."""
    from dataclasses import asdict

    article = asdict(j.article)
    del article["text"]
    counts = [m.counts for m in j.reading.mentions]
    data = asdict(j)
    mentions = [
        m | {"counts": c}
        for m, c in zip(data["reading"]["mentions"], counts, strict=True)
    ]
    return {
        **article,
        "earlier_headlines": list(headlines),
        "judgement": data["judgement"] | data["reading"] | {"mentions": mentions},
        "copy_of": j.belongs.copy_of,
        "story": j.belongs.story,
    }


def also_in(story: "Story") -> str:
    """Say who else carries a story: “AP, also in 14 papers; 3 more reports”."""
    papers = {j.article.outlet for j in story.copies} - {
        story.representative.article.outlet
    }
    more = len({j.article.outlet for j in story.articles} - papers) - 1
    if papers or story.origin:
        parts = [story.origin]
    else:
        parts = []
    parts += [f"also in {_counted(len(papers), 'paper')}"] if papers else []
    said = ", ".join(parts)
    return "; ".join(
        p for p in (said, f"{_counted(more, 'more report')}" if more > 0 else "") if p
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" + ("s" if number != 1 else "")


def _head(j: "Judged", now: datetime) -> None:
    a = j.article
    if a.label:
        label = f"{a.label}: "
    else:
        label = ""
    click.secho(f"{a.id:5}  {label}{a.title or '(no headline)'}", bold=True, nl=False)
    click.echo(f" ({a.outlet})")
    section = j.judgement.section or "no section"
    click.echo(
        f"       {section}, {j.judgement.score:.1f}, {_age(a.published, now)}  {a.url}"
    )


def _quoted(sentence: str) -> str:
    """Return a sentence in quotation marks, unless it is somebody's words already."""
    if sentence[0] in '“«„"':
        return sentence
    return f"“{sentence}”"


def _mentions(j: "Judged") -> Iterator[str]:
    for m in j.reading.mentions:
        sure = f"{m.confidence:.0%} sure"
        if m.counts:
            verdict = "counts"
        else:
            verdict = f"does not count: {m.doubt or f'it stands in the {m.place}'}"
        yield f"{m.name} ({m.kind}), in the {m.place}, {m.role}, {sure}: {verdict}"
        if m.sentence:
            yield f"  {_quoted(m.sentence)}"


def _story(story: "Story", mine: "Judged") -> Iterator[str]:
    if len(story.articles) == 1:
        yield "nobody else has it" + (
            f"; the text is {story.origin}'s" if story.origin else ""
        )
        return
    if others := also_in(story):
        yield others
    texts = {j.article.id for j in story.copies}
    for place, j in enumerate(story.articles):
        if not place:
            kind = "stands for the story"
        elif j.article.id in texts:
            kind = "the same text"
        else:
            kind = "another report"
        if j.article.id == mine.article.id:
            me = " ← this one"
        else:
            me = ""
        yield f"{j.article.id}  {j.article.title} ({j.article.outlet}): {kind}{me}"


def _place(why: "Why", aside: str) -> str:
    section = why.judged.judgement.section
    if not section:
        return "in no section"
    if aside:
        return f"set aside: {aside}"
    said = f"its story is number {why.place} of {why.of} in {section}"
    if why.story.followed:
        said += f"; it follows up a story of the edition of {why.story.followed}"
    return said


def _age(published: datetime | None, now: datetime) -> str:
    if published is None:
        return "undated"
    hours = (now - published).total_seconds() / 3600
    if hours < 0:
        from digest.infra.time_format import UTC, minute

        return f"dated in the future ({minute(published, UTC)})"
    if hours >= 48:
        return f"{hours / 24:.0f} days old"
    return f"{hours:.0f} hours old"
