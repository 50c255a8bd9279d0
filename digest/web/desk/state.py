"""How work stands: the press, the newest edition, workers and their queues."""

from typing import TYPE_CHECKING

from flask import Flask, render_template

if TYPE_CHECKING:
    from digest.app import App


def add(web: Flask, app: "App") -> None:
    """Add the page that says how work stands."""

    @web.get("/status", endpoint="status")
    def status() -> str:
        return render_template("status.html", here="status", **app.house.status())
