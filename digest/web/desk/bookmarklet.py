"""An article by its address: what a person saw that no feed brought."""

from typing import TYPE_CHECKING

from flask import Flask, flash, redirect, render_template, request, url_for

from digest.edition import next_date
from digest.web.desk.i18n import _
from digest.web.desk.page_request import table

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from digest.app import App

#: Opens the desk with the address of the page one is at. It is dragged to the bookmarks.
BOOKMARKLET = "javascript:void(open('{}?url='+encodeURIComponent(location.href)))"


def add(web: Flask, app: "App") -> None:
    """Add the page that takes an address. Opening it with one adds nothing yet."""

    @web.get("/add", endpoint="add")
    def page() -> str:
        url = request.args.get("url", "")
        return render_template(
            "add.html",
            day=next_date(app.settings.newsletter, app.clock()),
            here="add",
            url=url if url.startswith(("http://", "https://")) else "",
            rules=app.settings.sections,
            org=app.settings.organisation.name,
            bookmarklet=BOOKMARKLET.format(url_for("add", _external=True)),
        )

    @web.post("/add", endpoint="add_do")
    def do() -> "Answer":
        form = request.form
        day = app.filling.draft_if_new()
        names = ("url", "section", "title", "outlet")
        url, section, title, outlet = (form.get(n, "").strip() for n in names)
        pick = table(app).take(day, app.clips.add(url, section, title, outlet), section)
        flash(_("In the edition: %(title)s", title=pick.headline))
        return redirect(url_for("edition", day=day), 303)
