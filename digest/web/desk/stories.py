"""What the week brought: story by story, with the sentence that proves it."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from flask import Flask, redirect, render_template, request, url_for

from digest.web.desk.i18n import _, age, highlighted, marks
from digest.web.desk.page_request import back, number, parse_day, part, table
from digest.web.desk.seeing import news

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as Answer

    from digest.app import App
    from digest.services.editing import Find

#: Stories of one section on a page, at first.
SHOWN = 40
#: Choices of age, in days.
DAYS = (1, 2, 3, 7)
FILTERS = ("q", "outlet", "topic", "days", "show", "more")


def add(web: Flask, app: "App") -> None:
    """Add the page of finds, and what is done there."""

    @web.get("/<day>/finds", endpoint="finds")
    def page(day: str) -> str:
        on = parse_day(day)
        every = table(app).finds(on)
        found = list(filter(_wanted(app), every))
        sections = [
            {
                "rule": rule,
                "key": n,
                "finds": [f for f in found if _section(f) == rule.key],
            }
            for n, rule in enumerate(app.settings.sections, 1)
        ]
        return render_template(
            "finds.html",
            day=on,
            here="finds",
            sections=sections,
            shown=SHOWN + _asked_more(),
            outlets=sorted({f.article.outlet for f in every}),
            topics=[t.name for t in app.settings.topics],
            days=DAYS,
            new_finds=sum(f.is_new for f in every),
            **news(app, on),
            **_words(app),
        )

    @web.post("/<day>/finds", endpoint="finds_do")
    def do(day: str) -> "str | Answer":
        on, article, wish = (
            parse_day(day),
            number("article"),
            request.form.get("do", ""),
        )
        _done(app, on, article, wish)
        if part():
            find = table(app).find(on, article)
            return render_template("find.html", find=find, day=on, **_words(app))
        return redirect(url_for("finds", day=on, **_kept()) + f"#f{article}", 303)

    @web.post("/<day>/undo", endpoint="undo")
    def undo(day: str) -> "Answer":
        what = table(app).undo(parse_day(day))
        said = (
            _("Undone: %(what)s", what=what) if what else _("There is nothing to undo.")
        )
        place = "edition" if request.form.get("here") == "edition" else "finds"
        return back(place, day, said=said)


def _done(app: "App", day: date, article: int, wish: str) -> None:
    desk = table(app)
    if wish == "reject":
        desk.reject(day, article)
    elif wish == "back":
        desk.put_back(day, article)
    elif wish == "stand":
        desk.stand(day, article)
    else:
        desk.pick(day, article, wish)


def _words(app: "App") -> dict[str, object]:
    asked = request.form if part() else request.args
    walls = {o.name for o in app.settings.outlets if o.paywall != "none"}
    return {
        "proof": highlighted,
        "marks": lambda find: marks(find, walls),
        "age": lambda then: age(then, app.clock()),
        "rules": app.settings.sections,
        "org": app.settings.organisation.name,
        "asked": asked,
        "filters": [name for name in FILTERS if asked.get(name)],
    }


def _section(find: "Find") -> str:
    return find.picked or find.judged.judgement.section


def _kept() -> dict[str, Any]:
    """Return the filters of the page that a form came from."""
    return {k: v for k in FILTERS if (v := request.form.get(k, ""))}


def _asked_more() -> int:
    more = request.args.get("more", "")
    return int(more) if more.isdecimal() and len(more) < 6 else 0


def _wanted(app: "App") -> "Callable[[Find], bool]":
    """Return what says whether a find passes the page's filters."""
    asked = {name: request.args.get(name, "") for name in FILTERS}
    words, days = asked["q"].casefold().split(), asked["days"]
    since = app.clock() - timedelta(days=int(days)) if days in map(str, DAYS) else None

    def wanted(find: "Find") -> bool:
        a = find.article
        return (
            _shows(asked["show"], find)
            and asked["outlet"] in ("", a.outlet)
            and (not asked["topic"] or asked["topic"] in _topics(find))
            and (since is None or a.published is None or a.published >= since)
            and (not words or _holds(find, words))
        )

    return wanted


def _shows(show: str, find: "Find") -> bool:
    if show == "unread":
        return bool(find.article.unread)
    if show == "rejected":
        return find.rejected
    if show == "new":
        return find.is_new
    return show == "all" or bool(find.picked) or not (find.rejected or find.story.ran)


def _topics(find: "Find") -> set[str]:
    return {hit.topic for j in find.story.articles for hit in j.reading.topics}


def _holds(find: "Find", words: list[str]) -> bool:
    a, proof = find.article, find.judged.proof
    text = f"{a.title} {a.outlet} {proof.sentence if proof else ''}".casefold()
    return all(w in text for w in words)
