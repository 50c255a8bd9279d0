"""The page behind a mail's link: preferences, being forgotten."""

import pytest
from flask.testing import FlaskClient

from digest.app import App
from digest.web.public import create_public_app
from tests.conftest import NOW


def test_one_sees_and_changes_what_is_known_of_oneself(
    app: App, client: FlaskClient, ada: str
) -> None:
    shown = client.get(f"/p/{ada}").text
    assert "a…@r.example" in shown
    assert "ada@r.example" not in shown  # the mail may have been passed on
    client.post(f"/p/{ada}", data={"do": "name", "name": " Ada  Byron "})
    assert (
        app.store.subscribers.find_subscriber("ada@r.example").name
        == "Ada Byron"
    )


def test_one_can_be_forgotten(app: App, client: FlaskClient, ada: str) -> None:
    assert (
        "You are forgotten"
        in client.post(f"/p/{ada}", data={"do": "forget"}).text
    )
    assert app.store.subscribers.find_subscriber("ada@r.example") is None
    assert client.get(f"/p/{ada}").status_code == 404
    assert (
        client.post(f"/u/{ada}").status_code == 200
    )  # their last mail still lets them leave


@pytest.mark.parametrize("token", ["x", "1.forged"])
def test_a_forged_link_shows_and_changes_nobody(
    client: FlaskClient, ada: str, token: str
) -> None:
    assert client.get(f"/p/{token}").status_code == 404
    assert client.post(f"/p/{token}", data={"do": "forget"}).status_code == 404


def test_old_links_stay_good_when_keys_change(
    app: App, client: FlaskClient, ada: str
) -> None:
    app.store.subscribers.add_signing_key(NOW)
    fresh = type(app)(app.workspace, app.clock)
    with fresh:
        web = create_public_app(fresh).test_client()
        assert fresh.tokens.sign_subscriber(1) != app.tokens.sign_subscriber(1)
        assert web.get(f"/p/{ada}").status_code == 200
        assert web.post(f"/u/{ada}").status_code == 200


def test_opening_the_link_changes_nothing(app: App, ada: str) -> None:
    """Scanners open every link in a mail."""
    page = create_public_app(app).test_client().get(f"/u/{ada}")
    assert (page.status_code, app.store.subscribers.count_active()) == (200, 1)
    assert b"<button>Unsubscribe</button>" in page.data
    assert b"ada@r.example" not in page.data


def test_one_click_unsubscribes_without_cookie_or_redirect(
    app: App, ada: str
) -> None:
    client = create_public_app(app).test_client()
    for _ in range(2):
        answer = client.post(
            f"/u/{ada}", data={"List-Unsubscribe": "One-Click"}
        )
        assert (answer.status_code, answer.headers.get("Set-Cookie")) == (
            200,
            None,
        )
    assert app.store.subscribers.count_active() == 0


@pytest.mark.parametrize("token", ["x", "1.forged", "1"])
def test_a_forged_link_removes_nobody(app: App, ada: str, token: str) -> None:
    assert (
        create_public_app(app).test_client().post(f"/u/{token}").status_code
        == 404
    )
    assert app.store.subscribers.count_active() == 1


def test_a_huge_body_is_refused(app: App, ada: str) -> None:
    assert (
        create_public_app(app)
        .test_client()
        .post(f"/u/{ada}", data=b"x" * 5000)
        .status_code
        == 413
    )
