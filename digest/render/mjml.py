"""MJML to the HTML that mail clients want. The only user of mjml-python.

Its engine, MRML, prints attribute values in Rust's debug format, reads no file unless told to,
and copies unknown tags into the mail; the steps here are the cure for each.
"""

import re

import mjml

from digest.errors import RenderError

#: Printed by MRML as \u{a0} and the like inside attributes unless they are references by then.
_REFERENCE = re.compile(r"&#(\d+);")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_UNKNOWN = re.compile(r"</?mj-?[\w-]+")
_DEBUG = re.compile(r"\\u\{[0-9a-f]+\}")


def compile_mjml(source: str) -> str:
    """Return HTML. Raises RenderError if MJML cannot be compiled or left a tag behind."""
    try:
        html = mjml.mjml2html(_safe(source), disable_comments=True, fonts={})
    except ValueError as e:
        raise RenderError(f"templates/edition.mjml: MJML cannot be compiled: {e}") from e
    html = _tidy(_REFERENCE.sub(_character, html))
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
    return chr(code) if code > 160 else match.group()


def _tidy(html: str) -> str:
    """Repair what MRML leaves invalid or unsupported; each was found by the mail audit."""
    html = html.replace(' height="auto"', "")
    html = re.sub(r'(<td[^>]*?) vertical-align="[^"]*"', r"\1", html)
    html = re.sub(r' xmlns:(?:v|o)="[^"]*"', "", html)
    html = re.sub(r"(?:cursor:auto|text-transform:none|word-spacing:normal);?", "", html)
    html = re.sub(r'\s+target="_blank"', "", html)
    return re.sub(r"<!\[endif\]-->\s*<!--\[if mso \| IE\]>", "", html)
