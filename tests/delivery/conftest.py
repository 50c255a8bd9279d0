"""What the tests of delivery share."""

import pytest

from digest.app import App
from tests.conftest import NOW

DAY = NOW.date()


@pytest.fixture
def approved(app: App, audience: list[str]) -> list[str]:
    """Whoever waits for an edition that is approved."""
    app.approval.approve_edition(DAY, "a test")
    return audience
