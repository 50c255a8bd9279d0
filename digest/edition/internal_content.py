"""Internal content: what an internal newsletter says of a story beyond its line, from the article.

Input: an analysed article and what the newsletter wants. Output: the sentence that proves the
mention, sentences with which our people are quoted, reasons in words, and how the text begins,
each on one line, ready to be written into the edition, where people may change it.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from digest.infra.running_text import fold_spaces
from digest.model import (
    AnalysedArticle,
    Mention,
    MentionPlace,
    MentionRole,
    Pick,
)
from digest.settings import InternalContent, Newsletter

#: Characters of a sentence: where a page has no full stops, it may be the whole article.
MAX_SENTENCE_LENGTH = 600
MAX_QUOTES = 3  #: with which our people are quoted, beside the proof
#: Parts of an article that are public although its text is not.
PUBLIC_PLACES = frozenset({MentionPlace.HEADLINE, MentionPlace.SUMMARY})
#: What may be printed of a story in public.
NOTHING = InternalContent(proof=False, quotes=False)

#: Not behind a letter or what may be a short title: J., Mr., Gov.
_SENTENCE_END = re.compile(
    r"(?<!\b\w)(?<!\b[A-Z]\w)(?<!\b[A-Z]\w\w)[\"”’»)]*[.!?…؟]+[\"”’»)]*(?=\s)|[。！？][」』”]*"
)
#: Control characters, and halves of pairs, which no file can hold.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
#: A paragraph of a few words behind “by”, without a full stop.
_BYLINE = re.compile(r"(?:by|por|par|von) \S.{0,78}[^.!?…]", re.IGNORECASE)
_ELLIPSIS = "…"


def internal_content_of(newsletter: Newsletter) -> InternalContent:
    """Return what a newsletter prints of each story; nothing if it is public.

    An internal one that is laid out as clips has proof and quotes unless it says otherwise.
    """
    if not newsletter.is_internal:
        return NOTHING
    if newsletter.internal:
        return newsletter.internal
    if newsletter.layout == "clips":
        return InternalContent()
    return NOTHING


def with_internal_content(
    pick: Pick, judged: AnalysedArticle, content: InternalContent
) -> Pick:
    """Return a pick with what an internal newsletter prints of its article."""
    if content == NOTHING:
        return pick
    judged = _as_printable(judged)
    proof = _proof_of(judged)
    printed_proof = ""
    if content.proof:
        printed_proof = proof
    excerpt = _excerpt_of(judged, content.excerpt, printed_proof)
    quotes = tuple(_quotes_in(judged, proof))[:MAX_QUOTES]
    full = replace(
        pick,
        proof=printed_proof,
        our_quotes=quotes,
        reasons=_reasons_of(judged),
        excerpt=excerpt,
    )
    if not content.quotes:
        full = replace(full, our_quotes=())
    if not content.reasons:
        full = replace(full, reasons="")
    return full


def _as_printable(judged: AnalysedArticle) -> AnalysedArticle:
    """Return an article without a text that a person sent from their own subscription.

    That is evidence for staff, and no newsletter prints a word of it: what a subscriber may read
    they may not pass on.
    """
    if not judged.article.sent_by:
        return judged
    public_mentions = tuple(
        mention
        for mention in judged.reading.mentions
        if mention.place in PUBLIC_PLACES
    )
    return replace(
        judged,
        article=replace(judged.article, text=""),
        reading=replace(judged.reading, mentions=public_mentions),
    )


def _proof_of(judged: AnalysedArticle) -> str:
    """Return the sentence that proves the mention; "" if it is the headline itself."""
    mention = judged.proof
    if mention is None or _is_in_note(mention, judged):
        return ""
    sentence = _sentence_of(mention)
    if sentence == _on_one_line(judged.article.title):
        return ""
    return sentence


def _quotes_in(judged: AnalysedArticle, proof: str) -> Iterator[str]:
    """Yield the sentences with which our people are quoted, but for the proof."""
    shown = [proof]
    for mention in judged.reading.mentions:
        is_quoted = mention.role == MentionRole.QUOTED
        if not is_quoted or not mention.counts:
            continue
        if _is_in_note(mention, judged):
            continue
        sentence = _sentence_of(mention)
        is_shown = any(sentence in other for other in shown)
        if not is_shown:
            shown.append(sentence)
            yield sentence


def _is_in_note(mention: Mention, judged: AnalysedArticle) -> bool:
    """Return whether a mention is in what the press office noted, which is no sentence of the outlet."""
    is_in_summary = (
        mention.place == MentionPlace.SUMMARY
    )  # as of analyses of earlier versions
    return mention.place == MentionPlace.NOTE or (
        is_in_summary and judged.article.came_in_sheet
    )


def _reasons_of(judged: AnalysedArticle) -> str:
    """Return the reasons that do not change by themselves, without their points."""
    return _on_one_line(
        "; ".join(
            reason.words
            for reason in judged.judgement.reasons
            if not reason.is_passing
        )
    )


def _excerpt_of(judged: AnalysedArticle, length: int, proof: str) -> str:
    """Return how an article's text begins, or its feed's summary, in at most so many characters.

    The sentence that is printed as its proof is not repeated.
    """
    if not length:
        return ""
    article = judged.article
    text = _without_byline(article.text, article.title) or article.own_summary
    excerpt = cut_text(_without_sentence(_on_one_line(text), proof), length)
    if excerpt in proof:
        return ""
    return excerpt


def _without_sentence(text: str, sentence: str) -> str:
    """Return a text without a sentence; an ellipsis stands where it was left out in the middle."""
    if not sentence or sentence not in text:
        return text
    before, _, behind = text.partition(sentence)
    parts = [before.strip(), behind.strip()]
    return f" {_ELLIPSIS} ".join(part for part in parts if part)


def _without_byline(text: str, title: str) -> str:
    """Return a text from behind its headline and byline, where pages repeat them."""
    paragraphs = text.split("\n\n")
    while paragraphs and _is_above_text(_on_one_line(paragraphs[0]), title):
        del paragraphs[0]
    return "\n\n".join(paragraphs)


def _is_above_text(paragraph: str, title: str) -> bool:
    is_byline = _BYLINE.fullmatch(paragraph) is not None
    return is_byline or paragraph in ("", _on_one_line(title))


def _sentence_of(mention: Mention) -> str:
    """Return a mention's sentence; of a very long one what stands around the name."""
    sentence = _on_one_line(mention.sentence)
    if len(sentence) <= MAX_SENTENCE_LENGTH:
        return sentence
    name = sentence.casefold().find(mention.name.casefold())
    start = sentence.rfind(" ", 0, max(name - MAX_SENTENCE_LENGTH // 2, 0)) + 1
    part = cut_text(sentence[start:], MAX_SENTENCE_LENGTH)
    if start:
        return f"{_ELLIPSIS} {part}"
    return part


# Text


def cut_text(text: str, length: int) -> str:
    """Cut a text on one line to at most so many characters, behind a sentence or else a word.

    A sentence that ends in the first half does not count: too little would be left. What is cut
    within a sentence ends with an ellipsis; "" if there is room for no word.
    """
    if len(text) <= length:
        return text
    ends = [
        match.end()
        for match in _SENTENCE_END.finditer(text)
        if length // 2 <= match.end() <= length
    ]
    if ends:
        return text[: ends[-1]]
    room = max(length - 2, 0)  # for the space and the ellipsis
    end = text.rfind(" ", 0, room + 1)
    if end < length // 2:  # words without spaces between them
        end = _end_of_letter(text, room)
    beginning = text[:end].rstrip()
    if not beginning:  # there is room for no word
        return ""
    return f"{beginning} {_ELLIPSIS}"[:length]


def _end_of_letter(text: str, end: int) -> int:
    """Return the last place up to `end` that does not tear a letter from its accents."""
    while end and unicodedata.combining(text[end]):
        end -= 1
    return end


def _on_one_line(text: str) -> str:
    """Return text on one line, without control characters."""
    return fold_spaces(_CONTROLS.sub(" ", text))
