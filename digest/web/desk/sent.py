"""An edition that was sent or published: what stays, and the honest ways to correct it."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from flask import Flask, g, redirect, render_template, request, url_for

from digest.edition import dump, load
from digest.errors import AlreadySent
from digest.model import Edition, Lead, Pick, Section
from digest.web.desk.i18n import _
from digest.web.desk.mail_frame import document
from digest.web.desk.page_request import back, parse_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response as Answer

    from digest.app import App

HEAD = ("subject", "preheader")
LEAD = ("headline", "dek", "body")
PICK = ("headline", "outlet", "note", "quote")

T = TypeVar("T", Edition, Lead, Pick)


def add(web: Flask, app: "App") -> None:
    """Add the page of what was sent, publishing, withdrawing, and both kinds of correction."""
    web.context_processor(lambda: _standing(app))

    @web.get("/<day>/sent", endpoint="sent")
    def sent(day: str) -> "str | Answer":
        on = parse_day(day)
        app.editions.read_source(on)
        if app.publishing.status(on).is_draft:
            return redirect(url_for("edition", day=day))
        ledger = app.store.deliveries
        return render_template(
            "sent.html",
            day=on,
            here="edition",
            subject=app.dispatch.plan(on).subject,
            proof=ledger.proof(on),
            by=ledger.mailed_by(on),
            approval=app.store.sent_contents.approval(on),
        )

    @web.errorhandler(AlreadySent)
    def refused(_error: AlreadySent) -> tuple[str, int]:
        day = (request.view_args or {}).get("day", "")
        said = _(
            "This edition is sent or published. It stays as it is; nothing was changed."
        )
        return render_template(
            "error.html", said=said, typed=request.form, sent_day=day
        ), 409

    _web_page(web, app)
    _corrections(web, app)


def _web_page(web: Flask, app: "App") -> None:
    @web.post("/<day>/publish", endpoint="publish")
    def publish(day: str) -> "Answer":
        app.publishing.publish(parse_day(day), g.who.name)
        return back("sent", day, said=_("Everybody can read it on the web now."))

    @web.post("/<day>/withdraw", endpoint="withdraw")
    def withdraw(day: str) -> "Answer":
        app.publishing.withdraw(parse_day(day), g.who.name)
        return back("sent", day, said=_("It is off the web."))


def _corrections(web: Flask, app: "App") -> None:
    @web.post("/<day>/correction", endpoint="correction")
    def correction(day: str) -> "Answer":
        new = app.publishing.draft_correction(parse_day(day), g.who.name)
        said = _("Write what was wrong, and what is right, in the place of “TK”.")
        return back("edition", new, said=said)

    @web.get("/<day>/correct", endpoint="correct_page")
    def form(day: str) -> "str | Answer":
        on = parse_day(day)
        if not app.publishing.status(on).is_public:
            return redirect(url_for("sent", day=day))
        return render_template(
            "correct_page.html",
            day=on,
            here="edition",
            edition=load(app.publishing.source(on)),
            org=app.settings.organisation.name,
        )

    @web.post("/<day>/correct", endpoint="correct_page_do")
    def correct(day: str) -> "Answer":
        on = parse_day(day)
        text = dump(_corrected(load(app.publishing.source(on)), request.form))
        if request.form.get("do") == "look":
            return document("page", app.editions.render_text(text)) or back("sent", day)
        app.publishing.correct_page(on, text, request.form.get("note", ""), g.who.name)
        return back(
            "sent", day, said=_("The corrected page is on the web, with your note.")
        )


def _standing(app: "App") -> dict[str, object]:
    """Return where the edition of a page stands, for its banner."""
    named = (request.view_args or {}).get("day", "")
    try:
        day = date.fromisoformat(named)
    except ValueError:
        return {"status": None}
    from digest.render import page_url

    return {
        "status": app.publishing.status(day),
        "public_url": page_url(day, app.settings),
        "corrects": app.store.editions.corrects(day),
    }


def _corrected(edition: Edition, form: "Mapping[str, str]") -> Edition:
    """Return an edition with what the form says in the place of what it said."""
    leads = tuple(
        _filled(lead, LEAD, f"lead{n}", form)
        for n, lead in enumerate(edition.leads)
        if f"lead{n}_out" not in form
    )
    sections = tuple(_section(section, form) for section in edition.sections)
    return replace(_filled(edition, HEAD, "head", form), leads=leads, sections=sections)


def _section(section: Section, form: "Mapping[str, str]") -> Section:
    names = [(f"{section.key}{n}", pick) for n, pick in enumerate(section.picks)]
    kept = [(name, pick) for name, pick in names if f"{name}_out" not in form]
    return replace(
        section, picks=tuple(_filled(pick, PICK, name, form) for name, pick in kept)
    )


def _filled(
    what: T, fields: tuple[str, ...], prefix: str, form: "Mapping[str, str]"
) -> T:
    said = {f: form[f"{prefix}_{f}"] for f in fields if f"{prefix}_{f}" in form}
    clean = {f: _clean(f, text) for f, text in said.items()}
    return replace(what, **clean)  # type: ignore[arg-type]


def _clean(field: str, text: str) -> str:
    """Return what was typed: a lead's text with its lines, all else in one line."""
    if field == "body":
        return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()
    return " ".join(text.split())
