"""The press: collecting it, looking at it, adding to it."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import click

from digest.cli.common import Context, Day, Failure, as_json, pass_app, print_json, progress, table

if TYPE_CHECKING:
    from digest.app import App
    from digest.collect import Report, Tally
    from digest.model import Judged


@click.command()
@click.option("--all", "everything", is_flag=True, help="Poll every feed, due or not.")
@click.option("--feeds-only", is_flag=True, help="Leave the articles' pages to a later run.")
@as_json
@pass_app
@click.pass_obj
def collect(
    context: Context, app: "App", everything: bool, feeds_only: bool, as_json: bool
) -> None:
    """Poll every due feed, read new articles, judge and store them.

    Ctrl-C stops it in good order: what came is kept. Exit code 1 if it was stopped, or if feeds
    were polled and every one failed.
    """
    with progress(context) as show:
        report = app.collect(everything, feeds_only, show)
    if as_json:
        print_json([_tally(t) for t in report.values()])
    else:
        _print_report(context, report)
    if report.stopped:
        raise Failure("stopped before all was done; what came is kept, collect again goes on", 1)
    polled = sum(t.polled for t in report.values())
    if polled and polled == sum(t.failures.total() for t in report.values()):
        raise Failure("every feed failed; is this machine on the network?", 1)


@click.command()
@click.option("--section", help="Only this section, such as in_the_news.")
@click.option("--since", type=Day(), help="Only from this day on (default: two windows back).")
@as_json
@pass_app
@click.pass_obj
def articles(
    context: Context, app: "App", section: str | None, since: date | None, as_json: bool
) -> None:
    """List what was found: why, how old, from whom, with the sentence that proves it."""
    start = datetime.combine(since, time(), UTC) if since else None
    judged = app.articles(start)
    if section:
        known = [s.key for s in app.settings.sections]
        if section not in known:
            raise click.BadParameter(f"expected one of {', '.join(known)}", param_hint="--section")
        judged = [j for j in judged if j.judgement.section == section]
    earlier = app.earlier_headlines([j.article.id for j in judged])
    if as_json:
        print_json([_judged(j, earlier.get(j.article.id, [])) for j in judged])
        return
    shown = judged if section or context.verbose else [j for j in judged if j.judgement.section]
    for j in shown:
        _print_judged(j, app.clock(), earlier.get(j.article.id, []))
    context.say(f"{len(shown)} of {len(judged)} articles" + ("" if section else " concern you"))


@click.command()
@click.argument("url")
@click.option("--section", default="", help="File it under this section, whatever the judgement.")
@click.option("--title", default="", help="Its headline, where the page cannot be read.")
@click.option("--outlet", default="", help="Its outlet, where the page does not say.")
@as_json
@pass_app
@click.pass_obj
def add(
    context: Context, app: "App", url: str, section: str, title: str, outlet: str, as_json: bool
) -> None:
    """Add one article by hand."""
    known = [s.key for s in app.settings.sections]
    if section and section not in known:
        raise click.BadParameter(f"expected one of {', '.join(known)}", param_hint="--section")
    added = app.add(url, section, title, outlet)
    if as_json:
        print_json(_judged(added))
        return
    _print_judged(added, app.clock())
    if not added.judgement.section:
        context.say("it names neither you nor a topic; --section files it all the same")
    a = added.article
    context.say(f"for an edition: - [{a.title}]({a.url}) ({a.outlet})")


def _print_report(context: Context, report: "Report") -> None:
    headings = ["outlet", "feeds", "new", "read", "unread", "failures"]
    table(headings, [_row(t) for t in report.values()])
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


def _print_judged(j: "Judged", now: datetime, headlines: Sequence[str] = ()) -> None:
    a = j.article
    label = f"{a.label}: " if a.label else ""
    click.secho(f"{a.id:5}  {label}{a.title or '(no headline)'}", bold=True, nl=False)
    click.echo(f" ({a.outlet})")
    section = j.judgement.section or "no section"
    click.echo(f"       {section}, {j.judgement.score:.1f}, {_age(a.published, now)}  {a.url}")
    for mention in j.judgement.mentions[:1]:
        click.secho(f"       “{mention.sentence}”", fg="green")
    for reason in j.judgement.reasons:
        click.echo(f"       - {reason}")
    for earlier in headlines:
        click.echo(f"       - ran first as: {earlier}")


def _age(published: datetime | None, now: datetime) -> str:
    if published is None:
        return "undated"
    hours = (now - published).total_seconds() / 3600
    if hours < 0:
        return f"dated in the future ({published:%Y-%m-%d})"
    return f"{hours / 24:.0f} days old" if hours >= 48 else f"{hours:.0f} hours old"


def _judged(j: "Judged", headlines: Sequence[str] = ()) -> dict[str, Any]:
    from dataclasses import asdict

    article = asdict(j.article)
    del article["text"]
    return {
        **article,
        "earlier_headlines": list(headlines),
        "judgement": asdict(j.judgement),
        "story": j.story,
    }
