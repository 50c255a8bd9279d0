"""Corrections of a sent edition: a mail to those who got it, and a corrected web page."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from flask import Blueprint, g, redirect, render_template, request, url_for

from digest.edition import dump_edition, load_edition
from digest.infra.running_text import fold_spaces
from digest.model import Edition, Lead, Pick, Section, StaffRights
from digest.web.current import app
from digest.web.desk.access import requires
from digest.web.desk.i18n import _
from digest.web.desk.lead_form import clean_body
from digest.web.desk.mail_frame import frame_mail
from digest.web.desk.page_request import redirect_to

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

#: The fields of the form, each after the name of its part: head_subject, lead0_body, news2_note.
HEAD_FIELDS = ("subject", "preheader")
LEAD_FIELDS = ("headline", "dek", "body")
PICK_FIELDS = ("headline", "outlet", "note", "quote")

Part = TypeVar("Part", Edition, Lead, Pick)

blueprint = Blueprint("corrections", __name__)


@blueprint.post("/<day:day>/correction")
def draft_correction(day: date) -> "ResponseReturnValue":
    """Draft a mail to those who got the edition."""
    correction_day = app.publishing.draft_correction(day, g.member.name)
    message = _(
        "Write what was wrong, and what is right, in the place of “TK”."
    )
    return redirect_to("edition.show_edition", correction_day, message=message)


@blueprint.get("/<day:day>/correct")
@requires(StaffRights.APPROVER)
def show_page_form(day: date) -> "ResponseReturnValue":
    """Show the form for the web page's texts."""
    if not app.publishing.find_status(day).is_public:
        return redirect(url_for("sent.show_sent", day=day))
    return render_template(
        "correct_page.html",
        day=day,
        here="edition",
        edition=load_edition(app.publishing.public_source(day)),
        org=app.settings.organisation.name,
    )


@blueprint.post("/<day:day>/correct")
@requires(StaffRights.APPROVER)
def correct_page(day: date) -> "ResponseReturnValue":
    """Put the corrected page on the web, or only show it."""
    published = load_edition(app.publishing.public_source(day))
    source = dump_edition(_correct_edition(published, request.form))
    if request.form.get("do") == "look":
        page = frame_mail("page", app.editions.render_as_sent(source))
        return page or redirect_to("sent.show_sent", day)
    note = request.form.get("note", "")
    app.publishing.correct_page(day, source, note, g.member.name)
    message = _("The corrected page is on the web, with your note.")
    return redirect_to("sent.show_sent", day, message=message)


def _correct_edition(edition: Edition, form: Mapping[str, str]) -> Edition:
    """Return an edition with the form's texts, without the parts that it takes out."""
    leads = []
    for number, lead in enumerate(edition.leads):
        name = f"lead{number}"
        if not _is_taken_out(name, form):
            leads.append(_correct_part(lead, LEAD_FIELDS, name, form))
    sections = [_correct_section(section, form) for section in edition.sections]
    corrected = _correct_part(edition, HEAD_FIELDS, "head", form)
    return replace(corrected, leads=tuple(leads), sections=tuple(sections))


def _correct_section(section: Section, form: Mapping[str, str]) -> Section:
    picks = []
    for number, pick in enumerate(section.picks):
        name = f"{section.key}{number}"
        if not _is_taken_out(name, form):
            picks.append(_correct_part(pick, PICK_FIELDS, name, form))
    return replace(section, picks=tuple(picks))


def _is_taken_out(name: str, form: Mapping[str, str]) -> bool:
    return f"{name}_out" in form


def _correct_part(
    part: Part, fields: Iterable[str], name: str, form: Mapping[str, str]
) -> Part:
    """Return a part of an edition with those texts that the form has for it."""
    texts: dict[str, str] = {}
    for field in fields:
        text = form.get(f"{name}_{field}")
        if text is not None:
            texts[field] = _clean_text(field, text)
    return replace(part, **texts)  # type: ignore[arg-type]


def _clean_text(field: str, text: str) -> str:
    """Return what was typed: a lead's text with its lines, all else in one line."""
    if field == "body":
        return clean_body(text)
    return fold_spaces(text)
