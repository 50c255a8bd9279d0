"""Whether capitals prove a name: in running text they do, in a headline or at its start less so."""

import re

from digest.relevance.roles import SAID

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
    rf"(?:\w+ ){{0,4}}?(?:by|to) [“\"]?$|\b(?:sides?|sided) with [“\"]?$|\b{SAID} $",
    _I,
)
_WORD = re.compile(r"[^\W\d_][\w’']*")
_LITTLE = 4  #: letters; shorter words are small in headlines too


def shaped(configured: str, found: str) -> bool:
    """Say whether a name stands with its capitals, or all in them.

    A name that is written small (a handle) or with capitals inside (ProPublica) is no words of the
    language, and is taken however it is written.
    """
    if (
        found.isupper()
        or configured.islower()
        or re.search(r"[a-z][A-Z]|\d", configured)
    ):
        return True
    ours = _WORD.findall(configured)
    theirs = _WORD.findall(found)
    if len(ours) != len(theirs):
        return found[:1].isupper()
    if configured.isupper():
        return found.isupper()
    return all(
        t[0].isupper() for o, t in zip(ours, theirs, strict=True) if o[0].isupper()
    )


def titled(before: str, after: str, headline: bool) -> bool:
    """Say whether the text around a name capitalises every word, so that a capital means nothing.

    Running text must show it by two words at least; a headline is trusted less.
    """
    long = [w for w in _WORD.findall(f"{before} | {after}") if len(w) >= _LITTLE]
    if headline:
        share = 0.75
    else:
        share = 0.85
    return (headline or len(long) >= 2) and sum(
        w[0].isupper() for w in long
    ) >= share * len(long)


def deliberate(name: str, before: str, in_title: bool) -> bool:
    """Say whether the capitals of a name can only be meant: as a name's."""
    if in_title:
        return False
    opens = not before.strip(" “\"«'‘(–—-")
    inner = [w for w in _WORD.findall(name)[1:] if len(w) >= _LITTLE]
    return not opens or any(w[0].isupper() for w in inner)


def acts_as_body(name: str, before: str, after: str, in_title: bool) -> bool:
    """Say whether the words beside a name treat it as a body: it says, sues, is “the charity”."""
    if _BEFORE.search(before):
        return True
    # in a headline another noun before it may own the verb: “Tax Haven Loses Its Charm”
    alone = not in_title or " " in name or not before.strip()
    return alone and bool(_AFTER.match(after))
