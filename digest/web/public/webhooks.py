"""The provider's word on what became of mail: signed, fresh, once each."""

from typing import TYPE_CHECKING

from flask import Flask, abort, request

from digest.delivery.transports.sendgrid_webhook import read_events, verified

if TYPE_CHECKING:
    from digest.app import App

PATH = "/hooks/sendgrid"
#: Bytes: SendGrid posts events once they are 768 KB, or after thirty seconds (twilio.com/docs/
#: sendgrid: "Event Webhook", batches); three times that is room for its metadata to grow.
LARGEST = 3_000_000


def add(web: Flask, app: "App") -> None:
    """Add the address that SendGrid posts its events to."""
    key = app.settings.delivery.sendgrid.webhook_key

    @web.post(PATH, endpoint="hook")
    def events() -> tuple[dict[str, int], int]:
        request.max_content_length = LARGEST
        body = request.get_data(cache=False)
        if not key or not verified(body, dict(request.headers), key, app.clock()):
            abort(403)
        return {"new": app.store.events.take(read_events(body), app.clock())}, 200
