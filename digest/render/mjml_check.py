"""What mjml-python passes over in silence: unknown tags and attributes, tags left open or crossed.

The tables are MJML 4's (documentation.mjml.io); components without a list here may carry anything.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from digest.render.source_marks import MARK

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
        _PADDING,
        "align border-color border-style border-width container-background-color width",
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

_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[a-zA-Z][\w-]*)"
    f"(?:{MARK})?"
    r"(?P<rest>(?:[^<>\"']|\"[^\"]*\"|'[^']*')*)(?P<closed>>?)"
)
_COMMENT = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>", re.DOTALL)
_ATTRIBUTE = re.compile(r"([\w-]+)\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_BARE = re.compile(r"([\w:-]+)\s*=\s*[^\s\"'=]")
#: HTML elements that have no end tag (html.spec.whatwg.org, 13.1.2).
_VOID = frozenset(
    "area base br col embed hr img input link meta source track wbr".split()
)


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag of rendered MJML."""

    name: str
    place: str  #: where it was written


def faults(mjml: str) -> Iterator[str]:
    """Yield what is wrong with the tags of rendered and marked MJML, in reading order.

    Each says where, as well as can be known: the template's own line.
    """
    stack: list[Tag] = []
    yield from _comments(mjml)
    mjml = _COMMENT.sub(lambda c: "\n" * c.group().count("\n"), mjml)
    place = "edition.mjml as rendered, line 1"
    behind = 0
    for found in _TAG.finditer(mjml):
        yield from _stray(mjml[behind : found.start()], place)
        place = found["place"] or _rendered(mjml, found.start())
        behind = found.end()
        tag = Tag(found["name"], place)
        if not found["closed"]:
            yield f"{place}: <{tag.name} is not closed by a >; is a quote missing?"
            return
        yield from _unknown(tag, found)
        if bare := _BARE.search(_QUOTED.sub('""', found["rest"])):
            yield f"{place}: <{tag.name}>: the value of {bare[1]} needs quotes"
        if found["end"]:
            yield from _closed(stack, tag)
        elif not found["rest"].endswith("/") and tag.name.lower() not in _VOID:
            stack.append(tag)
    yield from (f"{tag.place}: <{tag.name}> is never closed" for tag in stack)


def _rendered(mjml: str, at: int) -> str:
    return f"edition.mjml as rendered, line {mjml.count(chr(10), 0, at) + 1}"


def _stray(between: str, place: str) -> Iterator[str]:
    if "<" in between:
        yield f"{place}: behind this tag stands a < that opens none; write &lt;"


def _comments(mjml: str) -> Iterator[str]:
    """Find what makes MRML fail without saying where."""
    for comment in _COMMENT.finditer(mjml):
        inner = comment.group()[4:-3]
        if "--" in inner and not inner.startswith(("[if", "<![endif")):
            yield f"{_rendered(mjml, comment.start())}: a comment must not hold --"


def _unknown(tag: Tag, found: re.Match[str]) -> Iterator[str]:
    if not tag.name.startswith("mj"):
        return
    if tag.name not in ATTRIBUTES:
        yield f"{tag.place}: unknown tag <{tag.name}>{_hint(tag.name, ATTRIBUTES)}"
        return
    known = ATTRIBUTES[tag.name]
    for attribute in _ATTRIBUTE.findall(found["rest"]) if known else ():
        if known and attribute not in known:
            hint = _hint(attribute, known)
            yield f"{tag.place}: <{tag.name}> has no attribute {attribute}{hint}"


def _closed(stack: list[Tag], tag: Tag) -> Iterator[str]:
    """Close a tag; what was left open inside it is said once."""
    if tag.name not in [t.name for t in stack]:
        yield f"{tag.place}: </{tag.name}> closes nothing"
        return
    while stack and stack[-1].name != tag.name:
        inner = stack.pop()
        yield f"{inner.place}: <{inner.name}> is not closed before </{tag.name}> ({tag.place})"
    stack.pop()


def _hint(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), n=1)
    if near:
        return f"; did you mean {near[0]}?"
    return ""
