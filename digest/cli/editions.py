"""Editions: proposing, editing, building, looking."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from digest.cli.common import (
    Context,
    EditionDate,
    Failure,
    as_json,
    edition_argument,
    is_terminal,
    local_user,
    pass_app,
    print_json,
    print_table,
    proxy_option,
    report_findings,
    warn_of_gaps,
)
from digest.cli.output import also_in
from digest.errors import Conflict, EditionError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from digest.app import App
    from digest.model import Edition, Story
    from digest.services.draft_merge import Filled

RUNNERS_UP = 3  #: printed of each section; `digest articles` has them all


@click.command("draft")
@click.option(
    "--date",
    "day",
    type=EditionDate(),
    help="The edition's date (default: the next one due).",
)
@click.option(
    "--refresh",
    is_flag=True,
    help="Fill an edition with what is new; discard nothing of anybody's.",
)
@click.option(
    "--replace", is_flag=True, help="Discard an edition of that date, edits included."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@as_json
@pass_app
@click.pass_obj
def draft(
    context: Context,
    app: "App",
    day: date | None,
    *,
    refresh: bool,
    replace: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Propose an edition of that week from the judged articles.

    Until its cut-off every `digest collect` and `digest run` fills it with what is new: what
    persons did to it stands. --refresh does the same at once.
    """
    from digest.edition import next_date

    if refresh and replace:
        raise click.UsageError(
            "--refresh keeps what persons did, --replace discards it: name one"
        )
    warn_of_gaps(app)
    day = day or next_date(app.settings.newsletter, app.clock())
    if refresh:
        made = _refreshed(app, day, yes=yes)
    else:
        if replace:
            _confirm_loss(app, day, yes=yes)
        made = app.filling.draft(day, replace_it=replace, by=local_user())
    for lost in made.discarded:
        click.echo(f"discarded: {lost}", err=True)
    _print_drafted(
        context, app, made, "Filled" if refresh else "Drafted", as_json=as_json
    )


def _refreshed(app: "App", day: date, *, yes: bool) -> "Filled":
    if not yes and is_terminal() and app.filling.is_approved(day):
        click.confirm(
            f"The edition of {day} is approved; filling it voids that. Go on?",
            abort=True,
        )
        yes = True
    return app.filling.refresh(day, void_approval=yes)


def _confirm_loss(app: "App", day: date, *, yes: bool) -> None:
    """Say what persons' work would be lost, and ask where a person can answer."""
    if app.store.editions.source(day) is None:
        return
    lost = app.filling.discards(day)
    if not lost or yes or not is_terminal():
        return
    click.echo(
        f"This is lost of the edition of {day} (Undo in the desk brings it back):"
    )
    for line in lost:
        click.echo(f"  - {line}")
    click.confirm("Draft it anew all the same?", abort=True)


def _print_drafted(
    context: Context, app: "App", made: "Filled", what: str, *, as_json: bool
) -> None:
    """Print an edition as it stands, with what is new since this person last looked."""
    edition, desk = made.edition, app.editing_as(local_user())
    news = desk.news(edition.date)
    came = news.came if news else frozenset()
    shown = app.clock()
    if as_json:
        print_json(_as_data(made, came, news.went if news else ()))
        return
    for section in edition.sections:
        over = made.runners_up(section.key)
        new = sum(p.url in came for p in section.picks)
        counted = f"{section.key}: {len(section.picks)} picks" + (
            f" ({new} new)" if new else ""
        )
        click.echo(f"{counted}, {len(over)} runners-up")
        for pick in section.picks:
            story = (made.story_of or {}).get(pick.url)
            others = also_in(story) if story else ""
            line = f"{pick.headline} ({pick.outlet})" + (
                f" [{others}]" if others else ""
            )
            click.echo(f"  - {'new: ' if pick.url in came else ''}{line}")
        for story in over[:RUNNERS_UP]:
            click.secho(f"    next: {_line(story)}", dim=True)
    for one in news.went if news else ():
        context.say(
            f"gave way to better ones: {one['headline']} ({one['outlet']}) {one['url']}"
        )
    for article, why in made.aside:
        context.say(
            f"set aside, {why}: {article.title} ({article.outlet}) {article.url}"
        )
    context.say(
        f"{what} {edition.date}. Next: `digest edit`, `digest build`, `digest preview`."
    )
    if is_terminal():  # a person saw it; a script did not
        desk.mark_seen(edition.date, shown)


def _as_data(
    made: "Filled", came: frozenset[str], went: "Sequence[Mapping[str, str]]"
) -> dict[str, Any]:
    """Return a drafted edition as JSON takes it; each story says whether it is new."""
    from dataclasses import asdict

    data = asdict(made.edition)
    for section in data["sections"]:
        section["picks"] = [p | {"new": p["url"] in came} for p in section["picks"]]
    return data | {
        "gave_way": [dict(one) for one in went],
        "discarded": list(made.discarded),
    }


@click.command("edit")
@edition_argument
@click.option(
    "--from",
    "file",
    type=click.File("r", "utf-8"),
    help="Read this file instead of an editor; - is stdin.",
)
@pass_app
@click.pass_obj
def edit(
    context: Context, app: "App", edition: date | None, file: TextIO | None
) -> None:
    """Change an edition as one Markdown file, in $EDITOR.

    Errors are named by line. A new date in its head makes a new edition. What comes in while you
    edit is kept; what you take out stays out.
    """
    if file:
        saved = app.editions.save_source(read_text(file))
        _say_missing(context, app, saved)
    else:
        day = app.editions.resolve_date(edition)
        app.store.publications.check_draft(
            day
        )  # before anybody types what cannot be stored
        saved = _edited(app, day)
    if edition and saved.date != edition:
        context.say(
            f"the file is dated {saved.date}: that edition was stored, not {edition}"
        )
    stories = sum(len(s.picks) for s in saved.sections)
    click.echo(f"stored {saved.date}: {len(saved.leads)} leads, {stories} stories")


@click.command("build")
@edition_argument
@click.option(
    "--notices", is_flag=True, help="Render the confirm, welcome and goodbye mails too."
)
@pass_app
def build(app: "App", edition: date | None, *, notices: bool) -> None:
    """Render an edition into output/<date>/: mail, text part, archive page, message."""
    for file in app.files.notices() if notices else ():
        click.echo(str(file))
    for file in app.edition_files.write_edition(app.editions.resolve_date(edition)):
        click.echo(str(file))


@click.command("image")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False)
)
@click.option("--alt", help="What is to be seen, for who cannot see it.")
@click.option("--caption", default="", help="A line below it.")
@pass_app
def image(app: "App", files: tuple[Path, ...], alt: str | None, caption: str) -> None:
    """Make images fit for mail, put them into images/, and print the line for a lead.

    They are turned upright, made at most 1,200 pixels wide and light, and lose what the camera
    noted of place and time. An image stands in a lead in a paragraph of its own.
    """
    from digest.edition import escape

    for file in files:
        picture = app.files.picture(file)
        title = ' "{}"'.format(caption.replace('"', "”")) if caption else ""
        click.echo(
            f"![{escape(alt or 'what is to be seen')}](images/{picture.name}{title})"
        )
        size = f"{picture.width} × {picture.height} pixels, {len(picture.content) / 1000:.0f} KB"
        click.echo(f"images/{picture.name}: {size}", err=True)


@click.command("preview")
@edition_argument
@click.option(
    "--port", default=0, help="The port to serve on (default: 8480, or any free one)."
)
@click.option("--open/--no-open", "open_it", default=True, help="Open the browser.")
@pass_app
@click.pass_obj
def preview(
    context: Context, app: "App", edition: date | None, port: int, *, open_it: bool
) -> None:
    """Open the desk at an edition, live: desktop, phone, dark, plain text.

    It is rendered again whenever the edition, a template or feeds.yaml changes.
    """
    from digest.web.desk import serve

    serve(
        app, port, context.say, app.editions.resolve_date(edition), open_browser=open_it
    )


@click.command("desk")
@click.option(
    "--port", default=0, help="The port to serve on (default: 8480, or any free one)."
)
@click.option("--open/--no-open", "open_it", default=True, help="Open the browser.")
@click.option(
    "--hosted", is_flag=True, help="Let in those who log in: `digest staff add`."
)
@click.option(
    "--host", default="127.0.0.1", help="The address that a hosted desk listens on."
)
@proxy_option
@pass_app
@click.pass_obj
def desk(
    context: Context,
    app: "App",
    port: int,
    *,
    open_it: bool,
    hosted: bool,
    host: str,
    proxy: str,
) -> None:
    """Open the desk in the browser, for all from finds to sending.

    It serves this machine only, and lets in who has the address it prints, until it ends. With
    --hosted, members of staff log in; put it behind a web server with TLS, at desk.url.
    """
    from digest.web import desk as web

    if hosted:
        web.host(app, host, port, proxy, context.say)
    elif host != "127.0.0.1":
        raise Failure(
            "other machines reach a desk only with --hosted, where people log in", 2
        )
    else:
        web.serve(app, port, context.say, open_browser=open_it)


@click.command("check")
@edition_argument
@click.option("--no-links", is_flag=True, help="Leave the links unfetched.")
@click.option(
    "--fix",
    is_flag=True,
    help="Fix what can be fixed by itself: trackers, moved pages, doubles.",
)
@as_json
@pass_app
@click.pass_obj
def check(
    context: Context,
    app: "App",
    edition: date | None,
    *,
    no_links: bool,
    fix: bool,
    as_json: bool,
) -> None:
    """Say what should be fixed before an edition is sent.

    Exit code 1 if something must be fixed.
    """
    day = app.editions.resolve_date(edition)
    if fix:
        app.checks.mend(day, fetch_links=not no_links)
    found = app.checks.findings(day, links=not no_links)
    report_findings(context, found, f"{day}: nothing must be fixed", as_json=as_json)


@click.command("editions")
@as_json
@pass_app
def list_(app: "App", *, as_json: bool) -> None:
    """List the editions, newest first, with what is known of their delivery."""
    rows: list[dict[str, Any]] = [
        {
            "date": day,
            "approved_by": yes.by if yes else "",
            "delivery": app.store.deliveries.proof(day),
        }
        for day in app.store.editions.dates()
        for yes in [app.store.editions.approval(day)]
    ]
    if as_json:
        print_json([r | {"delivery": r["delivery"].counts} for r in rows])
        return
    print_table(
        ["edition", "approved by", "delivery"],
        [[str(v) for v in r.values()] for r in rows],
    )


def _line(story: "Story") -> str:
    a = story.representative.article
    others = also_in(story)
    return f"{a.title} ({a.outlet})" + (f" [{others}]" if others else "")


def read_text(file: TextIO) -> str:
    """Return a file's text. Raises Failure if it is not UTF-8."""
    try:
        return file.read()
    except UnicodeDecodeError as e:
        raise Failure(
            f"{file.name}: expected UTF-8 text, byte {e.start} is not", 1
        ) from e


def _say_missing(context: Context, app: "App", saved: "Edition") -> None:
    """Say which of the machine's stories a text leaves out: some may have come in after it."""
    drafted = app.filling.machine_edition(saved.date)
    there = {p.url for s in saved.sections for p in s.picks}
    for pick in (p for s in drafted.sections for p in s.picks) if drafted else ():
        if pick.url not in there:
            context.say(f"taken out: {pick.headline} ({pick.outlet}) {pick.url}")


def _edited(app: "App", day: date) -> "Edition":
    """Store what a person makes of an edition in the editor. Their text is never lost."""
    taken = app.filling.snapshot(day)
    text = in_editor(app, day, taken.source)
    try:
        return app.editions.save_source(text, taken, local_user())
    except Conflict as e:
        kept = app.files.rejected(day, text)
        raise Failure(f"{e}; your text is kept in {kept}", 1) from e


def in_editor(app: "App", day: date, text: str) -> str:
    """Return the text a person leaves in the editor, once it can be read."""
    from digest.edition import load

    while True:
        text = click.edit(text, extension=".md") or text
        try:
            load(text)
        except EditionError as e:
            click.secho(str(e), err=True, fg="red")
            if not is_terminal() or not click.confirm("Edit again?", default=True):
                kept = app.files.rejected(day, text)
                raise Failure(f"not stored; your text is kept in {kept}", 1) from e
        else:
            return text
