"""Offices: words for what bodies are, and for what their people do."""

import re

#: Words for what people of a body are, or the body is.
_OFFICE = re.compile(
    r"\b(?:campaigners?|campaigning|campaign director|executive director"
    r"|the (?:group|organi[sz]ation|institute|union|"
    r"foundation|network)|spokes(?:person|man|woman)|charity|charit(?:y|ies)|nonprofit|"
    r"non-profit|watchdog|pressure group|advocacy group|ngo|union organiser|activist|"
    r"militante?s?|porte-parole|association|Sprecher(?:in)?|Verband\w*|Verein\w*|Organisation|"
    r"portavoz|asociación|fundación|activista|porta-voz|associação|woordvoerder|vereniging)\b",
    re.IGNORECASE,
)


def names_office(sentence: str) -> bool:
    """Return True if a sentence tells of an office that people of a body have."""
    return bool(_OFFICE.search(sentence))
