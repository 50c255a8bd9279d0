"""Doubtful articles: list what may name the organisation, and answer whether it does."""

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from digest.cli.common import Context, count_words, print_json
from digest.cli.output import as_data, print_doubtful, print_refused

if TYPE_CHECKING:
    from digest.app import App
    from digest.model import AnalysedArticle
    from digest.settings import Settings


def answer_doubts(
    app: "App",
    is_us: Iterable[int],
    is_not_us: Iterable[int],
    unanswered: Iterable[int],
) -> None:
    """Store answers about articles (ids), and take some back; say what came of each."""
    for number in is_us:
        _answer(app, number, is_us=True)
    for number in is_not_us:
        _answer(app, number, is_us=False)
    for number in unanswered:
        taken_back = app.articles.take_back_answers(number)
        answers = count_words(taken_back, "answer", "answers")
        click.echo(f"{number:5}  {answers} taken back")


def _answer(app: "App", number: int, *, is_us: bool) -> None:
    reading = app.articles.explain_article(number).judged.reading
    answers = app.articles.save_answers(number, reading, is_us=is_us)
    if not answers:
        click.echo(f"{number:5}  nothing in it is in doubt; nothing stored")
    word = "not you"
    if is_us:
        word = "you"
    for answer in answers:
        click.echo(f"{number:5}  {answer.name} is {word} there: {answer.doubt}")


def print_near_misses(
    context: Context,
    listed: "list[AnalysedArticle]",
    settings: "Settings",
    *,
    everything: bool,
    as_json: bool,
) -> None:
    """List the articles that hold a name and were not counted, and why not.

    `everything` lists those too that nobody is asked about.
    """
    near_misses = [item for item in listed if item.reading.is_near_miss]
    may_be_you = [
        item for item in near_misses if item.reading.doubtful_mentions
    ]
    if as_json:
        shown = near_misses if everything else may_be_you
        print_json([as_data(item, settings) for item in shown])
        return
    for item in may_be_you:
        print_doubtful(item)
    refused = [
        item for item in near_misses if not item.reading.doubtful_mentions
    ]
    if everything:
        for item in refused:
            print_refused(item)
    context.print_note(
        f"{len(near_misses)} of {len(listed)} articles hold your name and were not counted; "
        f"{len(may_be_you)} of them may be you"
    )
    reasons = Counter(
        item.reading.mentions[0].reason_against for item in refused
    )
    for reason, number in reasons.most_common():
        context.print_note(f"  {number} not you: {reason}")
