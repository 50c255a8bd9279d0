"""Explanations of validation errors: turn pydantic's reports into messages for press officers.

Input is pydantic's error details; output is a sentence with what was expected and what was found.
Expected values are described by the models' own descriptions.
"""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from digest.settings.models import Settings
from digest.settings.newsletters import OWN_SECTION, SHARED_SECTION

KeyPath = tuple[str | int, ...]  #: such as ("outlets", 3, "tier")


class EntryName(str):
    """The key or name of an entry of a list, in place of its number."""

    __slots__ = ()


NamedPath = tuple[str | int | EntryName, ...]  #: a KeyPath for people

UNION_MARKS = (SHARED_SECTION, OWN_SECTION)
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


def dotted_path(path: NamedPath) -> str:
    """Write ("outlets", 3, "tier") as outlets[3].tier."""
    text = ""
    for part in path:
        if isinstance(part, int | EntryName):
            text += f"[{part}]"
        else:
            text += f".{part}"
    return text.lstrip(".")


def path_in_file(error: ErrorDetails) -> KeyPath:
    """Return the path of an error as feeds.yaml has it, without pydantic's marks of unions."""
    return tuple(part for part in error["loc"] if part not in UNION_MARKS)


def explain_error(error: ErrorDetails) -> str:
    """Return what was expected and what was found."""
    explain = EXPLANATIONS.get(error["type"], _explain_wrong_value)
    return explain(error)


def is_consequence(error: ErrorDetails) -> bool:
    """Return whether pydantic calls a list too short only because it left out invalid entries."""
    min_length = error.get("ctx", {}).get("min_length", 0)
    return error["type"] == "too_short" and len(error["input"]) >= min_length


def _explain_unknown_key(error: ErrorDetails) -> str:
    path = path_in_file(error)
    key = str(path[-1]).lower()
    if any(word in key for word in SECRET_WORDS):
        return "secrets do not belong in this file; set SENDGRID_API_KEY or SMTP_PASSWORD in .env"
    known_keys = _keys_of(_model_at(path[:-1]))
    similar_keys = get_close_matches(key, known_keys, n=1)
    if similar_keys:
        return f"unknown key; did you mean {similar_keys[0]}?"
    return f"unknown key; known keys are {', '.join(known_keys)}"


def _explain_invalid_key(error: ErrorDetails) -> str:
    return f"expected a key such as organisation, found {error['loc'][-1]!r}"


def _explain_missing(error: ErrorDetails) -> str:
    return f"expected {_description_of(path_in_file(error))}, found nothing"


def _explain_invalid_value(error: ErrorDetails) -> str:
    """Return the message of a validator of ours; mappings, which may be long, are not repeated."""
    message = error["ctx"]["error"]
    if isinstance(error["input"], dict):
        return str(message)
    return f"{message}, found {_show_value(error['input'])}"


def _explain_wrong_value(error: ErrorDetails) -> str:
    """Return what pydantic's own validators expect."""
    template = EXPECTED.get(error["type"], "")
    expected = template.format(**error.get("ctx", {}))
    if not expected:
        expected = _description_of(path_in_file(error))
    return f"expected {expected}, found {_show_value(error['input'])}"


#: By pydantic's type of error; the others are about values of a wrong type or size.
EXPLANATIONS: dict[str, Callable[[ErrorDetails], str]] = {
    "extra_forbidden": _explain_unknown_key,
    "invalid_key": _explain_invalid_key,
    "missing": _explain_missing,
    "value_error": _explain_invalid_value,
}


def _show_value(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    if isinstance(value, bool | int | float):
        return repr(value)
    return repr(str(value))


def _model_at(path: KeyPath) -> type[BaseModel]:
    """Return the model that holds the deepest part of a path that exists."""
    model: type[BaseModel] = Settings
    for part in path:
        field = _field_of(model, part)
        if field is not None:
            model = next(_models_in(field.annotation), model)
    return model


def _field_of(model: type[BaseModel], name: str | int) -> FieldInfo | None:
    """Return the field of a model that a key of feeds.yaml sets; None if there is none."""
    for field_name, field in model.model_fields.items():
        if name == (field.alias or field_name):
            return field
    return None


def _keys_of(model: type[BaseModel]) -> list[str]:
    """Return the keys of feeds.yaml that a model has."""
    return [field.alias or name for name, field in model.model_fields.items()]


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models_in(inner)


def _description_of(path: KeyPath) -> str:
    """Return what is expected at a path, as its field describes it."""
    names = [part for part in path if isinstance(part, str)]
    if not names:
        return "another value"
    field = _field_of(_model_at(path[:-1]), names[-1])
    if field is None or not field.description:
        return "another value"
    return field.description
