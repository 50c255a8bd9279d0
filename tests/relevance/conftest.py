"""What the tests of relevance share."""

from pathlib import Path

import pytest

from digest.settings import Settings, load_workspace


@pytest.fixture
def rules(folder: Path) -> Settings:
    return load_workspace(folder, {}).settings
