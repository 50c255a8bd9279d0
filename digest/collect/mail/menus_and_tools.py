"""Surroundings of links: menus, and the tools of services that find articles of others. Pure."""

import re
from dataclasses import replace

from digest.collect.mail.address_forms import has_article_form
from digest.collect.mail.layout import Block, Layout
from digest.infra.web_address import host_of
from digest.model.mail import LinkKind, MailLink

#: Links of a menu at least.
MIN_MENU_LINKS = 3
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
