"""Models of `delivery:` in feeds.yaml: transports, and the mailbox of bounces.

Their docstrings and descriptions are part of the JSON Schema.
"""

from typing import Any, Literal

from pydantic import Field, model_validator

from digest.settings.fields import MailOrNone, Rate, Strict, Text, Url

MAX_RETURN_PATH_LENGTH = 36  #: characters before its @; VERP adds 28 at most
SENDGRID_MINUTES = 10  #: that SendGrid needs to take mail back


class Smtp(Strict):
    """A mail server. Secrets come from the environment: SMTP_PASSWORD, DKIM_KEY (as PEM)."""

    host: Text = Field("localhost", description="the server's host name")
    port: int = Field(587, ge=1, le=65535, description="its port")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="how it encrypts"
    )
    username: str = Field("", description="the account's name; empty for none")
    connections: int = Field(
        4, ge=1, le=32, description="connections at a time"
    )
    rate: Rate = Field(
        "600 a minute", description="messages at most, such as 600 a minute"
    )
    dkim_selector: str = Field(
        "",
        description="name of the key in DKIM_KEY to sign mail with; empty if the server signs it",
    )
    return_path: MailOrNone = Field(
        "",
        description="the address that bounces go to; empty for the sender's own",
    )
    verp: bool = Field(
        default=False,
        description="true if the return path's server takes subaddresses (bounces+x@example.org), "
        "so that each message has a return path of its own",
    )
    verp_separator: Literal["+", "-", "="] = Field(
        "+",
        description="the sign between the return path's name and a subaddress",
    )

    @model_validator(mode="after")
    def _has_room_for_verp(self) -> "Smtp":
        if self.verp and not self.return_path:
            raise ValueError("expected a return_path where verp is true")
        local_part = self.return_path.rpartition("@")[0]
        if self.verp and len(local_part) > MAX_RETURN_PATH_LENGTH:
            raise ValueError(
                f"expected at most {MAX_RETURN_PATH_LENGTH} characters before the @ of a return_path "
                "with verp (RFC 5321 allows 64 in all)"
            )
        return self


class Bounces(Strict):
    """A mailbox that bounces come back to. Its password: IMAP_PASSWORD in the environment."""

    host: str = Field(
        "", description="its IMAP server's host name; empty if none is read"
    )
    port: int = Field(993, ge=1, le=65535, description="its port")
    security: Literal["tls", "starttls", "none"] = Field(
        "tls", description="how it encrypts"
    )
    username: str = Field("", description="the account's name")
    folder: Text = Field("INBOX", description="the folder that is read")
    handled: Literal["keep", "move", "delete"] = Field(
        "keep",
        description="what is done with handled mail; keep: it stays, marked as read",
    )
    handled_folder: Text = Field(
        "Handled", description="where handled mail is moved to"
    )
    address: MailOrNone = Field(
        "",
        description="the mailbox's own address, to which mail programs may write in order "
        "to unsubscribe; empty for newsletter.reply_to",
    )

    @model_validator(mode="after")
    def _has_an_account(self) -> "Bounces":
        if self.host and not self.username:
            raise ValueError("expected a username where host is given")
        return self


class Sendgrid(Strict):
    """SendGrid's API. Its key comes from the environment: SENDGRID_API_KEY."""

    host: Url = Field(
        "https://api.sendgrid.com", description="the API's address"
    )
    undo_minutes: int = Field(
        15,
        ge=0,
        le=4320,
        description="minutes that SendGrid holds mail, so that it can still be cancelled; "
        "0 to send it at once, else 11 or more",
    )
    at_once: int = Field(8, ge=1, le=8, description="requests at a time")
    rate: Rate = Field(
        "60,000 a minute", description="messages at most, such as 600 a minute"
    )
    webhook_key: str = Field(
        "",
        description="the public key of its signed Event Webhook; empty if that is not used",
    )

    @model_validator(mode="after")
    def _can_be_undone(self) -> "Sendgrid":
        if 0 < self.undo_minutes <= SENDGRID_MINUTES:
            raise ValueError(
                f"expected undo_minutes of 0, or more than the {SENDGRID_MINUTES} SendGrid needs"
            )
        return self


class Delivery(Strict):
    """How mail is sent."""

    transport: Literal["outbox", "smtp", "sendgrid"] = Field(
        "outbox", description="a transport"
    )
    fallback: Literal["", "smtp", "sendgrid"] = Field(
        "",
        description="a second transport, for mail that the first certainly did not accept",
    )
    dkim_selectors: tuple[Text, ...] = Field(
        (),
        description="names of the keys your mail is signed with, for `digest doctor`",
    )
    smtp: Smtp = Field(default_factory=Smtp, description="the mail server")
    sendgrid: Sendgrid = Field(default_factory=Sendgrid, description="SendGrid")
    bounces: Bounces = Field(
        default_factory=Bounces, description="the mailbox for bounces"
    )

    @model_validator(mode="before")
    @classmethod
    def _rates_are_of_a_transport(cls, data: Any) -> Any:
        if isinstance(data, dict) and "per_minute" in data:
            raise ValueError(
                "expected a transport's own rate instead of per_minute: "
                f"smtp: {{rate: {data['per_minute']} a minute}}"
            )
        return data

    @model_validator(mode="after")
    def _falls_back_on_another(self) -> "Delivery":
        if self.fallback and self.transport in ("outbox", self.fallback):
            raise ValueError(
                "expected a fallback that is not the transport itself, and none for the outbox"
            )
        return self
