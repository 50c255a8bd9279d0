"""Roles: recognise the role of a name in its sentence.

It gave the documents, is party to a case, is quoted, or is named in passing. The patterns are
matched against the sentence up to the name and the sentence behind it.
"""

import re

from digest.model import MentionRole, NameKind

_I = re.IGNORECASE
_PAPERS = (
    r"(?:records?|documents?|e-?mails?|messages?|files?|figures?|data|texts?|memos?|letters?|papers?"
    r"|transcripts?|logs?|reports?|footage|results?|calendars?|correspondence|forms?|rapports?"
    r"|documentos?|dokumente|unterlagen|courriels?)"
)
_GAVE = (
    r"(?:obtained|released|provided|given|handed(?: over)?|shared|turned over|disclosed|uncovered"
    r"|unearthed|produced|published|supplied|sent|received|acquired|reviewed|posted|secured"
    r"|analy[sz]ed|compiled|collected|leaked|passed|made public|obtenue?s?|publiée?s?|fournie?s?"
    r"|obtenid[oa]s?|erhalten)"
)
_SOURCE_BEFORE = re.compile(
    rf"\b{_GAVE}(?:,? (?!and\b)[\w’'-]+){{0,5}}? (?:by|to|through|via|from|par|por|von)"
    rf"(?: (?:the|a|an|la|le|l’|watchdog|nonprofit|advocacy|government|group"
    rf"|organi[sz]ation|charity|"
    rf"transparency|ethics|rights|ONG|association)\b)*[\s,“\"«‘']*$"
    rf"|\b{_PAPERS} (?:that |which )?(?:were )?(?:from|by)(?: the (?:\w+ )?(?:group|charity"
    rf"|watchdog))?"
    rf" [“\"]?$"
    rf"|\brequests? (?:for [\w ]{{0,40}})?(?:by|from|filed by|made by|brought by) [“\"]?$",
    _I,
)
_SOURCE_AFTER = re.compile(
    rf"[\s-](?:obtained|released|uncovered|unearthed)\s(?:\w+\s){{0,5}}{_PAPERS}\b"
    rf"|(?:,? (?:which|that|who))? (?:has |had |have |a |ha |hat )?(?:first |recently |since )?"
    rf"(?:obtained|received|released|uncovered|unearthed|acquired|secured|published|posted|got|obtenu"
    rf"|obtuvo|erhielt)\b"
    rf"|[’']s (?:(?:\w+ ){{0,3}}(?:foia|public records|records|open records) request|requests? for)"
    rf"|,? through (?:a |its |the )?(?:\w+ ){{0,3}}(?:foia|public records|records|request)",
    _I,
)
_PAPERS_WORD = re.compile(rf"\b{_PAPERS}\b", _I)
#: Characters behind “X obtained” in which the papers may be named.
_PAPERS_DISTANCE = 60
#: “Records that X obtained show …”: the papers stand before the name.
_PAPERS_BEFORE = re.compile(
    rf"\b{_PAPERS}(?:,)? (?:that |which )?(?:the )?(?:\w+ )?[“\"]?$", _I
)
_PARTY_BEFORE = re.compile(
    r"(?:\bv\.|\bvs\.?|\bversus|\bagainst|\b(?:law)?suits? (?:filed |brought )?by|\bsued by"
    r"|\b(?:complaint|petition|motion|appeal|brief|case|action)s? (?:filed |brought )?by"
    r"|\bplaintiffs?,?|\b(?:lawyers?|attorneys?|counsel) (?:for|representing)|\brepresents"
    r"|\bsides? with|\bsided with|\brul(?:es|ed|ing) (?:for|against|in favou?r of)"
    r"|\bsues|\bsued)(?: the)? [“\"]?$",
    _I,
)
_PARTY_AFTER = re.compile(
    r"[’']s? (?:\w+ ){0,2}(?:lawsuit|suit|complaint|appeal|motion|case|petition|claim)\b"
    r"|,? (?:which |who )?(?:has |had |have |is |was |will |also )*"
    r"(?:sue[sd]?|suing|filed|files|appealed|appeals|petitioned|petitions|intervened|challenged"
    r"|challenges|took [\w ]{1,30} to court|goes to court|saisit)\b"
    r"|,? (?:has |had )?asked (?:a|the|an?other) (?:\w+ ){0,2}(?:judge|court)"
    r"|,? (?:has |had )?(?:argued|argues|won|wins|lost|loses)\b[^.]{0,40}\b(?:court|case"
    r"|lawsuit|ruling"
    r"|appeal|injunction)"
    r"| v\.? | vs\.? | versus | c\. | contre ",
    _I,
)
SPEECH_VERB = (
    r"(?:said|says|say|told|tells|added|adds|wrote|writes|argued|argues|warned|warns|called|calls"
    r"|explained|noted|stated|testified|replied|asked|commented|concluded|insisted|continued"
    r"|responded|tweeted|announced|complained|acknowledged|claimed|claims|a déclaré"
    r"|déclare|affirme|a dit|explique|sagte|sagt|erklärte|warnt|dijo|declaró|afirmó)"
)
_COURT_PAPERS = (
    r"(?:claim|complaint|petition|(?:law)?suit|case|challenge|appeal|action|application|prosecution"
    r"|recours|plainte|requête|recurso|demanda|denuncia|querella|Klage|Beschwerde|ação|queixa|zaak)"
)
#: “The complaint was filed in Albany by X”, “El recurso lo presentó la X”, “ruled that X”.
_BROUGHT_BEFORE = re.compile(
    rf"\b{_COURT_PAPERS}s?\b[^.]{{0,60}}\b(?:filed|brought|lodged|made|launched|submitted|déposée?|formée?"
    r"|introduite?|presentad[oa]|interpuest[oa]|presentó|interpuso|apresentada|ingediend)\b"
    r"(?:[^.,]{0,40}\b(?:by|par|por|door|von|pela?))?(?: (?:the|an?|la|le|el|a|o|de|het))? [“\"]?$"
    rf"|\b{_COURT_PAPERS}\w* (?:of|de|del|de la|der|des|do|da|van) $"
    r"|\b(?:Geklagt|Beschwerde eingelegt) hat(?:te)?(?: der| die| das)? $"
    r"|\b(?:judge|justice|court|tribunal)\b[^.]{0,60}\b(?:ruled|found|held)\b[^.]{0,30}\bthat (?:the )?$",
    _I,
)
_WENT_TO_COURT_AFTER = re.compile(
    r"[^.,]{0,20}\bconstitu\w+ partie"
    r"|[^.,]{0,60}\b(?:geklagt|verklagt|Klage (?:eingereicht|erhoben)|Beschwerde eingelegt)\b"
    r"|,? (?:ver)?klagt\b|(?: a| avait| ha| había| had| has)? (?:saisit?|attaqu(?:e|é)|porté? plainte"
    r"|demandado|recurrido|denunciado|interpuso|interpuesto|recorreu|processou|intentou)\b"
    rf"|(?: has| had| is| was)? (?:brought|brings|bringing|taking|took|lodged|launched) "
    rf"(?:a|an|the) (?:\w+ ){{0,2}}{_COURT_PAPERS}\b| had an? (?:\w+ )?case\b",
    _I,
)
_GOT_PAPERS_AFTER = re.compile(
    r"[^.]{0,60}\b(?:erstritten|herausgeklagt|angefordert|ausgewertet|eingesehen)\b",
    _I,
)
#: What a body or a person does by words, beside the verbs of saying.
_OPINION_VERB = (
    r"(?:welcom(?:es|ed)|criti(?:cises|cised|cizes|cized)|condemn(?:s|ed)|describ(?:es|ed)|urg(?:es|ed)"
    r"|accus(?:es|ed)|prais(?:es|ed)|demand(?:s|ed)|reject(?:s|ed)|question(?:s|ed)|dismiss(?:es|ed)"
    r"|hail(?:s|ed)|believes|fears|declined to comment|pointed out|point(?:s|ed) to|estimates|estimated"
    r"|nannte|nennt|fordert|forderte|kritisiert|kritisierte|begrüßt|begrüßte|warnte|spricht von|sprach von"
    r"|teilte mit|lobt|lobte|rügt|rügte|mahnt|mahnte|betont|betonte|verlangt|verlangte|bezeichnet"
    r"|bezeichnete|hieß es|bestätigt|schreibt|schrieb|rappelle|a rappelé|dénonce|a dénoncé|estime"
    r"|a estimé|juge|souligne|a souligné|a réagi|réclame|salue|a salué|critique|a critiqué|regrette"
    r"|s[’']inquiète|a ironisé|note|advirtió|advierte|recordó|recuerda|denunció|denuncia|criticó|critica"
    r"|pidió|pide|celebró|lamentó|lamenta|defendió|defiende|resume|considera|exige|exigió|reclama|señaló"
    r"|criticou|critica|disse|diz|afirmou|acusa|acusou|lembrou|alertou|alerta|pediu|defende|zegt|zei"
    r"|noemt|noemde|vindt|vond|waarschuwt|waarschuwde|vreest|reageert|stelt|laat weten)"
)
_GAVE_OPINION_AFTER = re.compile(
    rf"(?:,[^,.”\"]{{1,80}},)?(?: (?:also|has|had|have|later|then|lo|ook|auch))* {_OPINION_VERB}\b",
    _I,
)
#: “(DHU)” or “, a German group,” between a name and its verb.
_PARENTHESIS = re.compile(r" ?\([^)]{1,60}\)")
_APPOSITION = re.compile(r",[^,.;:”\"]{2,90},")
_SAID_AFTER = re.compile(
    rf"(?:[’']s \w+(?: \w+)?)?(?:,[^,.”\"]{{1,80}},)?(?: (?:also|has|had|have|later"
    rf"|then))* {SPEECH_VERB}\b",
    _I,
)
_SAID_BEFORE = re.compile(
    rf"(?:[,”\"»!?] (?:\w+ )?{SPEECH_VERB}(?: (?:\w+ ){{0,3}}at| the)?"
    r"|\b(?:according to|selon|laut|según)(?: the)?"
    r"|\bspokes(?:person|man|woman|people) (?:for|at|from)|\bstatement (?:by|from)"
    r"|\bporte-parole de|\bSprecher(?:in)? von)[\s,]+(?:[A-Z]\w+ )?[“\"«]?$",
    _I,
)
_QUOTED_WORDS = re.compile(r"[“\"«„][^”\"»]{8,}")


def role_of_name(kind: NameKind, before: str, after: str) -> MentionRole:
    """Return the role of a name, from its sentence before and behind it.

    The order is that of weight: an organisation that gave documents may also be quoted.
    """
    if kind == NameKind.CASE:
        return MentionRole.PARTY
    after = _PARENTHESIS.sub("", after, count=1) if after[:2] == " (" else after
    # the verb may stand behind an apposition: “X, a German group, sued”
    apposition = _APPOSITION.match(after)
    behind = after[apposition.end() :] if apposition else after
    if _is_source(before, after) or _is_source("", behind):
        return MentionRole.SOURCE
    if _is_party(before, after) or _is_party("", behind):
        return MentionRole.PARTY
    if _is_quoted(kind, before, after):
        return MentionRole.QUOTED
    return MentionRole.PASSING


def _is_party(before: str, after: str) -> bool:
    """Return True if the name goes to court, or is taken there."""
    return bool(
        _PARTY_BEFORE.search(before)
        or _BROUGHT_BEFORE.search(before)
        or _PARTY_AFTER.match(after)
        or _WENT_TO_COURT_AFTER.match(after)
    )


def _is_source(before: str, after: str) -> bool:
    """Return True if the documents come from the name: it obtained or released them."""
    if _SOURCE_BEFORE.search(before):
        return True
    if _GOT_PAPERS_AFTER.match(after):
        return True
    match = _SOURCE_AFTER.match(after)
    if not match:
        return False
    if "request" in match.group().lower():
        return True
    # “X obtained” alone may be of anything: papers must be named beside it
    nearby = match.group() + after[match.end() :][:_PAPERS_DISTANCE]
    return bool(_PAPERS_WORD.search(nearby) or _PAPERS_BEFORE.search(before))


def _is_quoted(kind: NameKind, before: str, after: str) -> bool:
    """Return True if the name speaks; for a person, quoted words in the sentence are enough."""
    if _has_verb_of_speech(before, after):
        return True
    if kind != NameKind.PERSON:
        return False
    return bool(_QUOTED_WORDS.search(before) or _QUOTED_WORDS.search(after))


def _has_verb_of_speech(before: str, after: str) -> bool:
    """Return True if a verb of saying or of opinion stands beside the name."""
    follows = _SAID_AFTER.match(after) or _GAVE_OPINION_AFTER.match(after)
    return bool(follows or _SAID_BEFORE.search(before))
