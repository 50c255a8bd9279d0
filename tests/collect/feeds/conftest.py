"""What the tests of feeds share."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from digest.app import App
from digest.settings import load_workspace
from tests.cases.feeds import rss
from tests.conftest import NOW, workspace
from tests.fakes.web import Answer, FakeWeb


@pytest.fixture
def poll(tmp_path: Path, web: FakeWeb) -> Callable[..., App]:
    """Serve a feed of these items, collect, and return the app; each time an hour later."""
    workspace(tmp_path, web.url)
    times = iter(range(1000))

    def collected(*items: str, feeds_only: bool = True) -> App:
        web.answers["/feed"] = Answer(rss(*items))
        hour = next(times)
        with App(
            load_workspace(tmp_path, {}), lambda: NOW + timedelta(hours=hour)
        ) as app:
            app.report = app.collection.collect_and_fill(
                everything=True, feeds_only=feeds_only
            ).report
            return app

    return collected
