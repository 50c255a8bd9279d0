"""Designs: what each shipped theme sets, where feeds.yaml does not say otherwise.

`plain` is how every newsletter looked before there was a choice, and what one has that chooses none
(docs/decisions/0048). Fonts are those that mail programs have; names of several words need no quotes
in CSS.
"""

from collections.abc import Mapping
from typing import Final

PLAIN: Final = "plain"

_GEORGIA = "Georgia, Times, serif"
_HELVETICA = "Helvetica, Arial, sans-serif"
_PALATINO = "Palatino, Book Antiqua, Georgia, serif"
_EVERY_FOOTER_LINK = ("subscribe", "forward", "preferences")

#: Values of settings.theme by the name of the design.
DESIGNS: Mapping[str, Mapping[str, object]] = {
    PLAIN: {},
    "letter": {
        "paper": "#fffdf8",
        "ink": "#2b2320",
        "accent": "#93330f",
        "quiet": "#6a5b50",
        "rule": "#e4d8c8",
        "tint": "#f8f0e3",
        "dark_paper": "#1c1815",
        "dark_ink": "#f1e7db",
        "dark_accent": "#f2ab80",
        "dark_quiet": "#bbab9b",
        "dark_rule": "#4b4037",
        "dark_tint": "#2a241f",
        "font": _GEORGIA,
        "serif": _GEORGIA,
        "text_size": 17,
        "footer": _EVERY_FOOTER_LINK,
    },
    "clips": {
        "ink": "#18212b",
        "accent": "#0b5563",
        "quiet": "#566270",
        "rule": "#dce2e7",
        "tint": "#eef4f5",
        "dark_paper": "#12181c",
        "dark_ink": "#e4ebf0",
        "dark_accent": "#7fcbd9",
        "dark_quiet": "#9dabb7",
        "dark_rule": "#36424c",
        "dark_tint": "#1c262c",
        "font": _HELVETICA,
        "serif": _HELVETICA,
        "text_size": 15,
        "stories": "outlets",
        "footer": _EVERY_FOOTER_LINK,
    },
    "report": {
        "ink": "#1d2530",
        "accent": "#1f4478",
        "quiet": "#566173",
        "rule": "#c8d0da",
        "tint": "#f2f4f8",
        "dark_paper": "#141920",
        "dark_ink": "#e6ebf2",
        "dark_accent": "#9fc3f2",
        "dark_quiet": "#a3afbf",
        "dark_rule": "#3c4757",
        "dark_tint": "#1e2631",
        "band": "#142a4c",
        "font": _HELVETICA,
        "serif": _PALATINO,
        "stories": "cards",
        "contents": True,
        "footer": _EVERY_FOOTER_LINK,
    },
}
