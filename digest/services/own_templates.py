"""Own templates: the files in templates/ that win over those shipped, and what became of the shipped.

A copy notes what it was made from, in templates/.copied/, so that a later upgrade can be told from
what was changed here. Nothing but `copy_template`, `note_merged` and `remove_unchanged` writes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches, unified_diff
from enum import StrEnum
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from digest.errors import DigestError, NotFound
from digest.settings import DEFAULTS, Workspace

SHIPPED = DEFAULTS / "templates"
#: Folder of what copies were made from, inside templates/.
ORIGINS = ".copied"
#: Letters of a hash in EARLIER_VERSIONS.
HASH_LENGTH = 16
#: A line for each version of a template that was ever shipped: its hash and its name.
EARLIER_VERSIONS = "template_versions.txt"
#: Files beside templates that are none: notes.
NOTES = (".md",)
_NAMED_TEMPLATE = re.compile(
    r"""\{%-?\s*(?:include|extends|import|from)\s+(?:\[\s*)?["'](?:default:)?([^"']+)["']"""
)
_COMPUTED_NAME = re.compile(
    r"""\{%-?\s*(?:include|extends|import|from)\s+[^"'\s\[]"""
)


class TemplateState(StrEnum):
    """What an own template is, beside the shipped one of its name."""

    SAME = "as shipped"
    EARLIER = "as an earlier version shipped it"
    CHANGED = "changed here"
    BEHIND = "changed here, and the shipped one since it was copied"
    ADDED = "included by a template of yours"
    UNUSED = "used by nothing"


@dataclass(frozen=True, slots=True)
class OwnTemplate:
    """A file in templates/."""

    name: str  #: such as story.mjml, or board/story.mjml for one newsletter
    state: TemplateState
    hint: str = ""  #: the name that was perhaps meant


@dataclass(frozen=True, slots=True)
class TemplateDifference:
    """Differences of a template, each as a unified diff; "" if there is none."""

    is_origin_known: bool
    since_copied: str  #: what the shipped one has since; from yours, if the origin is not known
    own_changes: str  #: what was changed here; "" if the origin is not known


def list_own_templates(workspace: Workspace) -> list[OwnTemplate]:
    """Return the files in templates/, by their names."""
    names = _list_names(workspace.templates_folder)
    included = _find_included_names(workspace.templates_folder, names)
    keys = [one.key for one in workspace.settings.newsletters]
    return [
        _describe_template(workspace.templates_folder, name, included, keys)
        for name in names
    ]


def list_unused_templates(workspace: Workspace) -> list[str]:
    """Return sentences on the files in templates/ that nothing uses, such as misspelt ones."""
    return [
        f"templates/{one.name}: no template has this name and none includes it, so that it is used "
        f"nowhere{one.hint}"
        for one in list_own_templates(workspace)
        if one.state == TemplateState.UNUSED
    ]


def list_shipped_templates() -> list[str]:
    """Return the names of the shipped templates."""
    return sorted(
        file.relative_to(SHIPPED).as_posix()
        for file in SHIPPED.rglob("*")
        if file.is_file()
    )


def copy_template(workspace: Workspace, name: str) -> Path:
    """Copy a shipped template into templates/, and note what was copied; return the copy.

    Raises NotFound for a name that is not shipped, DigestError if the file is there already.
    """
    text = _read_shipped(workspace, name)
    target = workspace.templates_folder / name
    if target.exists():
        raise DigestError(
            f"templates/{name} is there already; `digest templates diff {name}` compares it"
        )
    _write(target, text)
    _write(workspace.templates_folder / ORIGINS / name, text)
    return target


def compare_template(workspace: Workspace, name: str) -> TemplateDifference:
    """Return what the shipped template has since yours was copied. Raises NotFound."""
    shipped = _read_shipped(workspace, name)
    own = _read_own(workspace, name)
    origin_file = workspace.templates_folder / ORIGINS / name
    if not origin_file.is_file():
        difference = _diff(own, shipped, f"templates/{name}", "shipped")
        return TemplateDifference(
            is_origin_known=False, since_copied=difference, own_changes=""
        )
    origin = origin_file.read_text("utf-8")
    return TemplateDifference(
        is_origin_known=True,
        since_copied=_diff(origin, shipped, "shipped when copied", "shipped"),
        own_changes=_diff(
            origin, own, "shipped when copied", f"templates/{name}"
        ),
    )


def note_merged(workspace: Workspace, name: str) -> None:
    """Note that your template has what the shipped one has now. Raises NotFound."""
    shipped = _read_shipped(workspace, name)
    _read_own(workspace, name)
    _write(workspace.templates_folder / ORIGINS / name, shipped)


def list_unchanged(workspace: Workspace) -> list[OwnTemplate]:
    """Return the files in templates/ that are as some version shipped them."""
    unchanged = (TemplateState.SAME, TemplateState.EARLIER)
    return [
        one for one in list_own_templates(workspace) if one.state in unchanged
    ]


def remove_unchanged(workspace: Workspace) -> list[OwnTemplate]:
    """Delete what `list_unchanged` returns; return it."""
    removed = list_unchanged(workspace)
    folder = workspace.templates_folder
    for one in removed:
        (folder / one.name).unlink()
        (folder / ORIGINS / one.name).unlink(missing_ok=True)
    return removed


def _describe_template(
    folder: Path, name: str, included: frozenset[str] | None, keys: list[str]
) -> OwnTemplate:
    """Return what a file is. `included` is None if a template computes the names that it includes."""
    shipped_name = _shipped_name(name)
    shipped = SHIPPED / shipped_name
    if shipped.is_file() and _is_place_known(name, keys):
        state = _compare_with_shipped(folder, name, shipped)
        return OwnTemplate(name, state)
    if _is_included(name, included):
        return OwnTemplate(name, TemplateState.ADDED)
    parent, _, _ = name.rpartition("/")
    hint = _hint(shipped_name, list_shipped_templates())
    if not _is_place_known(name, keys):
        hint = _hint(parent, keys) or f"; newsletters are {', '.join(keys)}"
    return OwnTemplate(name, TemplateState.UNUSED, hint)


def _compare_with_shipped(
    folder: Path, name: str, shipped: Path
) -> TemplateState:
    content = (folder / name).read_bytes()
    if content == shipped.read_bytes():
        return TemplateState.SAME
    if (hash_content(content), shipped.name) in _read_earlier_versions():
        return TemplateState.EARLIER
    origin = folder / ORIGINS / name
    if origin.is_file() and origin.read_bytes() != shipped.read_bytes():
        return TemplateState.BEHIND
    return TemplateState.CHANGED


def _is_place_known(name: str, keys: list[str]) -> bool:
    """Return whether a file lies in templates/ itself, or in the folder of a newsletter."""
    parent, _, _ = name.rpartition("/")
    return parent in ("", *keys) or (SHIPPED / name).is_file()


def _list_names(folder: Path) -> list[str]:
    """Return the files in templates/, hidden ones and notes left out."""
    shown = [
        file.relative_to(folder)
        for file in folder.rglob("*")
        if file.is_file() and file.suffix not in NOTES
    ]
    return sorted(name.as_posix() for name in shown if not _is_hidden(name))


def _is_hidden(name: Path) -> bool:
    return any(part.startswith(".") for part in name.parts)


def _find_included_names(
    folder: Path, names: list[str]
) -> frozenset[str] | None:
    """Return the names that own templates include or extend; None if one computes them."""
    included: set[str] = set()
    for name in names:
        text = (folder / name).read_text("utf-8", "replace")
        if _COMPUTED_NAME.search(text):
            return None
        included.update(_NAMED_TEMPLATE.findall(text))
    return frozenset(included)


def _is_included(name: str, included: frozenset[str] | None) -> bool:
    return included is None or not included.isdisjoint(
        (name, _shipped_name(name))
    )


def _shipped_name(name: str) -> str:
    """Return the name of the shipped template that a file replaces: without a newsletter's folder."""
    if (SHIPPED / name).is_file():
        return name
    return name.rpartition("/")[2]


def _read_shipped(workspace: Workspace, name: str) -> str:
    keys = [one.key for one in workspace.settings.newsletters]
    shipped = SHIPPED / _shipped_name(name)
    has_no_way_up = ".." not in Path(name).parts
    is_known = _is_place_known(name, keys) and shipped.is_file()
    if has_no_way_up and is_known:
        return shipped.read_text("utf-8")
    hint = _hint(name, list_shipped_templates())
    raise NotFound(
        f"there is no shipped template {name!r}{hint} (`digest templates list` names them)"
    )


def _read_own(workspace: Workspace, name: str) -> str:
    try:
        return (workspace.templates_folder / name).read_text("utf-8")
    except FileNotFoundError:
        raise NotFound(
            f"templates/{name} is not there: the shipped one is used as it is"
        ) from None
    except UnicodeDecodeError as error:
        raise DigestError(
            f"templates/{name}: expected UTF-8 text, byte {error.start} is not"
        ) from error


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    except OSError as error:
        raise DigestError(
            f"{file}: cannot be written ({error.strerror})"
        ) from error


def _diff(before: str, after: str, before_name: str, after_name: str) -> str:
    lines = unified_diff(
        before.splitlines(), after.splitlines(), before_name, after_name, "", ""
    )
    return "\n".join(line.rstrip("\n") for line in lines)


def hash_content(content: bytes) -> str:
    """Return the hash of a template, as EARLIER_VERSIONS has it."""
    return sha256(content).hexdigest()[:HASH_LENGTH]


def _read_earlier_versions() -> frozenset[tuple[str, str]]:
    return frozenset(_parse_versions())


def _parse_versions() -> Iterator[tuple[str, str]]:
    file = files("digest.services") / EARLIER_VERSIONS
    for line in file.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            content_hash, name = line.split(" ", 1)
            yield content_hash, name


def _hint(word: str, names: list[str]) -> str:
    near = get_close_matches(word, names, n=1)
    if near:
        return f"; did you mean {near[0]}?"
    return ""
