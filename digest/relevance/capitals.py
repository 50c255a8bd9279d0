"""Capitals: decide from them, and from the words beside a name, whether it is a name.

In running text a capital proves a name; in a headline, or at the start of a sentence, it
does so less or not at all.
"""

import re

from digest.relevance.roles import SPEECH_VERB

_I = re.IGNORECASE
_BODY = (
    r"(?:group|watchdog|non-?profit|charity|organi[sz]ation|ngo|ong|association|foundation|campaign"
    r"|advocates?|coalition|think tank|body|institute|union|hilfsorganisation|verein|stiftung"
    r"|organización|organizzazione|vereniging|stichting)"
)
_ACTS = (
    r"(?:says?|said|sues?|sued|obtains?|obtained|files?|filed|wins?|won|loses?|lost|asks?|asked|calls?"
    r"|argues?|argued|releases?|released|reports?|reported|finds?|found|posts?|posted|publishes"
    r"|published|writes|wrote|warns?|warned|welcomes?|welcomed|runs|counts|counted|represents"
    r"|demands?|demanded|seeks?|sought|appeals?|appealed|reads|plans|urges?|urged|accuses?|accused"
    r"|criticizes?|criticized|launches|launched|uncovers?|uncovered|reveals?|revealed|tells?|told"
    r"|has (?:sued|asked|written|published|found|called|filed|won|warned|posted|put|obtained|left)"
    r"|will (?:appeal|sue|ask|publish|close)|demande|dénonce|alerte|saisit|publie"
    r"|a (?:obtenu|publié"
    r"|saisi|déclaré)|warnt|fordert|klagt|denuncia|pide|exige)"
)
_AFTER = re.compile(
    rf",? {_ACTS}\b|[’']s? (?:\w+ )?(?:lawsuit|suit|report|request|letter|lawyers?|director|policy"
    rf"|president|spokes\w+|executive|staff|boats|counts|figures|findings|research|chief|statement"
    rf"|appeal|complaint|records|work|founder|members)\b"
    rf"| (?:case|lawsuit|suit|request|report|emails|documents|analysis|complaint|findings)\b"
    rf"|-(?:obtained|led|backed|commissioned|funded)\b|,? (?:an?|the|which|who|whose) [^.]{{0,60}}?"
    rf"\b(?:{_BODY}|houses|runs|works|campaigns)\b|,? v\.? | vs\.? ",
    _I,
)
_BEFORE = re.compile(
    rf"\b{_BODY}(?:,| called| named)? [“\"«‘]?$|\b(?:according to|selon|laut|según) [“\"]?$"
    rf"|\b(?:spokes\w+"
    rf"|lawyers?|counsel"
    rf"|attorneys?|director|trustee|chair|president|founder|researchers?|analysts?|executive|nurse"
    rf"|member|staff|statement|report|request|lawsuit|complaint|letter|suit)s? (?:for|of|at"
    rf"|with|from"
    rf"|by) [“\"]?$|\b(?:obtained|released|provided|published|commissioned|shared|sued"
    rf"|represented) "
    rf"(?:\w+ ){{0,4}}?(?:by|to) [“\"]?$|\b(?:sides?|sided) with [“\"]?$|\b{SPEECH_VERB} $",
    _I,
)
#: Running text in which a common word with a capital stands as somebody does: “brought by Shelter”,
#: “Shelter had found”; not “in Liberty” or “of Liberty”.
_AS_SOMEBODY_BEFORE = re.compile(
    r"\b(?:by|from|with|to|for|at|via|joins?|joined|like|including|and|than|met|meets|told|asked"
    r"|says?|said|von|mit|bei|avec|chez|con|pour|para|por|pela?|door|met) [“\"]?$"
)
_AS_SOMEBODY_AFTER = re.compile(
    r",? (?:who |which )?(?:has|had|have|will|would|hat|habe|a|ha|heeft|[a-z]{2,}ed)\b[^.]"
    r"|[’']s? [a-z]"
)
_CALLED_BODY_BEFORE = re.compile(
    rf"\b{_BODY}s?(?:,| called| named)? [“\"«„‘]?$", _I
)
_CALLED_BODY_AFTER = re.compile(
    rf",? (?:an?|the|which is an?|die|der|das|eine?|l[’']|une?|la|el|una) ?"
    rf"(?:[\w-]+ ){{0,4}}{_BODY}\b"
    rf"|,? une? {_BODY}\b",
    _I,
)
_WORD = re.compile(r"[^\W\d_][\w’']*")
#: Articles that a name may begin with, in small letters in running text.
LEADING_ARTICLE = re.compile(r"(?:The|Die|Der|Das|Les?|La|Los|Las|El|De|Het) ")
_INNER_CAPITAL = re.compile(r"[a-z][A-Z]|\d")
#: Letters; a shorter word is small in a headline too, and says nothing of its style.
_MIN_LETTERS = 4
#: Words of that length that running text needs before it can show a headline's style.
_MIN_WORDS = 2
#: Share of capitalised words from which a text is taken to capitalise all of them.
_TITLE_CASE_SHARE = 0.85
_TITLE_CASE_SHARE_IN_HEADLINE = 0.75


def has_expected_capitals(configured: str, words: str) -> bool:
    """Return True if a name is written with its capitals, or all in capitals.

    A name that is written small (a handle) or with capitals inside (ProPublica) is no word
    of the language, and matches however it is written.
    """
    if (
        words.isupper()
        or configured.islower()
        or _INNER_CAPITAL.search(configured)
    ):
        return True
    configured, words = _without_article(configured, words)
    expected_words = _WORD.findall(configured)
    actual_words = _WORD.findall(words)
    if len(actual_words) != len(expected_words):
        return words[:1].isupper()
    if configured.isupper():
        return False
    return all(
        actual[0].isupper()
        for expected, actual in zip(expected_words, actual_words, strict=True)
        if expected[0].isupper()
    )


def _without_article(configured: str, words: str) -> tuple[str, str]:
    """Return a name and words without the article that both begin with: “the Lantern Project”."""
    match = LEADING_ARTICLE.match(configured)
    if match is None or match.group().lower() != words[: match.end()].lower():
        return configured, words
    return configured[match.end() :], words[match.end() :]


def is_title_case(before: str, after: str, *, in_headline: bool) -> bool:
    """Return True if the text around a name capitalises every word.

    A capital then says nothing. Running text must show it by two words at least; a headline
    is known to do so from a smaller share.
    """
    initials = [
        word[0]
        for word in _WORD.findall(f"{before} | {after}")
        if len(word) >= _MIN_LETTERS
    ]
    capitals = sum(map(str.isupper, initials))
    if in_headline:
        return capitals >= _TITLE_CASE_SHARE_IN_HEADLINE * len(initials)
    if len(initials) < _MIN_WORDS:
        return False
    return capitals >= _TITLE_CASE_SHARE * len(initials)


def is_deliberate(name: str, before: str, *, in_title: bool) -> bool:
    """Return True if the capitals of a name can only be those of a name.

    At the beginning of a sentence the first word has a capital anyway.
    """
    if in_title:
        return False
    opens_sentence = not before.strip(" “\"«'‘(–—-")
    if not opens_sentence:
        return True
    # the first word opens the sentence; a later one has its capital of its own
    later_words = _WORD.findall(name)[1:]
    return any(
        word[0].isupper() for word in later_words if len(word) >= _MIN_LETTERS
    )


def is_described_as_body(before: str, after: str) -> bool:
    """Return True if the name is called a body: “Shelter, the charity”, “the charity Shelter”."""
    return bool(
        _CALLED_BODY_BEFORE.search(before) or _CALLED_BODY_AFTER.match(after)
    )


def stands_as_somebody(before: str, after: str) -> bool:
    """Return True if a capitalised word stands where people and bodies stand in a sentence."""
    return bool(
        _AS_SOMEBODY_BEFORE.search(before) or _AS_SOMEBODY_AFTER.match(after)
    )


def acts_as_body(name: str, before: str, after: str, *, in_title: bool) -> bool:
    """Return True if the words beside a name treat it as a body: it sues, is “the charity”."""
    if _BEFORE.search(before):
        return True
    # in a headline another noun before it may own the verb: “Tax Haven Loses Its Charm”
    may_be_subject = not in_title or " " in name or not before.strip()
    return may_be_subject and bool(_AFTER.match(after))
