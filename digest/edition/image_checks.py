"""What a lead's images must be: described, alone in their paragraph, of a place that lasts."""

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from digest.edition.problems import Problems

ADDRESS = re.compile(r"images/[\w.-]+|https://[^\s/]+\S*")
_SIZE = re.compile(r"\{[^{}]*\}")


def check_pictures(blocks: Sequence[Token], problems: Problems) -> None:
    """Note every image of a lead that readers could not use."""
    for block in blocks:
        line = (block.map or (0, 0))[0] + 1
        for image in (c for c in block.children or () if c.type == "image"):
            for problem in _problems(image, block.children or []):
                problems.add(line, problem)


def _problems(image: Token, around: Sequence[Token]) -> Iterator[str]:
    url = str(image.attrGet("src") or "")
    if not image.content.strip():
        yield "an image needs words for who cannot see it: ![what is to be seen](images/…)"
    if not ADDRESS.fullmatch(url):
        yield f"expected an image of the folder images/ or an https address, found {url!r}"
    text = "".join(
        c.content for c in around if c.type not in ("image", "link_open", "link_close")
    )
    if text.strip() and not _SIZE.fullmatch(text.strip()):
        yield "an image stands in a paragraph of its own"
