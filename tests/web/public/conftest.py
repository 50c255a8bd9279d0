"""What the tests of the public pages share."""

import pytest
from flask.testing import FlaskClient

from digest.app import App
from digest.model import Subscriber
from digest.web.public import create_public_app
from tests.conftest import NOW


@pytest.fixture
def client(app: App) -> FlaskClient:
    return create_public_app(app).test_client()


@pytest.fixture
def ada(app: App) -> str:
    app.subscribers.add_people(
        [Subscriber("ada@r.example", "Ada", "form", NOW)]
    )
    return app.tokens.sign_subscriber(
        app.store.subscribers.find_subscriber("ada@r.example").id
    )
