"""Current workspace: the App of the Flask application that answers the current request.

It is for the newsletter that the request's address names.
"""

from typing import TYPE_CHECKING, cast

from flask import Flask, current_app
from werkzeug.local import LocalProxy

from digest.model import ROOT_NEWSLETTER
from digest.web.newsletter_paths import named_newsletter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from digest.app import App

KEY = "digest"


def serve_workspace(web: Flask, workspace: "App") -> None:
    """Let the views of a Flask application work on a workspace."""
    web.extensions[KEY] = workspace


def choose_root(apps: "Sequence[App]") -> "App":
    """Return the services that an address without a newsletter's key stands for.

    They are for the root newsletter, or the first where that is none of them.
    """
    by_key = {one.settings.newsletter.key: one for one in apps}
    return by_key.get(ROOT_NEWSLETTER, apps[0])


def _get_app() -> "App":
    workspace: App = current_app.extensions[KEY]
    newsletter = named_newsletter()
    if newsletter:
        return workspace.for_newsletter(newsletter)
    return workspace


#: The App to use in views, as Flask's `g` and `request`: valid during a request only.
app = cast("App", LocalProxy(_get_app))
