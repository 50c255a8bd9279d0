"""Current workspace: the App of the Flask application that answers the current request.

It is for the newsletter that the request's address names.
"""

from typing import TYPE_CHECKING, cast

from flask import Flask, current_app
from werkzeug.local import LocalProxy

from digest.web.newsletter_paths import named_newsletter

if TYPE_CHECKING:
    from digest.app import App

KEY = "digest"


def serve_workspace(web: Flask, workspace: "App") -> None:
    """Let the views of a Flask application work on a workspace."""
    web.extensions[KEY] = workspace


def _get_app() -> "App":
    workspace: App = current_app.extensions[KEY]
    newsletter = named_newsletter()
    if newsletter:
        return workspace.for_newsletter(newsletter)
    return workspace


#: The App to use in views, as Flask's `g` and `request`: valid during a request only.
app = cast("App", LocalProxy(_get_app))
