"""Desk: the staff's application, from the collected stories to an approved and sent edition.

It runs on one's own machine, for the browser that brings its token, or is hosted for members of
staff who log in. A GET changes nothing; each change is a form that works without JavaScript, and is
stored as it is made.
"""

import secrets
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from flask import Flask

from digest.errors import DigestError, SettingsError
from digest.model import EditionKey
from digest.web.current import choose_root, serve_workspace
from digest.web.desk import (
    account,
    adding,
    approval,
    blocks,
    check,
    corrections,
    edition,
    history,
    home,
    login,
    mailboxes,
    preview,
    sending,
    sent,
    staff,
    status,
    stories,
    visits,
)
from digest.web.desk.auth import (
    MAX_FORM_BYTES,
    MAX_IMAGE_BYTES,
    add_authentication,
)
from digest.web.desk.background_sends import BackgroundSends, serve_sends
from digest.web.desk.banners import add_banners
from digest.web.desk.error_pages import add_error_pages
from digest.web.desk.i18n import add_translations
from digest.web.desk.newsletters import add_newsletters
from digest.web.desk.oidc import add_provider_login
from digest.web.desk.page_request import DayConverter
from digest.web.desk.security_headers import add_security_headers
from digest.web.local_server import serve_locally
from digest.web.newsletter_paths import add_newsletter_paths, limit_bodies
from digest.web.server import serve_hosted

if TYPE_CHECKING:
    from digest.app import App

BLUEPRINTS = (
    home.blueprint,
    stories.blueprint,
    visits.blueprint,
    adding.blueprint,
    edition.blueprint,
    blocks.blueprint,
    preview.blueprint,
    check.blueprint,
    approval.blueprint,
    sending.blueprint,
    sent.blueprint,
    corrections.blueprint,
    history.blueprint,
    status.blueprint,
    mailboxes.blueprint,
    login.blueprint,
    account.blueprint,
    staff.blueprint,
)
#: A fixed port, so that a bookmarklet finds the desk again.
DEFAULT_PORT = 8480
#: Paths that are reached without login.
OPEN_PATHS = ("/login", "/join/", "/oidc", "/speak")
MAX_OPEN_FORM_BYTES = 16_000  #: of a form there
LOCAL_MESSAGE = (
    "the desk: {}  (for you alone, as often as you like, until Ctrl-C ends it)"
)


def create_desk_app(
    app: "App",
    token: str = "",
    sends: BackgroundSends | None = None,
    once: str = "",
) -> Flask:
    """Return the desk as a WSGI application.

    A browser that brings the token is let in, as an admin; `once` is a second token, valid for one
    browser. Without a token people must log in. Raises SettingsError if their provider of accounts
    cannot be used.
    """
    web = Flask(__name__)
    web.url_map.converters["day"] = DayConverter
    serve_workspace(web, choose_root(app.newsletters))
    serve_sends(web, sends or BackgroundSends(app))
    add_translations(web)
    add_newsletters(web)
    add_authentication(web, app, token, once)
    add_security_headers(web)
    add_banners(web)
    add_error_pages(web)
    for blueprint in BLUEPRINTS:
        web.register_blueprint(blueprint)
    if not token:
        add_provider_login(web, app)
    add_newsletter_paths(web, _keys_of(app))
    return web


def serve_desk_locally(
    app: "App",
    port: int,
    say: Callable[[str], None],
    day: date | None = None,
    *,
    open_browser: bool,
) -> None:
    """Serve this machine until interrupted.

    With a day, open at the preview of the edition that the newsletter of `app` has then.
    """
    app.articles.analyse_new()  # once; pages store nothing, and would do it in memory each time
    sends = BackgroundSends(app)
    token = secrets.token_urlsafe(24)
    browser_token = secrets.token_urlsafe(24)
    web = create_desk_app(app, token, sends, browser_token)
    sends.start_clock()
    page = "/"
    if day:
        edition = EditionKey(app.settings.newsletter.key, day)
        page = f"/{edition.short_name}/preview"
    browser_path = ""
    if open_browser:
        browser_path = f"{page}?token={browser_token}"
    serve_locally(
        web,
        f"{page}?token={token}",
        port or DEFAULT_PORT,
        say,
        LOCAL_MESSAGE,
        browser_path=browser_path,
    )


def serve_desk_hosted(
    app: "App", address: str, port: int, proxy: str, say: Callable[[str], None]
) -> None:
    """Serve members who log in, until stopped. Raises DigestError, SettingsError.

    Clients' addresses are read from the headers of the proxy only.
    """
    if not app.staff.list_members():
        raise DigestError(
            "nobody could log in; first `digest staff add NAME --role admin`"
        )
    url = app.settings.desk.url
    if url is None:
        raise SettingsError(
            ["feeds.yaml: desk.url is missing: where is the desk reached?"]
        )
    sends = BackgroundSends(app)
    web = create_desk_app(app, sends=sends)
    sends.start_clock()
    port = port or DEFAULT_PORT
    say(f"the desk listens on http://{address}:{port}, for {url}")
    limit = limit_bodies(body_limit, _keys_of(app))
    serve_hosted(web, address, port, proxy, limit)


def body_limit(path: str) -> int:
    """Return how many bytes a body may have before it is read at all; views refuse fewer."""
    if path.endswith(("/picture", "/lead", "/blocks/store")):
        return 2 * MAX_IMAGE_BYTES  # so that a page says that it is too large
    if path.startswith(OPEN_PATHS):
        return MAX_OPEN_FORM_BYTES
    return MAX_FORM_BYTES


def _keys_of(app: "App") -> list[str]:
    return [newsletter.key for newsletter in app.settings.newsletters]
