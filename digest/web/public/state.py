"""Whether all is well, for whoever watches: a word for load balancers, figures for Prometheus."""

import hmac
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flask import Flask, Response, abort, request

from digest.model import State

if TYPE_CHECKING:
    from digest.app import App


def add(web: Flask, app: "App") -> None:
    """Add health, and the metrics for whoever has their token; without one set there are none."""
    token = app.workspace.secrets.metrics_token

    @web.get("/health", endpoint="health")
    def health() -> dict[str, bool]:
        app.store.editions.latest()
        return {"ok": True}

    @web.get("/metrics", endpoint="metrics")
    def metrics() -> Response:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if not token or not hmac.compare_digest(given.encode(), token.encode()):
            abort(404)
        text = "".join(f"{line}\n" for line in _lines(app))
        return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _lines(app: "App") -> Iterator[str]:
    yield "# HELP digest_subscribers People who want mail and may be mailed."
    yield "# TYPE digest_subscribers gauge"
    yield f"digest_subscribers {app.store.subscribers.count()}"
    yield "# HELP digest_deliveries Deliveries of the newest edition, by what is known of them."
    yield "# TYPE digest_deliveries gauge"
    newest = app.store.editions.latest()
    if newest is None:
        return
    counts = app.store.deliveries.proof(newest).counts
    for known in State:
        labels = f'edition="{newest}",state="{known}"'
        yield f"digest_deliveries{{{labels}}} {counts.get(known, 0)}"
    yield "# HELP digest_fates Deliveries of the newest edition, by what the provider told since."
    yield "# TYPE digest_fates gauge"
    for fate, number in app.store.events.fates(newest).items():
        yield f'digest_fates{{edition="{newest}",fate="{fate}"}} {number}'
