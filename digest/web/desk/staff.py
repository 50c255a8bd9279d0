"""Coming in and going out, one's own login, and who works here."""

from typing import TYPE_CHECKING

from flask import Flask, flash, g, redirect, render_template, request, session, url_for

from digest.errors import DigestError, LoginRefused, TooManyTries
from digest.model import Rights
from digest.web.desk.auth import enter, known_device, leave, refusal, too_many
from digest.web.desk.i18n import LANGUAGES, _

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as Answer

    from digest.app import App


def add(web: Flask, app: "App") -> None:
    """Add the ways in, one's own page, and the admin's."""

    @web.post("/speak", endpoint="speak")
    def speak() -> "Answer":
        wish = request.form.get("language", "")
        if wish in LANGUAGES:
            session["language"] = wish
        else:
            session["language"] = "en"
        return redirect(_within(request.form.get("next", "")), 303)

    _ways_in(web, app)
    _own_page(web, app)
    _admins(web, app)


def _ways_in(web: Flask, app: "App") -> None:
    oidc = app.settings.desk.oidc

    @web.route("/login", methods=["GET", "POST"], endpoint="login")
    def login() -> "str | Answer | tuple[str, int] | tuple[str, int, dict[str, str]]":
        wish = _within(request.values.get("next", ""))
        said = ""
        if request.method == "POST":
            name, password, code = (
                request.form.get(n, "") for n in ("name", "password", "code")
            )
            device = known_device(name)
            try:
                found = app.staff.log_in(
                    name, password, code, request.remote_addr or "", device
                )
            except LoginRefused as e:
                said = str(e)
            except TooManyTries as e:
                page = render_template(
                    "login.html", next=wish, said=too_many(e), oidc=oidc
                )
                return page, *refusal(e)
            else:
                enter(app, found)
                return redirect(wish, 303)
        page = render_template("login.html", next=wish, said=said, oidc=oidc)
        return page, 403 if said else 200

    @web.post("/logout", endpoint="logout")
    def logout() -> "Answer":
        leave(app)
        return redirect(url_for("home"), 303)

    _invitations(web, app)


def _invitations(web: Flask, app: "App") -> None:
    @web.route("/join/<token>", methods=["GET", "POST"], endpoint="join")
    def join(token: str) -> "str | Answer | tuple[str, int]":
        said = ""
        if request.method == "POST":
            try:
                found = app.staff.join(token, request.form.get("password", ""))
            except TooManyTries:
                raise
            except DigestError as e:
                said = str(e)
            else:
                enter(app, found)
                return redirect(url_for("home"), 303)
        return render_template("join.html", said=said), 400 if said else 200


def _own_page(web: Flask, app: "App") -> None:
    @web.get("/me", endpoint="me")
    def page() -> str:
        return shown()

    def shown(secret: str = "", said: str = "") -> str:
        secret, address = app.staff.factor(g.who, secret)
        qr, size = _drawn(address)
        return render_template(
            "me.html", here="me", secret=secret, qr=qr, size=size, said=said
        )

    @web.post("/me/password", endpoint="me_password")
    def password() -> "Answer":
        form = request.form
        fresh = app.staff.change_password(
            g.who, form.get("old", ""), form.get("new", "")
        )
        enter(app, fresh)
        flash(_("Your password is changed; every other session of yours has ended."))
        return redirect(url_for("me"), 303)

    @web.post("/me/factor", endpoint="me_factor")
    def factor() -> "Answer | tuple[str, int]":
        form = request.form
        password = form.get("password", "")
        old_code = form.get("old_code", "")
        if "drop" in form:
            fresh = app.staff.drop_factor(g.who, password, old_code)
            said = _(
                "The second factor is off; every other session of yours has ended."
            )
        else:
            secret = form.get("secret", "")
            code = form.get("code", "")
            try:
                fresh = app.staff.use_factor(g.who, secret, code, password, old_code)
            except LoginRefused as e:
                # the same key once more: a phone that has scanned it need not scan another
                return shown(secret, str(e)), 403
            said = _(
                "From now on, logging in takes a code of your phone; every other session of "
                "yours has ended."
            )
        enter(app, fresh)
        flash(
            said
        )  # after a session has begun: what was said before is cleared with the old one
        return redirect(url_for("me"), 303)

    @web.post("/me/end", endpoint="me_end")
    def end() -> "Answer":
        app.staff.log_out_everywhere(g.who)
        return redirect(url_for("home"), 303)


def _admins(web: Flask, app: "App") -> None:
    def page(name: str = "", token: str = "") -> str:
        everybody = app.store.staff.everybody()
        if token:
            link = url_for("join", token=token, _external=True)
        else:
            link = ""
        return render_template(
            "staff.html",
            here="staff",
            staff=everybody,
            roles=list(Rights),
            link=link,
            name=name,
        )

    @web.get("/staff", endpoint="staff")
    def listed() -> str:
        return page()

    @web.get("/audit", endpoint="audit")
    def audit() -> str:
        return render_template(
            "audit.html", here="audit", deeds=app.store.staff.deeds(limit=500)
        )

    _changes(web, app, page)


def _changes(web: Flask, app: "App", page: "Callable[[str, str], str]") -> None:
    """Add what changes who works here; `page` shows them all, one with an invitation."""

    @web.post("/staff/add", endpoint="staff_add")
    def added() -> str:
        name = request.form.get("name", "")
        return page(name, app.staff.invite(name, _role(), g.who.name))

    @web.post("/staff/role", endpoint="staff_role")
    def role() -> "Answer":
        app.staff.promote(request.form.get("name", ""), _role(), g.who.name)
        return redirect(url_for("staff"), 303)

    @web.post("/staff/reset", endpoint="staff_reset")
    def reset() -> str:
        name = request.form.get("name", "")
        return page(name, app.staff.reset(name, g.who.name))

    @web.post("/staff/remove", endpoint="staff_remove")
    def removed() -> "Answer":
        app.staff.remove(request.form.get("name", ""), g.who.name)
        return redirect(url_for("staff"), 303)


def _role() -> Rights:
    given = request.form.get("role", "")
    if given not in list(Rights):
        raise DigestError(_("There is no role “%(role)s”.", role=given))
    return Rights(given)


def _within(path: str) -> str:
    """Return a path of this desk: a link to a login must lead nowhere else."""
    # browsers read a backslash as a slash, and leave out tabs and line breaks (WHATWG URL, 4.4)
    inside = path.startswith("/") and not path.startswith("//")
    if inside and path.isprintable() and "\\" not in path:
        return path
    return url_for("home")


def _drawn(address: str) -> tuple[list[str], int]:
    """Return a QR code as an SVG path, and its width: no image of it is stored anywhere."""
    import segno

    rows = segno.make(address, micro=False).matrix
    dots = [
        f"M{x} {y}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, on in enumerate(row)
        if on
    ]
    return dots, len(rows)
