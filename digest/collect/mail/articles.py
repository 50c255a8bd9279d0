"""Articles of mails: what a mail says of a link becomes an article like the entry of a feed. Pure.

Its outlet is the configured one that its address belongs to, else the one that the mail names, else
its site. The date of the mail is not that of the article: it is kept beside it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from digest.collect.feeds.clean import article_key
from digest.collect.pages.headline import clean_headline, outlet_names
from digest.infra.web_address import host_of
from digest.model import Article
from digest.model.mail import MAIL_FEED, LinkKind, MailLink
from digest.settings.publishers import find_outlet

if TYPE_CHECKING:
    from digest.settings import Outlet

MAX_OUTLET_LENGTH = 200


def make_articles(
    links: Sequence[MailLink],
    site_names: Mapping[str, str],
    mailbox: str,
    mailed: datetime,
    outlets: Sequence["Outlet"],
) -> list[Article]:
    """Return an article for each link that is one. `mailed` is when the mail was sent."""
    by_name = {outlet.name: outlet for outlet in outlets}
    articles = []
    for link in links:
        if link.kind != LinkKind.ARTICLE:
            continue
        name = name_outlet(link, site_names, outlets)
        homepage = ""
        language = ""
        if name in by_name:
            homepage = by_name[name].homepage
            language = by_name[name].language
        headline = clean_headline(link.title, outlet_names(name, homepage))
        article = Article(
            key=article_key(link.target),
            url=link.target,
            outlet=name,
            title=headline.title,
            label=headline.label,
            summary=link.summary,
            published=link.published,
            feed=f"{MAIL_FEED}{mailbox}",
            language=language,
            mailed=mailed,
        )
        articles.append(article)
    return articles


def name_outlet(
    link: MailLink,
    site_names: Mapping[str, str],
    outlets: Sequence["Outlet"],
) -> str:
    """Return the name of the outlet that an article belongs to: watched, named by the mail, its site."""
    host = host_of(link.target)
    watched = find_outlet(link.target, outlets)
    name = watched or link.publisher or site_names.get(host, "")
    return (name or host.removeprefix("www."))[:MAX_OUTLET_LENGTH]
