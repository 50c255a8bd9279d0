"""Metrics: health for load balancers, figures for Prometheus."""

import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, request

from digest.model import DeliveryState
from digest.web.current import app

if TYPE_CHECKING:
    from digest.app import App

#: Gauges of feeds and pages, by name; the status has the same names, without "_seconds".
FEED_GAUGES = {
    "feeds": "Feeds that are watched.",
    "feeds_due": "Feeds whose time to be polled has come.",
    "feeds_lag_seconds": "For how long the oldest of those has been due.",
    "feeds_failing": "Feeds that did not answer well the last time.",
    "pages_waiting": "Pages of articles that are to be read.",
}
JOB_STATES = ("waiting", "later", "running", "failed")
#: Prometheus's text format (prometheus.io: "Exposition formats").
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

blueprint = Blueprint("metrics", __name__)


@dataclass(frozen=True, slots=True)
class Sample:
    """A value of a gauge, with its labels."""

    value: float
    labels: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Gauge:
    """A metric: its name after "digest_", its description, its samples."""

    name: str
    description: str
    samples: list[Sample]

    def to_text(self) -> str:
        """Return it in Prometheus's text format."""
        lines = [
            f"# HELP digest_{self.name} {self.description}",
            f"# TYPE digest_{self.name} gauge",
        ]
        for sample in self.samples:
            labels = ",".join(
                f'{label}="{value}"' for label, value in sample.labels.items()
            )
            braces = f"{{{labels}}}" if labels else ""
            lines.append(f"digest_{self.name}{braces} {sample.value}")
        return "".join(f"{line}\n" for line in lines)


@blueprint.get("/health")
def show_health() -> dict[str, bool]:
    """Answer 200 if the database answers."""
    app.status.check_database()
    return {"ok": True}


@blueprint.get("/metrics")
def show_metrics() -> Response:
    """Return all gauges to a client with the token; if none is set, the page does not exist."""
    token = app.workspace.secrets.metrics_token
    sent_token = request.headers.get("Authorization", "").removeprefix(
        "Bearer "
    )
    if not token or not hmac.compare_digest(
        sent_token.encode(), token.encode()
    ):
        abort(404)
    return Response(metrics_text(app), content_type=CONTENT_TYPE)


def metrics_text(workspace: "App") -> str:
    """Return a workspace's metrics in Prometheus's text format."""
    return "".join(gauge.to_text() for gauge in _find_gauges(workspace))


def _find_gauges(workspace: "App") -> Iterator[Gauge]:
    apps = workspace.newsletters
    yield Gauge(
        "subscribers",
        "People who want mail and may be mailed.",
        [
            Sample(one.subscribers.count_matching(), _newsletter_label(one))
            for one in apps
        ],
    )
    yield from _edition_gauges(apps)
    status = workspace.status.describe_work()
    yield _notices_gauge(status["notices"])
    for name, description in FEED_GAUGES.items():
        value = status[name.removesuffix("_seconds")]
        yield _simple_gauge(name, description, value)
    if "queues" in status:
        yield from _worker_gauges(status["workers"], status["queues"])


def _newsletter_label(app: "App") -> dict[str, str]:
    """Return the label of a newsletter; none where it is the only one."""
    if app.settings.has_several_newsletters:
        return {"newsletter": app.settings.newsletter.key}
    return {}


def _edition_gauges(apps: "Sequence[App]") -> Iterator[Gauge]:
    """Yield the gauges of each newsletter's newest edition; none if there is no edition."""
    deliveries: list[Sample] = []
    fates: list[Sample] = []
    for one in apps:
        edition = one.status.describe_editions()["edition"]
        if edition is None:
            continue
        day = edition["date"]
        labels = {**_newsletter_label(one), "edition": day}
        deliveries += [
            Sample(edition.get(str(state), 0), {**labels, "state": state})
            for state in DeliveryState
        ]
        fates += [
            Sample(number, {**labels, "fate": fate})
            for fate, number in one.deliveries.count_fates(day).items()
        ]
    if not deliveries:
        return
    yield Gauge(
        "deliveries",
        "Deliveries of the newest edition, by what is known of them.",
        deliveries,
    )
    yield Gauge(
        "fates",
        "Deliveries of the newest edition, by what the provider told since.",
        fates,
    )


def _notices_gauge(counts: Mapping[str, Any]) -> Gauge:
    return Gauge(
        "notices",
        "Confirmations and welcomes: waiting to be mailed, or given up in the last 30 days.",
        [
            Sample(counts[state], {"state": state})
            for state in ("waiting", "given_up")
        ],
    )


def _worker_gauges(
    workers: list[str], queues: list[dict[str, Any]]
) -> Iterator[Gauge]:
    yield _simple_gauge("workers", "Workers that are connected.", len(workers))
    yield Gauge(
        "jobs",
        "Jobs of a queue: waiting for a worker, for a later time, running, or failed for good.",
        [
            Sample(queue[state], {"queue": queue["queue"], "state": state})
            for queue in queues
            for state in JOB_STATES
        ],
    )
    yield Gauge(
        "queue_lag_seconds",
        "For how long the oldest job of a queue has waited.",
        [Sample(queue["lag"], {"queue": queue["queue"]}) for queue in queues],
    )


def _simple_gauge(name: str, description: str, value: float) -> Gauge:
    return Gauge(name, description, [Sample(value, {})])
