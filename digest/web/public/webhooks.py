"""Webhooks: a mail provider's events on delivered mail; signed, recent, each stored once."""

from flask import Blueprint, abort, request

from digest.delivery.transports.sendgrid_webhook import (
    is_signed_by,
    read_events,
)
from digest.web.current import app

PATH = "/hooks/sendgrid"
#: SendGrid posts events once they are 768 KB, or after thirty seconds (twilio.com/docs/sendgrid:
#: "Event Webhook", batches); three times that is room for its metadata to grow.
MAX_BODY_BYTES = 3_000_000

blueprint = Blueprint("webhooks", __name__)


@blueprint.post(PATH)
def receive_sendgrid_events() -> dict[str, int]:
    """Store SendGrid's events; answer how many of them are new."""
    request.max_content_length = MAX_BODY_BYTES
    body = request.get_data(cache=False)
    key = app.settings.delivery.sendgrid.webhook_key
    if not key or not is_signed_by(
        body, dict(request.headers), key, app.clock()
    ):
        abort(403)
    return {"new": app.deliveries.record_events(read_events(body))}
