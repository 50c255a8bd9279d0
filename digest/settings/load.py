"""feeds.yaml + .env + environment -> Settings, or every problem at once."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from digest.errors import SettingsError
from digest.model import FOLLOWING, IN_THE_NEWS
from digest.settings.explain import Loc, explain, is_echo, path
from digest.settings.models import Settings

PREFIX = "DIGEST_"
#: Variables of the environment, in the order of the fields of Secrets.
SECRETS = (
    "SENDGRID_API_KEY",
    "SMTP_PASSWORD",
    "OIDC_CLIENT_SECRET",
    "METRICS_TOKEN",
    "DKIM_KEY",
    "IMAP_PASSWORD",
)
FILE = "feeds.yaml"


def _defaults() -> Path:
    """Where feeds.yaml and templates/ as shipped lie: in the wheel, or in the checkout."""
    packaged = Path(__file__).parent.parent / "defaults"
    if packaged.is_dir():
        return packaged
    return packaged.parent.parent


DEFAULTS = _defaults()


@dataclass(frozen=True, slots=True)
class Secrets:
    """What must never stand in a file that is shared."""

    sendgrid_api_key: str = field(default="", repr=False)
    smtp_password: str = field(default="", repr=False)
    oidc_client_secret: str = field(default="", repr=False)
    metrics_token: str = field(default="", repr=False)
    dkim_key: str = field(default="", repr=False)
    imap_password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Workspace:
    """A working folder with its settings."""

    folder: Path
    settings: Settings
    secrets: Secrets
    read_at: float = 0  #: when feeds.yaml was changed last, as it was read

    def changed(self) -> bool:
        """Whether feeds.yaml has been changed since."""
        return changed_at(self.folder) != self.read_at

    @property
    def output(self) -> Path:
        """Where editions are built."""
        return self.folder / "output"

    @property
    def images(self) -> Path:
        """Where the images of editions lie."""
        return self.folder / "images"

    @property
    def templates(self) -> Path:
        """Templates here win over those shipped."""
        return self.folder / "templates"


def load(folder: Path, environ: Mapping[str, str] = os.environ) -> Workspace:
    """Read the working folder's settings.

    `environ` wins over `.env`, which wins over feeds.yaml. Raises SettingsError with a line per
    problem: file, line, key, what was expected, what stood there.
    """
    read_at = changed_at(folder)
    env = {
        k: v for k, v in dotenv_values(folder / ".env").items() if v is not None
    } | dict(environ)
    tree = _read(folder / FILE)
    overridden = dict(_override(tree, env))
    problems = [_locate(tree, loc, text, overridden) for loc, text in _doubles(tree)]
    try:
        settings = Settings.model_validate(tree)
    except ValidationError as e:
        errors = (error for error in e.errors() if not is_echo(error))
        found = [
            _locate(tree, error["loc"], explain(error), overridden) for error in errors
        ]
        raise SettingsError(_in_order(found + problems)) from None
    if problems:
        raise SettingsError(_in_order(problems))
    secrets = Secrets(*(env.get(name, "") for name in SECRETS))
    return Workspace(folder, settings, secrets, read_at)


def changed_at(folder: Path) -> float:
    """Return when feeds.yaml was changed last; 0 if it is not there."""
    try:
        return (folder / FILE).stat().st_mtime
    except OSError:
        return 0


def schema() -> str:
    """Return the JSON Schema of feeds.yaml, so that editors complete and check it."""
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    return (
        json.dumps(
            document | Settings.model_json_schema(), indent=2, ensure_ascii=False
        )
        + "\n"
    )


def _read(file: Path) -> CommentedMap:
    try:
        tree = YAML(typ="rt").load(file.read_text("utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            [f"{file}: not found; `digest init` makes one, -C DIR names another folder"]
        ) from None
    except UnicodeDecodeError as e:
        raise SettingsError(
            [f"{file.name}: expected UTF-8 text, found byte {e.start}"]
        ) from None
    except OSError as e:
        raise SettingsError([f"{file}: cannot be read ({e.strerror})"]) from None
    except YAMLError as e:
        raise SettingsError([_yaml_problem(e)]) from None
    except RecursionError:
        raise SettingsError(
            [f"{FILE}: expected settings, found thousands of brackets"]
        ) from None
    if not isinstance(tree, CommentedMap):
        if tree is None:
            found = "nothing"
        else:
            found = repr(tree)
        raise SettingsError(
            [f"{FILE}:1: expected keys such as organisation:, found {found}"]
        )
    return tree


def _yaml_problem(e: YAMLError) -> str:
    if not isinstance(e, MarkedYAMLError):
        return f"{FILE}: expected YAML ({e})"
    mark = e.problem_mark or e.context_mark
    problem = (e.problem or e.context or "cannot be read").splitlines()[0]
    return (
        f"{FILE}:{mark.line + 1 if mark else 1}: expected valid YAML, found: {problem}"
    )


def _override(tree: CommentedMap, env: Mapping[str, str]) -> Iterator[tuple[Loc, str]]:
    """Lay DIGEST_A__B=value over the tree; yield each place with the variable's name."""
    for name in sorted(env):
        if name.startswith(PREFIX):
            parts = name.removeprefix(PREFIX).lower().split("__")
            loc = tuple(int(p) if p.isdigit() else p for p in parts)
            _place(tree, loc, env[name], name)
            yield loc, name


def _place(tree: Any, loc: Loc, value: str, name: str) -> None:
    try:
        for part in loc[:-1]:
            if isinstance(tree, CommentedMap) and tree.get(part) is None:
                tree[part] = CommentedMap()
            tree = tree[part]
        tree[loc[-1]] = _value(value)
    except (KeyError, IndexError, TypeError):
        raise SettingsError(
            [f"environment: {name}: no such setting as {path(loc)}"]
        ) from None


def _value(text: str) -> Any:
    """Lists and mappings are given as JSON; all else is text, which pydantic converts."""
    if text[:1] in ("[", "{"):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _locate(tree: Any, loc: Loc, text: str, overridden: Mapping[Loc, str]) -> str:
    name = next(
        (n for place, n in overridden.items() if place == loc[: len(place)]), None
    )
    if name:
        where = f"environment: {name}"
    else:
        where = f"{FILE}:{_line(tree, loc)}"
    return f"{where}: {path(loc)}: {text}"


def _line(tree: Any, loc: Loc) -> int:
    """Return the line of the deepest part of `loc` that stands in the file."""
    line = 1
    for part in loc:
        try:
            if isinstance(tree, CommentedMap):
                line = tree.lc.key(part)[0] + 1
            elif isinstance(tree, CommentedSeq):
                line = tree.lc.item(part)[0] + 1
            tree = tree[part]
        except (KeyError, IndexError, TypeError, AttributeError):
            break
    return line


def _doubles(tree: CommentedMap) -> Iterator[tuple[Loc, str]]:
    """Find what one model cannot see: names used twice, sections that do not exist."""
    outlets = _dicts(tree, "outlets")
    sections = _dicts(tree, "sections")
    yield from _repeated((("outlets", i, "name"), o.get("name")) for i, o in outlets)
    feeds = ((i, j, f) for i, o in outlets for j, f in enumerate(_list(o.get("feeds"))))
    yield from _repeated((("outlets", i, "feeds", j), f) for i, j, f in feeds)
    yield from _repeated((("sections", i, "key"), s.get("key")) for i, s in sections)
    known = {s.get("key") for _, s in sections} or {IN_THE_NEWS, FOLLOWING}
    for i, topic in _dicts(tree, "topics"):
        if topic.get("section", FOLLOWING) not in known:
            names = ", ".join(sorted(map(str, known)))
            found = topic.get("section", f"{FOLLOWING} (the default)")
            yield (
                ("topics", i, "section"),
                f"expected a section's key ({names}), found {found!r}",
            )


def _repeated(values: Iterable[tuple[Loc, Any]]) -> Iterator[tuple[Loc, str]]:
    seen: Counter[str] = Counter()
    for loc, value in values:
        if isinstance(value, str):
            seen[value] += 1
            if seen[value] > 1:
                yield loc, f"expected each once, found {value!r} a second time"


def _dicts(tree: CommentedMap, key: str) -> list[tuple[int, dict[str, Any]]]:
    return [(i, v) for i, v in enumerate(_list(tree.get(key))) if isinstance(v, dict)]


def _list(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return []


def _in_order(problems: list[str]) -> list[str]:
    def line(problem: str) -> int:
        place = problem.split(":")[1]
        if place.isdigit():
            return int(place)
        return 0

    return sorted(dict.fromkeys(problems), key=line)
