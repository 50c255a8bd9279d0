"""Jinja environments: escaping everywhere but in text, no way out of the sandbox."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2
from jinja2 import (
    BaseLoader,
    BytecodeCache,
    ChoiceLoader,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.bccache import Bucket
from jinja2.sandbox import ImmutableSandboxedEnvironment

from digest.errors import RenderError
from digest.infra.i18n import phrases
from digest.render.source_marks import marked
from digest.settings import DEFAULTS

if TYPE_CHECKING:
    from types import CodeType

Environment = ImmutableSandboxedEnvironment
Source = tuple[str, str | None, Callable[[], bool] | None]


class _Marking(BaseLoader):
    """Notes in each MJML template, behind each tag, where the tag stands."""

    def __init__(self, inner: BaseLoader) -> None:
        self._inner = inner

    def get_source(self, environment: jinja2.Environment, template: str) -> Source:
        source, file, fresh = self._inner.get_source(environment, template)
        if template.endswith(".mjml"):
            source = marked(source, _short(file or template))
        return source, file, fresh


class _Compiled(BytecodeCache):
    """Remembers templates as compiled, by name and content.

    An environment lives no longer than one rendering: a file that is laid over a shipped one
    afterwards would not be seen.
    """

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._codes[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


def environment(folder: Path, language: str) -> Environment:
    """Return an environment where templates in `folder` win over those shipped.

    `default:edition.mjml` names the shipped one, so that a template can extend what it replaces.
    What stands in `{% trans %}` is said in the language, if there is a catalogue of it.
    """
    shipped = FileSystemLoader(DEFAULTS / "templates")
    loader = ChoiceLoader(
        [
            FileSystemLoader(folder),
            shipped,
            PrefixLoader({"default": shipped}, delimiter=":"),
        ]
    )
    env = Environment(
        loader=_Marking(loader),
        undefined=StrictUndefined,
        # select_autoescape() leaves .mjml alone, and one "5 < 6" in a headline is enough to make
        # the whole edition fail to compile.
        autoescape=lambda name: not (name or "").endswith(".txt"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        extensions=["jinja2.ext.i18n"],
        bytecode_cache=_COMPILED,
    )
    env.policies["ext.i18n.trimmed"] = True
    env.install_gettext_translations(phrases(language), newstyle=True)  # type: ignore[attr-defined]
    return env


def render(env: Environment, name: str, values: dict[str, object]) -> str:
    """Render a template. Raises RenderError with the template's file and line."""
    try:
        return env.get_template(name).render(values)
    except TemplateNotFound as e:
        raise RenderError(
            f"template {e.name} not found; `digest init` brings the shipped ones"
        ) from e
    except TemplateSyntaxError as e:
        raise RenderError(
            f"{_short(e.filename or name)}:{e.lineno}: {e.message}"
        ) from e
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as e:
        raise RenderError(f"{_line_in_template(e, name)}: {e}") from e


def render_line(source: str, values: dict[str, object]) -> str:
    """Render a one-line template from the settings, as plain text."""
    env = Environment(undefined=StrictUndefined, autoescape=False)
    try:
        return " ".join(env.from_string(source).render(values).split())
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as e:
        raise RenderError(f"feeds.yaml: the template {source!r}: {e}") from e


def _line_in_template(error: Exception, name: str) -> str:
    """Find the template's own line: Jinja puts it into the traceback."""
    place = name
    tb = error.__traceback__
    while tb:
        file = tb.tb_frame.f_code.co_filename
        if "__jinja_template__" in tb.tb_frame.f_globals or file.endswith(
            (".mjml", ".txt", ".html")
        ):
            place = f"{_short(file)}:{tb.tb_lineno}"
        tb = tb.tb_next
    return place


def _short(file: str) -> str:
    return f"templates/{Path(file).name}"
