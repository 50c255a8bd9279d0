"""Cross-checks of feeds.yaml: what no single model can see.

They run on the tree before it is validated, so that all problems are reported at once; what has the
wrong shape is skipped here, for validation reports it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from digest.model import FOLLOWING, IN_THE_NEWS
from digest.settings.explain import KeyPath


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """A value that contradicts another one."""

    path: KeyPath
    text: str  #: what was expected, and what stood there


@dataclass(frozen=True, slots=True)
class _Value:
    """A value of the tree, of any type, and its place."""

    path: KeyPath
    value: Any


def find_inconsistencies(tree: Mapping[str, Any]) -> list[Inconsistency]:
    """Return names, feeds and keys that are used twice, and sections that do not exist."""
    return [
        *_find_repeated(_values_of(tree, "outlets", "name")),
        *_find_repeated(_feeds_of(tree)),
        *_find_repeated(_values_of(tree, "sections", "key")),
        *_find_unknown_sections(tree),
    ]


def _find_repeated(values: Iterable[_Value]) -> Iterator[Inconsistency]:
    earlier_values: set[str] = set()
    for entry in values:
        if not isinstance(entry.value, str):
            continue
        if entry.value in earlier_values:
            yield Inconsistency(
                entry.path,
                f"expected each once, found {entry.value!r} a second time",
            )
        earlier_values.add(entry.value)


def _find_unknown_sections(tree: Mapping[str, Any]) -> Iterator[Inconsistency]:
    """Yield the topics that name a section which does not exist."""
    sections = {entry.value for entry in _values_of(tree, "sections", "key")}
    sections = sections or {IN_THE_NEWS, FOLLOWING}
    for index, topic in _mappings_in(tree, "topics"):
        if topic.get("section", FOLLOWING) in sections:
            continue
        names = ", ".join(sorted(map(str, sections)))
        section = topic.get("section", f"{FOLLOWING} (the default)")
        yield Inconsistency(
            ("topics", index, "section"),
            f"expected a section's key ({names}), found {section!r}",
        )


def _values_of(
    tree: Mapping[str, Any], list_key: str, key: str
) -> Iterator[_Value]:
    """Yield the value of a key in each mapping of a list; None where it is not there."""
    for index, mapping in _mappings_in(tree, list_key):
        yield _Value((list_key, index, key), mapping.get(key))


def _feeds_of(tree: Mapping[str, Any]) -> Iterator[_Value]:
    for index, outlet in _mappings_in(tree, "outlets"):
        for position, feed in enumerate(_list_or_empty(outlet.get("feeds"))):
            yield _Value(("outlets", index, "feeds", position), feed)


def _mappings_in(
    tree: Mapping[str, Any], list_key: str
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the mappings of a list, with their indexes."""
    for index, entry in enumerate(_list_or_empty(tree.get(list_key))):
        if isinstance(entry, dict):
            yield index, entry


def _list_or_empty(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return []
