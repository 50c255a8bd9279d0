"""What the week brought: story by story, with the sentence that proves it."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from flask import Flask, abort, redirect, render_template, request, url_for
from markupsafe import Markup, escape

from digest.errors import NotFound

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer

    from digest.app import App
    from digest.desk import Find

#: Stories of one section on a page; a search finds the rest.
SHOWN = 40


def add(web: Flask, app: "App") -> None:
    """Add the page of finds, and what is done there."""

    @web.get("/<day>/finds", endpoint="finds")
    def page(day: str) -> str:
        on = parse_day(day)
        every = _finds(app, on)
        found = [f for f in every if _wanted(f)]
        sections = [
            {"rule": rule, "key": n, "finds": [f for f in found if _section(f) == rule.key]}
            for n, rule in enumerate(app.settings.sections, 1)
        ]
        return render_template(
            "finds.html",
            day=on,
            here="finds",
            sections=sections,
            shown=SHOWN,
            outlets=sorted({f.article.outlet for f in every}),
            **_words(app),
        )

    @web.post("/<day>/finds", endpoint="finds_do")
    def do(day: str) -> "str | Answer":
        on, article, wish = parse_day(day), int(request.form["article"]), request.form["do"]
        if wish == "reject":
            app.desk.reject(on, article)
        elif wish == "back":
            app.desk.put_back(on, article)
            app.desk.reject(on, article, False)
        else:
            app.desk.pick(on, article, wish)
        if request.form.get("part"):
            return _one(app, on, article)
        return redirect(url_for("finds", day=on, **_kept()) + f"#f{article}", 303)

    @web.post("/<day>/undo", endpoint="undo")
    def undo(day: str) -> "Answer":
        app.desk.undo(parse_day(day))
        place = "edition" if request.form.get("here") == "edition" else "finds"
        return redirect(url_for(place, day=day), 303)


def parse_day(text: str) -> date:
    """Return the day of an address; 404 if it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(404)


def highlighted(find: "Find") -> Markup:
    """Return the sentence that proves it, with the name marked."""
    proof = find.judged.proof
    if proof is None:
        return Markup("")
    at = proof.sentence.casefold().find(proof.name.casefold())
    if at < 0:
        return escape(proof.sentence)
    end = at + len(proof.name)
    before, name, behind = (proof.sentence[:at], proof.sentence[at:end], proof.sentence[end:])
    return escape(before) + Markup("<mark>") + escape(name) + Markup("</mark>") + escape(behind)


def age(then: datetime | None, now: datetime) -> str:
    """Say how old something is."""
    if then is None:
        return "undated"
    hours = (now - then).total_seconds() / 3600
    if hours < 0:
        return "dated in the future"
    return f"{hours:.0f} h" if hours < 48 else f"{hours / 24:.0f} days"


def marks(find: "Find") -> Iterator[str]:
    """Yield in a word or two what an editor should know of a find."""
    a = find.article
    yield from [a.label] if a.label else []
    yield from [f"unread: {a.unread}"] if a.unread else []
    yield from [find.aside] if find.aside else []
    if find.story.ran:
        yield f"ran on {find.story.ran}"
    if find.story.followed:
        yield f"follows up {find.story.followed}"
    others = {j.article.outlet for j in find.story.articles} - {a.outlet}
    yield from [f"also in {len(others)}"] if others else []
    yield from (f"ran first as “{title}”" for title in find.earlier)


def _finds(app: "App", day: date) -> "list[Find]":
    from digest.edition import window

    return app.desk.finds(day, window(app.settings.newsletter, day).start)


def _one(app: "App", day: date, article: int) -> str:
    find = next((f for f in _finds(app, day) if f.article.id == article), None)
    if find is None:
        raise NotFound("that story is not among the finds any more")
    return render_template("find.html", find=find, day=day, **_words(app))


def _words(app: "App") -> dict[str, object]:
    return {
        "proof": highlighted,
        "marks": marks,
        "age": lambda then: age(then, app.clock()),
        "rules": app.settings.sections,
        "org": app.settings.organisation.name,
        "asked": request.args,
    }


def _section(find: "Find") -> str:
    return find.picked or find.judged.judgement.section


def _kept() -> dict[str, Any]:
    """Return the filters of the page that a form came from."""
    return {k: v for k in ("q", "outlet", "show") if (v := request.form.get(k, ""))}


def _wanted(find: "Find") -> bool:
    """Say whether a find passes the page's filters."""
    asked, a = request.args, find.article
    proof = find.judged.proof
    words = f"{a.title} {a.outlet} {proof.sentence if proof else ''}".casefold()
    show = asked.get("show", "")
    return (
        all(w in words for w in asked.get("q", "").casefold().split())
        and asked.get("outlet", "") in ("", a.outlet)
        and (show == "all" or bool(find.picked) or not (find.rejected or find.story.ran))
    )
