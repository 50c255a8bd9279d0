"""MJML check: find what mjml-python passes over in silence.

That is unknown tags and attributes, and tags that are left open or crossed.
The tables are MJML 4's (documentation.mjml.io); components without a list here may carry anything.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from digest.render.source_marks import MARK

_PADDING = "padding padding-top padding-right padding-bottom padding-left"
_BORDER = (
    "border border-top border-right border-bottom border-left border-radius"
)
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
#: Tags of MJML that hold other tags only; what is written in them directly gets lost or misplaced.
_WITHOUT_TEXT = frozenset(
    "mjml mj-head mj-attributes mj-body mj-wrapper mj-section mj-group mj-column".split()
)
_SIZED = re.compile(
    r"\b(?P<name>(?:inner-)?padding(?:-\w+)?|font-size|width|border-radius)\s*=\s*"
    r"[\"'](?P<value>[^\"']*)[\"']"
)
#: A length in CSS has a unit unless it is 0 (w3.org/TR/css-values, 6).
_WITHOUT_UNIT = re.compile(r"(?:^|\s)(?!0+(?:\s|$))\d+(?=\s|$)")
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


def find_faults(mjml: str) -> Iterator[str]:
    """Yield faults in the tags of rendered and marked MJML, in reading order.

    Each names the line of the template, as far as it is known.
    """
    yield from _faults_of_comments(mjml)
    without_comments = _COMMENT.sub(_only_line_breaks, mjml)
    open_tags: list[Tag] = []
    place = "edition.mjml as rendered, line 1"
    behind = 0
    for match in _TAG.finditer(without_comments):
        text = without_comments[behind : match.start()]
        yield from _faults_between(text, place)
        yield from _misplaced_text(text, open_tags, place)
        behind = match.end()
        place = match["place"] or _rendered_line(
            without_comments, match.start()
        )
        tag = Tag(match["name"], place)
        if not match["closed"]:
            yield f"{place}: <{tag.name} is not closed by a >; is a quote missing?"
            return
        yield from _faults_of_attributes(tag, match["rest"])
        if match["end"]:
            yield from _close_tag(open_tags, tag)
        elif not match["rest"].endswith("/") and tag.name.lower() not in _VOID:
            open_tags.append(tag)
    for tag in open_tags:
        yield f"{tag.place}: <{tag.name}> is never closed"


def _only_line_breaks(comment: re.Match[str]) -> str:
    """Return the line breaks of a comment, so that the lines below it keep their numbers."""
    return "\n" * comment.group().count("\n")


def _rendered_line(mjml: str, position: int) -> str:
    line = mjml.count("\n", 0, position) + 1
    return f"edition.mjml as rendered, line {line}"


def _faults_between(text: str, place: str) -> Iterator[str]:
    if "<" in text:
        yield f"{place}: behind this tag stands a < that opens none; write &lt;"


def _misplaced_text(
    text: str, open_tags: list[Tag], place: str
) -> Iterator[str]:
    words = " ".join(text.split())
    if words and open_tags and open_tags[-1].name in _WITHOUT_TEXT:
        yield f"{place}: “{words[:40]}” stands directly in <{open_tags[-1].name}>; put it into <mj-text>"


def _faults_of_comments(mjml: str) -> Iterator[str]:
    """Yield what makes MRML fail without saying where."""
    for comment in _COMMENT.finditer(mjml):
        inner = comment.group()[4:-3]
        is_conditional = inner.startswith(("[if", "<![endif"))
        if "--" in inner and not is_conditional:
            place = _rendered_line(mjml, comment.start())
            yield f"{place}: a comment must not hold --"
    rest = _COMMENT.sub(_only_line_breaks, mjml)
    if "<!--" in rest:
        place = _place_before(rest, rest.index("<!--"))
        yield f"{place}: a comment behind this tag is never closed: write -->"


def _place_before(mjml: str, position: int) -> str:
    """Return where the last tag before a position was written."""
    places = [tag["place"] for tag in _TAG.finditer(mjml, 0, position)]
    named_places = [place for place in places if place]
    if named_places:
        return named_places[-1]
    return _rendered_line(mjml, position)


def _faults_of_attributes(tag: Tag, attributes: str) -> Iterator[str]:
    """Yield unknown tags and attributes of MJML, and a value without quotes."""
    if tag.name in ATTRIBUTES:
        yield from _unknown_attributes(tag, attributes)
    elif tag.name.startswith("mj"):
        yield f"{tag.place}: unknown tag <{tag.name}>{_hint(tag.name, ATTRIBUTES)}"
    bare_value = _BARE.search(_QUOTED.sub('""', attributes))
    if bare_value:
        yield f"{tag.place}: <{tag.name}>: the value of {bare_value[1]} needs quotes"


def _unknown_attributes(tag: Tag, attributes: str) -> Iterator[str]:
    for sized in _SIZED.finditer(attributes):
        if _WITHOUT_UNIT.search(sized["value"]):
            yield (
                f'{tag.place}: <{tag.name}>: {sized["name"]}="{sized["value"]}" needs a unit, '
                "such as 28px"
            )
    allowed = ATTRIBUTES[tag.name]
    if allowed is None:
        return
    for attribute in _ATTRIBUTE.findall(attributes):
        if attribute not in allowed:
            hint = _hint(attribute, allowed)
            yield f"{tag.place}: <{tag.name}> has no attribute {attribute}{hint}"


def _close_tag(open_tags: list[Tag], tag: Tag) -> Iterator[str]:
    """Take a tag off those that are open; yield what was left open inside it, each once."""
    if tag.name not in [open_tag.name for open_tag in open_tags]:
        yield f"{tag.place}: </{tag.name}> closes nothing"
        return
    while open_tags[-1].name != tag.name:
        inner = open_tags.pop()
        closing = f"</{tag.name}> ({tag.place})"
        yield f"{inner.place}: <{inner.name}> is not closed before {closing}"
    open_tags.pop()


def _hint(word: str, candidates: Iterable[str]) -> str:
    near = get_close_matches(word, list(candidates), n=1)
    if near:
        return f"; did you mean {near[0]}?"
    return ""
