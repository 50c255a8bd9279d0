"""Cross-checks of feeds.yaml: what no single model can see.

They run on the tree before it is validated, so that all problems are reported at once; what has the
wrong shape is skipped here, for validation reports it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from digest.model import FOLLOWING, IN_THE_NEWS
from digest.settings.explain import KeyPath

#: First parts of addresses of the desk and of the public pages, which no newsletter may have.
RESERVED_KEYS = frozenset(
    "about add alerts api audit begin blocks bookmarklet c check feed feeds health help history "
    "hooks images join leave login logout mailboxes me metrics new newsletters oidc p people "
    "picture preferences press reports search settings speak staff static status subscribe subscribers "
    "u".split()
)


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
    """Return names, feeds and keys that are used twice, sections and topics that do not exist."""
    return [
        *_find_missing_newsletter(tree),
        *_find_wrong_keys(tree),
        *_find_repeated(_values_of(tree, "outlets", "name")),
        *_find_repeated(_feeds_of(tree)),
        *_find_repeated(_mailbox_names_of(tree)),
        *_find_repeated(_values_of(tree, "sections", "key")),
        *_find_repeated(_values_of(tree, "newsletters", "key")),
        *_find_unknown_sections(tree),
        *_find_unknown_shared_sections(tree),
        *_find_unknown_topics(tree),
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


def _find_missing_newsletter(
    tree: Mapping[str, Any],
) -> Iterator[Inconsistency]:
    """Yield that there is no newsletter, or both ways of giving them."""
    has_one = tree.get("newsletter") is not None
    has_list = tree.get("newsletters") is not None
    if has_one and has_list:
        yield Inconsistency(
            ("newsletters",),
            "expected either newsletter or newsletters, found both",
        )
    if not (has_one or tree.get("newsletters")):
        yield Inconsistency(
            ("newsletter",),
            "expected the newsletter itself (or newsletters, a list), found nothing",
        )


def _find_wrong_keys(tree: Mapping[str, Any]) -> Iterator[Inconsistency]:
    """Yield newsletters of a list that have no key, and keys that have a meaning in addresses."""
    for entry in _values_of(tree, "newsletters", "key"):
        if entry.value is None:
            yield Inconsistency(
                entry.path, "expected a key such as clips, found nothing"
            )
    for newsletter in _newsletters_of(tree):
        key = newsletter.value.get("key")
        if isinstance(key, str) and key in RESERVED_KEYS:
            yield Inconsistency(
                (*newsletter.path, "key"),
                f"expected another key, since {key!r} has a meaning in addresses",
            )


def _find_unknown_sections(tree: Mapping[str, Any]) -> Iterator[Inconsistency]:
    """Yield the topics that name a section which does not exist, here or in a newsletter."""
    sections = _shared_section_keys(tree)
    for newsletter in _newsletters_of(tree):
        sections |= {
            entry.value
            for entry in _values_of(newsletter.value, "sections", "key")
        }
    listed_topics = _topics_of_sections(tree)
    for index, topic in _mappings_in(tree, "topics"):
        if topic.get("section", FOLLOWING) in sections:
            continue
        if "section" not in topic and topic.get("name") in listed_topics:
            continue
        section = topic.get("section", f"{FOLLOWING} (the default)")
        yield Inconsistency(
            ("topics", index, "section"),
            f"expected a section's key ({_names(sections)}), found {section!r}",
        )


def _find_unknown_shared_sections(
    tree: Mapping[str, Any],
) -> Iterator[Inconsistency]:
    """Yield the newsletters that name a shared section which does not exist."""
    shared_keys = _shared_section_keys(tree)
    for newsletter in _newsletters_of(tree):
        sections = _list_or_empty(newsletter.value.get("sections"))
        for index, section in enumerate(sections):
            if isinstance(section, str) and section not in shared_keys:
                yield Inconsistency(
                    (*newsletter.path, "sections", index),
                    f"expected a shared section's key ({_names(shared_keys)}), or a section "
                    f"with key and title, found {section!r}",
                )


def _find_unknown_topics(tree: Mapping[str, Any]) -> Iterator[Inconsistency]:
    """Yield the sections that take a topic which does not exist."""
    topics = {entry.value for entry in _values_of(tree, "topics", "name")}
    owners = [_Value((), tree), *_newsletters_of(tree)]
    for owner in owners:
        for index, section in _mappings_in(owner.value, "sections"):
            for place, topic in enumerate(
                _list_or_empty(section.get("topics"))
            ):
                if topic not in topics:
                    yield Inconsistency(
                        (*owner.path, "sections", index, "topics", place),
                        f"expected a topic's name ({_names(topics)}), found {topic!r}",
                    )


def _topics_of_sections(tree: Mapping[str, Any]) -> set[Any]:
    """Return the topics that some section takes by their names."""
    listed_topics: set[Any] = set()
    for owner in [_Value((), tree), *_newsletters_of(tree)]:
        for _, section in _mappings_in(owner.value, "sections"):
            for topic in _list_or_empty(section.get("topics")):
                if isinstance(topic, str):
                    listed_topics.add(topic)
    return listed_topics


def _shared_section_keys(tree: Mapping[str, Any]) -> set[Any]:
    keys = {entry.value for entry in _values_of(tree, "sections", "key")}
    return keys or {IN_THE_NEWS, FOLLOWING}


def _newsletters_of(tree: Mapping[str, Any]) -> Iterator[_Value]:
    """Yield the mappings of all newsletters, the only one or those listed."""
    only = tree.get("newsletter")
    if isinstance(only, dict):
        yield _Value(("newsletter",), only)
    for index, newsletter in _mappings_in(tree, "newsletters"):
        yield _Value(("newsletters", index), newsletter)


def _names(values: Iterable[Any]) -> str:
    return ", ".join(sorted(map(str, values)))


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


def _mailbox_names_of(tree: Mapping[str, Any]) -> Iterator[_Value]:
    sources = tree.get("sources")
    if isinstance(sources, dict):
        for entry in _values_of(sources, "mail", "name"):
            yield _Value(("sources", *entry.path), entry.value)


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
