"""Settings: load feeds.yaml, .env and the environment, or report every problem at once.

`load_workspace` returns a `Workspace`; SettingsError holds a line per problem, with file, line and key. The
steps: read the YAML tree, override it from the environment, validate it (pydantic), and check what
no single model can see.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from dotenv import dotenv_values
from pydantic import ValidationError

from digest.errors import NotFound, SettingsError
from digest.settings.cross_checks import find_inconsistencies
from digest.settings.explain import (
    KeyPath,
    explain_error,
    is_consequence,
    path_in_file,
)
from digest.settings.models import Settings
from digest.settings.yaml_tree import FILE, locate, override_tree, read_tree

#: Variables of the environment, in the order of the fields of Secrets.
SECRETS = (
    "SENDGRID_API_KEY",
    "SMTP_PASSWORD",
    "OIDC_CLIENT_SECRET",
    "METRICS_TOKEN",
    "DKIM_KEY",
    "IMAP_PASSWORD",
)


def _find_defaults() -> Path:
    """Return where feeds.yaml and templates/ as shipped lie: in the wheel, or in the checkout."""
    packaged = Path(__file__).parent.parent / "defaults"
    if packaged.is_dir():
        return packaged
    return packaged.parent.parent


DEFAULTS = _find_defaults()


@dataclass(frozen=True, slots=True)
class Secrets:
    """Keys and passwords, which must never be in a file that is shared."""

    sendgrid_api_key: str = field(default="", repr=False)
    smtp_password: str = field(default="", repr=False)
    oidc_client_secret: str = field(default="", repr=False)
    metrics_token: str = field(default="", repr=False)
    dkim_key: str = field(default="", repr=False)
    imap_password: str = field(default="", repr=False)
    #: of the mailboxes of sources.mail, by their names
    mail_passwords: Mapping[str, str] = field(
        default_factory=dict, repr=False, kw_only=True
    )


@dataclass(frozen=True, slots=True)
class Workspace:
    """A working folder with its settings."""

    folder: Path
    settings: Settings
    secrets: Secrets
    #: when feeds.yaml was changed last, in seconds since 1970
    read_at: float = 0

    def for_newsletter(self, key: str) -> "Workspace":
        """Return the workspace as it is for one newsletter. Raises NotFound if there is none."""
        try:
            settings = self.settings.for_newsletter(key)
        except KeyError:
            keys = ", ".join(one.key for one in self.settings.newsletters)
            raise NotFound(
                f"there is no newsletter {key!r} in {FILE}; there is {keys}"
            ) from None
        return replace(self, settings=settings)

    def has_changed(self) -> bool:
        """Whether feeds.yaml has been changed since."""
        return changed_at(self.folder) != self.read_at

    @property
    def output_folder(self) -> Path:
        """The folder that editions are built in."""
        return self.folder / "output"

    @property
    def images_folder(self) -> Path:
        """The folder with the images of editions."""
        return self.folder / "images"

    @property
    def templates_folder(self) -> Path:
        """Templates here win over those shipped."""
        return self.folder / "templates"

    @property
    def locale_folder(self) -> Path:
        """Catalogues here win over those shipped."""
        return self.folder / "locale"


def load_workspace(
    folder: Path, environ: Mapping[str, str] = os.environ
) -> Workspace:
    """Read the working folder's settings.

    `environ` wins over `.env`, which wins over feeds.yaml. Raises SettingsError with a line per
    problem: file, line, key, what was expected, what stood there.
    """
    read_at = changed_at(folder)
    environment = _read_env_file(folder) | dict(environ)
    tree = read_tree(folder / FILE)
    overrides = override_tree(tree, environment)

    def describe(path: KeyPath, text: str) -> str:
        return f"{locate(tree, path, overrides)}: {text}"

    problems = [
        describe(problem.path, problem.text)
        for problem in find_inconsistencies(tree)
    ]
    try:
        settings = Settings.model_validate(tree)
    except ValidationError as error:
        invalid = [
            describe(path_in_file(detail), explain_error(detail))
            for detail in error.errors()
            if not is_consequence(detail)
        ]
        raise SettingsError(_sort_by_line(invalid + problems)) from None
    if problems:
        raise SettingsError(_sort_by_line(problems))
    settings = settings.with_newsletter(settings.newsletter)
    secrets = replace(
        Secrets(*(environment.get(name, "") for name in SECRETS)),
        mail_passwords=_find_mail_passwords(settings, environment),
    )
    return Workspace(folder, settings, secrets, read_at)


def locate_keys(
    folder: Path,
    paths: Iterable[KeyPath],
    environ: Mapping[str, str] = os.environ,
) -> list[str]:
    """Return the places of keys in settings that are valid: "feeds.yaml:3: organisation.aliases"."""
    environment = _read_env_file(folder) | dict(environ)
    tree = read_tree(folder / FILE)
    overrides = override_tree(tree, environment)
    return [locate(tree, path, overrides) for path in paths]


def _find_mail_passwords(
    settings: Settings, environment: Mapping[str, str]
) -> dict[str, str]:
    """Return the passwords of the mailboxes of sources.mail by their names; "" where there is none."""
    passwords: dict[str, str] = {}
    for source in settings.sources.mail:
        found = [environment.get(one) for one in source.password_variables]
        passwords[source.name] = next(filter(None, found), "")
    return passwords


def _read_env_file(folder: Path) -> dict[str, str]:
    values = dotenv_values(folder / ".env")
    return {name: value for name, value in values.items() if value is not None}


def changed_at(folder: Path) -> float:
    """Return when feeds.yaml was changed last, in seconds since 1970; 0 if it is not there."""
    try:
        return (folder / FILE).stat().st_mtime
    except OSError:
        return 0


def settings_schema() -> str:
    """Return the JSON Schema of feeds.yaml, so that editors complete and check it."""
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    document |= Settings.model_json_schema()
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _sort_by_line(problems: Sequence[str]) -> list[str]:
    """Return problems in the order of their lines, each once."""
    return sorted(dict.fromkeys(problems), key=_line_of_problem)


def _line_of_problem(problem: str) -> int:
    """Return the line that a problem begins with, as in "feeds.yaml:3: …"; 0 if there is none."""
    line = problem.split(":")[1]
    if line.isdigit():
        return int(line)
    return 0
