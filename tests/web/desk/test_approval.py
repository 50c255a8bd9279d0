"""Approving at the desk: what the page showed, and nothing else."""

import time

from flask.testing import FlaskClient

from digest.app import App
from tests.desk_client import DAY, page, post
from tests.web.desk.test_desk import confirm

# Leaving


def test_a_yes_is_to_what_the_page_showed(
    picked: FlaskClient, stocked: App
) -> None:
    seen = page(picked, f"/{DAY}/send").xpath("//input[@name='hash']/@value")[0]
    stocked.editing_as("Ada").change_heading(
        DAY, {"subject": "Changed"}, {"subject": "What the records show"}
    )
    assert (
        post(picked, f"/{DAY}/approve", hash=seen, by="Ada").status_code == 409
    )
    assert stocked.store.editions.get_approval(DAY) is None


def test_approved_and_sent_to_the_outbox_with_the_proof(
    picked: FlaskClient, audience: list[str], stocked: App
) -> None:
    confirm(picked, "approve")
    assert "Approved by" in page(picked, f"/{DAY}/send").text_content()
    confirm(picked, "send")
    for _ in range(100):
        if stocked.store.deliveries.is_complete(DAY):
            break
        time.sleep(0.05)
    shown = page(picked, f"/{DAY}/send").text_content()
    assert "25 messages are in the outbox; nobody was mailed" in shown


def test_an_unapproved_edition_is_not_sent(
    picked: FlaskClient, audience: list[str], stocked: App
) -> None:
    plan = stocked.sending.plan_send(DAY)
    form = {
        "hash": plan.content_hash,
        "people": "25",
        "transport": plan.transport,
    }
    answer = post(picked, f"/{DAY}/send", **form, confirmed="yes")
    assert answer.status_code == 400
    assert "obody has approved" in answer.text
    assert (
        "is not approved" in page(picked, f"/{DAY}/confirm/send").text_content()
    )
    assert stocked.store.deliveries.get_delivery_report(DAY).planned == 0
