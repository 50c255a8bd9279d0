"""Post titles: what a post without a headline of its own is called, by its text. Pure.

Input: the text of a post, its paragraphs on lines of their own, and the title that its feed gives,
if any. Output: its first sentence, without links, hashtags and signs, shortened at a word; where the
post says that it repeats, answers or quotes another, the title says so too.
"""

import re
import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

#: Characters of a post's text that stand for its title.
MAX_POST_TITLE_LENGTH = 120
#: Columns of a first sentence that tells something by itself; a shorter one takes the next with it.
MIN_SENTENCE_WIDTH = 20
MIN_LINE_WIDTH = 12  #: the same of a line that stands alone, like a heading
#: A title that so many entries share, all that there are, names none of them.
MIN_SAME_TITLES = 3
#: Letters by which a title is found to be the beginning of the text.
COMPARED_LETTERS = 40

REPOST = "Repost: "
REPLY = "Reply to {}: "
ADDRESSED = "To {}: "
QUOTE = "Quote: "
EMBED = "With a quote or embed: "

#: What mirrors of X write before a title (Nitter, RSS-Bridge, RSSHub).
_REPOST_MARK = re.compile(r"^(?:RT(?: by)? @\S+:|RT:|🔁[^:]{0,60}:|🔁)\s*")
_REPLY_MARK = re.compile(r"^(?:R|Re|Reply|Replying) to (@[\w.@-]+):?\s*")
_PINNED_MARK = re.compile(r"^(?:Pinned|📌):?\s+")
#: A title that only says that there is a post: "@ana.example post" (bskyweb, rss.go, until 2024),
#: "New post" (Mastodon), or what programs put in place of none.
_ONLY_A_POST = re.compile(
    r"@[\w.-]+ post|[Nn]ew (?:post|status|note)(?: by \S.{0,60})?|"
    r"[(\[]?(?:[Nn]o title|[Uu]ntitled)[)\]]?"
)
#: A title that only says when (Mastodon 3.5, RSS 2.0's and ISO 8601's forms), or is an address.
_ONLY_A_TIME = re.compile(
    r"[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d(?::\d\d)?(?: \S+)?|"
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d\S*"
)
_ONLY_AN_ADDRESS = re.compile(r"https?://\S+")
#: What titles of outlets rarely have and copied posts do.
_SIGNS_OF_POST = re.compile(r"https?://|(?:^|\s)#\w")
_BEGINNING_OF_POST = re.compile(r"RT\b|🔁|📌|Pinned:|Re?\w* to @")
#: A line by which a post quotes another (Mastodon 4.5, Misskey), or says that it may (bskyweb).
_QUOTE_LINE = re.compile(
    r"^(?:RE|QT): ?https?://\S+\s*|\s*\b(?:RE|QT): ?https?://\S+$"
)
_EMBED_LINE = re.compile(r"\[contains quote post or other embedded content\]")
#: What Mastodon's feeds put above the text of a post behind a warning (rss.content_warning).
_WARNING = re.compile(
    r"^[\w ]{0,40}(?:warning|contenido|contenu|Inhalt\w*)\s?: .*\n",
    re.IGNORECASE,
)
_MENTIONS = re.compile(r"^(@[\w.-]+(?:@[\w.-]+)?)(?:\s+@[\w.@-]+)*\s+(?=\S)")
_LINK = re.compile(
    r"(?:https?://|www\.)\S+|(?<!\S)[a-z0-9-]+(?:\.[a-z0-9-]+)+/\S+"
)
_HASHTAGS_AT_END = re.compile(r"(?:(?:^|\s+)#\w+)+\s*$")
_HASHTAG = re.compile(r"(?<!\w)#(?=\w)")
#: Not behind a letter or what may be a short title: J., Mr., Gov.
_SENTENCE_END = re.compile(
    r"(?<!\b\w)(?<!\b[A-Z]\w)(?<!\b[A-Z]\w\w)[.!?…؟]+[\"”’»)]*(?=\s|$)|[。！？][」』”]*"
)
_SIGN_CATEGORIES = frozenset({"So", "Sk", "Cf", "Mn", "Zs"})


@dataclass(frozen=True, slots=True)
class _MarkedText:
    """A text without its mark, and the mark in words: "Repost: "."""

    text: str
    mark: str = ""


def may_be_made_of_post(title: str) -> bool:
    """Return whether a title has what titles of outlets rarely have, so that the text decides."""
    may_have_signs = "#" in title or "://" in title
    if may_have_signs and _SIGNS_OF_POST.search(title):
        return True
    return bool(_BEGINNING_OF_POST.match(title)) or _says_nothing(title)


def is_made_of_post(title: str, text: str) -> bool:
    """Return whether a title is only the beginning of a post's text, or says only that it is a post."""
    if not title or _says_nothing(title):
        return True
    if _ONLY_AN_ADDRESS.fullmatch(title):
        return bool(_clean_words(text))
    beginning = _letters_of(_read_mark(title).text)[:COMPARED_LETTERS]
    return bool(beginning) and _letters_of(text).startswith(beginning)


def _says_nothing(title: str) -> bool:
    """Return whether a title only says that there is a post, or when."""
    if _ONLY_A_POST.fullmatch(title):
        return True
    return _ONLY_A_TIME.fullmatch(title) is not None


def is_title_of_all(titles: Sequence[str]) -> bool:
    """Return whether the entries of a feed all have one title, which then names none of them."""
    return len(titles) >= MIN_SAME_TITLES and len(set(titles)) == 1


def title_of_post(text: str, title: str = "") -> str:
    """Return a post's title by its text; `title` is what the feed gave, which may have a mark."""
    marked_title = _read_mark(title)
    body = _read_body(text)
    mark = marked_title.mark or body.mark
    room = MAX_POST_TITLE_LENGTH - len(mark)
    words = _first_sentence(_clean_words(body.text))
    if not words:
        # it has nothing but links, hashtags or signs
        words = " ".join(body.text.split())
    shortened = textwrap.shorten(words, width=room, placeholder=" …")
    if shortened == " …".strip():
        shortened = words[: room - 1] + "…"  # there is no space to cut at
    return mark + shortened


# Marks


def _read_mark(title: str) -> _MarkedText:
    """Return a title without the mark that its feed put before it."""
    title = _PINNED_MARK.sub("", title)
    repost = _REPOST_MARK.match(title)
    if repost:
        return _MarkedText(title[repost.end() :], REPOST)
    reply = _REPLY_MARK.match(title)
    if reply:
        return _MarkedText(title[reply.end() :], REPLY.format(reply[1]))
    return _MarkedText(title)


def _read_body(text: str) -> _MarkedText:
    """Return a post's text without warning, quoted address and mentions, and what these say."""
    text = _WARNING.sub("", text.strip())
    if _EMBED_LINE.search(text):
        return _MarkedText(_EMBED_LINE.sub("", text).strip(), EMBED)
    if _QUOTE_LINE.search(text):
        return _MarkedText(_QUOTE_LINE.sub("", text).strip(), QUOTE)
    marked = _read_mark(text)
    if marked.mark:
        return marked
    mentions = _MENTIONS.match(text)
    if mentions:
        # whether it answers them is not said
        mark = ADDRESSED.format(mentions[1])
        return _MarkedText(text[mentions.end() :], mark)
    return _MarkedText(text)


# Words


def _clean_words(text: str) -> str:
    """Return a text's first lines that have words, without links, hashtags at its end and signs."""
    lines = (_clean_line(line) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _clean_line(line: str) -> str:
    without_links = _LINK.sub("", line)
    without_tags = _HASHTAGS_AT_END.sub("", without_links)
    words = _HASHTAG.sub("", without_tags)
    return _strip_signs(" ".join(words.split()))


def _strip_signs(line: str) -> str:
    """Return a line without emojis before and behind its words."""
    places = [
        place
        for place, letter in enumerate(line)
        if unicodedata.category(letter) not in _SIGN_CATEGORIES
    ]
    if not places:
        return ""
    return line[places[0] : places[-1] + 1]


def _first_sentence(text: str) -> str:
    """Return the first sentence; one that tells too little comes with the next."""
    line = " ".join(text.split("\n"))
    paragraph_ends = _places_of_lines(text)
    ends = dict.fromkeys(paragraph_ends, MIN_LINE_WIDTH)
    for match in _SENTENCE_END.finditer(line):
        ends.setdefault(match.end(), MIN_SENTENCE_WIDTH)
    for end, enough in sorted(ends.items()):
        if _width_of(line[:end]) >= enough:
            return line[:end]
    return line


def _places_of_lines(text: str) -> list[int]:
    """Return where each line of a text ends."""
    return [index for index, letter in enumerate(text) if letter == "\n"]


def _width_of(text: str) -> int:
    """Return the columns of a text: a Chinese or Japanese character says as much as two letters."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide


def _letters_of(text: str) -> str:
    """Return the letters and digits of a text alone, folded for comparison."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())
