"""Every theme is shown side by side, whatever the newsletter has now, and nothing is changed."""

import pytest

from digest.app import App
from digest.services import theme_previews
from digest.settings.designs import DESIGNS
from tests.conftest import EDITION


def test_an_edition_is_written_in_every_theme(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(theme_previews, "BROWSERS", ())
    app.editions.save_source(EDITION)
    day = app.editions.resolve_date()
    before = app.editions.read_source(day)
    written = app.output_files.write_themes(app.editions.render_in_designs(day))
    assert written.picture is None
    page = written.page.read_text("utf-8")
    for name in DESIGNS:
        assert f'src="{name}.html"' in page
        mail = written.page.with_name(f"{name}.html").read_text("utf-8")
        assert "Headline of the first lead" in mail
        assert "@@" not in mail
    assert app.editions.read_source(day) == before
