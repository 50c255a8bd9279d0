"""Template blocks: what a template that extends another one says in vain.

Jinja passes over a block that the other one does not have, and over text outside of blocks.
"""

from collections.abc import Iterator
from difflib import get_close_matches

from jinja2 import Environment, nodes


def find_vain_parts(env: Environment, name: str) -> Iterator[tuple[int, str]]:
    """Yield lines and words of what is shown nowhere in a template."""
    tree = _parse_template(env, name)
    parent = _parent_of(tree)
    if not parent:
        return
    block_names = set(_names_of_blocks(env, parent))
    for node in tree.body:
        if isinstance(node, nodes.Block) and node.name not in block_names:
            yield (
                node.lineno,
                f"{parent} has no block {node.name}{_hint(node.name, block_names)}",
            )
        elif isinstance(node, nodes.Output) and _words_in(node):
            words = _words_in(node)[:40]
            yield (
                node.lineno,
                f"“{words}” stands outside of blocks and is shown nowhere",
            )


def _parse_template(env: Environment, name: str) -> nodes.Template:
    if env.loader is None:
        return nodes.Template([])
    source, _, _ = env.loader.get_source(env, name)
    return env.parse(source, name)


def _parent_of(tree: nodes.Template) -> str:
    """Return the name of the template that one extends, "" if it extends none."""
    for extends in tree.find_all(nodes.Extends):
        if isinstance(extends.template, nodes.Const):
            return str(extends.template.value)
    return ""


def _names_of_blocks(env: Environment, name: str) -> Iterator[str]:
    """Yield the blocks of a template and of those that it extends."""
    tree = _parse_template(env, name)
    for block in tree.find_all(nodes.Block):
        yield block.name
    parent = _parent_of(tree)
    if parent:
        yield from _names_of_blocks(env, parent)


def _words_in(output: nodes.Output) -> str:
    texts = [
        node.data
        for node in output.nodes
        if isinstance(node, nodes.TemplateData)
    ]
    return " ".join("".join(texts).split())


def _hint(word: str, names: set[str]) -> str:
    near = get_close_matches(word, sorted(names), n=1)
    if near:
        return f"; did you mean {near[0]}?"
    return ""
