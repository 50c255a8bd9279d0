"""Place names: countries, continents, states and large cities, in the languages of the press we know.

A body's name with a place behind it is one of its chapters ("Greenpeace Nordic", "WWF España").
Countries and continents are those of CLDR, in each language; cities those that a time zone is
named by.
"""

import re
from functools import cache
from zoneinfo import available_timezones

from babel import Locale

from digest.relevance.running_text import fold_text

#: Languages whose names of countries are known, by the code of the language.
LANGUAGES = ("en", "de", "fr", "es", "pt", "nl", "it")
#: States and lands of larger countries, and groups of countries, that CLDR does not name.
REGIONS = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii"
    "|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan"
    "|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico"
    "|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island"
    "|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia"
    "|Wisconsin|Wyoming|Ontario|England|Scotland|Wales|Ireland|Australia"
)
_MORE_REGIONS = (
    "Cymru|Northern Ireland|UK|GB|Britain|Great Britain|USA|US|EU|Nordic|Nordics|Scandinavia"
    "|Baltics|Balkans|Middle East|Latin America|East Africa|West Africa|Southern Africa|Southeast Asia"
    "|Asia Pacific|Bayern|Berlin|Brandenburg|Bremen|Hamburg|Hessen|Niedersachsen|Nordrhein"
    "|Rheinland|Saarland|Sachsen|Thüringen|Schleswig|Baden|Mecklenburg|Andalucía|Cataluña|Catalunya"
    "|Galicia|Madrid|Murcia|Aragón|Euskadi|Valencia|Canarias|Bretagne|Normandie|Occitanie|Alsace"
    "|Toulouse|Bordeaux|Lyon|Marseille|Nantes|Grenoble|Lille|Madeira|Açores|Porto|Braga|Zeeland"
    "|Limburg|Brabant|Utrecht|Drenthe|Friesland|Groningen|Gelderland|Overijssel|Vlaanderen"
)
_TRAILING_MARKS = re.compile(r"[^\w']+$")
#: Words of a place's name that are looked at.
_MAX_WORDS = 3


def starts_with_place(text: str) -> bool:
    """Return True if a text begins with the name of a place."""
    words = fold_text(text).split()[:_MAX_WORDS]
    stripped = [_TRAILING_MARKS.sub("", word) for word in words]
    names = (
        " ".join(stripped[:length]).removesuffix("'s")
        for length in range(1, len(stripped) + 1)
    )
    return any(name in _all_places() for name in names)


@cache
def _all_places() -> frozenset[str]:
    """Return the names of all places, folded."""
    names = {*REGIONS.split("|"), *_MORE_REGIONS.split("|")}
    for language in LANGUAGES:
        names |= set(Locale(language).territories.values())
    names |= {
        zone.rpartition("/")[2].replace("_", " ")
        for zone in available_timezones()
        if "/" in zone and not zone.startswith("Etc/")
    }
    return frozenset(fold_text(name) for name in names)
