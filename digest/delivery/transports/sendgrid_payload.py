"""Email as a SendGrid request: encoded once, then only addresses and tokens are filled in.

Plain JSON, a thousand personalizations a request: the SDK's helper objects take three times the
processor for the same bytes, and encoding dictionaries half of what a send takes in all.
"""

import json
from collections.abc import Sequence
from typing import Any

from digest.delivery.message import (
    feedback_id,
    list_id,
    one_line,
    unsubscribe_headers,
)
from digest.model import TOKEN_PLACEHOLDER, Email, Recipient

#: Marks for a recipient's own values. TOKEN itself stays: it is what SendGrid is to substitute.
ADDRESS = "@@digest-address@@"
SUBSCRIBER = "@@digest-subscriber@@"
TOKEN_VALUE = "@@digest-value@@"  # noqa: S105

#: SendGrid's own lists of addresses that it mails nothing to.
SUPPRESSION_LISTS = ("bounce", "spam", "unsubscribe")


class Body(bytes):
    """A request's JSON. What the SDK posts it writes into its debug log: of this only the size."""

    def encode(self, _encoding: str) -> "Body":
        """Return it as it is: the SDK encodes what it posts."""
        return self

    def __format__(self, _spec: str) -> str:
        return f"{len(self)} bytes"


class Payload:
    """The body of POST /v3/mail/send for one email, ready for any recipients."""

    def __init__(self, email: Email) -> None:
        """Encode what all recipients share. Raises DigestError for a header with a line break."""
        self._shared_fields = json.dumps(_shared_fields(email)).removesuffix(
            "}"
        )
        self._template = _personalization_template(email)

    def encode_request(
        self, recipients: Sequence[Recipient], more: dict[str, Any]
    ) -> Body:
        """Return a request to these recipients; `more` are top-level fields of its own."""
        personalizations = ",".join(
            self._make_personalization(recipient) for recipient in recipients
        )
        own_fields = "".join(
            f", {json.dumps(name)}: {json.dumps(value)}"
            for name, value in more.items()
        )
        text = (
            f"{self._shared_fields}{own_fields}, "
            f'"personalizations": [{personalizations}]}}'
        )
        return Body(text.encode("ascii"))

    def _make_personalization(self, recipient: Recipient) -> str:
        return self._template % {
            "address": json.dumps(one_line(recipient.address)),
            "subscriber": recipient.subscriber,
            "token": recipient.token,
        }


def _shared_fields(email: Email) -> dict[str, Any]:
    disabled = {"enable": False}
    fields: dict[str, Any] = {
        "from": {
            "email": one_line(email.sender_address),
            "name": one_line(email.sender_name),
        },
        "reply_to": {"email": one_line(email.reply_to)},
        "subject": one_line(email.subject),
        "content": [
            {"type": "text/plain", "value": email.text},
            {"type": "text/html", "value": email.html},
        ],
        "headers": _kind_headers(email),
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": disabled,
            "subscription_tracking": disabled,
        },
    }
    if not email.unsubscribe_url:
        fields["mail_settings"] = _bypass_suppression_lists()
    return fields


def _bypass_suppression_lists() -> dict[str, Any]:
    """Return the settings that make SendGrid mail an address on its suppression lists.

    Only for confirmations, which a person asked for at that moment: people who bounced, complained
    or unsubscribed can subscribe again by them (twilio.com/docs/sendgrid: Mail Send, mail_settings).
    """
    return {
        f"bypass_{name}_management": {"enable": True}
        for name in SUPPRESSION_LISTS
    }


def _personalization_template(email: Email) -> str:
    """Return a personalization as JSON with printf-style fields for a recipient's values."""
    # "%" stands for itself in the email; only the three marks are filled in
    escaped = json.dumps(_personalization_fields(email)).replace("%", "%%")
    return (
        escaped.replace(f'"{ADDRESS}"', "%(address)s")
        .replace(SUBSCRIBER, "%(subscriber)d")
        .replace(TOKEN_VALUE, "%(token)s")
    )


def _personalization_fields(email: Email) -> dict[str, Any]:
    """Return a personalization, with marks where a recipient's values go."""
    fields: dict[str, Any] = {
        "to": [{"email": ADDRESS}],
        "substitutions": {TOKEN_PLACEHOLDER: TOKEN_VALUE},
        "custom_args": {
            "edition": email.key.short_name,
            "subscriber": SUBSCRIBER,
        },
    }
    if email.unsubscribe_url:
        fields["headers"] = unsubscribe_headers(email, TOKEN_VALUE)
    return fields


def _kind_headers(email: Email) -> dict[str, str]:
    if not email.unsubscribe_url:
        return {"Auto-Submitted": "auto-replied"}  # RFC 3834, 5
    return {"List-ID": list_id(email), "Feedback-ID": feedback_id(email)}
