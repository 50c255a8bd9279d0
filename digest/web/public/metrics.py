"""Whether all is well, for whoever watches: a word for load balancers, figures for Prometheus."""

import hmac
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, abort, request

from digest.model import State

if TYPE_CHECKING:
    from digest.app import App

#: What is told of the press: names of a status, and what they count.
PRESS = {
    "feeds": "Feeds that are watched.",
    "feeds_due": "Feeds whose time to be polled has come.",
    "feeds_lag_seconds": "For how long the oldest of those has been due.",
    "feeds_failing": "Feeds that did not answer well the last time.",
    "pages_waiting": "Pages of articles that are to be read.",
}


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
        text = "".join(f"{line}\n" for family in _families(app) for line in family)
        return Response(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _families(app: "App") -> Iterator[Iterator[str]]:
    """Yield metrics in Prometheus's text format (prometheus.io: "Exposition formats")."""
    yield _gauge(
        "subscribers",
        "People who want mail and may be mailed.",
        [({}, app.store.subscribers.count())],
    )
    status = app.house.status()
    if edition := status["edition"]:
        newest = edition["date"]
        yield _gauge(
            "deliveries",
            "Deliveries of the newest edition, by what is known of them.",
            [({"edition": newest, "state": s}, edition.get(str(s), 0)) for s in State],
        )
        yield _gauge(
            "fates",
            "Deliveries of the newest edition, by what the provider told since.",
            [
                ({"edition": newest, "fate": fate}, number)
                for fate, number in app.store.events.fates(newest).items()
            ],
        )
    mails = status["notices"]
    yield _gauge(
        "notices",
        "Confirmations and welcomes: waiting to be mailed, or given up in the last 30 days.",
        [({"state": state}, mails[state]) for state in ("waiting", "given_up")],
    )
    for name, said in PRESS.items():
        yield _gauge(name, said, [({}, status[name.removesuffix("_seconds")])])
    if "queues" in status:
        yield from _work(status)


def _work(status: dict[str, Any]) -> Iterator[Iterator[str]]:
    queues = status["queues"]
    yield _gauge(
        "workers", "Workers that are connected.", [({}, len(status["workers"]))]
    )
    yield _gauge(
        "jobs",
        "Jobs of a queue: waiting for a worker, for a later time, running, or failed for good.",
        [
            ({"queue": q["queue"], "state": state}, q[state])
            for q in queues
            for state in ("waiting", "later", "running", "failed")
        ],
    )
    yield _gauge(
        "queue_lag_seconds",
        "For how long the oldest job of a queue has waited.",
        [({"queue": q["queue"]}, q["lag"]) for q in queues],
    )


def _gauge(
    name: str, said: str, samples: Iterable[tuple[dict[str, Any], float]]
) -> Iterator[str]:
    yield f"# HELP digest_{name} {said}"
    yield f"# TYPE digest_{name} gauge"
    for labels, value in samples:
        told = ",".join(f'{label}="{of}"' for label, of in labels.items())
        yield f"digest_{name}{{{told}}} {value}" if told else f"digest_{name} {value}"
