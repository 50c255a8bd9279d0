"""Articles: commands that collect, list, explain and add them."""

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

import click

from digest.cli.collected import (
    collected_as_data,
    print_faults,
    print_new_articles,
    print_sums,
)
from digest.cli.collected_mail import mailbox_as_data, print_mail
from digest.cli.common import (
    Context,
    EditionDate,
    Failure,
    as_json,
    count_words,
    pass_app,
    print_json,
    print_table,
    say_filled,
    show_progress,
)
from digest.cli.doubtful_articles import answer_doubts, print_near_misses
from digest.cli.newsletter_choice import (
    in_no_case,
    pass_newsletter_app,
)
from digest.cli.output import (
    also_in,
    as_data,
    print_changes,
    print_judged,
    print_why,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.app import App
    from digest.model import AnalysedArticle
    from digest.relevance.evaluation import Evaluation


@click.command("collect")
@click.option(
    "--all", "everything", is_flag=True, help="Poll every feed, due or not."
)
@click.option(
    "--feeds-only",
    is_flag=True,
    help="Poll feeds only; read the articles' pages in a later run.",
)
@as_json
@pass_app
@click.pass_obj
def collect_press(
    context: Context,
    app: "App",
    *,
    everything: bool,
    feeds_only: bool,
    as_json: bool,
) -> None:
    """Poll the feeds that are due; read, analyse and store new articles.

    Ctrl-C stops it cleanly: what was collected is kept. Exit code 1 if it was stopped, or if feeds
    were polled and every one failed.
    """
    with show_progress(context) as show:
        collected = app.collection.collect_and_fill(
            show, everything=everything, feeds_only=feeds_only
        )
    report = collected.report
    if as_json:
        mailboxes = [mailbox_as_data(one) for one in report.mailboxes]
        print_json(collected_as_data(collected) + mailboxes)
    else:
        print_new_articles(collected, app.settings, verbose=context.verbose)
        print_mail(report, verbose=context.verbose)
        say_filled(context, app, collected.filled)
        print_faults(report, app.clock())
        print_sums(context, report)
    if report.stopped:
        raise Failure(
            "stopped before the end; what was collected is kept, and `digest collect` "
            "continues from there",
            1,
        )
    polled = sum(tally.polled for tally in report.values())
    failed = sum(tally.failures.total() for tally in report.values())
    if polled and polled == failed:
        raise Failure(
            "every feed failed; check the network connection of this machine", 1
        )


@click.command("articles")
@click.option("--section", help="Only this section, such as in_the_news.")
@click.option(
    "--since",
    type=EditionDate(),
    help="Only from this date on (default: two edition periods back, at least a week).",
)
@click.option(
    "--find",
    "words",
    default="",
    metavar="WORDS",
    help="Only with all of these words in headline, outlet or note.",
)
@click.option(
    "--why",
    metavar="ID",
    help="Explain how this article, by its id or address, was analysed and ranked, and what would "
    "bring it in.",
)
@click.option(
    "--doubtful",
    is_flag=True,
    help="Only articles that may name you, with each sentence and its doubt.",
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Like --doubtful, with what holds your name and is not you, by the rules or your answers.",
)
@click.option(
    "--yes",
    "is_us",
    type=int,
    multiple=True,
    metavar="ID",
    help="Answer that this doubtful article is about you.",
)
@click.option(
    "--no",
    "is_not_us",
    type=int,
    multiple=True,
    metavar="ID",
    help="Answer that this doubtful article is not about you.",
)
@click.option(
    "--unanswer",
    "unanswered",
    type=int,
    multiple=True,
    metavar="ID",
    help="Take back what was answered about this article.",
)
@as_json
@pass_newsletter_app(in_no_case)
@click.pass_obj
def list_articles(
    context: Context,
    app: "App",
    section: str | None,
    since: date | None,
    words: str,
    why: str | None,
    is_us: tuple[int, ...],
    is_not_us: tuple[int, ...],
    unanswered: tuple[int, ...],
    *,
    doubtful: bool,
    everything: bool,
    as_json: bool,
) -> None:
    """List relevant articles: reasons, age, outlet, the sentence with the mention."""
    if why is not None:
        _explain(app, _find_number(app, why), as_json=as_json)
        return
    if is_us or is_not_us or unanswered:
        answer_doubts(app, is_us, is_not_us, unanswered)
        return
    start = None
    if since:
        start = datetime.combine(since, time(), UTC)
    ranked = app.articles.list_ranked(start)
    listed = _filter_listed(app, ranked, section, words)
    if doubtful or everything:
        print_near_misses(
            context,
            listed,
            app.settings,
            everything=everything,
            as_json=as_json,
        )
        return
    is_chosen = bool(section or words or context.verbose)
    _print_listed(
        context,
        app,
        listed,
        is_chosen=is_chosen,
        in_section=bool(section),
        as_json=as_json,
    )


def _print_listed(
    context: Context,
    app: "App",
    listed: "list[AnalysedArticle]",
    *,
    is_chosen: bool,
    in_section: bool,
    as_json: bool,
) -> None:
    """Print articles; of all there are, those that are relevant."""
    headlines = app.articles.earlier_headlines(
        [item.article.id for item in listed]
    )
    if as_json:
        print_json(
            [
                as_data(item, app.settings, headlines.get(item.article.id, []))
                for item in listed
            ]
        )
        return
    relevant = listed
    if not is_chosen:
        relevant = list(filter(_is_relevant, listed))
    for item in relevant:
        print_judged(
            item,
            app.settings,
            app.clock(),
            headlines.get(item.article.id, []),
        )
    articles = count_words(len(listed), "article", "articles")
    summary = f"{len(relevant)} of {articles}"
    if not in_section:
        summary = f"relevant: {summary}"
    context.print_note(summary)


def _filter_listed(
    app: "App",
    listed: "list[AnalysedArticle]",
    section: str | None,
    words: str,
) -> "list[AnalysedArticle]":
    """Return the articles of a section, with all of some words, as far as those are given."""
    if section:
        require_section(app, section)
        listed = [item for item in listed if item.judgement.section == section]
    if words:
        return _find_words(listed, words)
    return listed


def _is_relevant(item: "AnalysedArticle") -> bool:
    """Return whether an article is in a section, or would be if the newsletter had one for it."""
    return bool(item.judgement.section) or item.is_left_out


def _find_words(
    listed: "Sequence[AnalysedArticle]", words: str
) -> "list[AnalysedArticle]":
    """Return the articles that have all of some words in headline, outlet or note."""
    from digest.infra.letters import fold_letters

    sought = fold_letters(words).split()
    matching = []
    for item in listed:
        article = item.article
        text = f"{article.title} {article.outlet} {article.note}"
        folded = fold_letters(text)
        if all(word in folded for word in sought):
            matching.append(item)
    return matching


def require_section(app: "App", section: str) -> None:
    """Raise click.BadParameter unless the newsletter has the section."""
    keys = section_keys(app)
    if section not in keys:
        raise click.BadParameter(
            f"expected one of {', '.join(keys)}", param_hint="--section"
        )


def section_keys(app: "App") -> list[str]:
    """Return the keys of a newsletter's sections."""
    return [section.key for section in app.settings.sections]


@click.command("evaluate")
@as_json
@pass_newsletter_app(in_no_case)
@click.pass_obj
def evaluate_ranking(context: Context, app: "App", *, as_json: bool) -> None:
    """Measure how well past editions would have been predicted.

    Prints precision and recall for each section. Each week is predicted from all the others, by
    the rules alone and with what was learned from picks.
    """
    evaluations = app.articles.evaluate_ranking()
    missed = app.manual_articles.count_missed()
    if as_json:
        from dataclasses import asdict

        print_json(
            {
                "sections": [asdict(evaluation) for evaluation in evaluations],
                "missed": missed,
            }
        )
        return
    if not evaluations:
        context.print_note(
            "no data yet: no edition was drafted, edited and approved"
        )
    else:
        headings = [
            "section",
            "predicted by",
            "proposed",
            "ran",
            "right",
            "precision",
            "recall",
        ]
        print_table(
            headings,
            [
                row
                for evaluation in evaluations
                for row in _evaluation_rows(evaluation)
            ],
        )
        lessons = [
            f"{evaluation.picks} picks in {evaluation.section}"
            for evaluation in evaluations
        ]
        context.print_note(f"learned from {', '.join(lessons)}")
    if missed:
        causes = ", ".join(
            f"{number} {cause}" for cause, number in missed.items()
        )
        context.print_note(
            f"articles that had to be added by hand: {sum(missed.values())} ({causes})"
        )


def _evaluation_rows(evaluation: "Evaluation") -> list[list[str]]:
    """Return a table row for each way of predicting a section."""
    predictions = (
        ("the drafts", evaluation.drafted),
        ("rules alone", evaluation.rules),
        ("rules and picks", evaluation.learned),
    )
    return [
        [
            evaluation.section,
            predicted_by,
            str(score.proposed),
            str(score.ran),
            str(score.right),
            f"{score.precision:.2f}",
            f"{score.recall:.2f}",
        ]
        for predicted_by, score in predictions
    ]


def _find_number(app: "App", id_or_address: str) -> int:
    """Return the id of an article that is given by its id or its address."""
    if id_or_address.isdecimal():
        return int(id_or_address)
    return app.manual_articles.find_number(id_or_address)


def _explain(app: "App", number: int, *, as_json: bool) -> None:
    from digest.edition import reason_to_leave_out, words_for_earlier_run

    why = app.articles.explain_article(number)
    if why.story.ran:
        ran = words_for_earlier_run(
            why.story.ran, app.settings.newsletter, app.clock()
        )
    else:
        ran = ""
    left_out = ran or reason_to_leave_out(why.judged, app.clock())
    if not as_json:
        print_why(why, app.settings, app.clock(), left_out)
        missed = app.manual_articles.explain_missed(number)
        if missed.cause:
            click.secho(f"  Not proposed ({missed.cause})", bold=True)
            click.echo(f"    {missed.because}")
            print_changes(missed)
        return
    place = {
        "place": why.place,
        "of": why.of,
        "aside": left_out,
        "also_in": also_in(why.story),
    }
    others = [item.article.id for item in why.story.articles]
    print_json(
        as_data(why.judged, app.settings, why.headlines)
        | place
        | {"articles_of_story": others}
    )
