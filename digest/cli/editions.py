"""Editions: proposing, editing, building, looking."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from digest.cli.common import (
    Context,
    Day,
    Failure,
    as_json,
    edition_argument,
    is_terminal,
    pass_app,
    print_json,
    proxy_option,
    report,
    table,
    warn_of_gaps,
)
from digest.cli.shown import also_in
from digest.errors import EditionError

if TYPE_CHECKING:
    from digest.app import App
    from digest.model import Story

RUNNERS_UP = 3  #: printed of each section; `digest articles` has them all


@click.command()
@click.option("--date", "day", type=Day(), help="The edition's date (default: the next one due).")
@click.option("--replace", is_flag=True, help="Discard an edition of that date, edits included.")
@as_json
@pass_app
@click.pass_obj
def draft(context: Context, app: "App", day: date | None, replace: bool, as_json: bool) -> None:
    """Propose an edition of that week from the judged articles."""
    warn_of_gaps(app)
    made = app.draft(day, replace)
    if as_json:
        from dataclasses import asdict

        print_json(asdict(made.edition))
        return
    for section in made.edition.sections:
        over = made.runners_up(section.key)
        click.echo(f"{section.key}: {len(section.picks)} picks, {len(over)} runners-up")
        for story in made.stories[section.key][: len(section.picks)]:
            click.echo(f"  - {_line(story)}")
        for story in over[:RUNNERS_UP]:
            click.secho(f"    next: {_line(story)}", dim=True)
    for article, why in made.aside:
        context.say(f"set aside, {why}: {article.title} ({article.outlet}) {article.url}")
    context.say(
        f"Drafted {made.edition.date}. Next: `digest edit`, `digest build`, `digest preview`."
    )


@click.command()
@edition_argument
@click.option(
    "--from",
    "file",
    type=click.File("r", "utf-8"),
    help="Read this file instead of an editor; - is stdin.",
)
@pass_app
@click.pass_obj
def edit(context: Context, app: "App", edition: date | None, file: TextIO | None) -> None:
    """Change an edition as one Markdown file, in $EDITOR.

    Errors are named by line. A new date in its head makes a new edition.
    """
    if file:
        saved = app.save(read_text(file))
    else:
        day = app.edition(edition)
        app.store.publications.check_draft(day)  # before anybody types what cannot be stored
        saved = app.save(in_editor(app, day, app.source(day)))
    if edition and saved.date != edition:
        context.say(f"the file is dated {saved.date}: that edition was stored, not {edition}")
    stories = sum(len(s.picks) for s in saved.sections)
    click.echo(f"stored {saved.date}: {len(saved.leads)} leads, {stories} stories")


@click.command()
@edition_argument
@click.option("--notices", is_flag=True, help="Render the confirm, welcome and goodbye mails too.")
@pass_app
def build(app: "App", edition: date | None, notices: bool) -> None:
    """Render an edition into output/<date>/: mail, text part, archive page, message."""
    for file in app.files.notices() if notices else ():
        click.echo(str(file))
    for file in app.build(app.edition(edition)):
        click.echo(str(file))


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
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
        click.echo(f"![{escape(alt or 'what is to be seen')}](images/{picture.name}{title})")
        size = f"{picture.width} × {picture.height} pixels, {len(picture.content) / 1000:.0f} KB"
        click.echo(f"images/{picture.name}: {size}", err=True)


@click.command()
@edition_argument
@click.option("--port", default=0, help="The port to serve on (default: 8480, or any free one).")
@click.option("--open/--no-open", "open_it", default=True, help="Open the browser.")
@pass_app
@click.pass_obj
def preview(context: Context, app: "App", edition: date | None, port: int, open_it: bool) -> None:
    """Open the desk at an edition, live: desktop, phone, dark, plain text.

    It is rendered again whenever the edition, a template or feeds.yaml changes.
    """
    from digest.web.desk import serve

    serve(app, port, open_it, context.say, app.edition(edition))


@click.command()
@click.option("--port", default=0, help="The port to serve on (default: 8480, or any free one).")
@click.option("--open/--no-open", "open_it", default=True, help="Open the browser.")
@click.option("--hosted", is_flag=True, help="Let in those who log in: `digest staff add`.")
@click.option("--host", default="127.0.0.1", help="The address that a hosted desk listens on.")
@proxy_option
@pass_app
@click.pass_obj
def desk(
    context: Context, app: "App", port: int, open_it: bool, hosted: bool, host: str, proxy: str
) -> None:
    """Open the desk in the browser: pick, order, reword, preview, check, approve, send.

    It serves this machine only, and lets in who has the address it prints, until it ends. With
    --hosted, members of staff log in; put it behind a web server with TLS, at desk.url.
    """
    from digest.web import desk as web

    if hosted:
        web.host(app, host, port, proxy, context.say)
    elif host != "127.0.0.1":
        raise Failure("other machines reach a desk only with --hosted, where people log in", 2)
    else:
        web.serve(app, port, open_it, context.say)


@click.command()
@edition_argument
@click.option("--no-links", is_flag=True, help="Leave the links unfetched.")
@click.option("--fix", is_flag=True, help="Mend what can be: trackers, moved pages, doubles.")
@as_json
@pass_app
@click.pass_obj
def check(
    context: Context, app: "App", edition: date | None, no_links: bool, fix: bool, as_json: bool
) -> None:
    """Say what should be mended before an edition is sent; exit code 1 if something must be."""
    day = app.edition(edition)
    if fix:
        app.checks.mend(day, not no_links)
    found = app.checks.findings(day, not no_links)
    report(context, found, as_json, f"{day}: nothing must be mended")


@click.command("editions")
@as_json
@pass_app
def list_(app: "App", as_json: bool) -> None:
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
    table(["edition", "approved by", "delivery"], [[str(v) for v in r.values()] for r in rows])


def _line(story: "Story") -> str:
    a = story.representative.article
    others = also_in(story)
    return f"{a.title} ({a.outlet})" + (f" [{others}]" if others else "")


def read_text(file: TextIO) -> str:
    """Return a file's text. Raises Failure if it is not UTF-8."""
    try:
        return file.read()
    except UnicodeDecodeError as e:
        raise Failure(f"{file.name}: expected UTF-8 text, byte {e.start} is not", 1) from e


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
