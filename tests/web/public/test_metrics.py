"""Figures for whoever watches, by their token."""

from collections.abc import Callable

from digest.app import App
from digest.web.public import create_public_app
from tests.conftest import EDITION, NOW

# Watching


def test_figures_are_for_whoever_has_their_token(
    open_app: Callable[..., App], audience: list[str]
) -> None:
    app = open_app({"METRICS_TOKEN": "secret"})
    app.editions.save_source(EDITION)
    app.approval.approve_edition(NOW.date(), "Ada")
    app.sending.send_edition(NOW.date())
    web = create_public_app(app).test_client()
    assert web.get("/health").json == {"ok": True}
    assert web.get("/metrics").status_code == 404
    told = web.get("/metrics", headers={"Authorization": "Bearer secret"}).text
    assert "digest_subscribers 25" in told
    assert "digest_feeds 1\n" in told
    assert "digest_feeds_lag_seconds 0" in told
    assert 'digest_deliveries{edition="2026-02-27",state="accepted"} 25' in told
    assert (
        create_public_app(open_app()).test_client().get("/metrics").status_code
        == 404
    )
