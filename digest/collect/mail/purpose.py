"""Purpose of a mail: whether it brings news at all, or is of an account, an offer or an event. Pure.

No sign is sure by itself: a newsletter may welcome winter, and a shop's mail has headlines, too. Each
is weighed. The weights are guesses, tried on 115 invented mails (docs/mail.md).
"""

import re

from digest.collect.mail.address_forms import has_article_form
from digest.collect.mail.layout import Anchor, Layout
from digest.collect.mail.line_signs import begins_with_later_day
from digest.collect.mail.link_roles import Roles
from digest.collect.mail.mail_message import Mail
from digest.collect.mail.mail_stories import is_telling
from digest.collect.mail.phrases import (
    count_reader_words,
    has_commerce_root,
    has_managing_root,
    has_small_amount,
    is_account_subject,
    is_call,
    is_managing_sentence,
    is_managing_text,
    is_offer,
    is_policy_subject,
    is_welcome,
)

#: Sum of signs from which a mail brings no news.
BRINGS_NONE = 3
#: Shares of the links above the foot that are of an account or an offer: some, and most.
SOME_LINKS = 0.25
MOST_LINKS = 0.4
#: Lines with a price, and with a day to come, from which a mail is of them.
SOME_PRICES = 3
MANY_PRICES = 5
MIN_DAYS = 2
#: Share of the words that speak to the reader: nearly all newsletters have less.
MIN_TO_READER = 2
SOME_TO_READER = 0.04
MUCH_TO_READER = 0.055
#: Headlines with "Read more", or with the address of an article, from which a mail brings news.
MIN_STORIES = 3
#: Words of a subject that a headline has, too, and letters of such a word.
MIN_QUOTED = 3
WORD = re.compile(r"\w{4,}")


def brings_no_news(mail: Mail, layout: Layout, roles: Roles) -> bool:
    """Return whether a mail is of an account, an order, an offer or an event, by all its signs."""
    if is_account_subject(mail.subject):
        return True
    weight = _weigh_subject(mail) + _weigh_lines(mail, layout, roles)
    has_few_headlines = len(roles.alike_headlines) < MIN_STORIES
    if weight and has_few_headlines:
        weight += 1
    weight += _weigh_links(layout, roles)
    return weight - _weigh_news(mail, layout) >= BRINGS_NONE


def _weigh_subject(mail: Mail) -> int:
    """Return how much a subject says that its mail brings no news."""
    subject = mail.subject
    if is_policy_subject(subject):
        return 2
    if is_welcome(subject):
        names_sender = mail.sender.casefold() in subject.casefold()
        return 2 + (names_sender and bool(mail.sender))
    return 2 * is_offer(subject)


def _weigh_links(layout: Layout, roles: Roles) -> int:
    """Return how much the links above the foot say it: "Sign up", "Your settings", "Order now"."""
    above = [
        anchor
        for anchor in layout.anchors
        if anchor.text and anchor.index not in roles.in_foot
    ]
    of_account = list(filter(_is_of_account, above))
    share = len(of_account) / max(len(above), 1)
    return (share >= SOME_LINKS) + (share >= MOST_LINKS)


def _is_of_account(anchor: Anchor) -> bool:
    text = anchor.text
    if is_managing_text(text) or has_managing_root(text):
        return True
    if has_commerce_root(text):
        return True
    return anchor.is_repeated and is_managing_sentence(text)


def _weigh_lines(mail: Mail, layout: Layout, roles: Roles) -> int:
    """Return how much the lines above the foot say it: prices, days to come, words to the reader."""
    in_foot = {
        layout.first_block_of(layout.anchors[index]) for index in roles.in_foot
    }
    texts = [
        block.text for block in layout.blocks if block.index not in in_foot
    ]
    prices = sum(map(has_small_amount, texts))
    days = sum(begins_with_later_day(text, mail.sent) for text in texts)
    words = sum(len(text.split()) for text in texts)
    spoken = sum(map(count_reader_words, texts))
    to_reader = 0.0
    if spoken >= MIN_TO_READER:
        to_reader = spoken / words
    return (
        (prices >= SOME_PRICES)
        + 2 * (prices >= MANY_PRICES)
        + (days >= MIN_DAYS)
        + (to_reader >= SOME_TO_READER)
        + (to_reader >= MUCH_TO_READER)
    )


def _weigh_news(mail: Mail, layout: Layout) -> int:
    """Return how much a mail says that it brings news."""
    headlines = [one.text for one in layout.anchors if is_telling(one.text)]
    headlines += [block.text for block in layout.blocks if block.is_heading]
    quoted = any(_is_quoted(text, mail.subject) for text in headlines)
    calls = {
        one.href for one in layout.anchors if one.text and is_call(one.text)
    }
    shown = {one.href for one in layout.anchors if has_article_form(one.href)}
    return (
        3 * quoted
        + 2 * (len(calls) >= MIN_STORIES)
        + 2 * (len(shown) >= MIN_STORIES)
    )


def _is_quoted(headline: str, subject: str) -> bool:
    """Return whether the subject of a mail is made of words of a headline in it."""
    words = set(WORD.findall(subject.casefold()))
    in_headline = set(WORD.findall(headline.casefold()))
    return len(words & in_headline) >= MIN_QUOTED
