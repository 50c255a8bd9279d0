"""A letter as a SendGrid request: encoded once, then only addresses and tokens are filled in.

Plain JSON, a thousand personalizations a request: the SDK's helper objects take three times the
processor for the same bytes, and encoding dictionaries half of what a send takes in all.
"""

import json
from collections.abc import Sequence
from typing import Any

from digest.delivery.message import feedback_id, list_id, one_line, unsubscribe_headers
from digest.model import TOKEN, Letter, Recipient

#: Where a recipient's own goes. TOKEN itself stays: it is what SendGrid is to substitute.
ADDRESS = "@@digest-address@@"
SUBSCRIBER = "@@digest-subscriber@@"
VALUE = "@@digest-value@@"


class Body(bytes):
    """A request's JSON. What the SDK posts it writes into its debug log: of this only the size."""

    def encode(self, _encoding: str) -> "Body":
        """Return it as it is: the SDK encodes what it posts."""
        return self

    def __format__(self, _spec: str) -> str:
        return f"{len(self)} bytes"


class Payload:
    """The body of POST /v3/mail/send for one letter, ready for any recipients."""

    def __init__(self, letter: Letter) -> None:
        """Encode what is of the letter. Raises DigestError for a header with a line break."""
        self._shared = json.dumps(_shared(letter)).removesuffix("}")
        # "%" stands for itself in the letter; only the three marks are filled in
        own = (
            json.dumps(_own(letter))
            .replace("%", "%%")
            .replace(f'"{ADDRESS}"', "%(address)s")
        )
        self._own = own.replace(SUBSCRIBER, "%(subscriber)d").replace(
            VALUE, "%(token)s"
        )

    def to(self, recipients: Sequence[Recipient], more: dict[str, Any]) -> Body:
        """Return a request to these; `more` are top-level fields of its own."""
        people = ",".join(
            self._own
            % {
                "address": json.dumps(one_line(address)),
                "subscriber": who,
                "token": token,
            }
            for who, address, token in recipients
        )
        fields = "".join(
            f", {json.dumps(n)}: {json.dumps(value)}" for n, value in more.items()
        )
        return Body(
            f'{self._shared}{fields}, "personalizations": [{people}]}}'.encode("ascii")
        )


def _shared(letter: Letter) -> dict[str, Any]:
    off = {"enable": False}
    shared = {
        "from": {
            "email": one_line(letter.sender_address),
            "name": one_line(letter.sender_name),
        },
        "reply_to": {"email": one_line(letter.reply_to)},
        "subject": one_line(letter.subject),
        "content": [
            {"type": "text/plain", "value": letter.text},
            {"type": "text/html", "value": letter.html},
        ],
        "headers": _headers(letter),
        "tracking_settings": {
            "click_tracking": {"enable": False, "enable_text": False},
            "open_tracking": off,
            "subscription_tracking": off,
        },
    }
    if letter.unsubscribe_url:
        return shared
    return shared | {"mail_settings": _whatever_was()}


def _whatever_was() -> dict[str, Any]:
    """Return what lets a mail through to one whom SendGrid's own lists would keep from it.

    For confirmations alone, which a person asked for at that moment: who bounced, complained or
    left can come back by them (twilio.com/docs/sendgrid: Mail Send, mail_settings).
    """
    lists = ("bounce", "spam", "unsubscribe")
    return {f"bypass_{name}_management": {"enable": True} for name in lists}


def _own(letter: Letter) -> dict[str, Any]:
    """Return a personalization, with marks where a recipient's own goes."""
    own: dict[str, Any] = {
        "to": [{"email": ADDRESS}],
        "substitutions": {TOKEN: VALUE},
        "custom_args": {
            "edition": letter.edition.isoformat(),
            "subscriber": SUBSCRIBER,
        },
    }
    if letter.unsubscribe_url:
        own["headers"] = unsubscribe_headers(letter, VALUE)
    return own


def _headers(letter: Letter) -> dict[str, str]:
    if not letter.unsubscribe_url:
        return {"Auto-Submitted": "auto-replied"}  # RFC 3834, 5
    return {"List-ID": list_id(letter), "Feedback-ID": feedback_id(letter)}
