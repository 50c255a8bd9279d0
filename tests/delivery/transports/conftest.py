"""What the tests of transports share."""

from collections.abc import Iterator

import pytest

from tests.fakes.smtp import FakeSmtp


@pytest.fixture(params=["one by one", "pipelining"])
def smtp(request: pytest.FixtureRequest) -> Iterator[FakeSmtp]:
    """A mail server, of the kind that takes commands together and of the kind that does not."""
    with FakeSmtp(pipelining=request.param == "pipelining") as server:
        yield server
