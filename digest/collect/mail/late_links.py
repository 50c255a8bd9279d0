"""Late links of a mail: what stands near its end is seldom a story, if nothing else says that it is. Pure.

Behind their stories newsletters put partners, events, books and appeals. A link there that has neither
an article's address nor the make of the headlines is left to a person. The limits were tried on 114
invented mails: of 714 links there, this leaves seven articles and six others to a person.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from digest.collect.mail.address_forms import has_article_form
from digest.collect.mail.layout import Anchor, Layout
from digest.infra.web_address import host_of
from digest.model.mail import LinkKind, MailLink

#: Parts of a mail's lines behind which links are late, and very late.
LATE = 0.66
VERY_LATE = 0.85
LATE_REASON = "it stands near the end of the mail"


def find_main_host(links: Iterable[MailLink]) -> str:
    """Return the host of at least half of a mail's articles; "" if none is."""
    hosts = [
        host_of(link.target) for link in links if link.kind == LinkKind.ARTICLE
    ]
    for host, number in Counter(hosts).most_common(1):
        if number * 2 >= len(hosts):
            return host
    return ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the links to an address stand in a mail."""

    target: str
    anchors: list[Anchor]
    hides_target: bool
    is_like_headline: bool  #: made like several headlines of the mail

    def is_doubtful(self, layout: Layout, main_host: str) -> bool:
        """Return whether it is where links are seldom to an article."""
        if self._has_form():
            return False
        longest = max(self.anchors, key=_length_of)
        part = layout.first_block_of(longest) / len(layout.blocks)
        if part > VERY_LATE and not self.is_like_headline:
            return True
        return part > LATE and self._leads_elsewhere(main_host)

    def _has_form(self) -> bool:
        return not self.hides_target and has_article_form(self.target)

    def _leads_elsewhere(self, main_host: str) -> bool:
        if self.hides_target or not main_host:
            return False
        return host_of(self.target) != main_host


def _length_of(anchor: Anchor) -> int:
    return len(anchor.text)
