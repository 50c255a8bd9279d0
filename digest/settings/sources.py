"""Models of `sources:` in feeds.yaml: where articles come from beside feeds.

Their docstrings and descriptions are part of the JSON Schema.
"""

from typing import Literal

from pydantic import Field, model_validator

from digest.settings.fields import Strict, Text

#: Variable of the environment with the password of all mailboxes, or with _NAME of one.
PASSWORD_VARIABLE = "MAIL_PASSWORD"  # noqa: S105 # the name of a variable
MAX_DAYS = 90


class MailSource(Strict):
    """A mailbox or a folder of .eml files with newsletters and alerts. Its password: MAIL_PASSWORD,
    or MAIL_PASSWORD_ and its name, in the environment."""

    name: str = Field(
        pattern=r"^[a-z][a-z0-9_]{0,31}$",
        description="its name here, in small letters, such as alerts",
    )
    host: str = Field(
        "", description="its IMAP server's host name; empty for files"
    )
    port: int = Field(993, ge=1, le=65535, description="its port")
    security: Literal["tls", "starttls", "none"] = Field(
        "tls", description="how it encrypts"
    )
    username: str = Field("", description="the account's name")
    folder: Text = Field("INBOX", description="the folder that is read")
    path: str = Field(
        "", description="a folder of .eml files instead of a mailbox"
    )
    senders: tuple[Text, ...] = Field(
        (),
        description="addresses or domains whose mail is read, such as news@example.org or "
        "example.org; empty for all",
    )
    days: int = Field(
        14, ge=1, le=MAX_DAYS, description="days that a mailbox is read back"
    )
    follow: bool = Field(
        default=True,
        description="false if links that hide where they lead must not be followed",
    )

    @property
    def password_variables(self) -> tuple[str, str]:
        """Variables of the environment that may have its password, its own first."""
        own = f"{PASSWORD_VARIABLE}_{self.name.upper()}"
        return own, PASSWORD_VARIABLE

    @model_validator(mode="after")
    def _is_one_of_both(self) -> "MailSource":
        if bool(self.host) == bool(self.path):
            raise ValueError(
                "expected either host, of an IMAP server, or path, of a folder of .eml files"
            )
        if self.host and not self.username:
            raise ValueError("expected a username where host is given")
        return self


class Sources(Strict):
    """Where articles come from beside the outlets' feeds."""

    mail: tuple[MailSource, ...] = Field(
        (), description="mailboxes with newsletters and alerts"
    )
