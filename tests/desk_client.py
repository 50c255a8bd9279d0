"""What the desk's tests share: a stocked week, who sits at the desk, how a form is sent."""

from datetime import timedelta

from flask.testing import FlaskClient
from lxml.html import HtmlElement, document_fromstring

from digest.app import App
from digest.model import Article
from digest.web.desk import create_desk_app
from tests.conftest import NOW
from tests.services.test_articles import put as store

DAY = NOW.date()
TOKEN = "a-token"
HOME = "http://127.0.0.1:8000"


def put(app: App, number: int, title: str, text: str = "") -> Article:
    """Store an article that names us; the higher its number, the older it is."""
    text = (
        text
        or f"Open Water sued pipe number {number}, for the {number * 7}th time, and won."
    )
    return store(
        app, number, title, text, published=NOW - timedelta(hours=number + 2)
    )


def let_in(app: App) -> FlaskClient:
    """Return a browser that brought the token."""
    client = create_desk_app(app, TOKEN).test_client()
    assert client.get(f"/?token={TOKEN}", base_url=HOME).status_code == 302
    return client


def page(client: FlaskClient, path: str) -> HtmlElement:
    """Return a page that is there."""
    answer = client.get(path, base_url=HOME)
    assert answer.status_code == 200, answer.text
    return document_fromstring(answer.text)


def post(client: FlaskClient, path: str, base: str = HOME, **form):
    """Send a form as the desk's own page does."""
    with client.session_transaction(base_url=base) as session:
        form.setdefault("csrf", session.get("csrf", ""))
    return client.post(path, data=form, base_url=base)


def headlines(app: App, section: int) -> list[str]:
    """Return the headlines of a section of the edition in work."""
    return [
        p.headline
        for p in app.editing_as("Ada").load_edition(DAY).sections[section].picks
    ]


def urls(app: App) -> list[str]:
    """Return the addresses of the edition's stories."""
    return [
        p.url
        for s in app.editing_as("Ada").load_edition(DAY).sections
        for p in s.picks
    ]
