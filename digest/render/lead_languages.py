"""Lead languages: paragraphs, quotes and cells of a lead that are in another language than the rest."""

from collections.abc import Iterable, Sequence

from markdown_it.token import Token

from digest.infra.i18n import text_direction
from digest.infra.running_text import strong_direction
from digest.infra.script_language import foreign_language

#: What may be in a language of its own. The innermost that holds the words is marked, and a quote or a list
#: around it, so that its bar and its numbers stand on the right side.
_OPENINGS = (
    "blockquote_open",
    "bullet_list_open",
    "ordered_list_open",
    "list_item_open",
    "paragraph_open",
    "heading_open",
    "th_open",
    "td_open",
)


def mark_languages(tokens: Sequence[Token], language: str) -> None:
    """Set `dir` and `lang` of what is written from the other side, or in another script."""
    surroundings = [(text_direction(language), "")]
    for position, token in enumerate(tokens):
        if token.type in _OPENINGS:
            text = _text_inside(tokens[position:])
            direction = strong_direction(text) or surroundings[-1][0]
            foreign = foreign_language(text, language)
            if direction != surroundings[-1][0]:
                token.attrSet("dir", direction)
            if foreign != surroundings[-1][1]:
                token.attrSet("lang", foreign or language)
            surroundings.append((direction, foreign))
        elif token.type.replace("_close", "_open") in _OPENINGS:
            surroundings.pop()


def _text_inside(tokens: Iterable[Token]) -> str:
    """Return the text of the element that the first of some tokens opens."""
    texts: list[str] = []
    depth = 0
    for token in tokens:
        depth += token.nesting
        texts += [
            child.content
            for child in token.children or ()
            if child.type in ("text", "code_inline")
        ]
        if depth == 0:
            break
    return " ".join(texts)
