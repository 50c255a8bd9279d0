"""What the tests of the public pages share."""

import pytest
from flask.testing import FlaskClient

from digest.app import App
from digest.model import Subscriber
from digest.web.public import public_app
from tests.conftest import NOW


@pytest.fixture
def client(app: App) -> FlaskClient:
    return public_app(app).test_client()


@pytest.fixture
def ada(app: App) -> str:
    app.readers.add_people([Subscriber("ada@r.example", "Ada", "form", NOW)])
    return app.tokens.sign(app.store.subscribers.find("ada@r.example").id)
