"""Markup: the Markdown of leads and saved blocks, as those who write it know it from elsewhere.

CommonMark, and of GitHub's Markdown (github.github.com/gfm) tables, text struck out, addresses without
brackets and boxes to tick; footnotes; comments, which nobody sees; `{.button}` behind a link.
"""

from markdown_it import MarkdownIt
from mdit_py_plugins.attrs import attrs_plugin
from mdit_py_plugins.footnote import footnote_plugin

from digest.infra.markup.attribute_marks import attach_marks
from digest.infra.markup.bare_addresses import link_bare_addresses
from digest.infra.markup.comments import COMMENT, add_comments
from digest.infra.markup.flanking import FlankingInline
from digest.infra.markup.tick_boxes import write_tick_boxes

__all__ = ["COMMENT", "make_markup_parser"]


def make_markup_parser(*, joins_text: bool = True) -> MarkdownIt:
    """Return a parser of leads' Markdown.

    Without `joins_text`, characters that were escaped stay separate from others.
    """
    parser = MarkdownIt("commonmark", {"html": False, "xhtmlOut": True})
    parser.inline = FlankingInline(parser.inline)
    parser.enable(["table", "strikethrough"])
    parser.use(attrs_plugin, allowed={"class", "width"})
    parser.use(footnote_plugin, inline=False)
    add_comments(parser)
    parser.core.ruler.after("inline", "attribute_marks", attach_marks)
    parser.core.ruler.after("attribute_marks", "bare", link_bare_addresses)
    parser.core.ruler.after("bare", "tick_boxes", write_tick_boxes)
    if not joins_text:
        parser.disable("text_join")
    return parser
