"""What mjml-python passes over in silence: unknown tags and attributes, tags left open or crossed.

The tables are MJML 4's (documentation.mjml.io); components without a list here may carry anything.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

_PADDING = "padding padding-top padding-right padding-bottom padding-left"
_BORDER = "border border-top border-right border-bottom border-left border-radius"
_FONT = "color font-family font-size font-style font-weight letter-spacing line-height"
_FACE = "background-color background-url background-repeat background-size background-position"
_EVERY = frozenset("css-class mj-class lang dir id title role".split())


def _set(*words: str) -> frozenset[str]:
    return frozenset(" ".join(words).split()) | _EVERY


#: Attributes by tag; None: any.
ATTRIBUTES: dict[str, frozenset[str] | None] = {
    "mjml": _set("owa"),
    "mj-head": _set(),
    "mj-title": _set(),
    "mj-preview": _set(),
    "mj-attributes": _set(),
    "mj-all": None,
    "mj-class": None,
    "mj-breakpoint": _set("width"),
    "mj-font": _set("name href"),
    "mj-style": _set("inline"),
    "mj-raw": _set("position"),
    "mj-body": _set("background-color width"),
    "mj-section": _set(
        _PADDING,
        _BORDER,
        _FACE,
        "background-position-x background-position-y direction full-width",
        "text-align text-padding",
    ),
    "mj-wrapper": _set(
        _PADDING,
        _BORDER,
        _FACE,
        "background-position-x background-position-y direction full-width",
        "text-align text-padding gap",
    ),
    "mj-group": _set("width vertical-align background-color direction"),
    "mj-column": _set(
        _PADDING,
        _BORDER,
        "background-color inner-background-color inner-border inner-border-top",
        "inner-border-right inner-border-bottom inner-border-left inner-border-radius width",
        "vertical-align direction",
    ),
    "mj-text": _set(
        _PADDING,
        _FONT,
        "align height text-decoration text-transform vertical-align",
        "container-background-color",
    ),
    "mj-image": _set(
        _PADDING,
        _BORDER,
        "align alt container-background-color fluid-on-mobile font-size height href",
        "max-height name rel sizes src srcset target usemap width",
    ),
    "mj-button": _set(
        _PADDING,
        _BORDER,
        _FONT,
        "align background-color container-background-color height href",
        "inner-padding name rel target text-align text-decoration text-transform",
        "vertical-align width",
    ),
    "mj-divider": _set(
        _PADDING, "align border-color border-style border-width container-background-color width"
    ),
    "mj-spacer": _set(_PADDING, "container-background-color height"),
    "mj-table": _set(
        _PADDING,
        _FONT,
        "align border cellpadding cellspacing container-background-color",
        "table-layout width",
    ),
} | dict.fromkeys(
    "mj-hero mj-social mj-social-element mj-navbar mj-navbar-link mj-accordion "
    "mj-accordion-element mj-accordion-title mj-accordion-text mj-carousel "
    "mj-carousel-image".split()
)

_TAG = re.compile(r"<(?P<end>/?)(?P<name>mj[\w-]*)(?P<rest>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)>")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"[^\"]*\"|'[^']*')")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with a tag of rendered MJML."""

    line: int  #: of the rendered text
    tag: str  #: as it stands there, up to its name
    what: str
    attribute: str = ""  #: the one that is wrong


def faults(mjml: str) -> Iterator[Fault]:
    """Yield what is wrong with the tags of rendered MJML, in reading order."""
    stack: list[tuple[str, int]] = []
    mjml = _COMMENT.sub(lambda c: "\n" * c.group().count("\n"), mjml)
    for tag in _TAG.finditer(mjml):
        name, line = tag["name"], mjml.count("\n", 0, tag.start()) + 1
        if name not in ATTRIBUTES:
            what = f"unknown tag <{name}>{_hint(name, ATTRIBUTES)}"
            yield Fault(line, f"<{tag['end']}{name}", what)
        elif not tag["end"]:
            yield from _attributes(tag, line)
        if tag["end"]:
            yield from _closed(stack, name, line)
        elif not tag["rest"].endswith("/"):
            stack.append((name, line))
    yield from (Fault(line, f"<{name}", f"<{name}> is never closed") for name, line in stack)


def _attributes(tag: re.Match[str], line: int) -> Iterator[Fault]:
    known = ATTRIBUTES[tag["name"]]
    for attribute in _ATTRIBUTE.findall(tag["rest"]) if known else ():
        if known and attribute not in known:
            hint = _hint(attribute, known)
            what = f"<{tag['name']}> has no attribute {attribute}{hint}"
            yield Fault(line, f"<{tag['name']}", what, attribute)


def _closed(stack: list[tuple[str, int]], name: str, line: int) -> Iterator[Fault]:
    """Close a tag; what was left open inside it is said once."""
    if name not in [n for n, _ in stack]:
        yield Fault(line, f"</{name}", f"</{name}> closes nothing")
        return
    while stack and stack[-1][0] != name:
        inner, opened = stack.pop()
        yield Fault(opened, f"<{inner}", f"<{inner}> is not closed before </{name}>")
    stack.pop()


def _hint(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""
