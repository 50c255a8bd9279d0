"""Kinds of values in feeds.yaml: addresses, time zones, templates, rates; checked as read.

A wrong value raises ValueError, which says what was expected.
"""

import re
from typing import Annotated, Any, Literal, get_args
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import idna
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
)

from digest.settings.rates import check_rate

ADDRESS = re.compile(
    r"[^@\s<>\",;:\\()\[\]]+@[^@\s<>\",;:\\()\[\]]+\.[^@\s<>\",;:\\()\[\]]+"
)
# RFC 5646, as much of it as is in use
LANGUAGE_TAG = r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$"
#: characters (RFC 5321, 4.5.3.1.3, less the angle brackets)
MAX_ADDRESS_LENGTH = 254
#: Characters; with a token behind it, it stands on one line of a header.
MAX_PUBLIC_URL_LENGTH = 500
#: Characters of a path or query that are not escaped (RFC 3986).
URL_SIGNS = "/%:@!$&'()*+,;=~?"
MAX_WINDOW_DAYS = 366
SINCE_LAST = "since_last"  #: the window from the edition before
TEMPLATE_VARIABLES = frozenset({"org", "title", "date", "headline", "outlet"})


def _check_url(value: str) -> str:
    parts = urlsplit(value)
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or " " in value
    ):
        raise ValueError(
            "expected a web address such as https://example.org/feed"
        )
    return value


def _check_public_url(value: str) -> str:
    """Return a web address that is valid in a mail's header: ASCII (RFC 5891, RFC 3986)."""
    _check_url(value)
    if len(value) > MAX_PUBLIC_URL_LENGTH:
        raise ValueError(
            f"expected a web address of at most {MAX_PUBLIC_URL_LENGTH} characters"
        )
    if value.isascii():
        return value
    parts = urlsplit(value)
    try:
        netloc = _ascii_domain(parts.hostname or "")
    except idna.IDNAError:
        raise ValueError(
            "expected a web address such as https://letter.example.org"
        ) from None
    if parts.port is not None:
        netloc = f"{netloc}:{parts.port}"
    path = quote(parts.path, safe=URL_SIGNS)
    query = quote(parts.query, safe=URL_SIGNS)
    return urlunsplit((parts.scheme, netloc, path, query, ""))


def _ascii_domain(domain: str) -> str:
    """Return a domain with its letters in ASCII (RFC 5891). Raises idna.IDNAError."""
    return idna.encode(domain, uts46=True).decode()


def _check_mail_address(value: str) -> str:
    """Return an address that every server takes: a domain's letters become ASCII (RFC 5891)."""
    local_part, _, domain = value.rpartition("@")
    address = value
    if not domain.isascii():
        try:
            address = f"{local_part}@{_ascii_domain(domain)}"
        except idna.IDNAError:
            address = ""
    if not ADDRESS.fullmatch(address):
        raise ValueError("expected a mail address such as press@example.org")
    if not address.isascii():
        raise ValueError(
            "expected only ASCII letters before the @, since many servers take no others (RFC 6531)"
        )
    if len(address) > MAX_ADDRESS_LENGTH:
        raise ValueError(
            f"expected a mail address of at most {MAX_ADDRESS_LENGTH} characters"
        )
    return address


def _check_optional_mail_address(value: str) -> str:
    if not value:
        return value
    return _check_mail_address(value)


def _check_time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError(
            "expected a time zone such as America/New_York"
        ) from None
    return value


def _check_template(value: str) -> str:
    from jinja2 import Environment, TemplateSyntaxError, meta

    try:
        syntax_tree = Environment().parse(value)  # noqa: S701 # parsed, never rendered
    except TemplateSyntaxError as error:
        raise ValueError(
            f"expected a Jinja template ({error.message})"
        ) from None
    unknown = meta.find_undeclared_variables(syntax_tree) - TEMPLATE_VARIABLES
    if unknown:
        expected_names = ", ".join(sorted(TEMPLATE_VARIABLES))
        unknown_names = ", ".join(sorted(unknown))
        raise ValueError(
            f"expected only the variables {expected_names}, not {unknown_names}"
        )
    return value


def _check_window(value: Any) -> int | str:
    """Return a number of days, which the environment gives as text, or SINCE_LAST."""
    if value == SINCE_LAST:
        return SINCE_LAST
    try:
        days = int(value)
    except (TypeError, ValueError):
        days = 0
    if not 1 <= days <= MAX_WINDOW_DAYS:
        raise ValueError(
            f"expected a number of days from 1 to {MAX_WINDOW_DAYS}, or {SINCE_LAST}"
        )
    return days


Text = Annotated[str, Field(min_length=1)]
Url = Annotated[str, AfterValidator(_check_url)]
PublicUrl = Annotated[str, AfterValidator(_check_public_url)]
Mail = Annotated[str, AfterValidator(_check_mail_address)]
MailOrNone = Annotated[str, AfterValidator(_check_optional_mail_address)]
TimeZone = Annotated[str, AfterValidator(_check_time_zone)]
Window = Annotated[
    Annotated[int, Field(ge=1, le=MAX_WINDOW_DAYS)] | Literal["since_last"],
    BeforeValidator(_check_window),
]
Rate = Annotated[str, AfterValidator(check_rate)]
Template = Annotated[str, Field(min_length=1), AfterValidator(_check_template)]
Weekday = Literal[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
]
WEEKDAYS: tuple[Weekday, ...] = get_args(
    Weekday
)  #: from Monday, as date.weekday() counts


class Strict(BaseModel):
    """Unknown keys are errors: a misspelt key must never be silently ignored."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, str_strip_whitespace=True
    )
