"""What the tests of collecting share."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from digest.app import App
from digest.settings import load_workspace
from tests.cases.feeds import item, rss
from tests.conftest import NOW, workspace
from tests.fakes.web import Answer, FakeWeb


@pytest.fixture
def collect(tmp_path: Path, web: FakeWeb) -> Callable[..., App]:
    workspace(tmp_path, web.url)
    web.answers["/feed"] = Answer(
        rss(item("Open Water sues the county", "/story"))
    )

    def collected(hour: int = 0) -> App:
        with App(
            load_workspace(tmp_path, {}), lambda: NOW + timedelta(hours=hour)
        ) as app:
            app.report = app.collection.collect_and_fill().report["The Courier"]
            return app

    return collected
