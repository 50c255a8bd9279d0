"""Manual articles: the command that adds one, by its address or without."""

from datetime import date
from typing import TYPE_CHECKING, TextIO

import click

from digest.cli.articles import require_section, section_keys
from digest.cli.common import (
    Context,
    EditionDate,
    as_json,
    local_user,
    print_json,
)
from digest.cli.editions import read_text
from digest.cli.newsletter_choice import if_given, pass_newsletter_app
from digest.cli.output import as_data, print_changes, print_judged

if TYPE_CHECKING:
    from digest.app import App
    from digest.model import AnalysedArticle
    from digest.services.missed_articles import MissedArticle
    from digest.services.sent_texts import SentText
    from digest.services.unlinked_clips import UnlinkedClip


@click.command("add")
@click.argument("url", default="")
@click.option(
    "--section",
    default="",
    help="Put it in this section, whatever its analysis says.",
)
@click.option(
    "--title", default="", help="The headline, if the page cannot be read."
)
@click.option(
    "--outlet",
    default="",
    help="The outlet's name, if the page does not give it.",
)
@click.option(
    "--date",
    "day",
    type=EditionDate(),
    help="Without an address: the day it came out (default: today).",
)
@click.option(
    "--place",
    default="",
    help="Without an address: page or minute, such as “page 3”.",
)
@click.option(
    "--quote",
    default="",
    help="Without an address: the sentence, as it was printed or said.",
)
@click.option(
    "--text",
    "text_file",
    type=click.File(encoding="utf-8"),
    help="A file with the text of a page that only you can open (- for standard input): "
    "the article is judged by it, and it is never published.",
)
@click.option(
    "--missed",
    is_flag=True,
    help="Explain and record why it was not collected by itself.",
)
@as_json
@pass_newsletter_app(if_given("section"))
@click.pass_obj
def add_article(
    context: Context,
    app: "App",
    url: str,
    section: str,
    title: str,
    outlet: str,
    day: date | None,
    place: str,
    quote: str,
    text_file: TextIO | None,
    *,
    missed: bool,
    as_json: bool,
) -> None:
    """Add one article by hand: by its address, or without one.

    What was printed, or said on air or by phone, has none: give --outlet, --title, --date, --place
    and --quote instead; it runs without a link. An article is read once, for all newsletters;
    --section files it in each that has this section.
    """
    from digest.services.unlinked_clips import UnlinkedClip

    typed = UnlinkedClip(outlet, title, day, place, quote)
    _check_options(typed, url, missed=missed)
    sent = _read_sent_text(text_file, url, missed=missed)
    if section:
        require_section(app, section)
    clip = None
    if not url:
        added = app.manual_articles.add_unlinked(typed, section)
    elif missed:
        clip = app.manual_articles.report_missed(url, section, title, outlet)
        added = clip.judged
    else:
        added = app.manual_articles.add_article(
            url, section, title, outlet, sent
        )
    if as_json:
        data = as_data(added, app.settings)
        if clip:
            data["missed"] = {
                "cause": clip.cause,
                "because": clip.because,
                "advice": clip.advice,
                "changes": [str(change) for change in clip.changes],
                "feed": clip.judged.article.feed,
            }
        print_json(data)
        return
    _print_added(context, app, added, clip, section)


def _print_added(
    context: Context,
    app: "App",
    added: "AnalysedArticle",
    clip: "MissedArticle | None",
    section: str,
) -> None:
    """Print an article that was added, and what a person should know of it."""
    print_judged(added, app.settings, app.clock())
    if clip:
        _print_missed(clip)
    elif not added.judgement.section:
        from digest.edition import words_for_no_section

        reason = words_for_no_section(added)
        context.print_note(f"it {reason}; --section files it anyway")
    if section and app.settings.has_several_newsletters:
        titles = ", ".join(_titles_with_section(app, section))
        context.print_note(f"filed under {section}, a section of {titles}")
    article = added.article
    context.print_note(
        f"line for an edition: - [{article.title}]({article.url}) ({article.outlet_and_place})"
    )


def _check_options(typed: "UnlinkedClip", url: str, *, missed: bool) -> None:
    """Raise click.UsageError if options are given that do not go with an address, or without one."""
    if missed and not url:
        raise click.UsageError("--missed needs the article's address")
    options = (
        ("--date", typed.day),
        ("--place", typed.place),
        ("--quote", typed.quote),
    )
    for name, value in options:
        if url and value:
            raise click.UsageError(
                f"{name} is for what has no address; leave the address or {name} out"
            )


def _read_sent_text(
    file: TextIO | None, url: str, *, missed: bool
) -> "SentText":
    """Return the text that the person at this machine sends; raise click.UsageError without an address."""
    from digest.services.sent_texts import NO_TEXT, SentText

    if file is None:
        return NO_TEXT
    if not url:
        raise click.UsageError(
            "--text needs the article's address; --quote is for what has none"
        )
    if missed:
        raise click.UsageError("--text and --missed do not go together")
    return SentText(read_text(file), local_user())


def _titles_with_section(app: "App", section: str) -> list[str]:
    """Return the titles of the newsletters that have a section."""
    return [
        one.settings.newsletter.title
        for one in app.newsletters
        if section in section_keys(one)
    ]


def _print_missed(clip: "MissedArticle") -> None:
    """Print why an article was not collected by itself, and what to change."""
    if clip.cause:
        click.secho(f"missed ({clip.cause}): {clip.because}", fg="yellow")
    else:
        click.secho(clip.because, fg="yellow")
    article = clip.judged.article
    if article.came_by_feed:
        click.echo(f"the feed that gave it: {article.feed}")
    print_changes(clip)
