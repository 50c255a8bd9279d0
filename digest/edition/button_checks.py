"""Button checks: whether a paragraph holds buttons and nothing else, as `[Words](https://…){.button}`."""

from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from digest.infra.markup import COMMENT

BUTTON_ALONE = "a button stands in a paragraph of its own: leave a blank line above and below it"


def is_button(token: Token) -> bool:
    """Return whether a token opens a button."""
    classes = str(token.attrGet("class") or "").split()
    return token.type == "link_open" and "button" in classes


def are_buttons(tokens: Sequence[Token]) -> bool:
    """Return whether running text holds buttons and nothing else that is seen."""
    links = [token for token in tokens if token.type == "link_open"]
    words = "".join(token.content for token in _outside_of_links(tokens))
    return all(map(is_button, links)) and not words.strip()


def _outside_of_links(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield what stands outside of links, but for comments."""
    depth = 0
    for token in tokens:
        depth += token.nesting * token.type.startswith("link_")
        if not depth and token.type != COMMENT:
            yield token
