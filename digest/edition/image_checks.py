"""Image checks: a lead's images must be described, alone in their paragraph, and lasting."""

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from digest.edition.problems import Problems

ADDRESS = re.compile(r"images/[\w.-]+|https://[^\s/]+\S*")
#: An image's width, as `{width=200}` behind it.
_SIZE = re.compile(r"\{[^{}]*\}")
_PARTS_OF_IMAGE = frozenset({"image", "link_open", "link_close"})


def check_pictures(blocks: Sequence[Token], problems: Problems) -> None:
    """Report every image of a lead that cannot be shown."""
    for block in blocks:
        first_line, _ = block.map or (0, 0)
        for problem in _problems_of_paragraph(block.children or []):
            problems.add(first_line + 1, problem)


def _problems_of_paragraph(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type == "image":
            yield from _problems_of_image(token)
            if not _stands_alone(tokens):
                yield "an image stands in a paragraph of its own"


def _problems_of_image(image: Token) -> Iterator[str]:
    url = str(image.attrGet("src") or "")
    if not image.content.strip():
        yield "an image needs words for who cannot see it: ![what is to be seen](images/…)"
    if not ADDRESS.fullmatch(url):
        yield f"expected an image of the folder images/ or an https address, found {url!r}"


def _stands_alone(paragraph: Sequence[Token]) -> bool:
    """Return True if a paragraph holds nothing beside an image, its link and its size."""
    others = [token for token in paragraph if token.type not in _PARTS_OF_IMAGE]
    text = "".join(token.content for token in others).strip()
    return not text or bool(_SIZE.fullmatch(text))
