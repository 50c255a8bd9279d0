"""Placeholder words: what stands for something still to come, in English, Spanish, French and German.

Each pattern is as narrow as it must be to be certain: a roman twenty, a company called TK, Spanish “todo”
and an editor's brackets in a quote are words.
"""

import re

#: A placeholder in these languages is a word of theirs: TODO is “all”.
_ALL_IS_TODO = ("es", "pt", "gl", "ca")

_NOUNS = (
    "links?|urls?|names?|dates?|titles?|headlines?|quotes?|numbers?|figures?|photos?|pictures?|images?|captions?|"
    "texts?|sources?|places?|credits?|bylines?|times?|amounts?|addresse?s?|"
    "enlaces?|v[ií]nculos?|nombres?|fechas?|titular(?:es)?|t[ií]tulos?|citas?|cifras?|fotos?|textos?|fuentes?|"
    "im[aá]gen(?:es)?|datos?|lugar(?:es)?|pies? de foto|"
    "liens?|noms?|pr[eé]noms?|titres?|citations?|chiffres?|l[eé]gendes?|textes?|lieux?|montants?|sous-titres?|"
    "adresses?|"
    "links?|namen?|vornamen?|datum|daten|titel|überschrift(?:en)?|zitate?|zahl(?:en)?|fotos?|bild(?:er|unterschrift)?|"
    "quellen?|orte?|betrag|adressen?"
)
_ARTICLES = (
    r"(?:(?:the|an?|your|our|el|la|los|las|una?|le|les|l['’]|des?|du|der|die|das|den|dem|einen?"
    r"|hier)\s*)*"
)
_VERBS = (
    "insert|add|put|paste|check|confirm|verify|fill in|write|"
    "insertar?|inserte|añadir|añade|agregar?|poner|incluir|completar|verificar|comprobar|revisar|confirmar|"
    "ins[eé]rer|ajouter|mettre|v[eé]rifier|compl[eé]ter|indiquer|confirmer"
)
_GERMAN_VERBS = (
    "einfügen|ergänzen|eintragen|einsetzen|nachtragen|prüfen|folgt|fehlt|hier"
)
_TO_COME = (
    "here|goes here|to come|tk|tbd|tbc|needed|missing|pending|"
    "aquí|pendiente|por confirmar|por completar|ici|à venir|à compléter|à confirmer|à vérifier|"
    "hier|folgt|fehlt|noch offen"
)
_ASK = (
    rf"(?:(?:{_VERBS})\s+{_ARTICLES}(?:{_NOUNS})\b[^\]\)\}}>]*"
    rf"|{_ARTICLES}(?:{_NOUNS})(?:\s+(?:of|de|du|der|des)\s+\S+)?\s+(?:{_TO_COME}|{_GERMAN_VERBS})"
    r"|(?:your|su|tu|votre|ihr|dein)\s+(?:\w+\s+)?(?:name|nombre|nom|organi[sz]ation|organización)"
    r"|à (?:compléter|vérifier|confirmer|venir)|por (?:completar|confirmar)|pendiente"
    r"|noch zu ergänzen|bitte ergänzen"
    r"|t\.?k\.?|tbd|tbc|tba|todo|fixme|x{2,}|\?+|placeholder|platzhalter|to come|to be (?:confirmed|added))"
)
#: In brackets that are no link's, and have no address elsewhere.
_BRACKETED = re.compile(
    rf"\[\s*{_ASK}\s*[:.…!?]*\s*\](?![(\[])|[(<{{]\s*(?:{_VERBS})\s+{_ARTICLES}(?:{_NOUNS})(?:\s+\w+)?\s*[)>}}]",
    re.IGNORECASE,
)
_ASKED = re.compile(
    rf"\b(?:{_VERBS})\s+{_ARTICLES}(?:{_NOUNS})\s+(?:here|aquí|ici)\b"
    rf"|\b(?:headline|title|text|quote|caption)\s+goes here\b"
    rf"|\b(?:{_NOUNS})\s+hier\s+(?:einfügen|ergänzen|eintragen|einsetzen)\b|\blorem ipsum\b",
    re.IGNORECASE,
)
#: In capitals, in every language.
_CAPITALS = re.compile(
    r"\bFIXME\b|\b(?:TK){2,}\b|(?<=: )TK(?=[.,;)\s]|$)|\bX{4,}\b|\bPLACEHOLDER\b"
    r"|\bPLATZHALTER\b|\bBLINDTEXT\b"
    r"|\b[ÀA] COMPL[ÉE]TER\b|\bPOR (?:COMPLETAR|CONFIRMAR)\b|\bTODO:|\bPENDIENTE:"
)
#: A number that is missing: XX % or $XX, but not Title XX.
_NUMBER = re.compile(
    r"[$€£¥]\s?X{1,3}\b|\bX{2,3}[.,]X+\b|\bX{1,3}\s?(?:%|percent\b|per cent\b|pour cent\b"
    r"|por ciento\b|Prozent\b)"
    r"|\bXX+\s(?:million|billion|millones|millions|Millionen|Euro|euros|dollars|people|homes)\b|\bXX?[./]XX?(?:[./]|\b)"
)
#: Where a word should be; glued to a word, they shout.
_QUESTION = re.compile(r"(?<![^ \t\n(\[“\"'«])\?{2,}(?=[\s.,;:)\]”\"'»]|$)")
#: What English-speaking journalists write; TK Maxx and TBC Bank are names.
_ENGLISH = re.compile(r"\b(?:TK|TBD|TBC|TBA)\b(?![’'-]\w|\s+[A-Z][a-z]|-)")
#: French has a space before each question mark.
_QUESTION_INSIDE = re.compile(r"(?<=[^\s?] )\?{2,}(?= [a-zà-ÿ])")
_TODO = re.compile(r"\bTODO\b")
#: A single word in brackets asks too, but an editor may have taken a name out of a quote.
_BRACKETED_NOUN = re.compile(rf"\[\s*(?:{_NOUNS})\s*\](?![(\[])", re.IGNORECASE)
_QUOTED = re.compile(r"“[^”]*”|«[^»]*»|„[^“]*“|\"[^\"]*\"")


def find_placeholder(text: str, language: str) -> str:
    """Return the first words of a line that are certainly a placeholder; "" if none are."""
    spoken = language.partition("-")[0]
    patterns = [_BRACKETED, _ASKED, _CAPITALS, _NUMBER]
    patterns.append(_QUESTION_INSIDE if spoken == "fr" else _QUESTION)
    if spoken == "en":
        patterns.append(_ENGLISH)
    if spoken not in _ALL_IS_TODO:
        patterns.append(_TODO)
    return _first_match(text, patterns)


def find_doubtful_placeholder(text: str, language: str) -> str:
    """Return the first words of a line that are probably a placeholder; "" if none are."""
    outside_of_quotes = _QUOTED.sub("“”", text)
    noun = _first_match(outside_of_quotes, [_BRACKETED_NOUN])
    if noun:
        return noun
    opens_with_todo = re.match(r"[#*>\s-]*TODO\s+[a-zà-ÿ]", text)
    is_spoken = language.partition("-")[0] in _ALL_IS_TODO
    if opens_with_todo and is_spoken and "TODO" in text:
        return "TODO"
    return ""


def _first_match(text: str, patterns: list[re.Pattern[str]]) -> str:
    for pattern in patterns:
        match = pattern.search(text)
        if match:
            return match.group()
    return ""
