"""MJML: compile it to HTML for mail programs. The only user of mjml-python.

Its engine, MRML, prints attribute values in Rust's debug format, reads no file by default,
and copies unknown tags into the mail; each step here works around one of these.
"""

import re

import mjml

from digest.errors import RenderError
from digest.render.mjml_check import find_faults
from digest.render.source_marks import place_of, remove_marks, tags_before

#: Printed by MRML as \u{a0} and the like inside attributes unless they are references by then.
_REFERENCE = re.compile(r"&#(\d+);")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_UNKNOWN = re.compile(r"</?mj-?[\w-]+")
_STYLE = re.compile(r"(<style[^>]*>)(.*?)</style>", re.DOTALL)
#: Places of MRML's errors, as offsets into its input.
_POSITION = re.compile(r"at position (\d+):\d+")
_DEBUG = re.compile(r"\\u\{[0-9a-f]+\}")
#: References up to this code are left as they are: controls, and the space that must not break.
_LAST_KEPT_REFERENCE = 160
_FULL_WIDTH_COLUMN = "mj-column-per-100"
_OTHER_COLUMN = re.compile(r"mj-column-(?!per-100\b)")
#: What Outlook classic needs to read the resolution in the head (office), and shapes (vml).
OUTLOOK_NAMESPACE = re.compile(r' xmlns:(?:v|o)="[^"]*"')
#: Replacements for invalid or unsupported output of MRML, in order; found by the mail audit.
_REPAIRS = (
    (re.compile(r'(<td[^>]*?) vertical-align="[^"]*"'), r"\1"),
    (
        re.compile(
            r"(?:cursor:auto|text-transform:none|word-spacing:normal);?"
        ),
        "",
    ),
    (re.compile(r'\s+target="_blank"'), ""),
    (re.compile(r"<!\[endif\]-->\s*<!--\[if mso \| IE\]>"), ""),
)


def compile_mjml(marked: str) -> tuple[str, str]:
    """Return MJML without the notes of its places, and HTML.

    Raises RenderError with every unknown or unclosed tag and its place, if MJML cannot be
    compiled, and if it left a tag behind.
    """
    problems = list(dict.fromkeys(find_faults(marked)))
    if problems:
        raise RenderError("\n".join(problems))
    source = remove_marks(marked)
    html = _compile(source, marked)
    html = _REFERENCE.sub(_resolve_reference, html)
    html = _repair_html(html)
    _check_html(html)
    return source, html


def _compile(source: str, marked: str) -> str:
    safe = _make_safe(source)
    try:
        return str(mjml.mjml2html(safe, disable_comments=True, fonts={}))
    except ValueError as error:
        tag_number = 0
        position = _POSITION.search(str(error))
        if position:
            tag_number = tags_before(safe, int(position[1]) + 1)
        place = place_of(marked, tag_number) or "templates/edition.mjml"
        raise RenderError(
            f"{place}: MJML cannot be compiled: {error}"
        ) from error


def _check_html(html: str) -> None:
    """Raise RenderError if a tag of MJML or Rust's debug format got into the mail."""
    leftover = _UNKNOWN.search(html) or _DEBUG.search(html)
    if leftover:
        raise RenderError(
            f"templates/edition.mjml: MJML left {leftover.group()!r} in the mail; is it misspelt?"
        )


def _make_safe(source: str) -> str:
    """Write what MRML would print in debug format as references, and drop control characters."""
    ascii_only = source.encode("ascii", "xmlcharrefreplace").decode("ascii")
    return _CONTROLS.sub("", ascii_only).replace("\\", "&#92;")


def _resolve_reference(match: re.Match[str]) -> str:
    code = int(match[1])
    if code > _LAST_KEPT_REFERENCE:
        return chr(code)
    return match.group()


def _shorten_style(style: re.Match[str]) -> str:
    """Fold the space in a style element; drop MJML's own for columns, where all are full width."""
    css = " ".join(style[2].split())
    if _FULL_WIDTH_COLUMN in css and not _OTHER_COLUMN.search(css):
        return ""
    return f"{style[1]}{css}</style>"


def _repair_html(html: str) -> str:
    html = _STYLE.sub(_shorten_style, html.replace(' height="auto"', ""))
    for pattern, replacement in _REPAIRS:
        html = pattern.sub(replacement, html)
    return html
