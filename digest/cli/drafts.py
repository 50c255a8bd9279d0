"""Drafts: the command that proposes an edition, or fills it with what is new."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from digest.cli.common import (
    Context,
    as_json,
    count_words,
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
@click.option(
    "--discard",
    is_flag=True,
    help="Discard the draft of that date for good; its stories are free again.",
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
    discard: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Propose an edition from the articles of that week.

    Until its cut-off, `digest collect` and `digest run` add new stories to it and keep all
    changes made by people. --refresh does this at once.

    --like-last also takes over from the last edition what is the same from one to the next; an
    edition that is there already keeps its stories, and must have no lead.
    """
    _check_combination(
        refresh=refresh, replace=replace, like_last=like_last, discard=discard
    )
    if discard:
        _discard_draft(context, app, day, yes=yes)
        return
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
        _ask_before_drafting(app, day, replace=replace, yes=yes)
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


def _check_combination(**options: bool) -> None:
    """Raise UsageError if options are given together that contradict each other."""
    chosen = {name for name, is_given in options.items() if is_given}
    if len(chosen) < 2:
        return
    if "discard" in chosen:
        raise click.UsageError("--discard leaves no edition: give it alone")
    if "refresh" in chosen:
        raise click.UsageError(
            "--refresh keeps changes made by people, --replace discards them, and --like-last begins "
            "anew: give one"
        )


def _ask_before_drafting(
    app: "App", day: date, *, replace: bool, yes: bool
) -> None:
    """Say what a new draft would discard, or that its date is an odd one; ask on a terminal."""
    if replace:
        _confirm_loss(app, day, yes=yes)
    elif not app.editions.has_edition(day):
        _ask_about_off_day(app, day, yes=yes)


#: What is said of a day that is none of the newsletter's, by the reason (`OffDay`).
OFF_DAYS = {
    "holiday": "is a holiday of {newsletter} (feeds.yaml)",
    "weekend": "is a {weekday}, and {newsletter} comes on working days",
    "weekday": "is a {weekday}, which is no day of {newsletter}",
}


def _ask_about_off_day(app: "App", day: date, *, yes: bool) -> None:
    """Say that a date is none of the newsletter's, and which is the next; ask on a terminal."""
    from digest.edition.cadence import find_off_day, next_date_after

    newsletter = app.settings.newsletter
    off_day = find_off_day(newsletter, day)
    following = next_date_after(newsletter, day)
    if off_day is None or following is None:
        return
    why = OFF_DAYS[off_day].format(
        weekday=f"{day:%A}", newsletter=repr(newsletter.title)
    )
    click.secho(
        f"{day} {why}; the next edition after it is that of {following:%A}, {following}",
        err=True,
        fg="yellow",
    )
    if not yes and is_terminal():
        click.confirm("Draft it all the same?", abort=True)
        return
    name = app.settings.name_edition(day)
    click.echo(
        f"drafting it all the same; `digest draft --discard --date {name}` discards it",
        err=True,
    )


def _discard_draft(
    context: Context, app: "App", day: date | None, *, yes: bool
) -> None:
    """Discard a draft, once the person has seen what goes with it."""
    if day is None:
        raise click.UsageError(
            "--discard needs --date, so that it is clear which"
        )
    name = app.settings.name_edition(day)
    app.discarding.check_discardable(day)
    if not yes:
        for line in app.drafts.list_discarded_work(day):
            click.echo(f"  - {line}")
        click.confirm(f"Discard the draft of {name} for good?", abort=True)
    discarded = app.discarding.discard_draft(day, local_user())
    file = app.output_files.save_discarded_text(day, discarded.source)
    stories = count_words(discarded.stories, "story is", "stories are")
    click.echo(f"discarded {name}: {stories} free again; its text is in {file}")
    if day == app.drafts.find_next_date():
        context.print_note(
            "it is the next edition by the settings, so that `digest run` drafts it again; "
            "`holidays` in feeds.yaml leaves a date out"
        )


def _begin_like_last(context: Context, app: "App", day: date) -> "Edition":
    """Give an edition the frame of the last one; return it."""
    begun = app.like_last_as(local_user()).begin_edition(day)
    for name in begun.missing_blocks:
        click.echo(
            f"left out: the saved block {name}, which is kept no more", err=True
        )
    name = app.settings.name_edition(begun.like)
    leads = count_words(len(begun.edition.leads), "lead", "leads")
    context.print_note(
        f"Begun like the edition of {name}: {leads} to write, where TK stands"
    )
    return begun.edition


def _refresh_edition(app: "App", day: date, *, yes: bool) -> "Filled":
    app.publishing.check_draft(day)
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
    # before anybody is asked about what cannot be done
    app.publishing.check_draft(day)
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
    picks = count_words(len(section.picks), "pick", "picks")
    counts = f"{section.key}: {picks}"
    if new_picks:
        counts += f" ({new_picks} new)"
    rest = count_words(len(runners_up), "runner-up", "runners-up")
    click.echo(f"{counts}, {rest}")
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
