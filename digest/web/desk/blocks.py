"""Saved blocks: the pieces that are kept for many editions, and where an edition shows them."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from flask import (
    Blueprint,
    Response,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)

from digest.edition.block_operations import (
    END,
    TOP,
    place_of_lead,
    place_of_section,
)
from digest.edition.saved_blocks import read_block
from digest.errors import DigestError, UnsuitableImage
from digest.model import Edition
from digest.web.current import app
from digest.web.desk.i18n import _
from digest.web.desk.lead_form import clean_body, has_image, store_image
from digest.web.desk.mail_frame import frame_part
from digest.web.desk.page_request import redirect_to

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from digest.model import SavedBlock

#: Places further down, by the value of a button.
STEPS = {"up": -1, "down": 1}

blueprint = Blueprint("blocks", __name__)


@dataclass(frozen=True, slots=True)
class Place:
    """A place of an edition where a block may stand."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class PlacedBlock:
    """A block in an edition."""

    name: str
    place: str  #: in words
    title: str  #: its heading; "" without one
    is_kept: bool  #: its file is there and can be read


# The blocks themselves


@blueprint.get("/blocks")
def list_blocks() -> str:
    """List the saved blocks, each as it looks."""
    listed = app.blocks.list_blocks()
    return render_template("blocks.html", here="blocks", listed=listed)


@blueprint.get("/blocks/<name>/edit")
def show_form(name: str) -> str:
    """Show the form of one block, in order or not."""
    return _form_page(name, app.blocks.read_text(name))


@blueprint.post("/blocks/store")
def store_block() -> "ResponseReturnValue":
    """Store a block, or only show how it looks, or put an image behind its text."""
    name = request.form.get("name", "").strip()
    text = clean_body(request.form.get("body", ""))
    if request.form.get("do") == "look":
        return _frame(read_block(name, text), "mail")
    if has_image():
        text = f"{text}\n\n{store_image()}"
    shown_text = request.form.get("was")
    app.blocks.save_block(name, f"{text}\n", shown_text, g.member.name)
    flash(_("Stored."))
    return redirect(url_for("blocks.show_form", name=name), 303)


@blueprint.post("/blocks/delete")
def delete_block() -> "ResponseReturnValue":
    """Delete a block that nothing shows."""
    name = request.form.get("name", "")
    app.blocks.delete_block(name, request.form.get("was", ""), g.member.name)
    flash(_("The saved block “%(name)s” is deleted.", name=name))
    return redirect(url_for("blocks.list_blocks"), 303)


@blueprint.get("/blocks/<name>/view/<kind>")
def show_view(name: str, kind: str) -> "ResponseReturnValue":
    """Return the document that a frame shows: the block as it looks in a mail."""
    return _frame(app.blocks.find_block(name), kind)


@blueprint.get("/blocks/<name>/images/<image>")
def show_image(name: str, image: str) -> "ResponseReturnValue":  # noqa: ARG001 - images are no block's own
    """Return an image of a block: one of the folder images/."""
    try:
        picture = app.blocks.find_image(image)
    except UnsuitableImage:
        return Response(status=404)
    return Response(picture.content, mimetype=picture.media)


# In an edition


@blueprint.post("/<day:day>/block")
def change_edition(day: date) -> "ResponseReturnValue":
    """Insert a block into an edition, move it, or take it out."""
    editing = app.block_editing_as(g.member.name)
    name = request.form.get("name", "")
    action = request.form.get("do", "")
    if action == "insert":
        editing.insert_block(day, name, request.form.get("place", END))
    elif action == "out":
        editing.remove_block(day, name)
    elif action == "without":
        editing.leave_out_block(day, name)
    elif action == "with":
        editing.take_back_block(day, name)
    elif action in STEPS:
        editing.shift_block(day, name, STEPS[action])
    else:
        editing.move_block(day, name, request.form.get("place", END))
    return redirect_to("edition.show_edition", day, anchor="blocks")


@blueprint.post("/<day:day>/like-last")
def begin_like_last(day: date) -> "ResponseReturnValue":
    """Give an edition without leads the frame of the last one."""
    begun = app.like_last_as(g.member.name).begin_edition(day)
    for name in begun.missing_blocks:
        flash(
            _(
                "The saved block “%(name)s” was left out: it is kept no more.",
                name=name,
            )
        )
    message = _("Stored.")
    if begun.edition.leads:
        message = _("Write what is new in the place of each “TK”.")
    return redirect_to("edition.show_edition", day, message=message)


def edition_context(day: date, edition: Edition) -> dict[str, object]:
    """Return what the edition's page shows of blocks, and of beginning like the last one."""
    readable = {block.name: block for block in app.blocks.list_readable()}
    last = None
    if not edition.leads:
        last = app.like_last_as(g.member.name).find_last(day)
    return {
        "blocks": list(_placed_blocks(edition, readable)),
        "fixed_blocks": _fixed_names(edition),
        "without_blocks": edition.without_blocks,
        "other_blocks": [
            block
            for name, block in readable.items()
            if name not in edition.block_names
        ],
        "places": _places_of(edition),
        "last": last,
    }


def _placed_blocks(
    edition: Edition, readable: "dict[str, SavedBlock]"
) -> list[PlacedBlock]:
    placed = [
        _placed_block(name, _("at the top"), readable)
        for name in edition.blocks_on_top
    ]
    for lead in edition.leads:
        words = _("behind “%(title)s”", title=lead.headline)
        placed += [
            _placed_block(name, words, readable) for name in lead.blocks_below
        ]
    for section in edition.sections:
        words = _("behind “%(title)s”", title=_titled(section.title))
        placed += [
            _placed_block(name, words, readable)
            for name in section.blocks_below
        ]
    return placed


def _placed_block(
    name: str, place: str, readable: "dict[str, SavedBlock]"
) -> PlacedBlock:
    block = readable.get(name)
    title = ""
    if block:
        title = block.title
    return PlacedBlock(name, place, title, is_kept=block is not None)


def _fixed_names(edition: Edition) -> list[str]:
    """Return the blocks that every edition has, but for those that a person put elsewhere, or out."""
    places = app.settings.newsletter.blocks
    passed_over = (*edition.block_names, *edition.without_blocks)
    return [name for name in places.names if name not in passed_over]


def _places_of(edition: Edition) -> list[Place]:
    """Return the places for a block, the end first: most go there."""
    places = [Place(END, _("at the end")), Place(TOP, _("at the top"))]
    for number, lead in enumerate(edition.leads):
        label = _("behind “%(title)s”", title=lead.headline)
        places.append(Place(place_of_lead(number), label))
    for section in edition.sections:
        label = _("behind “%(title)s”", title=_titled(section.title))
        places.append(Place(place_of_section(section.key), label))
    return places


def _titled(title: str) -> str:
    """Return a section's title with the organisation's name."""
    return title.replace("{org}", app.settings.organisation.name)


def _form_page(name: str, text: str) -> str:
    """Return the page of a block's form, with what is wrong with it."""
    problem = ""
    try:
        read_block(name, text)
    except DigestError as error:
        problem = str(error)
    return render_template(
        "block.html",
        here="blocks",
        name=name,
        text=text,
        problem=problem,
        uses=app.blocks.find_uses(name),
    )


def _frame(block: "SavedBlock", kind: str) -> "ResponseReturnValue":
    """Return a block as it looks in a mail."""
    part = app.blocks.render_block(block)
    addresses = {
        f"{picture.key}/{picture.name}": url_for(
            "blocks.show_image", name=block.name, image=picture.name
        )
        for picture in part.pictures
    }
    return frame_part(kind, part.html, addresses)
