"""Running text: spaces as typed, and marks of direction that end where their text ends."""

import re
import unicodedata

#: What separates words or lines and has no width of its own. A space that does not break (U+00A0,
#: U+202F) or is wide (U+3000) is a character like others: French and Japanese set them.
_FOLDED = re.compile(r"[ \t-\r\x1c-\x1f\x85\u2028\u2029]+")
#: Opening and closing of embeddings, overrides and isolates (Unicode Annex 9, 2).
_CLOSINGS = {
    "\u202a": "\u202c",
    "\u202b": "\u202c",
    "\u202d": "\u202c",
    "\u202e": "\u202c",
    "\u2066": "\u2069",
    "\u2067": "\u2069",
    "\u2068": "\u2069",
}
_RIGHT_TO_LEFT = ("R", "AL")


def fold_spaces(text: str) -> str:
    """Return a text on one line, with one space where a browser shows one."""
    return _FOLDED.sub(" ", text).strip()


def close_directions(text: str) -> str:
    """Return a text in which every mark of direction is closed: none turns what stands behind."""
    open_marks: list[str] = []
    for character in text:
        if character in _CLOSINGS:
            open_marks.append(_CLOSINGS[character])
        elif character in open_marks:
            while open_marks.pop() != character:
                pass
    return text + "".join(reversed(open_marks))


def strong_direction(text: str) -> str:
    """Return ltr or rtl, as the first letter that has a direction; "" if none has."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in _RIGHT_TO_LEFT:
            return "rtl"
        if kind == "L":
            return "ltr"
    return ""
