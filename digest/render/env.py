"""Jinja environments: escaping everywhere but in text, no way out of the sandbox."""

import re
from pathlib import Path

from jinja2 import (
    ChoiceLoader,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from digest.errors import RenderError
from digest.render.mjml_check import Fault, faults
from digest.settings import DEFAULTS


def environment(folder: Path) -> ImmutableSandboxedEnvironment:
    """Return an environment where templates in `folder` win over those shipped.

    `default:edition.mjml` names the shipped one, so that a template can extend what it replaces.
    """
    shipped = FileSystemLoader(DEFAULTS / "templates")
    loader = ChoiceLoader(
        [FileSystemLoader(folder), shipped, PrefixLoader({"default": shipped}, delimiter=":")]
    )
    return ImmutableSandboxedEnvironment(
        loader=loader,
        undefined=StrictUndefined,
        # select_autoescape() leaves .mjml alone, and one "5 < 6" in a headline is enough to make
        # the whole edition fail to compile.
        autoescape=lambda name: not (name or "").endswith(".txt"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(env: ImmutableSandboxedEnvironment, name: str, values: dict[str, object]) -> str:
    """Render a template. Raises RenderError with the template's file and line."""
    try:
        return env.get_template(name).render(values)
    except TemplateNotFound as e:
        raise RenderError(
            f"template {e.name} not found; `digest init` brings the shipped ones"
        ) from e
    except TemplateSyntaxError as e:
        raise RenderError(f"{_short(e.filename or name)}:{e.lineno}: {e.message}") from e
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as e:
        raise RenderError(f"{_line_in_template(e, name)}: {e}") from e


def check_tags(env: ImmutableSandboxedEnvironment, mjml: str) -> None:
    """Raise RenderError with every unknown or unclosed tag of rendered MJML, with its place."""
    found = [f"{_place(env, fault)}: {fault.what}" for fault in faults(mjml)]
    if found:
        raise RenderError("\n".join(dict.fromkeys(found)))


def _place(env: ImmutableSandboxedEnvironment, fault: Fault) -> str:
    """Find a fault where it was written, if that is one place only; else where it was rendered."""
    written = re.compile(re.escape(fault.tag) + r"(?![\w-])[^>]*" + re.escape(fault.attribute))
    places = [
        f"{_short(file or name)}:{source.count(chr(10), 0, match.start()) + 1}"
        for name in env.list_templates(extensions=["mjml"])
        if ":" not in name and env.loader
        for source, file, _ in [env.loader.get_source(env, name)]
        for match in written.finditer(source)
    ]
    return places[0] if len(places) == 1 else f"edition.mjml as rendered, line {fault.line}"


def render_line(source: str, values: dict[str, object]) -> str:
    """Render a one-line template from the settings, as plain text."""
    env = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    try:
        return " ".join(env.from_string(source).render(values).split())
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as e:
        raise RenderError(f"feeds.yaml: the template {source!r}: {e}") from e


def _line_in_template(error: Exception, name: str) -> str:
    """Find the template's own line: Jinja puts it into the traceback."""
    place, tb = name, error.__traceback__
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
