"""Preview: the edition in different mail programs, from the very bytes that would be sent."""

from datetime import date
from typing import TYPE_CHECKING

from flask import (
    Blueprint,
    Response,
    abort,
    g,
    jsonify,
    render_template,
    request,
)

from digest.errors import DigestError, SettingsError
from digest.web.current import app
from digest.web.desk.i18n import _
from digest.web.desk.mail_frame import frame_image, frame_mail

if TYPE_CHECKING:
    from digest.model import RenderedEdition

#: Views of the page that show a frame by another name; the page sets the frame's width.
FRAMES = {"phone": "mail", "darkphone": "dark"}

blueprint = Blueprint("preview", __name__)


@blueprint.get("/<day:day>/preview")
def show_preview(day: date) -> str:
    """Show an edition in one view, or beside the edition before it."""
    view = request.args.get("view", "mail")
    view_names = _name_views()
    if view not in view_names:
        abort(404)
    before = _find_edition_before(day)
    if view == "compare" and before is None:
        view = "mail"
    return render_template(
        "look.html",
        day=day,
        here="preview",
        views=view_names,
        kind=view,
        before=before,
        **_describe_version(day),
    )


@blueprint.get("/<day:day>/view/<kind>")
def show_view(day: date, kind: str) -> Response:
    """Return the document that a frame of the preview shows."""
    rendered = render_edition(day)
    return frame_mail(FRAMES.get(kind, kind), rendered) or abort(404)


@blueprint.get("/<day:day>/images/<name>")
def show_image(day: date, name: str) -> Response:
    """Return an image of the edition."""
    return frame_image(render_edition(day), name) or abort(404)


@blueprint.get("/<day:day>/version")
def show_version(day: date) -> Response:
    """Return what identifies the edition as it is now, so that a page can notice a change."""
    return jsonify(_describe_version(day))


def render_edition(day: date) -> "RenderedEdition":
    """Render an edition with feeds.yaml as it is now; return a sent one as it was sent.

    A designer may change feeds.yaml while the desk is open.
    """
    from digest.app import App
    from digest.settings import load_workspace

    sent = app.publishing.load_sent_edition(day)
    if sent:
        return sent
    if app.workspace.has_changed():
        with App(
            load_workspace(app.workspace.folder), app.clock
        ) as changed_app:
            return changed_app.editions.render_stored(day)
    return app.editions.render_stored(day)


def _describe_version(day: date) -> dict[str, str]:
    """Return the edition's subject and hash, or why it cannot be shown; who changed it last."""
    version = {"by": "", "what": "", "me": g.member.name}
    revisions = app.editions.list_revisions(day, 1)
    if revisions:
        version["by"] = revisions[0].who
        version["what"] = revisions[0].what
    try:
        rendered = render_edition(day)
    except (DigestError, SettingsError) as error:
        return version | {"subject": "", "hash": "", "broken": str(error)}
    return version | {
        "subject": rendered.letter.subject,
        "hash": rendered.content_hash,
        "broken": "",
    }


def _find_edition_before(day: date) -> date | None:
    """Return the newest edition that is older."""
    for other in app.editions.list_dates():
        if other < day:
            return other
    return None


def _name_views() -> dict[str, str]:
    return {
        "mail": _("Desktop"),
        "phone": _("Phone"),
        "dark": _("Dark"),
        "darkphone": _("Dark phone"),
        "off": _("Images off"),
        "text": _("Plain text"),
        "page": _("Web page"),
        "source": _("Source"),
        "compare": _("Beside the last"),
    }
