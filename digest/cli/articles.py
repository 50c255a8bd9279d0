"""The press: collecting it, looking at it, adding to it."""

from collections import Counter
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import click

from digest.cli.common import (
    Context,
    EditionDate,
    Failure,
    as_json,
    pass_app,
    print_json,
    print_table,
    say_filled,
    show_progress,
)
from digest.cli.output import also_in, as_data, print_judged, print_why

if TYPE_CHECKING:
    from digest.app import App
    from digest.collect import Report, Tally
    from digest.relevance.evaluation import Evaluation


@click.command("collect")
@click.option("--all", "everything", is_flag=True, help="Poll every feed, due or not.")
@click.option(
    "--feeds-only", is_flag=True, help="Leave the articles' pages to a later run."
)
@as_json
@pass_app
@click.pass_obj
def collect(
    context: Context, app: "App", *, everything: bool, feeds_only: bool, as_json: bool
) -> None:
    """Poll every due feed, read new articles, judge and store them.

    Ctrl-C stops it in good order: what came is kept. Exit code 1 if it was stopped, or if feeds
    were polled and every one failed.
    """
    with show_progress(context) as show:
        collected = app.collection.collect_and_fill(
            show, everything=everything, feeds_only=feeds_only
        )
    report = collected.report
    if as_json:
        print_json([_tally(t) for t in report.values()])
    else:
        _print_report(context, report)
        say_filled(context, collected.filled)
    if report.stopped:
        raise Failure(
            "stopped before all was done; what came is kept, collect again goes on", 1
        )
    polled = sum(t.polled for t in report.values())
    if polled and polled == sum(t.failures.total() for t in report.values()):
        raise Failure("every feed failed; is this machine on the network?", 1)


@click.command("articles")
@click.option("--section", help="Only this section, such as in_the_news.")
@click.option(
    "--since",
    type=EditionDate(),
    help="Only from this day on (default: two windows back).",
)
@click.option(
    "--why", type=int, metavar="ID", help="The whole reasoning about one article."
)
@as_json
@pass_app
@click.pass_obj
def articles(
    context: Context,
    app: "App",
    section: str | None,
    since: date | None,
    why: int | None,
    *,
    as_json: bool,
) -> None:
    """List what was found: why, how old, from whom, with the sentence that proves it."""
    if why is not None:
        _explain(app, why, as_json=as_json)
        return
    if since:
        start = datetime.combine(since, time(), UTC)
    else:
        start = None
    judged = app.press.judged(start)
    if section:
        known = [s.key for s in app.settings.sections]
        if section not in known:
            raise click.BadParameter(
                f"expected one of {', '.join(known)}", param_hint="--section"
            )
        judged = [j for j in judged if j.judgement.section == section]
    earlier = app.press.earlier_headlines([j.article.id for j in judged])
    if as_json:
        print_json([as_data(j, earlier.get(j.article.id, [])) for j in judged])
        return
    if section or context.verbose:
        shown = judged
    else:
        shown = [j for j in judged if j.judgement.section]
    for j in shown:
        print_judged(j, app.clock(), earlier.get(j.article.id, []))
    context.say(
        f"{len(shown)} of {len(judged)} articles" + ("" if section else " concern you")
    )


@click.command("add")
@click.argument("url")
@click.option(
    "--section", default="", help="File it under this section, whatever the judgement."
)
@click.option(
    "--title", default="", help="Its headline, where the page cannot be read."
)
@click.option("--outlet", default="", help="Its outlet, where the page does not say.")
@click.option(
    "--missed", is_flag=True, help="Say why it did not come by itself; remember that."
)
@as_json
@pass_app
@click.pass_obj
def add(
    context: Context,
    app: "App",
    url: str,
    section: str,
    title: str,
    outlet: str,
    *,
    missed: bool,
    as_json: bool,
) -> None:
    """Add one article by hand."""
    known = [s.key for s in app.settings.sections]
    if section and section not in known:
        raise click.BadParameter(
            f"expected one of {', '.join(known)}", param_hint="--section"
        )
    if missed:
        clip = app.clips.missed(url, section, title, outlet)
    else:
        clip = None
    if clip:
        added = clip.judged
    else:
        added = app.clips.add(url, section, title, outlet)
    if as_json:
        if clip:
            told = {"cause": clip.cause, "because": clip.because, "advice": clip.advice}
        else:
            told = {}
        print_json(as_data(added) | ({"missed": told} if clip else {}))
        return
    print_judged(added, app.clock())
    if clip:
        click.secho(
            f"missed ({clip.cause}): " * bool(clip.cause) + clip.because, fg="yellow"
        )
        click.echo(f"what to change: {clip.advice}")
    elif not added.judgement.section:
        context.say("it names neither you nor a topic; --section files it all the same")
    a = added.article
    context.say(f"for an edition: - [{a.title}]({a.url}) ({a.outlet})")


@click.command("evaluate")
@as_json
@pass_app
@click.pass_obj
def evaluate(context: Context, app: "App", *, as_json: bool) -> None:
    """Say how well past editions would have been predicted.

    Precision and recall are told by section. Each week is predicted from all the others, by the
    rules alone and with what was learned.
    """
    found = app.press.evaluate()
    missed = app.store.judgements.missed()
    if as_json:
        from dataclasses import asdict

        print_json({"sections": [asdict(e) for e in found], "missed": missed})
        return
    if not found:
        context.say(
            "nothing to learn from yet: no edition was drafted, edited and approved"
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
        print_table(headings, [row for e in found for row in _evaluated(e)])
        context.say(
            "learned from "
            + ", ".join(f"{e.picks} picks in {e.section}" for e in found)
        )
    if missed:
        causes = ", ".join(f"{n} {cause}" for cause, n in missed.items())
        context.say(
            f"clips that had to be brought by hand: {sum(missed.values())} ({causes})"
        )


def _evaluated(e: "Evaluation") -> list[list[str]]:
    kinds = (
        ("the drafts", e.drafted),
        ("rules alone", e.rules),
        ("rules and picks", e.learned),
    )
    return [
        [
            *(e.section, kind, str(s.proposed), str(s.ran), str(s.right)),
            *(f"{share:.2f}" for share in (s.precision, s.recall)),
        ]
        for kind, s in kinds
    ]


def _explain(app: "App", number: int, *, as_json: bool) -> None:
    from digest.edition import aside, ran_already

    why = app.press.why(number)
    if why.story.ran:
        ran = ran_already(why.story.ran, app.clock())
    else:
        ran = ""
    left_out = ran or aside(why.judged, app.clock())
    if not as_json:
        print_why(why, app.clock(), left_out)
        return
    place = {
        "place": why.place,
        "of": why.of,
        "aside": left_out,
        "also_in": also_in(why.story),
    }
    others = [j.article.id for j in why.story.articles]
    print_json(
        as_data(why.judged, why.headlines) | place | {"articles_of_story": others}
    )


def _print_report(context: Context, report: "Report") -> None:
    headings = ["outlet", "feeds", "new", "read", "unread", "failures"]
    print_table(headings, [_row(t) for t in report.values()])
    tallies = list(report.values())
    for problem in (p for t in tallies for p in (*t.problems, t.silence) if p):
        click.secho(problem, err=True, fg="yellow")
    retitled = sum(t.retitled for t in tallies)
    context.say(
        f"{sum(t.polled for t in tallies)} feeds polled, {sum(t.new for t in tallies)} new "
        f"articles, {sum(t.read for t in tallies)} read, "
        + (f"{retitled} with a new headline, " if retitled else "")
        + f"{sum(t.failures.total() for t in tallies)} feeds failed"
    )


def _row(t: "Tally") -> list[str]:
    counts = [str(t.polled), str(t.new), str(t.read)]
    return [t.outlet, *counts, _reasons(t.unread), _reasons(t.failures)]


def _reasons(counts: Counter[str]) -> str:
    return ", ".join(f"{n} {reason}" for reason, n in counts.most_common())


def _tally(t: "Tally") -> dict[str, Any]:
    return {
        "outlet": t.outlet,
        "polled": t.polled,
        "unchanged": t.unchanged,
        "new": t.new,
        "retitled": t.retitled,
        "read": t.read,
        "unread": dict(t.unread),
        "failures": dict(t.failures),
        "problems": t.problems,
        "silence": t.silence,
    }
