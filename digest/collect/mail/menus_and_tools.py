"""Surroundings of links: menus, and the tools of services that find articles of others. Pure."""

import re
from dataclasses import replace
from itertools import chain

from digest.collect.mail.address_forms import has_article_form
from digest.collect.mail.layout import Anchor, Block, Layout
from digest.collect.mail.mail_stories import is_telling
from digest.collect.mail.phrases import is_call
from digest.collect.mail.story_units import is_own_line
from digest.infra.web_address import host_of
from digest.model.mail import LinkKind, MailLink

#: Links of a menu at least.
MIN_MENU_LINKS = 3
MIN_ROW_LINKS = 2
#: Signs between links in one line.
PARTING = re.compile(r"\s[|·•]\s")
NO_WORDS = re.compile(r"[\W_]+")
#: Sites whose articles a mail links, from which it is one that finds articles of others.
MIN_OTHER_SITES = 2


def find_menus(layout: Layout) -> set[int]:
    """Return the links that stand in lines of nothing but links."""
    indices: set[int] = set()
    for block in layout.blocks:
        if len(block.anchors) >= MIN_MENU_LINKS and _is_menu(block, layout):
            indices.update(block.anchors)
    return indices


def find_rows(layout: Layout) -> set[int]:
    """Return the links that signs part in one line, of which not all are headlines: "Try it | Give it"."""
    rows = (block for block in layout.blocks if _is_row(block, layout))
    return set(chain.from_iterable(block.anchors for block in rows))


def _is_row(block: Block, layout: Layout) -> bool:
    """Return whether signs part the links of a line, which are not all headlines, nor calls."""
    if len(block.anchors) < MIN_ROW_LINKS or not PARTING.search(block.text):
        return False
    texts = [layout.anchors[index].text for index in block.anchors]
    if any(map(is_call, texts)):  # of a story above
        return False
    return not all(map(is_telling, texts))


def _is_menu(block: Block, layout: Layout) -> bool:
    """Return whether the words of a line are all those of its links."""
    linked = "".join(layout.anchors[index].text for index in block.anchors)
    letters = len(NO_WORDS.sub("", linked))
    return 0 < letters == len(NO_WORDS.sub("", block.text))


def without_tools(links: list[MailLink]) -> list[MailLink]:
    """Return links; those to tools of a service that finds articles of others are of managing.

    Its site is where one manages the mail. If all that are surely articles are on other sites, what is
    not surely one on its site is a tool of it: a profile of an author, a translation.
    """
    own_sites = {
        _site_of(link.target)
        for link in links
        if link.kind == LinkKind.MANAGING
    }
    sure = [
        link
        for link in links
        if link.kind == LinkKind.ARTICLE and has_article_form(link.target)
    ]
    sites = {_site_of(link.target) for link in sure}
    if len(sites) < MIN_OTHER_SITES or sites & own_sites:
        return links
    return [_as_tool(link, own_sites, sites) for link in links]


def find_tools_of_results(layout: Layout) -> set[int]:
    """Return the links that say the same for each result, and lead to one site whatever result it is.

    "Add to my folder" stands under a headline that is linked itself, and leads elsewhere.
    """
    headline: Anchor | None = None
    tools: set[int] = set()
    for anchor in layout.anchors:
        if anchor.is_repeated:
            if headline is not None and _is_tool(anchor, headline):
                tools.add(anchor.index)
            continue
        if anchor.text and is_own_line(anchor, layout):
            headline = anchor
    return tools


def _is_tool(anchor: Anchor, headline: Anchor) -> bool:
    """Return whether a link under a headline leads to another site, and is no call of its story."""
    if is_call(anchor.text):
        return False
    return host_of(anchor.href) != host_of(headline.href)


def _as_tool(link: MailLink, own_sites: set[str], sites: set[str]) -> MailLink:
    is_own = _site_of(link.target) in own_sites - sites
    if is_own and link.kind in (LinkKind.ARTICLE, LinkKind.DOUBTFUL):
        return replace(
            link, kind=LinkKind.MANAGING, reason="a tool of the mail's sender"
        )
    return link


def _site_of(url: str) -> str:
    """Return the last two labels of an address's host."""
    return ".".join(host_of(url).split(".")[-2:])
