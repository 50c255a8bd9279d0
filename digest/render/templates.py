"""Jinja templates: load and render them, sandboxed, with escaping everywhere but in text."""

from collections.abc import Callable
from pathlib import Path
from traceback import walk_tb
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
from digest.infra.i18n import (
    NEWSLETTER_FOLDER,
    ReaderLanguage,
    reader_language,
)
from digest.infra.running_text import fold_spaces
from digest.render.source_marks import mark_source
from digest.render.template_blocks import find_vain_parts
from digest.settings import DEFAULTS
from digest.settings.designs import PLAIN

if TYPE_CHECKING:
    from types import CodeType

Environment = ImmutableSandboxedEnvironment
FOLDER = "templates"
#: The folder of the shipped templates with one folder for each design that has files of its own.
THEMES = "themes"
_TEMPLATE_SUFFIXES = (".mjml", ".txt", ".html")
Source = tuple[str, str | None, Callable[[], bool] | None]


class _Marking(BaseLoader):
    """Notes in each MJML template, behind each tag, the tag's place."""

    def __init__(self, inner: BaseLoader) -> None:
        self._inner = inner

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> Source:
        source, file, is_fresh = self._inner.get_source(environment, template)
        if template.endswith(".mjml"):
            source = mark_source(source, _short_name(file or template))
        return source, file, is_fresh


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


def find_reader_language(language: str, templates: Path) -> ReaderLanguage:
    """Return a language for readers; the catalogues in locale/, beside the templates, win."""
    return reader_language(language, templates.with_name(NEWSLETTER_FOLDER))


def make_environment(
    folder: Path, newsletter: str, reader: ReaderLanguage, design: str = PLAIN
) -> Environment:
    """Return an environment where templates in `folder` win over those shipped.

    Those in its folder that is called by the newsletter's key win over both. Of those shipped, the
    design's own come first. `default:edition.mjml` names the shipped one, so that a template can
    extend what it replaces. Texts in `{% trans %}` are translated, if there is a catalogue of the
    language.
    """
    templates = DEFAULTS / FOLDER
    shipped = FileSystemLoader([templates / THEMES / design, templates])
    loader = ChoiceLoader(
        [
            FileSystemLoader(folder / newsletter),
            FileSystemLoader([folder, folder / THEMES / design]),
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
    env.install_gettext_translations(reader.phrases, newstyle=True)  # type: ignore[attr-defined]
    return env


def render_template(
    env: Environment, name: str, values: dict[str, object]
) -> str:
    """Render a template. Raises RenderError with the template's file and line."""
    try:
        template = env.get_template(name)
        _check_blocks(env, name, template.filename or "")
        return template.render(values)
    except TemplateNotFound as error:
        raise RenderError(
            f"template {error.name} not found; `digest templates list` names those there are"
        ) from error
    except TemplateSyntaxError as error:
        raise RenderError(
            f"{_short_name(error.filename or name)}:{error.lineno}: {error.message}"
        ) from error
    except (
        TemplateError,
        TypeError,
        ValueError,
        ArithmeticError,
        LookupError,
    ) as error:
        raise RenderError(
            f"{_place_in_template(error, name)}: {error}"
        ) from error


def _check_blocks(env: Environment, name: str, file: str) -> None:
    """Refuse a template of the working folder's that says something in vain."""
    if Path(file).is_relative_to(DEFAULTS):
        return
    problems = [
        f"{_short_name(file)}:{line}: {words}"
        for line, words in find_vain_parts(env, name)
    ]
    if problems:
        raise RenderError("\n".join(problems))


def render_line(source: str, values: dict[str, object]) -> str:
    """Render a one-line template from the settings, as plain text."""
    env = Environment(undefined=StrictUndefined, autoescape=False)
    try:
        return fold_spaces(env.from_string(source).render(values))
    except (
        TemplateError,
        TypeError,
        ValueError,
        ArithmeticError,
        LookupError,
    ) as error:
        raise RenderError(
            f"feeds.yaml: the template {source!r}: {error}"
        ) from error


def _place_in_template(error: Exception, name: str) -> str:
    """Return file and line of a template, which Jinja puts into the traceback.

    The innermost template counts; without one it is the template that was rendered.
    """
    place = name
    for frame, line in walk_tb(error.__traceback__):
        file = frame.f_code.co_filename
        is_template = "__jinja_template__" in frame.f_globals
        if is_template or file.endswith(_TEMPLATE_SUFFIXES):
            place = f"{_short_name(file)}:{line}"
    return place


def _short_name(file: str) -> str:
    """Return a template's name as people know it, in the folder of a newsletter where it is there."""
    path = Path(file)
    newsletter = path.parent
    if newsletter.parent.name == FOLDER:
        return f"{FOLDER}/{newsletter.name}/{path.name}"
    if newsletter.parent.name == THEMES and path.parents[2].name == FOLDER:
        return f"{FOLDER}/{THEMES}/{newsletter.name}/{path.name}"
    return f"{FOLDER}/{path.name}"
