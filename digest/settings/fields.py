"""Kinds of values in feeds.yaml: addresses, time zones, templates, rates; checked as read.

A wrong value raises ValueError, which says what was expected.
"""

import re
from typing import Annotated, Literal
from urllib.parse import quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import idna
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from digest.settings import rates

ADDRESS = re.compile(
    r"[^@\s<>\",;:\\()\[\]]+@[^@\s<>\",;:\\()\[\]]+\.[^@\s<>\",;:\\()\[\]]+"
)
LANGUAGE_TAG = r"^[a-z]{2,3}(-[A-Za-z0-9]+)*$"  # RFC 5646, as much of it as is in use
LONGEST_ADDRESS = 254  #: characters (RFC 5321, 4.5.3.1.3, less the angle brackets)
#: characters; with a token behind it, it stands on one line of a header
LONGEST_PUBLIC_URL = 500
TEMPLATE_VARIABLES = frozenset({"org", "title", "date", "headline", "outlet"})


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or " " in value:
        raise ValueError("expected a web address such as https://example.org/feed")
    return value


def _public_address(value: str) -> str:
    """Return a web address as it may stand in a mail's header: ASCII (RFC 5891, RFC 3986)."""
    _web_address(value)
    if len(value) > LONGEST_PUBLIC_URL:
        raise ValueError(
            f"expected a web address of at most {LONGEST_PUBLIC_URL} characters"
        )
    if value.isascii():
        return value
    parts = urlsplit(value)
    try:
        host = idna.encode(parts.hostname or "", uts46=True).decode()
    except idna.IDNAError:
        raise ValueError(
            "expected a web address such as https://letter.example.org"
        ) from None
    if parts.port is None:
        netloc = host
    else:
        netloc = f"{host}:{parts.port}"
    path, query = (
        quote(part, safe="/%:@!$&'()*+,;=~?") for part in (parts.path, parts.query)
    )
    return urlunsplit((parts.scheme, netloc, path, query, ""))


def _mail_address(value: str) -> str:
    """Return an address that every server takes: a domain's letters become ASCII (RFC 5891)."""
    local, _, domain = value.rpartition("@")
    try:
        if domain.isascii():
            plain = value
        else:
            plain = f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        plain = ""
    if not ADDRESS.fullmatch(plain):
        raise ValueError("expected a mail address such as press@example.org")
    if not plain.isascii():
        raise ValueError(
            "expected only ASCII letters before the @, since many servers take no others (RFC 6531)"
        )
    if len(plain) > LONGEST_ADDRESS:
        raise ValueError(
            f"expected a mail address of at most {LONGEST_ADDRESS} characters"
        )
    return plain


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValueError("expected a time zone such as America/New_York") from None
    return value


def _template(value: str) -> str:
    from jinja2 import Environment, TemplateSyntaxError, meta

    try:
        unknown = (
            meta.find_undeclared_variables(Environment().parse(value))  # noqa: S701
            - TEMPLATE_VARIABLES
        )
    except TemplateSyntaxError as e:
        raise ValueError(f"expected a Jinja template ({e.message})") from None
    if unknown:
        known = ", ".join(sorted(TEMPLATE_VARIABLES))
        raise ValueError(
            f"expected only the variables {known}, not {', '.join(sorted(unknown))}"
        )
    return value


Text = Annotated[str, Field(min_length=1)]
Url = Annotated[str, AfterValidator(_web_address)]
PublicUrl = Annotated[str, AfterValidator(_public_address)]
Mail = Annotated[str, AfterValidator(_mail_address)]
MailOrNone = Annotated[
    str, AfterValidator(lambda value: value and _mail_address(value))
]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Rate = Annotated[str, AfterValidator(rates.checked)]
Template = Annotated[str, Field(min_length=1), AfterValidator(_template)]
Weekday = Literal[
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
]


class Strict(BaseModel):
    """Unknown keys are errors: a misspelt key must never be silently ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)
