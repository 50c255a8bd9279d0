"""From what pydantic and ruamel say to what a press officer can act on."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from digest.settings.models import Settings

Loc = tuple[str | int, ...]

SECRET_WORDS = ("key", "password", "secret", "token")
EXPECTED = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "text (put it in quotes)",
    "string_too_short": "some text",
    "tuple_type": "a list",
    "too_short": "at least one entry",
    "model_type": "keys and values",
    "greater_than_equal": "at least {ge}",
    "greater_than": "more than {gt}",
    "less_than_equal": "at most {le}",
    "literal_error": "{expected}",
}


def path(loc: Loc) -> str:
    """Write ("outlets", 3, "tier") as outlets[3].tier."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return text.lstrip(".")


def explain(error: ErrorDetails) -> str:
    """Say what was expected and what stood there."""
    kind = error["type"]
    ctx = error.get("ctx", {})
    if kind == "extra_forbidden":
        return _unknown_key(error["loc"])
    if kind == "invalid_key":
        return f"expected a key such as organisation, found {error['loc'][-1]!r}"
    if kind == "missing":
        return f"expected {_description(error['loc'])}, found nothing"
    if kind == "value_error" and isinstance(error["input"], dict):
        return str(ctx["error"])
    if kind == "value_error":
        return f"{ctx['error']}, found {_shown(error['input'])}"
    expected = EXPECTED.get(kind, "").format(**ctx) or _description(error["loc"])
    return f"expected {expected}, found {_shown(error['input'])}"


def is_echo(error: ErrorDetails) -> bool:
    """Say whether pydantic calls a list too short only because it left out what it refused."""
    kept = error.get("ctx", {}).get("min_length", 0)
    return error["type"] == "too_short" and len(error["input"]) >= kept


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return repr(value if isinstance(value, bool | int | float) else str(value))


def _unknown_key(loc: Loc) -> str:
    key = str(loc[-1])
    known = list(_model_at(loc[:-1]).model_fields)
    if any(word in key.lower() for word in SECRET_WORDS):
        return "secrets do not belong in this file; set SENDGRID_API_KEY or SMTP_PASSWORD in .env"
    close = get_close_matches(key.lower(), known, n=1)
    if close:
        hint = f"did you mean {close[0]}?"
    else:
        hint = f"known keys are {', '.join(known)}"
    return f"unknown key; {hint}"


def _model_at(loc: Loc) -> type[BaseModel]:
    model: type[BaseModel] = Settings
    for part in loc:
        if isinstance(part, str) and part in model.model_fields:
            model = next(_models_in(model.model_fields[part].annotation), model)
    return model


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models_in(inner)


def _description(loc: Loc) -> str:
    names = [part for part in loc if isinstance(part, str)]
    if names:
        field = _model_at(loc[:-1]).model_fields.get(names[-1])
    else:
        field = None
    return (field.description if field else None) or "another value"
