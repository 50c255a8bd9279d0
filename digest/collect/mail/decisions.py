"""Decisions about addresses: what a link leads to, by its form and the words about it. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from digest.collect.mail.address_forms import (
    echoes,
    has_article_form,
    has_number,
    has_page_name,
    has_secret,
    is_advertisement,
    is_app_store,
    is_file,
    is_forum,
    is_home,
    is_like_section,
    is_listing,
    is_mailing_list,
    is_managing_address,
    is_network,
    is_network_post,
    is_press_release,
    is_service,
    is_video,
    names_sponsor,
)
from digest.collect.mail.mail_stories import Words, is_telling
from digest.collect.mail.wrapped_links import is_tracker
from digest.infra.web_address import host_of, split_address
from digest.model.mail import LinkKind


@dataclass(frozen=True, slots=True)
class Decision:
    """What a link is, and why."""

    kind: LinkKind
    reason: str = ""


#: What is asked of an address, and what its page is if that is so.
Page = tuple[Callable[[str], bool], LinkKind, str]

#: Pages that are no articles whatever their link says, by their addresses.
PAGES_THAT_ARE_NEVER = (
    (has_secret, LinkKind.MANAGING, "its address"),
    (is_mailing_list, LinkKind.MANAGING, "a mailing list"),
    (is_service, LinkKind.SERVICE, ""),
    (is_forum, LinkKind.DOUBTFUL, "a forum"),
    (is_video, LinkKind.DOUBTFUL, "a video"),
    (is_press_release, LinkKind.DOUBTFUL, "a press release"),
)
#: The same of a single page.
PAGES_THAT_ARE_NONE = (
    (is_managing_address, LinkKind.MANAGING, "its address"),
    *PAGES_THAT_ARE_NEVER,
)


def judge_special_address(target: str, urls: Sequence[str]) -> Decision | None:
    """Return what an address is that no outlet has for its articles; None for any other.

    `urls` are the links as the mail has them, whose parameters may name a sponsor.
    """
    if is_app_store(target):
        return Decision(LinkKind.APP)
    if is_advertisement(target) or any(map(names_sponsor, urls)):
        return Decision(LinkKind.ADVERTISEMENT, "its address says so")
    if is_network(target):
        return _judge_network(target)
    if is_file(target):
        return Decision(LinkKind.FILE)
    if is_home(target) and not _may_lead_on(target):
        return Decision(LinkKind.HOME)
    return None


def _may_lead_on(target: str) -> bool:
    """Return whether a tracker has all in its query: https://click.example.org/?qs=…"""
    return is_tracker(target) and split_address(target).query != ""


def judge_page(
    target: str,
    words: Words,
    *,
    has_own_words: bool = True,
    is_in_series: bool = False,
) -> Decision:
    """Return what a page of a site is, which is no home page.

    Without words of its own a link has those near it, which may be about something else.
    """
    if _is_told_in_address(target, words):
        return Decision(LinkKind.ARTICLE)
    other = _judge_other_page(target, words, is_in_series=is_in_series)
    if other is not None:
        return other
    if _is_section(target, words.title):
        return Decision(LinkKind.SECTION)
    is_plain = is_like_section(target, "") and not has_page_name(target)
    if not has_own_words and is_plain:
        reason = "its words may be about something else"
        return Decision(LinkKind.DOUBTFUL, reason)
    if has_article_form(target) or _may_be_article(target, words):
        return Decision(LinkKind.ARTICLE)
    reason = "neither its address nor its words are like an article's"
    return Decision(LinkKind.DOUBTFUL, reason)


def _is_told_in_address(target: str, words: Words) -> bool:
    """Return whether an address is made of its link's headline, and is no press release's."""
    if is_press_release(target):
        return False
    return words.is_headline and echoes(target, words.title)


def _judge_other_page(
    target: str, words: Words, *, is_in_series: bool
) -> Decision | None:
    """Return what an address says of a page that is no article; None if it says nothing.

    Several pages of one kind with headlines are articles, though it be called /account.
    """
    is_told = words.is_headline and is_telling(words.title)
    pages: Sequence[Page] = PAGES_THAT_ARE_NONE
    if is_in_series and is_told:
        pages = PAGES_THAT_ARE_NEVER
    for is_other, kind, reason in pages:
        if is_other(target):
            return _judge_service(target, words, Decision(kind, reason))
    return None


def _judge_service(target: str, words: Words, decision: Decision) -> Decision:
    """Return a decision on a page that serves; one with a headline is left to a person.

    An outlet's news of work is below `/jobs/` as its vacancies are.
    """
    is_service_page = decision.kind == LinkKind.SERVICE
    has_headline = words.is_headline and is_telling(words.title)
    if is_service_page and has_headline and has_page_name(target):
        reason = "it has a headline, and the address of a service page"
        return Decision(LinkKind.DOUBTFUL, reason)
    return decision


def judge_home(target: str, words: Words) -> Decision:
    """Return what a home page is; a story may be told on a host of its own, linked by its headline."""
    first_label, _, rest = host_of(target).partition(".")
    has_own_host = "-" in first_label and "." in rest
    has_headline = words.is_headline and is_telling(words.title)
    if has_own_host and has_headline:
        reason = "a headline, and the first page of a host"
        return Decision(LinkKind.DOUBTFUL, reason)
    return Decision(LinkKind.HOME)


def _is_section(target: str, title: str) -> bool:
    if is_listing(target, title):
        return True
    if not title and has_page_name(target):
        return False  # a bare address: its name of several words says more than nothing
    return not has_article_form(target) and is_like_section(target, title)


def _may_be_article(target: str, words: Words) -> bool:
    """Return whether the words about an address say that it is an article's."""
    telling = is_telling(words.title)
    if words.is_headline and telling:
        return True
    has_words = words.is_headline or telling
    return has_words and _has_name_or_number(target)


def _has_name_or_number(target: str) -> bool:
    return has_number(target) or has_page_name(target)


def _judge_network(target: str) -> Decision:
    if is_network_post(target):
        return Decision(LinkKind.DOUBTFUL, "a post on a social network")
    return Decision(LinkKind.PROFILE)
