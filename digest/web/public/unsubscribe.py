"""Leaving by one click (RFC 8058), and what one may see and change of oneself."""

from typing import TYPE_CHECKING

from flask import Flask, render_template, request

if TYPE_CHECKING:
    from digest.app import App
    from digest.model import Subscriber

TEST_READER = 0  #: whom the links of a test mail name: no subscriber has this number


def add(web: Flask, app: "App") -> None:
    """Add the page behind the mail's link, and the page of preferences."""

    @web.get("/u/<token>", endpoint="leave")
    def ask(token: str) -> str:  # any token gets the same page
        return render_template("leave.html", token=token)

    @web.post("/u/<token>", endpoint="leave_do")
    def leave(token: str) -> tuple[str, int]:
        # RFC 8058, 3.2: acts at once, without cookies, login or redirect, and may be repeated.
        request.get_data()
        gone = app.unsubscribe(token)
        is_test = app.tokens.read(token) == TEST_READER
        page = render_template("left.html", gone=gone, is_test=is_test, token=token)
        return page, 200 if gone else 404

    @web.get("/p/<token>", endpoint="preferences")
    def preferences(token: str) -> tuple[str, int]:
        return _page(app.subscriber_of(token), token)

    @web.post("/p/<token>", endpoint="preferences_do")
    def change(token: str) -> tuple[str, int]:
        person = app.subscriber_of(token)
        wish = request.form.get("do", "")
        if person is None:
            return _page(None, token)
        if wish == "forget":
            app.store.subscribers.erase(person, app.clock())
            return render_template("forgotten.html"), 200
        if wish == "name":
            name = " ".join(request.form.get("name", "").split())[:200]
            app.store.subscribers.rename(person.id, name)
        return _page(app.subscriber_of(token), token, stored=True)


def _page(
    person: "Subscriber | None", token: str, *, stored: bool = False
) -> tuple[str, int]:
    if person is None:
        return render_template("left.html", gone=False, token=token), 404
    # a mail that was passed on shows its link to others: they learn no address by it
    user, _, domain = person.address.partition("@")
    veiled = f"{user[:1]}…@{domain}"
    page = render_template(
        "preferences.html", person=person, veiled=veiled, token=token, stored=stored
    )
    return page, 200
