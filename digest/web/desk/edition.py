"""Edition: its order, texts, leads and images; each change is stored as it is made."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)

from digest.model import Edition, Pick
from digest.web.current import app
from digest.web.desk.blocks import edition_context
from digest.web.desk.check import panel_context
from digest.web.desk.i18n import _, format_long_day
from digest.web.desk.lead_form import (
    read_lead,
    read_lead_with_image,
    store_image,
)
from digest.web.desk.newsletters import own_home
from digest.web.desk.page_request import (
    is_script_request,
    member_editing,
    read_fields,
    read_number,
    redirect_to,
)
from digest.web.desk.visits import news_context

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

#: Places further down, by the value of a button.
STEPS = {"up": -1, "down": 1}
HEAD_FIELDS = ("subject", "preheader")
PICK_FIELDS = ("headline", "outlet", "note", "quote", "gift")
#: Those that only a story of an internal newsletter has.
INTERNAL_FIELDS = ("proof", "quotes_text", "reasons", "excerpt")
LEAD_FIELDS = ("headline", "dek", "body")

blueprint = Blueprint("edition", __name__)


@blueprint.get("/<day:day>/edition")
def show_edition(day: date) -> "ResponseReturnValue":
    """Show an edition that may be changed."""
    if not app.publishing.find_status(day).is_draft:
        return redirect(url_for("sent.show_sent", day=day))
    editing = member_editing()
    edition = editing.load_edition(day)
    return render_template(
        "edition.html",
        day=day,
        here="edition",
        edition=edition,
        org=app.settings.organisation.name,
        is_discardable=app.discarding.is_discardable(day),
        is_internal=app.settings.newsletter.is_internal,
        originals=editing.original_headlines(day),
        **edition_context(day, edition),
        **news_context(day),
        **panel_context(day),
    )


@blueprint.post("/<day:day>/head")
def save_head(day: date) -> "ResponseReturnValue":
    """Store the subject and the preview line."""
    editing = member_editing()
    fields = read_fields(HEAD_FIELDS)
    editing.change_heading(day, fields.typed, fields.shown)
    stored = _stored_values(editing.load_edition(day), HEAD_FIELDS)
    return _answer_stored(day, "head", stored)


@blueprint.post("/<day:day>/story")
def save_story(day: date) -> "ResponseReturnValue":
    """Store the texts of a story line."""
    editing = member_editing()
    url = request.form.get("url", "")
    names: tuple[str, ...] = PICK_FIELDS
    if app.settings.newsletter.is_internal:
        names += INTERNAL_FIELDS
    fields = read_fields(names)
    editing.change_story_line(day, url, fields.typed, fields.shown)
    pick = _find_pick(editing.load_edition(day), url)
    stored = _stored_values(pick, names)
    return _answer_stored(day, request.form.get("anchor", "stories"), stored)


@blueprint.post("/<day:day>/move")
def move_story(day: date) -> "ResponseReturnValue":
    """Move a story up, down or to a place of a section, or take it out."""
    editing = member_editing()
    url = request.form.get("url", "")
    section = request.form.get("section", "")
    target = request.form.get("to", "")
    if target == "out":
        editing.remove_story(day, url)
    elif target in STEPS:
        editing.shift_story(day, url, section, STEPS[target])
    else:
        editing.move_story(day, url, section, read_number("to"))
    anchor = request.form.get("anchor", "stories")
    return redirect_to("edition.show_edition", day, anchor=anchor)


@blueprint.post("/<day:day>/lead")
def save_lead(day: date) -> "ResponseReturnValue":
    """Store a lead, or remove it."""
    number = read_number("number")
    before = read_lead(request.form, "was_")
    lead = None
    if "drop" not in request.form:
        lead = read_lead_with_image()
    member_editing().write_lead(day, number, lead, before)
    return _answer_stored(
        day, f"lead{number}", _stored_values(lead, LEAD_FIELDS)
    )


@blueprint.post("/<day:day>/discard")
def discard_draft(day: date) -> "ResponseReturnValue":
    """Discard a draft with all edits; its text is kept in a file of the output folder."""
    if request.form.get("confirmed") != "yes":
        return redirect_to("edition.show_edition", day)
    discarded = app.discarding.discard_draft(day, g.member.name)
    app.output_files.save_discarded_text(day, discarded.source)
    flash(_("The draft of %(day)s is discarded.", day=format_long_day(day)))
    return redirect(own_home(), 303)


@blueprint.post("/<day:day>/picture")
def upload_image(day: date) -> Response:  # noqa: ARG001 - images are no edition's own
    """Store an image; return the line that shows it in a lead."""
    return jsonify(line=store_image())


def _find_pick(edition: Edition, url: str) -> Pick | None:
    for section in edition.sections:
        for pick in section.picks:
            if pick.url == url:
                return pick
    return None


def _stored_values(
    stored: object | None, names: Iterable[str]
) -> dict[str, str]:
    """Return the stored values of some fields of a part of the edition; none if it was removed."""
    if stored is None:
        return {}
    return {name: getattr(stored, name) for name in names}


def _answer_stored(
    day: date, anchor: str, stored: dict[str, str]
) -> "ResponseReturnValue":
    """Answer a script with the stored values, a person with the page."""
    if is_script_request():
        edition_url = url_for("edition.show_edition", day=day)
        return jsonify(stored=stored, edition=edition_url)
    return redirect_to(
        "edition.show_edition", day, anchor=anchor, message=_("Stored.")
    )
