"""Links of a mail: decide of each address whether it is an article's, and if not, what it is.

A link that hides where it leads is first judged by its words alone: nothing is ever followed that may
unsubscribe somebody. `resolved` brings the addresses that were found by following; with them the same
is decided once more. What is neither clearly an article nor clearly something else is doubtful, for a
person to look at. Pure.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from digest.collect.feeds.clean import absolute_url, article_key
from digest.collect.mail.address_forms import (
    DATE_IN_PATH,
    echoes,
    has_article_form,
    has_page_name,
    is_listing,
    is_share_form,
    must_not_be_followed,
)
from digest.collect.mail.advertisements import find_advertisements
from digest.collect.mail.decisions import (
    Decision,
    judge_home,
    judge_page,
    judge_special_address,
)
from digest.collect.mail.late_links import (
    LATE_REASON,
    Place,
    find_main_host,
)
from digest.collect.mail.layout import Anchor, Layout, lay_out
from digest.collect.mail.line_decisions import Lines
from digest.collect.mail.link_roles import (
    find_roles,
    find_series,
    mark_repeated_words,
)
from digest.collect.mail.mail_message import Mail
from digest.collect.mail.mail_stories import (
    Story,
    Words,
    describe_story,
    is_in_sentence,
    is_telling,
    told_before_source,
)
from digest.collect.mail.menus_and_tools import (
    find_menus,
    find_rows,
    find_tools_of_results,
    without_tools,
)
from digest.collect.mail.phrases import (
    has_commerce_root,
    has_managing_root,
    is_call,
    is_managing_sentence,
    is_managing_text,
    is_own_copy_text,
)
from digest.collect.mail.purpose import brings_no_news
from digest.collect.mail.story_units import find_headlines_of_others
from digest.collect.mail.wrapped_links import hides_target, unwrap_link
from digest.infra.web_address import host_of
from digest.model.mail import LinkKind, MailLink

#: Links that are followed of one mail.
MAX_FOLLOWED = 150
#: Words of a link up to which the sentence around it says what it is for: "click here".
MAX_VAGUE_WORDS = 3
#: Words of the name of a site at most.
MAX_SITE_NAME_WORDS = 6
#: What addresses of one page have or lack at their end.
INDEX_PAGE = re.compile(r"/index\.(?:html?|php)$")
ALERT = re.compile(
    r"\b(?:alerts?|alertas?|alertes?|avvis[oi]|melding|benachrichtigung|media monitoring|monitor|mentions?"
    r"|pressespiegel|clippings?|revue de presse|rassegna stampa)\b",
    re.IGNORECASE,
)

#: Words of a link that is followed if a text stands under it.
MIN_FOLLOWED_WORDS = 2
#: A host and a path, or a host that begins with www.
WITHOUT_SCHEME = re.compile(
    r"www\.[\w-]+\.|(?:[\w-]+\.)+[a-z]{2,}/", re.IGNORECASE
)
#: Words of a link in a menu at most.
MAX_MENU_WORDS = 4

#: What links are by where they stand.
OF_ACCOUNT = Decision(
    LinkKind.MANAGING, "the mail is of an account, an order or an offer"
)
IN_FOOT = Decision(LinkKind.MANAGING, "it stands in the foot of the mail")
PERHAPS_LETTER = Decision(LinkKind.DOUBTFUL, "the mail itself, or a list")
AT_TOP = Decision(LinkKind.MANAGING, "it stands at the top of the mail")
LABELLED_AD = Decision(LinkKind.ADVERTISEMENT, "it is labelled as one")
APART = Decision(LinkKind.HIDDEN, "it stands apart from the headlines")
IN_ROW = Decision(LinkKind.HIDDEN, "it stands in a row of links")
UNDER_SERVICE = Decision(LinkKind.SERVICE, "its heading")

#: Where links lead that were followed; "" for one that could not be.
Resolved = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MailLinks:
    """The decided links of a mail."""

    links: list[MailLink]
    #: addresses that hide where they lead and are worth following
    to_follow: list[str]
    #: names of sites by their host, as the mail names them
    site_names: Mapping[str, str]


def decide_links(mail: Mail, resolved: Resolved) -> MailLinks:
    """Return what each address of a mail is, with what the mail says of the articles."""
    links: dict[str, MailLink] = {}
    to_follow: list[str] = []
    site_names: dict[str, str] = {}
    for body in mail.bodies:
        decider = _Decider(mail, lay_out(body), resolved)
        for link in decider.decide_all():
            key = article_key(link.target) or link.url
            links[key] = _more_certain(links.get(key), link)
        to_follow += decider.to_follow
        site_names |= decider.site_names
    unique = list(dict.fromkeys(to_follow))
    return MailLinks(list(links.values()), unique[:MAX_FOLLOWED], site_names)


def _more_certain(earlier: MailLink | None, link: MailLink) -> MailLink:
    """Return that one of two decisions about an address that takes it, else the first."""
    if earlier is None:
        return link
    if link.kind == LinkKind.ARTICLE != earlier.kind:
        return link
    return earlier


class _Decider:
    """Decides about the links of one text of a mail."""

    def __init__(self, mail: Mail, layout: Layout, resolved: Resolved) -> None:
        self._mail = mail
        self._layout = layout
        self._resolved = resolved
        mark_repeated_words(layout)
        self._advertisements = find_advertisements(layout)
        #: addresses of the mail's own copies on the web
        self._own_copies = {
            _without_fragment(self._target_of(anchor))
            for anchor in layout.anchors
            if is_own_copy_text(anchor.text)
        }
        self._menus = find_menus(layout)
        self._rows = find_rows(layout)
        self._tools = find_tools_of_results(layout)
        self._is_alert = bool(ALERT.search(f"{mail.subject} {mail.sender}"))
        # the days in an alert are those of its articles
        sent = None if self._is_alert else mail.sent
        self._roles = find_roles(layout, sent)
        self._lines = Lines(layout, sent)
        self._is_account_mail = brings_no_news(mail, layout, self._roles)
        self._series: set[str] = set()
        self.to_follow: list[str] = []
        self.site_names: dict[str, str] = {}

    def decide_all(self) -> list[MailLink]:
        """Return a decision for each address."""
        stories = self._group_links()
        self._series = find_series(story.target for story in stories)
        links = [self._decide_story(story) for story in stories]
        links = self._doubt_late(stories, links)
        if not self._is_alert:
            return links
        return without_tools(links)

    def _doubt_late(
        self, stories: list[Story], links: list[MailLink]
    ) -> list[MailLink]:
        """Return links; what would be taken, and stands where articles seldom do, is doubtful."""
        main_host = find_main_host(links)
        pairs = zip(stories, links, strict=True)
        return [self._doubt_if_late(*pair, main_host) for pair in pairs]

    def _doubt_if_late(
        self, story: Story, link: MailLink, main_host: str
    ) -> MailLink:
        is_followed = story.target in self.to_follow
        is_taken = link.kind == LinkKind.ARTICLE
        place = Place(
            story.target,
            story.anchors,
            self._is_hidden(story.anchors[0]),
            self._is_made_like_headline(story),
        )
        is_used = is_taken or is_followed
        if not is_used or not place.is_doubtful(self._layout, main_host):
            return link
        if is_taken:
            return replace(link, kind=LinkKind.DOUBTFUL, reason=LATE_REASON)
        self.to_follow.remove(story.target)
        return replace(link, reason=LATE_REASON)

    def _group_links(self) -> list[Story]:
        """Return the links by where they lead."""
        by_target: dict[str, Story] = {}
        leaders = find_headlines_of_others(
            self._layout, self._roles.alike_headlines, self._is_hidden
        )
        for anchor in self._layout.anchors:
            leader = leaders.get(anchor.index, anchor.index)
            target = self._target_of(self._layout.anchors[leader])
            key = INDEX_PAGE.sub("", article_key(target)) or anchor.href
            story = by_target.setdefault(key, Story(target))
            story.anchors.append(anchor)
        return list(by_target.values())

    def _is_hidden(self, anchor: Anchor) -> bool:
        """Return whether a link is a counter's that hides where it leads, whatever was found by asking."""
        address = unwrap_link(
            absolute_url(_with_scheme(anchor.href), self._layout.base)
        )
        return hides_target(address) or self._roles.is_counted(address)

    def _target_of(self, anchor: Anchor) -> str:
        """Return where a link leads, as far as that is known; "" for no web address."""
        address = absolute_url(_with_scheme(anchor.href), self._layout.base)
        if not address or anchor.href.startswith("#"):
            return ""
        if is_share_form(address):  # what it shares is no target
            return address
        target = unwrap_link(address)
        return self._resolved.get(target) or target

    def _decide_story(self, story: Story) -> MailLink:
        decision = self._judge_before_target(story)
        words = Words()
        if decision is None and self._is_letter_itself(story):
            words = Words(title=self._mail.subject, is_headline=True)
            decision = self._judge_target(story, words)
            if self._roles.alike_headlines:
                decision = PERHAPS_LETTER
        elif decision is None:
            words = self._words_of(story)
            decision = self._judge_target(story, words)
        return MailLink(
            url=story.urls[0],
            target=story.target,
            kind=decision.kind,
            reason=decision.reason,
            title=words.title or next(iter(story.texts), ""),
            summary=words.summary,
            publisher=words.publisher,
            published=words.published,
        )

    def _words_of(self, story: Story) -> Words:
        own = {anchor.index for anchor in story.anchors}
        others = [
            anchor for anchor in self._layout.anchors if anchor.index not in own
        ]
        words = describe_story(
            story, self._layout, others, is_alert=self._is_alert
        )
        if self._is_source(story):
            return told_before_source(words, story, self._layout)
        return words

    def _judge_before_target(self, story: Story) -> Decision | None:
        """Return what links are by themselves and their words; None if their target decides."""
        if not story.target:
            return Decision(LinkKind.NO_ADDRESS)
        addresses = [*story.urls, story.target]
        if any(map(is_share_form, addresses)):
            return Decision(LinkKind.SHARING)
        if not self._mail.unsubscribe_addresses.isdisjoint(addresses):
            return Decision(LinkKind.MANAGING, "it unsubscribes")
        if self._is_account_mail and not has_article_form(story.target):
            return OF_ACCOUNT
        return self._judge_surroundings(story)

    def _judge_surroundings(self, story: Story) -> Decision | None:
        """Return what links are by the words in and around them; None if these do not say it."""
        if self._is_letter_itself(story):
            return None
        if any(one.index in self._advertisements for one in story.anchors):
            return LABELLED_AD
        if self._is_managing(story):
            return Decision(LinkKind.MANAGING, "its words")
        return self._judge_place(story)

    def _judge_place(self, story: Story) -> Decision | None:
        """Return what links are by what they stand beside; None if that does not say it."""
        own = {anchor.index for anchor in story.anchors}
        if own <= self._tools:
            return Decision(LinkKind.MANAGING, "a tool beside a headline")
        if self._is_of_menu(story):
            return Decision(LinkKind.SECTION, "it stands in a menu")
        return self._lines.judge(story)

    def _is_letter_itself(self, story: Story) -> bool:
        """Return whether links lead to the mail's text on the web, which is one article.

        Then its subject is its only large heading, and its address that of a page, not of a copy.
        """
        if not any(map(is_own_copy_text, story.texts)):
            return False
        if self._is_hidden(story.anchors[0]) or not has_page_name(story.target):
            return False
        subject = self._mail.subject.casefold()
        headings = [one for one in self._layout.blocks if one.is_heading]
        return any(one.text.casefold() == subject for one in headings)

    def _is_of_menu(self, story: Story) -> bool:
        """Return whether links stand in a menu only, and are of no other kind: "World | Opinion"."""
        text = next(iter(story.texts), "")
        if not self._stands_in_menu(story) or hides_target(story.target):
            return False
        special = judge_special_address(story.target, story.urls)
        return special is None and not _is_dated(story.target, text)

    def _stands_in_menu(self, story: Story) -> bool:
        """Return whether all links of a story stand in menus, and have few words."""
        text = next(iter(story.texts), "")
        own = {anchor.index for anchor in story.anchors}
        return own <= self._menus and len(text.split()) <= MAX_MENU_WORDS

    def _is_managing(self, story: Story) -> bool:
        """Return whether a link's words, or those around it, are of managing the mail."""
        texts = [anchor.text or anchor.alt for anchor in story.anchors]
        if any(map(is_managing_text, texts)):
            return not self._is_of_article(story, texts)
        if _without_fragment(story.target) in self._own_copies:
            return True
        return self._is_vague_part_of_managing(story)

    def _is_vague_part_of_managing(self, story: Story) -> bool:
        """Return whether links say only "here", in a sentence about managing the mail."""
        if not all(map(_is_vague, story.anchors)):
            return False
        return any(map(is_managing_sentence, self._sentences_of(story)))

    def _is_of_article(self, story: Story, texts: list[str]) -> bool:
        """Return whether an address is an article's, though the words of its link may be of managing."""
        if any(echoes(story.target, text) for text in texts):
            return True
        return self._has_headline(story)

    def _has_headline(self, story: Story) -> bool:
        """Return whether an article's address is linked by a headline, too."""
        if hides_target(story.target) or not has_article_form(story.target):
            return False
        return any(
            is_telling(text) and not is_managing_text(text)
            for text in story.texts
        )

    def _sentences_of(self, story: Story) -> list[str]:
        """Return the lines that the links of a story stand in."""
        blocks = self._layout.blocks
        return [
            blocks[self._layout.first_block_of(anchor)].text
            for anchor in story.anchors
        ]

    def _judge_target(self, story: Story, words: Words) -> Decision:
        """Return what an address is by its form, and by the words about it."""
        special = judge_special_address(story.target, story.urls)
        if special is not None:
            if special.kind == LinkKind.HOME:
                self._note_site_name(story)
                return judge_home(story.target, words)
            return special
        if self._hides_target(story.target):
            return self._judge_hidden(story, words)
        has_own_words = bool(story.own_texts)
        has_alt = any(is_telling(anchor.alt) for anchor in story.anchors)
        return judge_page(
            story.target,
            words,
            has_own_words=has_own_words or has_alt,
            is_in_series=story.target in self._series,
        )

    def _hides_target(self, target: str) -> bool:
        """Return whether an address hides where it leads, and it is not known otherwise."""
        if self._resolved.get(target):
            return False
        return hides_target(target) or self._roles.is_counted(target)

    def _judge_hidden(self, story: Story, words: Words) -> Decision:
        if story.target in self._resolved:
            return Decision(LinkKind.HIDDEN, "it could not be followed")
        if must_not_be_followed(story.target):
            return Decision(LinkKind.MANAGING, "its address")
        role = self._judge_role(story)
        if role is not None:
            return role
        if not (
            self._is_made_like_headline(story)
            or is_telling(words.title)
            or self._is_source(story)
            or _is_short_headline(words)
        ):
            reason = "its words do not say that it leads to an article"
            return Decision(LinkKind.HIDDEN, reason)
        self.to_follow.append(story.target)
        return Decision(LinkKind.HIDDEN, "it was not followed")

    def _judge_role(self, story: Story) -> Decision | None:
        """Return what a link is that hides its target, by where it stands; None if that says nothing."""
        own = {anchor.index for anchor in story.anchors}
        for role, decision in (
            (self._roles.in_foot, IN_FOOT),
            (self._roles.at_top, AT_TOP),
            (self._roles.apart, APART),
            (self._roles.under_service_heading, UNDER_SERVICE),
            (self._rows, IN_ROW),
        ):
            if own <= role:
                return decision
        if self._is_made_like_headline(story):
            return None
        return self._judge_label(story)

    def _judge_label(self, story: Story) -> Decision | None:
        """Return what the words of links say that are in no sentence: "Mein Konto"; None if nothing."""
        labels = [
            anchor.text or anchor.alt
            for anchor in story.anchors
            if not is_in_sentence(anchor, self._layout)
        ]
        texts = [anchor.text for anchor in story.anchors]
        if any(map(has_managing_root, [*labels, *texts])):
            return Decision(LinkKind.MANAGING, "its words")
        if any(map(has_commerce_root, labels)):
            return Decision(LinkKind.SERVICE, "it is an offer")
        return None

    def _is_made_like_headline(self, story: Story) -> bool:
        """Return whether a link is made like several headlines of the mail."""
        return any(
            anchor.index in self._roles.alike_headlines
            for anchor in story.anchors
        )

    def _is_source(self, story: Story) -> bool:
        """Return whether the outlet's name is linked behind what it reports, as in several lines."""
        return any(
            anchor.index in self._roles.sources for anchor in story.anchors
        )

    def _note_site_name(self, story: Story) -> None:
        for text in story.texts:
            if not is_call(text) and len(text.split()) <= MAX_SITE_NAME_WORDS:
                self.site_names.setdefault(host_of(story.target), text)


def _is_dated(target: str, text: str) -> bool:
    """Return whether an address has a date, as articles have, and is not of a day's edition."""
    if is_listing(target, text):
        return False
    return DATE_IN_PATH.search(target) is not None


def _is_vague(anchor: Anchor) -> bool:
    """Return whether a link's words do not say what it is for: "here"."""
    text = anchor.text
    return is_call(text) and 0 < len(text.split()) <= MAX_VAGUE_WORDS


def _without_fragment(url: str) -> str:
    return url.partition("#")[0]


def _is_short_headline(words: Words) -> bool:
    """Return whether a few words are a headline with a text under it."""
    is_short = len(words.title.split()) >= MIN_FOLLOWED_WORDS
    return words.is_headline and is_short and is_telling(words.summary)


def _with_scheme(href: str) -> str:
    """Return an address with the scheme that whoever wrote it left out: `www.example.org/path`."""
    bare = href.strip()
    if WITHOUT_SCHEME.match(bare):
        return f"https://{bare}"
    return bare
