"""Lead HTML: what of a body's HTML may stand in a mail and on a page, with its looks for the mail."""

import re
from dataclasses import dataclass
from functools import partial

import nh3

#: All that a body may hold; nh3 drops everything else.
TAGS = set(
    "p a em strong s ul ol li blockquote br code pre h3 h4 h5 h6 hr sup div "
    "table thead tbody tr th td".split()
)
#: Set by `lead_languages`.
_OWN_LANGUAGE = {"dir", "lang"}
#: `style` is of tables (`lead_tables`), the class of notes (`lead_notes`); nobody can type either.
ATTRIBUTES = {
    "a": {"href", "title"},
    "ol": {"start"} | _OWN_LANGUAGE,
    "ul": _OWN_LANGUAGE,
    "div": {"class"},
    "th": {"style", "scope"} | _OWN_LANGUAGE,
    "td": {"style"} | _OWN_LANGUAGE,
} | dict.fromkeys(
    ("p", "li", "blockquote", "h3", "h4", "h5", "h6"), _OWN_LANGUAGE
)
SCHEMES = {"http", "https", "mailto", "tel"}
#: What has no spaces breaks where it must: a phone has 272 pixels for it.
_BREAKS = "overflow-wrap:anywhere;word-break:break-word"
#: By direction. A margin, since Outlook classic indents no list by padding (caniemail.com, "padding").
_LIST_MARGINS = {
    "ltr": "margin:0 0 14px 24px",
    "rtl": "margin:0 24px 14px 0",
}
_SIDES = {"ltr": "left", "rtl": "right"}
#: A tag of what has a direction of its own.
_TURNED_TAG = re.compile(r'<\w+(?=[^>]* dir="(?P<direction>ltr|rtl)")[^>]*>')
#: A quote that begins with a small heading: a pull quote.
_PULL_QUOTE = re.compile(
    r'<blockquote(?P<before>[^>]*?) style="[^"]*"(?P<behind>[^>]*)>\s*<h3 style="[^"]*">'
)
#: A cell's tag, as far as its own style.
_TABLE_CELL = re.compile(r'(<t[dh][^>]* style=")')


@dataclass(frozen=True, slots=True)
class BodyStyle:
    """Styles of a body, written into each HTML tag."""

    accent: str  #: the colour of links
    direction: str  #: ltr or rtl
    column: int  #: pixels an image may be wide
    quiet: str = "#595959"  #: the colour of notes
    rule: str = "#dddddd"  #: the colour of a table's lines
    language: str = "en"  #: that of the text around, as a tag
    serif: str = "serif"  #: the fonts of pull quotes


def mail_html(html: str, look: BodyStyle) -> str:
    """Return a body's HTML for the mail, its looks in each tag."""
    clean = _clean_html(html, _styles(look))
    dressed = _TABLE_CELL.sub(rf"\1{_cell_style(look)}", clean)
    dressed = _TURNED_TAG.sub(_turn_tag, dressed)
    return _PULL_QUOTE.sub(partial(_open_pull_quote, look), dressed)


def _open_pull_quote(look: BodyStyle, quote: re.Match[str]) -> str:
    """Return the tags that a pull quote begins with: a bar at its side, large letters."""
    attributes = quote["before"] + quote["behind"]
    direction = look.direction
    for own_direction in _SIDES:
        if f'dir="{own_direction}"' in attributes:
            direction = own_direction
    side = "right" if direction == "rtl" else "left"
    return (
        f'<blockquote{attributes} class="bar" style="margin:6px 0 20px;'
        f'padding-{side}:18px;border-{side}:4px solid {look.accent};text-align:{side}">'
        f'<h3 style="margin:0 0 6px;font-family:{look.serif};font-size:23px;'
        'font-weight:400;line-height:1.3">'
    )


def bare_html(html: str) -> str:
    """Return a body's HTML for the page, which has its own looks."""
    return _clean_html(html, {})


def _turn_tag(tag: re.Match[str]) -> str:
    """Return a tag whose text, and whose indent if it is a list, are on the side of its direction."""
    direction = tag["direction"]
    turned = tag[0]
    for margin in _LIST_MARGINS.values():
        turned = turned.replace(margin, _LIST_MARGINS[direction])
    side = f' style="text-align:{_SIDES[direction]};'
    return turned.replace(' style="', side, 1)


def _styles(look: BodyStyle) -> dict[str, dict[str, str]]:
    """Return what is written into each tag, because some mail clients drop the <style> element."""
    list_style = {"style": f"{_LIST_MARGINS[look.direction]};padding:0"}
    small_heading = {"style": "margin:0 0 6px;font-size:16px;line-height:1.4"}
    return {
        "a": {"style": f"color:{look.accent}"},
        "p": {"style": "margin:0 0 14px"},
        "ul": list_style,
        "ol": list_style,
        "blockquote": {"style": "margin:0 16px 14px;font-style:italic"},
        "h3": {"style": "margin:0 0 8px;font-size:19px;line-height:1.3"},
        "h4": {"style": "margin:0 0 6px;font-size:17px;line-height:1.4"},
        "h5": small_heading,
        "h6": small_heading,
        "pre": {
            "style": "margin:0 0 14px;max-width:100%;overflow-x:auto;font-size:14px;"
            f"white-space:pre-wrap;{_BREAKS}"
        },
        "code": {"style": _BREAKS},
        "sup": {"style": "font-size:12px;line-height:1"},
        "div": {"style": f"margin:0 0 14px;color:{look.quiet};font-size:14px"},
        "table": {
            "border": "0",
            "cellpadding": "0",
            "cellspacing": "0",
            "style": "width:100%;margin:0 0 14px;border-collapse:collapse;font-size:15px;"
            "line-height:1.4",
        },
    }


def _cell_style(look: BodyStyle) -> str:
    padding = "6px 12px 6px 0"
    if look.direction == "rtl":
        padding = "6px 0 6px 12px"
    side = "right" if look.direction == "rtl" else "left"
    return (
        f"padding:{padding};border-bottom:1px solid {look.rule};vertical-align:top;"
        f"text-align:{side};"
    )


def _clean_html(html: str, styles: dict[str, dict[str, str]]) -> str:
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        set_tag_attribute_values=styles,
        url_schemes=SCHEMES,
        link_rel=None,
    ).strip()
