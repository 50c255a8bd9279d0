"""Editions: commands that edit, build, preview and check them."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import click

from digest.cli.common import (
    Context,
    Failure,
    as_json,
    count_words,
    is_terminal,
    local_user,
    pass_app,
    print_json,
    print_table,
    proxy_option,
    report_findings,
)
from digest.cli.edition_words import OUTCOMES, name_approvers
from digest.cli.newsletter_choice import (
    edition_argument,
    if_given,
    in_any_case,
    in_no_case,
    list_apps,
    newsletter_option,
    pass_newsletter_app,
)
from digest.errors import EditConflict, EditionError
from digest.model import EditionState

if TYPE_CHECKING:
    from digest.app import App
    from digest.model import Edition
    from digest.services.editions import EditionSummary


@click.command("edit")
@edition_argument
@click.option(
    "--from",
    "file",
    type=click.File("r", "utf-8"),
    help="Read the text from this file instead of an editor; - is stdin.",
)
@pass_newsletter_app(in_any_case)
@click.pass_obj
def edit_edition(
    context: Context, app: "App", edition: date | None, file: TextIO | None
) -> None:
    """Edit an edition as one Markdown file, in $EDITOR.

    Errors are reported by line. A new date at its top makes a new edition. Stories that are added
    while you edit are kept; stories that you remove stay removed.
    """
    if file:
        saved = app.editions.save_source(read_text(file))
        _print_left_out(context, app, saved)
    else:
        day = app.editions.resolve_date(edition)
        # before anybody types what cannot be stored
        app.publishing.check_draft(day)
        saved = _edit_and_save(app, day)
    if edition and saved.date != edition:
        context.print_note(
            f"the file is dated {saved.date}: that edition was stored, not {edition}"
        )
    stories = sum(len(section.picks) for section in saved.sections)
    name = app.settings.name_edition(saved.date)
    counts = [
        count_words(len(saved.leads), "lead", "leads"),
        count_words(stories, "story", "stories"),
    ]
    click.echo(f"stored {name}: {', '.join(counts)}")


@click.command("build")
@edition_argument
@click.option(
    "--notices",
    is_flag=True,
    help="Also render the confirmation, welcome and goodbye mails.",
)
@pass_newsletter_app(in_no_case)
def build_edition(app: "App", edition: date | None, *, notices: bool) -> None:
    """Render an edition into output/<date>/: mail, text part, archive page, message.

    Where there are several newsletters, that is output/<newsletter>/<date>/ but for `weekly`.
    """
    if notices:
        for file in app.output_files.write_notices():
            click.echo(str(file))
    for file in app.edition_files.write_edition(
        app.editions.resolve_date(edition)
    ):
        click.echo(str(file))


@click.command("image")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
)
@click.option(
    "--alt", help="A description, for people who cannot see the image."
)
@click.option("--caption", default="", help="A caption below the image.")
@pass_app
def prepare_images(
    app: "App", files: tuple[Path, ...], alt: str | None, caption: str
) -> None:
    """Prepare images for mail, put them into images/, and print the line for a lead.

    Images are turned upright, reduced to at most 1,200 pixels in width, compressed, and stripped
    of the camera's notes of place and time. In a lead, an image is a paragraph of its own.
    """
    from digest.edition import escape_text

    for file in files:
        picture = app.output_files.add_image(file)
        description = escape_text(alt or "what is to be seen")
        target = f"images/{picture.name}"
        if caption:
            # a straight quotation mark would end the caption in Markdown
            title = caption.replace('"', "”")
            click.echo(f'![{description}]({target} "{title}")')
        else:
            click.echo(f"![{description}]({target})")
        kilobytes = len(picture.content) / 1000
        size = f"{picture.width} × {picture.height} pixels, {kilobytes:.0f} KB"
        click.echo(f"{target}: {size}", err=True)


@click.command("preview")
@edition_argument
@click.option(
    "--port",
    default=0,
    help="The port to serve on (default: 8480, or any free one).",
)
@click.option(
    "--open/--no-open", "open_it", default=True, help="Open the browser."
)
@click.option(
    "--themes",
    is_flag=True,
    help="Write its mail in every theme, side by side, and open nothing.",
)
@pass_newsletter_app(in_no_case)
@click.pass_obj
def preview_edition(
    context: Context,
    app: "App",
    edition: date | None,
    port: int,
    *,
    open_it: bool,
    themes: bool,
) -> None:
    """Preview an edition in the desk: desktop, phone, dark mode, plain text.

    It is rendered again whenever the edition, a template or feeds.yaml changes.
    """
    if themes:
        _write_themes(app, app.editions.resolve_date(edition))
        return
    from digest.web.desk import serve_desk_locally

    serve_desk_locally(
        app,
        port,
        context.print_note,
        app.editions.resolve_date(edition),
        open_browser=open_it,
    )


def _write_themes(app: "App", day: date) -> None:
    """Write a mail in every theme, and say where."""
    editions = app.editions.render_in_designs(day)
    written = app.output_files.write_themes(editions)
    click.echo(written.page)
    if written.picture:
        click.echo(written.picture)
    else:
        click.echo(
            "no picture was taken: no Chromium or Chrome that takes one was found; open the page instead",
            err=True,
        )


@click.command("desk")
@click.option(
    "--port",
    default=0,
    help="The port to serve on (default: 8480, or any free one).",
)
@click.option(
    "--open/--no-open", "open_it", default=True, help="Open the browser."
)
@click.option(
    "--hosted",
    is_flag=True,
    help="Require a login; `digest staff add` makes accounts.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    help="The address that a hosted desk listens on.",
)
@proxy_option
@pass_app
@click.pass_obj
def open_desk(
    context: Context,
    app: "App",
    port: int,
    *,
    open_it: bool,
    hosted: bool,
    host: str,
    proxy: str,
) -> None:
    """Open the desk in the browser, for all work from choosing stories to sending.

    It serves this machine only; the address that it prints gives access until it ends. With
    --hosted, members of staff log in; put it behind a web server with TLS, at desk.url.
    """
    from digest.web import desk as web

    if hosted:
        web.serve_desk_hosted(app, host, port, proxy, context.print_note)
    elif host != "127.0.0.1":
        raise Failure(
            "--host needs --hosted: other machines reach only a desk where people log in",
            2,
        )
    else:
        web.serve_desk_locally(
            app, port, context.print_note, open_browser=open_it
        )


@click.command("check")
@edition_argument
@click.option("--no-links", is_flag=True, help="Do not fetch the links.")
@click.option(
    "--fix",
    is_flag=True,
    help="Fix what needs no person: tracking parameters, moved pages, duplicates.",
)
@as_json
@pass_newsletter_app(if_given("fix"))
@click.pass_obj
def check_edition(
    context: Context,
    app: "App",
    edition: date | None,
    *,
    no_links: bool,
    fix: bool,
    as_json: bool,
) -> None:
    """List what should be fixed before an edition is sent.

    Exit code 1 if something must be fixed.
    """
    day = app.editions.resolve_date(edition)
    if fix:
        app.preflight.fix_story_lines(day, fetch_links=not no_links)
    findings = app.preflight.list_findings(day, links=not no_links)
    name = app.settings.name_edition(day)
    report_findings(
        context, findings, f"{name}: nothing must be fixed", as_json=as_json
    )


@click.command("editions")
@newsletter_option
@as_json
@pass_app
def list_editions(app: "App", newsletter: str | None, *, as_json: bool) -> None:
    """List the editions, newest first, with their approval and deliveries.

    Where there are several newsletters it lists those of all, unless one is named.
    """
    listed = [
        (summary, one)
        for one in list_apps(app, newsletter)
        for summary in one.editions.summarise_editions()
    ]
    listed.sort(key=lambda entry: entry[0].day, reverse=True)
    if as_json:
        print_json([_summary_as_data(*entry) for entry in listed])
        return
    rows: list[list[str]] = []
    warnings: list[int] = []
    for summary, one in listed:
        name = one.settings.name_edition(summary.day)
        state = one.edition_states.find_state(summary.day)
        if state == EditionState.AGAIN:
            warnings.append(len(rows))
        approval = one.approval.find_approval(summary.day)
        approvers = name_approvers(state, approval)
        rows.append([name, approvers, _describe_delivery(summary, state)])
    print_table(["edition", "approved by", "delivery"], rows, warnings)


def _describe_delivery(summary: "EditionSummary", state: EditionState) -> str:
    if summary.is_skipped:
        return "nothing to report, skipped"
    outcome = OUTCOMES.get(state)
    if outcome and not summary.deliveries.planned:
        return outcome
    if outcome:
        return f"{outcome}: {summary.deliveries}"
    return str(summary.deliveries)


def _summary_as_data(summary: "EditionSummary", app: "App") -> dict[str, Any]:
    """Return an edition's summary as JSON data, with its newsletter where there are several."""
    data: dict[str, Any] = {
        "date": summary.day,
        "approved_by": summary.approved_by,
        "state": app.edition_states.find_state(summary.day),
        "delivery": summary.deliveries.counts,
        "skipped": summary.is_skipped,
    }
    if app.settings.has_several_newsletters:
        data["newsletter"] = app.settings.newsletter.key
        data["key"] = app.settings.name_edition(summary.day)
    return data


def read_text(file: TextIO) -> str:
    """Return a file's text. Raises Failure if it is not UTF-8."""
    try:
        return file.read()
    except UnicodeDecodeError as error:
        message = f"{file.name}: expected UTF-8 text, byte {error.start} is not"
        raise Failure(message, 1) from error


def _print_left_out(context: Context, app: "App", saved: "Edition") -> None:
    """Print the proposed stories that a text lacks: some may have been added after it."""
    from digest.model import link_of

    drafted = app.drafts.machine_edition(saved.date)
    if drafted is None:
        return
    saved_urls = {
        pick.url for section in saved.sections for pick in section.picks
    }
    for section in drafted.sections:
        for pick in section.picks:
            if pick.url not in saved_urls:
                line = f"removed: {pick.headline} ({pick.outlet}) {link_of(pick.url)}"
                context.print_note(line.rstrip())


def _edit_and_save(app: "App", day: date) -> "Edition":
    """Open an edition in an editor and store the result; the text is never lost."""
    snapshot = app.drafts.take_snapshot(day)
    text = in_editor(app, day, snapshot.source)
    try:
        return app.editions.save_source(text, snapshot, local_user())
    except EditConflict as error:
        file = app.output_files.save_rejected_text(day, text)
        raise Failure(f"{error}; your text is kept in {file}", 1) from error


def in_editor(app: "App", day: date, text: str) -> str:
    """Return the text that a person saves in the editor, once it is valid."""
    from digest.edition import check_typed_text

    while True:
        text = click.edit(text, extension=".md") or text
        try:
            check_typed_text(text)
            app.blocks.check_edition(text)
        except EditionError as error:
            click.secho(str(error), err=True, fg="red")
            if not is_terminal() or not click.confirm(
                "Edit again?", default=True
            ):
                file = app.output_files.save_rejected_text(day, text)
                raise Failure(
                    f"not stored; your text is kept in {file}", 1
                ) from error
        else:
            return text
