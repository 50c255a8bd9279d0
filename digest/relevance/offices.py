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
#: What bodies call themselves: a name with such a word is a body's.
_CALLED_BODY = re.compile(
    r"\b(?:foundation|project|union|institute?|association|council|trust|alliance|society|network"
    r"|cent(?:er|re)|campaign|charity|league|fund|\w*(?:stiftung|verein|bund|verband|gesellschaft|hilfe)"
    r"|fundación|asociación|fondation|ligue|fundação|associação|stichting|vereniging)\b",
    re.IGNORECASE,
)


def is_called_body(name: str) -> bool:
    """Return True if a name says that it is a body's: “The Kelp Project”."""
    return bool(_CALLED_BODY.search(name))


def names_office(sentence: str) -> bool:
    """Return True if a sentence tells of an office that people of a body have."""
    return bool(_OFFICE.search(sentence))
