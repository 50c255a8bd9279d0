"""Sport and art: tell articles on a sport or an art, where namesakes are players and painters."""

import re

from digest.relevance.running_text import fold_text

#: Words of sport and the arts: a namesake is a player, a painter, an author.
_SPORT_OR_ART = re.compile(
    r"\b(?:footballer|striker|goalkeeper|midfielder|defender|batsman|bowler"
    r"|innings|cricket\w*|goals?|"
    r"matchday|kick-?off|penalty|season|league|cup final|coach|squad"
    r"|team-?mate|head-to-head|championship|"
    r"race|stage win|cyclist|peloton|tournament|test match|brace|hat-trick"
    r"|half-time|scored?|rovers|"
    r"novel|novelist|novella|painter|painting|paintings|painted|still life"
    r"|canvas(?:es)?|gallery|exhibition|sculpt\w+|"
    r"conduct(?:s|ed|ing|or)|orchestra|symphony|concert\w*|album|singer|choir|actor|actress|film|"
    r"Fußball\w*|Tore?|Trainer|Stürmer|Saison|Bundesliga|Torwart|Maler\w*"
    r"|Bildhauer\w*|Roman|Ausstellung|"
    r"Gemälde|Skulptur\w*|Konzert\w*|football|buts?|saison|entraîneur"
    r"|peintre|tableaux?|roman|romancier|"
    r"concert|exposition|fútbol|goles?|partido|escapada|victoria|temporada"
    r"|entrenador|etapa|ciclista|pintor\w*|cuadros?|"
    r"novela|exposición|lienzos?|torero|toros|futebol|golos?|época|treinador|romance|exposição|"
    r"Weltmeister\w*|Titelverteidig\w*|\w*rennen|Vorlauf|Halbfinale|Pokal|Olympia\w*|Spieler\w*"
    r"|defending champion|world cup|jockey|furlongs?|bowled|wickets?|medals?|championnats?|médaille"
    r"|mundial|campeona?|campeonato|"
    r"voetbal\w*|trainer|doelpunt\w*|seizoen|schilder\w*|roman|tentoonstelling|wedstrijd)\b",
    re.IGNORECASE,
)
#: From how many such words on an article is about a sport or an art.
_MIN_SPORT_OR_ART = 2


def is_of_sport_or_art(text: str, least: int = _MIN_SPORT_OR_ART) -> bool:
    """Return True if an article is about a sport or an art, by so many words of it at least."""
    words = {fold_text(word) for word in _SPORT_OR_ART.findall(text)}
    return len(words) >= least
