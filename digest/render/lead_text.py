"""Lead text: a body for the mail's text part.

Addresses stand on lines of their own below their paragraph; tables keep their columns, notes their
numbers. What is struck out stays between tildes, which is how it is written in text.
"""

from collections.abc import Callable, Iterator

from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode

from digest.infra.running_text import fold_spaces
from digest.render.lead_notes import NUMBER, number_of_note
from digest.render.lead_tables import write_table

_BREAKS = ("softbreak", "hardbreak")


def write_text(node: SyntaxTreeNode) -> str:
    """Return what a body says as text."""
    return "\n\n".join(_paragraphs_of(node))


def alternative_text(image: Token) -> str:
    """Return an image's words, with what is escaped in them as it is meant."""
    return "".join(
        " " if child.type in _BREAKS else child.content
        for child in image.children or ()
    )


def _paragraphs_of(node: SyntaxTreeNode) -> Iterator[str]:
    """Yield paragraphs of text."""
    for child in node.children:
        if child.type in ("bullet_list", "ordered_list"):
            yield "\n".join(_list_lines(child))
        elif child.type == "blockquote":
            yield "\n".join(_quoted_lines(child))
        elif child.type == "table":
            yield _table_text(child)
        elif child.type in ("fence", "code_block"):
            yield child.content.rstrip("\n")
        elif child.type == "hr":
            yield "* * *"
        elif child.type == "inline":
            yield _with_links_below(child)
        else:
            yield from _paragraphs_of(child)


def _quoted_lines(node: SyntaxTreeNode) -> Iterator[str]:
    for paragraph in _paragraphs_of(node):
        for line in paragraph.split("\n"):
            yield f"> {line}"


def _list_lines(node: SyntaxTreeNode) -> Iterator[str]:
    """Yield a list's items, the lines of each under each other behind its mark."""
    first_number = int(str(node.attrs.get("start", 1)))
    for number, item in enumerate(node.children, first_number):
        mark = "- "
        if node.type == "ordered_list":
            mark = f"{number}. "
        text = "\n".join(_paragraphs_of(item))
        indent = " " * len(mark)
        yield mark + text.replace("\n", f"\n{indent}")


def _table_text(table: SyntaxTreeNode) -> str:
    """Return a table as text, the links in it below."""
    rows = [
        [fold_spaces(_words_of(cell)) for cell in row.children]
        for part in table.children
        for row in part.children
    ]
    links = _lines_of_links(table, "")
    return "\n".join([write_table(rows), *links])


def _with_links_below(inline: SyntaxTreeNode) -> str:
    """Return a paragraph as it reads, each of its links on a line below it."""
    words = _words_of(inline)
    return "\n".join([words, *_lines_of_links(inline, words)])


def _lines_of_links(node: SyntaxTreeNode, words: str) -> Iterator[str]:
    """Yield a line for each link; a label that says no more than the words or the address is left out."""
    for link in _links_in(node):
        label = _words_of(link)
        url = str(link.attrs.get("href", ""))
        is_typed_bare = link.info == "auto"
        if is_typed_bare and not url.startswith("http"):
            continue
        if is_typed_bare or label in (words, url):
            yield f"  {url}"
        else:
            yield f"  {label}: {url}"


def _words_of(node: SyntaxTreeNode) -> str:
    if node.type in _WORDS:
        return _WORDS[node.type](node)
    if node.type == "image" or not node.children:
        return node.content
    return _words_inside(node)


def _words_inside(node: SyntaxTreeNode) -> str:
    return "".join(_words_of(child) for child in node.children)


def _number_in_text(node: SyntaxTreeNode) -> str:
    return f"[{number_of_note(node.meta)}]"


#: What stands for some parts of a text.
_WORDS: dict[str, Callable[[SyntaxTreeNode], str]] = {
    "softbreak": lambda _: " ",
    "hardbreak": lambda _: "\n",
    "footnote_anchor": lambda _: "",
    "footnote_ref": _number_in_text,
    NUMBER: lambda node: f"[{node.content}] ",
    "s": lambda node: f"~~{_words_inside(node)}~~",
}


def _links_in(node: SyntaxTreeNode) -> Iterator[SyntaxTreeNode]:
    """Yield each link."""
    if node.type == "link":
        yield node
    for child in node.children:
        yield from _links_in(child)
