"""Lead bodies: turn a lead's Markdown into blocks.

A block is a run of body text, a button, or an image; each as safe HTML for the mail and for the
page, and as text.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from markupsafe import Markup

from digest.infra.markup import COMMENT, make_markup_parser
from digest.render.lead_html import BodyStyle, bare_html, mail_html
from digest.render.lead_languages import mark_languages
from digest.render.lead_notes import add_note_rules, number_notes
from digest.render.lead_tables import dress_tables
from digest.render.lead_text import alternative_text, write_text

#: Levels of heading that are an edition's own: its title, its leads and sections.
_HEADINGS_OF_EDITION = ("h1", "h2")


@dataclass(frozen=True, slots=True)
class ShownImage:
    """An image as it is shown."""

    src: str
    alt: str
    width: int  #: in pixels, as is the height; 0 if not known
    height: int
    caption: str = ""
    url: str = ""  #: where it links to


@dataclass(frozen=True, slots=True)
class Block:
    """A run of body text, a button, or an image."""

    button: bool
    image: ShownImage | None
    html: Markup  #: for the mail, with inline styles
    bare_html: Markup  #: for the page, which has its own
    plain: str  #: for the text part: each link on a line of its own below its paragraph
    text: str = ""  #: a button's label
    url: str = ""  #: a button's address


@dataclass(frozen=True, slots=True)
class LeadText:
    """Values of a lead for templates."""

    headline: str
    dek: str
    blocks: tuple[Block, ...]
    saved_blocks: tuple[object, ...] = ()  #: those behind it, for templates
    direction: str = ""  #: that it is written in; "" if it is the edition's
    language: str = ""  #: guessed by its script; "" if it may be the edition's


#: Returns an image's public address, its width and height in pixels (0, 0 if not
#: known).
Locate = Callable[[str], tuple[str, int, int]]

#: Opening, text and closing of a paragraph, as the parser gives them.
_TOKENS_OF_PARAGRAPH = 3
#: A line break of a paragraph in text.
_BREAK_CHARACTERS = {"softbreak": " ", "hardbreak": "\n"}


def _make_parser() -> MarkdownIt:
    parser = make_markup_parser()
    add_note_rules(parser)
    # an image that is no block of its own is shown by its words; `digest edit` refuses it earlier
    parser.add_render_rule("image", _render_image_in_words)
    return parser


def _render_image_in_words(
    _: object, tokens: Sequence[Token], at: int, *__: object
) -> str:
    return escapeHtml(alternative_text(tokens[at]))


_PARSER = _make_parser()


def body_blocks(
    source: str,
    look: BodyStyle,
    locate: Locate,
    references: Mapping[str, object] | None = None,
) -> tuple[Block, ...]:
    """Return the blocks of a body. Raw HTML in it is shown, never meant; comments are not shown.

    `references` are those of the edition's other leads, for links such as [the ruling][ruling].
    """
    all_references = dict(references or {}) | _references_in(source)
    tokens = _PARSER.parse(source, {"references": all_references})
    tokens = list(_without_comments(tokens))
    number_notes(tokens)
    dress_tables(tokens)
    mark_languages(tokens, look.language)
    return tuple(_block_of(run, look, locate) for run in _runs(tokens))


def find_references(bodies: Iterable[str]) -> dict[str, object]:
    """Return the addresses that some bodies define for links by reference; the first of each counts."""
    references: dict[str, object] = {}
    for body in bodies:
        references = _references_in(body) | references
    return references


def _references_in(source: str) -> dict[str, object]:
    if "]:" not in source:
        return {}
    env: dict[str, dict[str, object]] = {}
    _PARSER.parse(source, env)
    return env.get("references", {})


def _without_comments(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield tokens without comments; headings of an edition's own levels, as in a quote, are small."""
    for token in tokens:
        if token.type == COMMENT:
            continue
        if token.children:
            token.children = [
                child for child in token.children if child.type != COMMENT
            ]
        if token.tag in _HEADINGS_OF_EDITION:
            token.tag = "h3"
        yield token


# Cutting


def _runs(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Split at buttons and images, which are paragraphs of their own."""
    run: list[Token] = []
    position = 0
    while position < len(tokens):
        paragraph = list(tokens[position : position + _TOKENS_OF_PARAGRAPH])
        if _stands_alone(paragraph):
            if run:
                yield run
            yield from _separate_buttons(paragraph)
            run = []
            position += _TOKENS_OF_PARAGRAPH
        else:
            run.append(tokens[position])
            position += 1
    if run:
        yield run


def _stands_alone(paragraph: Sequence[Token]) -> bool:
    if paragraph[0].level != 0:
        return False
    return bool(_buttons_in(paragraph) or _image_in(paragraph))


def _separate_buttons(paragraph: list[Token]) -> Iterator[list[Token]]:
    """Yield a paragraph for each of its buttons; an image's as it is."""
    buttons = _buttons_in(paragraph)
    if not buttons:
        yield paragraph
    opening, inline, closing = paragraph
    for button in buttons:
        yield [opening, inline.copy(children=button), closing]


def _children_of(paragraph: Sequence[Token]) -> list[Token]:
    """Return the children of a paragraph; none, if it is no paragraph."""
    is_whole = len(paragraph) >= _TOKENS_OF_PARAGRAPH
    if not is_whole or paragraph[0].type != "paragraph_open":
        return []
    return list(filter(_is_not_empty, paragraph[1].children or ()))


def _is_not_empty(token: Token) -> bool:
    """Return False for text that is empty or a space, and for the end of a line."""
    if token.type == "softbreak":
        return False
    return token.type != "text" or bool(token.content.strip(" "))


def _buttons_in(paragraph: Sequence[Token]) -> list[list[Token]]:
    """Return the links of a paragraph of links with the class `button` alone."""
    buttons: list[list[Token]] = []
    is_inside = False
    for child in _children_of(paragraph):
        if child.type == "link_open":
            if "button" not in str(child.attrGet("class")).split():
                return []
            is_inside = True
            buttons.append([])
        if not is_inside:
            return []
        buttons[-1].append(child)
        is_inside = child.type != "link_close"
    return buttons


def _image_in(paragraph: Sequence[Token]) -> Token | None:
    """Return the image of a paragraph that is one image, linked or not."""
    children = _children_of(paragraph)
    types = [child.type for child in children]
    if types == ["image"]:
        return children[0]
    if types == ["link_open", "image", "link_close"]:
        return children[1]
    return None


# Blocks


def _block_of(run: list[Token], look: BodyStyle, locate: Locate) -> Block:
    buttons = _buttons_in(run)
    image = _image_in(run)
    if image:
        return _image_block(_place_image(image, run, look, locate))
    html = _PARSER.renderer.render(run, _PARSER.options, {})
    label = ""
    url = ""
    if buttons:
        label = "".join(child.content for child in buttons[0])
        url = str(buttons[0][0].attrGet("href") or "")
    return Block(
        button=bool(buttons),
        image=None,
        html=Markup(mail_html(html, look)),  # noqa: S704 - nh3 has cleaned it
        bare_html=Markup(bare_html(html)),  # noqa: S704
        plain=write_text(SyntaxTreeNode(run)),
        text=label,
        url=url,
    )


def _image_block(image: ShownImage) -> Block:
    return Block(
        button=False,
        image=image,
        html=Markup(""),
        bare_html=Markup(""),
        plain=_image_in_words(image),
    )


def _place_image(
    image: Token, paragraph: Sequence[Token], look: BodyStyle, locate: Locate
) -> ShownImage:
    """Return an image with the size it is shown in: as asked for, and no wider than the column."""
    src, own_width, own_height = locate(str(image.attrGet("src") or ""))
    width = own_width or look.column
    asked_width = str(image.attrGet("width") or "")
    if asked_width.isdecimal():
        width = int(asked_width)
    width = min(width, look.column)
    height = 0
    if own_width:
        height = round(own_height * width / own_width)
    return ShownImage(
        src=src,
        alt=alternative_text(image),
        width=width,
        height=height,
        caption=str(image.attrGet("title") or ""),
        url=_link_around(paragraph),
    )


def _link_around(paragraph: Sequence[Token]) -> str:
    """Return the address of a link that a paragraph begins with, "" without one."""
    first = _children_of(paragraph)[0]
    if first.type != "link_open":
        return ""
    return str(first.attrGet("href") or "")


def _image_in_words(image: ShownImage) -> str:
    lines = [f"[{image.alt}]"]
    if image.caption:
        lines.append(image.caption)
    if image.url:
        lines.append(f"  {image.url}")
    return "\n".join(lines)
