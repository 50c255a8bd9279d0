"""Drafts: the command that proposes an edition, or fills it with what is new."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from digest.cli.common import (
    Context,
    as_json,
    is_terminal,
    local_user,
    print_json,
    warn_of_gaps,
)
from digest.cli.newsletter_choice import (
    EditionParameter,
    in_any_case,
    pass_newsletter_app,
)
from digest.cli.output import (
    also_in,
    describe_runs_elsewhere,
    place_of,
    runs_elsewhere_as_data,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.app import App
    from digest.model import Edition, Section, Story
    from digest.services.draft_merge import Filled
    from digest.settings import Settings

#: Runners-up printed of each section; `digest articles` has them all.
MAX_RUNNERS_UP = 3


@click.command("draft")
@click.option(
    "--date",
    "day",
    type=EditionParameter(),
    help="The edition's date (default: the next one due).",
)
@click.option(
    "--refresh",
    is_flag=True,
    help="Add new stories to an edition; keep all changes made by people.",
)
@click.option(
    "--replace",
    is_flag=True,
    help="Discard the edition of that date with all edits; draft it again.",
)
@click.option(
    "--like-last",
    is_flag=True,
    help="Begin it like the last one: leads marked TK, to be written, and saved blocks.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@pass_newsletter_app(in_any_case)
@click.pass_obj
def draft_edition(
    context: Context,
    app: "App",
    day: date | None,
    *,
    refresh: bool,
    replace: bool,
    like_last: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Propose an edition from the articles of that week.

    Until its cut-off, `digest collect` and `digest run` add new stories to it and keep all
    changes made by people. --refresh does this at once.

    --like-last also takes over from the last edition what is the same from one to the next; an
    edition that is there already keeps its stories, and must have no lead.
    """
    if refresh and (replace or like_last):
        raise click.UsageError(
            "--refresh keeps changes made by people, --replace discards them, and --like-last begins "
            "anew: give one"
        )
    warn_of_gaps(app)
    day = day or app.drafts.get_next_date()
    is_there = app.editions.has_edition(day) and not replace
    if like_last and is_there:
        _begin_like_last(context, app, day)
        return
    if refresh:
        action = "Filled"
        drafted = _refresh_edition(app, day, yes=yes)
    else:
        action = "Drafted"
        if replace:
            _confirm_loss(app, day, yes=yes)
        if like_last:
            app.like_last_as(local_user()).require_last(day)
        drafted = app.drafts.create_draft(
            day, replace_it=replace, by=local_user()
        )
    for change in drafted.discarded:
        click.echo(f"discarded: {change}", err=True)
    if like_last:
        drafted = drafted.with_edition(_begin_like_last(context, app, day))
    _print_drafted(context, app, drafted, action, as_json=as_json)


def _begin_like_last(context: Context, app: "App", day: date) -> "Edition":
    """Give an edition the frame of the last one; return it."""
    begun = app.like_last_as(local_user()).begin_edition(day)
    for name in begun.missing_blocks:
        click.echo(
            f"left out: the saved block {name}, which is kept no more", err=True
        )
    name = app.settings.name_edition(begun.like)
    context.print_note(
        f"Begun like the edition of {name}: {len(begun.edition.leads)} leads to write, where TK stands"
    )
    return begun.edition


def _refresh_edition(app: "App", day: date, *, yes: bool) -> "Filled":
    if not yes and is_terminal() and app.drafts.is_approved(day):
        name = app.settings.name_edition(day)
        click.confirm(
            f"The edition of {name} is approved; adding stories voids the approval. Continue?",
            abort=True,
        )
        yes = True
    return app.drafts.refresh_draft(day, void_approval=yes)


def _confirm_loss(app: "App", day: date, *, yes: bool) -> None:
    """Print which changes made by people would be lost, and ask on a terminal."""
    if not app.editions.has_edition(day):
        return
    lost_changes = app.drafts.list_discarded_work(day)
    if not lost_changes or yes or not is_terminal():
        return
    name = app.settings.name_edition(day)
    click.echo(
        f"Changes to the edition of {name} that will be lost (Undo in the desk restores them):"
    )
    for line in lost_changes:
        click.echo(f"  - {line}")
    click.confirm("Draft it again anyway?", abort=True)


def _print_drafted(
    context: Context,
    app: "App",
    drafted: "Filled",
    action: str,
    *,
    as_json: bool,
) -> None:
    """Print an edition, with what is new since this person last looked at it."""
    edition = drafted.edition
    desk = app.editing_as(local_user())
    news = desk.find_news(edition.date)
    new_urls: frozenset[str] = frozenset()
    replaced: Sequence[Mapping[str, str]] = ()
    if news:
        new_urls = news.came
        replaced = news.went
    printed_at = app.clock()
    if as_json:
        print_json(_as_data(drafted, app.settings, new_urls, replaced))
        return
    for section in edition.sections:
        _print_section(section, drafted, app.settings, new_urls)
    for pick in replaced:
        context.print_note(
            f"replaced by better stories: {_describe_replaced(pick)}"
        )
    for article, reason in drafted.aside:
        context.print_note(
            f"set aside, {reason}: {article.title} ({article.outlet}) {place_of(article)}"
        )
    name = app.settings.name_edition(edition.date)
    context.print_note(f"{action} {name}. Next: {_next_steps(app, name)}.")
    # on a terminal a person saw it; a script did not
    if is_terminal():
        desk.mark_seen(edition.date, printed_at)


def _describe_replaced(pick: "Mapping[str, str]") -> str:
    """Return the line of a story that gave way: headline, outlet, and the address if it has one."""
    from digest.model import link_of

    line = f"{pick['headline']} ({pick['outlet']}) {link_of(pick['url'])}"
    return line.rstrip()


def _next_steps(app: "App", name: str) -> str:
    """Return the commands that come next; those of one newsletter need not name the edition."""
    steps = ["digest edit", "digest build", "digest preview"]
    if app.settings.has_several_newsletters:
        steps = [f"{step} {name}" for step in steps]
    return ", ".join(f"`{step}`" for step in steps)


def _print_section(
    section: "Section",
    drafted: "Filled",
    settings: "Settings",
    new_urls: frozenset[str],
) -> None:
    """Print the picks of a section and the first of its runners-up."""
    runners_up = drafted.runners_up(section.key)
    new_picks = sum(pick.url in new_urls for pick in section.picks)
    counts = f"{section.key}: {len(section.picks)} picks"
    if new_picks:
        counts += f" ({new_picks} new)"
    click.echo(f"{counts}, {len(runners_up)} runners-up")
    stories = drafted.story_of or {}
    for pick in section.picks:
        line = f"{pick.headline} ({pick.outlet})"
        if pick.url in new_urls:
            line = f"new: {line}"
        story = stories.get(pick.url)
        if story:
            line = _with_other_places(line, story, settings)
        click.echo(f"  - {line}")
    for story in runners_up[:MAX_RUNNERS_UP]:
        click.secho(f"    next: {_story_line(story, settings)}", dim=True)


def _as_data(
    drafted: "Filled",
    settings: "Settings",
    new_urls: frozenset[str],
    replaced: "Sequence[Mapping[str, str]]",
) -> dict[str, Any]:
    """Return a drafted edition as JSON data.

    Each story says whether it is new, and which other newsletters carried it; "" is the address of
    one that has none.
    """
    from dataclasses import asdict

    from digest.model import link_of

    data = asdict(drafted.edition)
    stories = drafted.story_of or {}
    for section in data["sections"]:
        for pick in section["picks"]:
            pick["new"] = pick["url"] in new_urls
            story = stories.get(pick["url"])
            if story:
                pick.update(runs_elsewhere_as_data(story, settings))
            pick["url"] = link_of(pick["url"])
    data["gave_way"] = [
        dict(pick) | {"url": link_of(pick["url"])} for pick in replaced
    ]
    data["discarded"] = list(drafted.discarded)
    return data


def _story_line(story: "Story", settings: "Settings") -> str:
    article = story.representative.article
    line = f"{article.title} ({article.outlet})"
    return _with_other_places(line, story, settings)


def _with_other_places(line: str, story: "Story", settings: "Settings") -> str:
    """Return a line with the other outlets and newsletters that carried its story in brackets."""
    places = [also_in(story), *describe_runs_elsewhere(story, settings)]
    others = "; ".join(filter(None, places))
    if others:
        return f"{line} [{others}]"
    return line
