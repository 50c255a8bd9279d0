"""MJML to the HTML that mail clients want. The only user of mjml-python.

Its engine, MRML, prints attribute values in Rust's debug format, reads no file unless told to,
and copies unknown tags into the mail; the steps here are the cure for each.
"""

import re

import mjml

from digest.errors import RenderError
from digest.render.mjml_check import faults
from digest.render.source_marks import place_of, tags_before, unmarked

#: Printed by MRML as \u{a0} and the like inside attributes unless they are references by then.
_REFERENCE = re.compile(r"&#(\d+);")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_UNKNOWN = re.compile(r"</?mj-?[\w-]+")
_STYLE = re.compile(r"(<style[^>]*>)(.*?)</style>", re.DOTALL)
#: Where MRML stumbled, as offsets into its input.
_POSITION = re.compile(r"at position (\d+):\d+")
_DEBUG = re.compile(r"\\u\{[0-9a-f]+\}")


def compile_mjml(marked: str) -> tuple[str, str]:
    """Return MJML without the notes of its places, and HTML.

    Raises RenderError with every unknown or unclosed tag and its place, if MJML cannot be
    compiled, and if it left a tag behind.
    """
    found = list(dict.fromkeys(faults(marked)))
    if found:
        raise RenderError("\n".join(found))
    source = unmarked(marked)
    return source, _checked(
        _tidy(_REFERENCE.sub(_character, _compiled(source, marked)))
    )


def _compiled(source: str, marked: str) -> str:
    safe = _safe(source)
    try:
        return str(mjml.mjml2html(safe, disable_comments=True, fonts={}))
    except ValueError as e:
        at = _POSITION.search(str(e))
        if at:
            number = tags_before(safe, int(at[1]) + 1)
        else:
            number = 0
        place = place_of(marked, number) or "templates/edition.mjml"
        raise RenderError(f"{place}: MJML cannot be compiled: {e}") from e


def _checked(html: str) -> str:
    left = _UNKNOWN.search(html) or _DEBUG.search(html)
    if left:
        raise RenderError(
            f"templates/edition.mjml: MJML left {left.group()!r} in the mail; is it misspelt?"
        )
    return html


def _safe(source: str) -> str:
    ascii_only = source.encode("ascii", "xmlcharrefreplace").decode("ascii")
    return _CONTROLS.sub("", ascii_only).replace("\\", "&#92;")


def _character(match: re.Match[str]) -> str:
    code = int(match[1])
    if code > 160:
        return chr(code)
    return match.group()


def _lean(style: re.Match[str]) -> str:
    """Fold the space in a style element; drop MJML's own for columns, where all are full width."""
    css = " ".join(style[2].split())
    columns = "mj-column-per-100" in css and not re.search(
        r"mj-column-(?!per-100\b)", css
    )
    if columns:
        return ""
    return f"{style[1]}{css}</style>"


def _tidy(html: str) -> str:
    """Repair what MRML leaves invalid or unsupported; each was found by the mail audit."""
    html = _STYLE.sub(_lean, html.replace(' height="auto"', ""))
    html = re.sub(r'(<td[^>]*?) vertical-align="[^"]*"', r"\1", html)
    html = re.sub(r' xmlns:(?:v|o)="[^"]*"', "", html)
    html = re.sub(
        r"(?:cursor:auto|text-transform:none|word-spacing:normal);?", "", html
    )
    html = re.sub(r'\s+target="_blank"', "", html)
    return re.sub(r"<!\[endif\]-->\s*<!--\[if mso \| IE\]>", "", html)
