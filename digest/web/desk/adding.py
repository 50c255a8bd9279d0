"""Adding: bring an article by its address, with its text or not, or a clip that has no address.

What is typed is never lost: where something is missing or wrong, the form is shown again with the
words beside the field.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    flash,
    g,
    redirect,
    render_template,
    request,
    url_for,
)

from digest.errors import DigestError, HeadlineMissing
from digest.model import AnalysedArticle
from digest.services.sent_texts import MAX_SENT_LENGTH, SentText, TextTooLong
from digest.services.unlinked_clips import (
    MAX_HEADLINE_LENGTH,
    MAX_OUTLET_LENGTH,
    MAX_PLACE_LENGTH,
    MAX_QUOTE_LENGTH,
    ClipField,
    ClipProblem,
    ClipRefused,
    UnlinkedClip,
)
from digest.web.current import app
from digest.web.desk.bookmarklet import make_bookmarklet
from digest.web.desk.i18n import _, format_number
from digest.web.desk.page_request import member_editing

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

#: The two forms of the page, as their field `way` names them.
BY_ADDRESS = "address"
UNLINKED = "unlinked"
FIELDS = {
    BY_ADDRESS: ("url", "section", "title", "outlet", "day", "text", "site"),
    UNLINKED: ("outlet", "title", "day", "place", "quote", "section"),
}
#: Fields of the form by the fields of a clip.
FORM_FIELDS = {ClipField.DAY: "day"}

blueprint = Blueprint("adding", __name__)


class _FieldsRefused(Exception):
    """Fields of a form cannot be taken; `problems` has a sentence for each, by its name."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__()
        self.problems = problems


@dataclass(frozen=True, slots=True)
class ShownForm:
    """A form as the page shows it."""

    way: str
    typed: Mapping[str, str] = field(default_factory=dict)
    #: sentences on what is wrong, by the name of the field
    problems: Mapping[str, str] = field(default_factory=dict)


@blueprint.get("/add")
def show_forms() -> str:
    """Show both forms; the bookmarklet gives an address."""
    url = request.args.get("url", "")
    if not _is_web_address(url):
        url = ""
    return _render_page(ShownForm(BY_ADDRESS, {"url": url}))


@blueprint.post("/add")
def add_article() -> "ResponseReturnValue":
    """Add what a form says, and put it into the next edition."""
    way = BY_ADDRESS
    if request.form.get("way") == UNLINKED:
        way = UNLINKED
    typed = {name: request.form.get(name, "").strip() for name in FIELDS[way]}
    try:
        if way == UNLINKED:
            added = _add_unlinked(typed)
        else:
            added = _add_by_address(typed)
        _check_section(added, typed["section"])
    except _FieldsRefused as refused:
        form = ShownForm(way, typed, refused.problems)
        return _render_page(form), 400
    day = app.drafts.create_draft_if_missing()
    pick = member_editing().pick_added_article(day, added, typed["section"])
    flash(_("In the edition: %(title)s", title=pick.headline))
    return redirect(url_for("edition.show_edition", day=day), 303)


def _render_page(form: ShownForm) -> str:
    """Return the page with one form filled in and the other empty."""
    forms = {way: ShownForm(way) for way in FIELDS} | {form.way: form}
    form_url = url_for("adding.show_forms", _external=True)
    return render_template(
        "add.html",
        day=app.drafts.find_next_date(),
        here="add",
        by_address=forms[BY_ADDRESS],
        unlinked=forms[UNLINKED],
        has_problems=bool(form.problems),
        host=urlsplit(form.typed.get("url", "")).hostname,
        rules=app.settings.sections,
        org=app.settings.organisation.name,
        outlets=sorted(outlet.name for outlet in app.settings.outlets),
        today=app.clock().astimezone(app.settings.newsletter.zone).date(),
        limits={
            "title": MAX_HEADLINE_LENGTH,
            "outlet": MAX_OUTLET_LENGTH,
            "place": MAX_PLACE_LENGTH,
            "quote": MAX_QUOTE_LENGTH,
            "text": MAX_SENT_LENGTH,
        },
        bookmarklet=make_bookmarklet(form_url, MAX_SENT_LENGTH),
    )


def _add_by_address(typed: Mapping[str, str]) -> AnalysedArticle:
    """Add an article by its address, with the text that the member sent. Raises _FieldsRefused."""
    url = typed["url"]
    if not _is_web_address(url):
        words = _("This is no web address, such as https://example.org/story.")
        raise _FieldsRefused({"url": words})
    sent = SentText(
        typed["text"],
        g.member.name,
        _read_day(typed["day"]),
        typed["site"][:MAX_OUTLET_LENGTH],
    )
    outlet = typed["outlet"][:MAX_OUTLET_LENGTH]
    try:
        return app.manual_articles.add_article(
            url, typed["section"], typed["title"], outlet, sent
        )
    except HeadlineMissing as error:
        raise _FieldsRefused({"title": _words_for_unread(error)}) from error
    except TextTooLong as error:
        raise _FieldsRefused({"text": _words_for_limit(error.limit)}) from error
    except DigestError as error:
        raise _FieldsRefused({"url": str(error)}) from error


def _add_unlinked(typed: Mapping[str, str]) -> AnalysedArticle:
    """Add a clip that has no address. Raises _FieldsRefused."""
    clip = UnlinkedClip(
        typed["outlet"],
        typed["title"],
        _read_day(typed["day"]),
        typed["place"],
        typed["quote"],
    )
    try:
        return app.manual_articles.add_unlinked(clip, typed["section"])
    except ClipRefused as error:
        problems = {
            FORM_FIELDS.get(one.field, str(one.field)): _words_for_problem(one)
            for one in error.problems
        }
        raise _FieldsRefused(problems) from error


def _check_section(added: AnalysedArticle, section: str) -> None:
    """Raise _FieldsRefused if an article was given no section and belongs to none."""
    if section or added.judgement.section:
        return
    if added.reading.names_organisation or added.reading.topics:
        words = _("This newsletter has no section for it: choose one.")
    else:
        words = _(
            "It names neither you nor one of your topics: choose a section."
        )
    raise _FieldsRefused({"section": words})


def _is_web_address(url: str) -> bool:
    return url.startswith(("http://", "https://"))


def _read_day(text: str) -> date | None:
    """Return the day of a field, None if it is empty. Raises _FieldsRefused."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        words = _("Write the day as year-month-day, such as 2026-02-27.")
        raise _FieldsRefused({"day": words}) from error


# Words


def _words_for_unread(error: HeadlineMissing) -> str:
    if not error.reason:
        return _("Its page has no headline that can be read: type it here.")
    return _(
        "Its page could not be read (%(why)s): type its headline here.",
        why=error.reason,
    )


def _words_for_limit(limit: int) -> str:
    return _("It may have %(n)s characters at most.", n=format_number(limit))


def _words_for_problem(problem: ClipProblem) -> str:
    if problem.limit:
        return _words_for_limit(problem.limit)
    if problem.last_day:
        return _("This day is still to come.")
    if problem.field == ClipField.OUTLET:
        return _("Say which paper, station or person it was.")
    return _("Give the headline, or below the sentence; one is enough.")
