"""Bookmarklet: add an article by its address, from a form or from the page of the article."""

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for

from digest.web.current import app
from digest.web.desk.i18n import _
from digest.web.desk.page_request import member_editing

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

#: Opens the form with the address of the page that one reads; dragged to the bookmarks.
BOOKMARKLET = (
    "javascript:void(open('{}?url='+encodeURIComponent(location.href)))"
)

blueprint = Blueprint("bookmarklet", __name__)


@blueprint.get("/add")
def show_form() -> str:
    """Show the form, filled in with an address if the bookmarklet gives one."""
    url = request.args.get("url", "")
    if not url.startswith(("http://", "https://")):
        url = ""
    form_url = url_for("bookmarklet.show_form", _external=True)
    return render_template(
        "add.html",
        day=app.drafts.find_next_date(),
        here="add",
        url=url,
        rules=app.settings.sections,
        org=app.settings.organisation.name,
        bookmarklet=BOOKMARKLET.format(form_url),
    )


@blueprint.post("/add")
def add_article() -> "ResponseReturnValue":
    """Read the article and put it into the next edition."""
    day = app.drafts.create_draft_if_missing()
    names = ("url", "section", "title", "outlet")
    url, section, title, outlet = (
        request.form.get(name, "").strip() for name in names
    )
    article = app.manual_articles.add_article(url, section, title, outlet)
    pick = member_editing().pick_added_article(day, article, section)
    flash(_("In the edition: %(title)s", title=pick.headline))
    return redirect(url_for("edition.show_edition", day=day), 303)
