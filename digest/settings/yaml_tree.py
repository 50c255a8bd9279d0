"""The YAML tree of feeds.yaml: read it, override it from the environment, find lines in it.

Input is the file and the variables DIGEST_A__B, which override the key `a.b`. SettingsError if the
file is no YAML, or a variable names no setting.
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from digest.errors import SettingsError
from digest.settings.explain import (
    EntryName,
    KeyPath,
    NamedPath,
    dotted_path,
)

FILE = "feeds.yaml"
DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
PREFIX = "DIGEST_"
PATH_SEPARATOR = "__"


def read_tree(file: Path) -> CommentedMap:
    """Return the tree of a file. Raises SettingsError if it is none of keys and values."""
    try:
        text = file.read_text("utf-8")
        tree = YAML(typ="rt").load(text)
    except FileNotFoundError:
        raise SettingsError(
            [
                f"{file}: not found; `digest init` makes one, -C DIR names another folder"
            ]
        ) from None
    except UnicodeDecodeError as error:
        raise SettingsError(
            [f"{file.name}: expected UTF-8 text, found byte {error.start}"]
        ) from None
    except OSError as error:
        raise SettingsError(
            [f"{file}: cannot be read ({error.strerror})"]
        ) from None
    except YAMLError as error:
        raise SettingsError([_describe_yaml_error(error)]) from None
    except ValueError as error:  # a date that no calendar has
        raise SettingsError([_describe_wrong_date(text, error)]) from None
    except RecursionError:
        raise SettingsError(
            [f"{FILE}: expected settings, found thousands of brackets"]
        ) from None
    if isinstance(tree, CommentedMap):
        return tree
    content = "nothing" if tree is None else repr(tree)
    raise SettingsError(
        [f"{FILE}:1: expected keys such as organisation:, found {content}"]
    )


def _describe_wrong_date(text: str, error: ValueError) -> str:
    """Return the message for a date such as 2026-02-30, which ruamel.yaml refuses without a line."""
    for number, line in enumerate(text.splitlines(), start=1):
        for written_date in DATE.findall(line):
            try:
                date.fromisoformat(written_date)
            except ValueError:
                return (
                    f"{FILE}:{number}: expected a date of the calendar such as 2026-02-27, "
                    f"found {written_date!r}"
                )
    return f"{FILE}: expected valid YAML, found: {error}"


def _describe_yaml_error(error: YAMLError) -> str:
    if not isinstance(error, MarkedYAMLError):
        return f"{FILE}: expected YAML ({error})"
    line = 1
    mark = error.problem_mark or error.context_mark
    if mark:
        line = mark.line + 1
    message = error.problem or error.context or "cannot be read"
    return (
        f"{FILE}:{line}: expected valid YAML, found: {message.splitlines()[0]}"
    )


def override_tree(
    tree: CommentedMap, environment: Mapping[str, str]
) -> dict[KeyPath, str]:
    """Set what variables DIGEST_A__B=value name; return the variables by the path of their key.

    Raises SettingsError if there is no such place in the tree.
    """
    overrides = {}
    for name in sorted(environment):
        if name.startswith(PREFIX):
            path = _path_of_variable(name)
            try:
                _set_value(tree, path, environment[name])
            except (KeyError, IndexError, TypeError):
                raise SettingsError(
                    [
                        f"environment: {name}: no such setting as {dotted_path(path)}"
                    ]
                ) from None
            overrides[path] = name
    return overrides


def _path_of_variable(name: str) -> KeyPath:
    """Return the path that a variable names: DIGEST_OUTLETS__0__TIER is outlets, 0, tier."""
    parts = name.removeprefix(PREFIX).lower().split(PATH_SEPARATOR)
    return tuple(map(_key_or_index, parts))


def _key_or_index(part: str) -> str | int:
    if part.isdigit():
        return int(part)
    return part


def _set_value(tree: CommentedMap, path: KeyPath, text: str) -> None:
    """Set the value at a path. Raises KeyError, IndexError or TypeError if there is no such."""
    branch: Any = tree
    for part in path[:-1]:
        if isinstance(branch, CommentedMap) and branch.get(part) is None:
            branch[part] = CommentedMap()
        branch = branch[part]
    branch[path[-1]] = _parse_value(text)


def _parse_value(text: str) -> Any:
    """Return a variable's value: JSON for lists and mappings, else text, which pydantic converts."""
    if not text.startswith(("[", "{")):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def locate(
    tree: CommentedMap, path: KeyPath, overrides: Mapping[KeyPath, str]
) -> str:
    """Return the place of a key, and its path: "feeds.yaml:3: organisation.aliases".

    An entry of a list is named by its key or name, if it has one: "newsletters[clips].window".
    """
    named_path = dotted_path(_name_entries(tree, path))
    for overridden_path, name in overrides.items():
        if path[: len(overridden_path)] == overridden_path:
            return f"environment: {name}: {named_path}"
    return f"{FILE}:{_find_line(tree, path)}: {named_path}"


def _name_entries(tree: CommentedMap, path: KeyPath) -> NamedPath:
    """Return a path whose numbers are replaced by the names of the entries, where they have some."""
    branch: Any = tree
    named: list[str | int | EntryName] = []
    for part in path:
        try:
            branch = branch[part]
        except (KeyError, IndexError, TypeError):
            branch = None
        named.append(part)
        if isinstance(part, int) and isinstance(branch, CommentedMap):
            name = branch.get("key") or branch.get("name")
            if isinstance(name, str):
                named[-1] = EntryName(name)
    return tuple(named)


def _find_line(tree: CommentedMap, path: KeyPath) -> int:
    """Return the line (from 1) of the deepest part of a path that is in the file."""
    line = 1
    branch: Any = tree
    for part in path:
        try:
            if isinstance(branch, CommentedMap):
                line = branch.lc.key(part)[0] + 1
            elif isinstance(branch, CommentedSeq):
                line = branch.lc.item(part)[0] + 1
            branch = branch[part]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return line
