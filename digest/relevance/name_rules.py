"""Name rules: decide from the words around a name that it is not the organisation.

The same words may be part of a longer name, a title, a place, an act or another person's
name. Each rule takes a name in its sentence and returns the reason for rejecting it, in
words that an editor reads, or "" if it has none. The word lists were tuned on one half of
tests/cases/mentions.toml; the other half is kept back to measure them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from digest.model import NameKind

_UPPER = r"[A-ZÀ-ÖØ-ÞĀ-Ž]"
_AFTER_WORD = re.compile(rf"[ -]({_UPPER}[\w’'&-]*)")
_BEFORE_WORD = re.compile(r"(\S+?)([ -])$")

MONTHS = "January February March April May June July August September October November December"
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"

#: Capitalised words that may follow a name without being part of it.
MAY_FOLLOW = frozenset(
    f"{MONTHS} {DAYS} Executive Inspector Justice Secretary Director President Chief Chair "
    "Chairman Chairwoman Chairperson CEO Founder Co-founder Deputy Senior Policy Press "
    "Communications General Legal Counsel Attorney Spokesperson Spokesman Spokeswoman Vice "
    "Managing Program Programme Research Staff Interim Acting FOIA Freedom Twitter Facebook X "
    "Inc Inc. LLC Ltd I Board-certified National".split()
)
#: Words that open a sentence or belong to people and days: a name may follow them directly.
MAY_PRECEDE = frozenset(
    f"{MONTHS} {DAYS} The A An And But Or So For Nor Yet In On At By From With To As If When While "
    "After Before Since Because Although Though Both Either Neither Then Now Today Yesterday "
    "Tomorrow Meanwhile However Instead Also Like Unlike Per Via Through Until Once Why How What "
    "Where Who Does Did Do Has Have Had Is Are Was Were Can Could Will Would Should May Might "
    "Last Earlier Later This That These Those Its Our His Her Their My Your Only Even Not No Among "
    "Against About Over Under Between Beyond Within Without During Following Amid Despite Group "
    "Watchdog Nonprofit Non-profit Charity NGO ONG Organisation Organization Association Advocates "
    "Campaigners Activists Plaintiff Plaintiffs Dear Thanks Thank Welcome Former Attorneys Lawyers "
    "Selon Pour Par Avec Les Le La L’ONG Und Der Die Das Laut Los Las El Según De Del".split()
)
#: Words that make a place or people out of a name that follows.
MODIFIERS = frozenset(
    "latin north south east west central native african asian anglo pan inter trans all anti pro "
    "non arab mexican indian jewish italian irish cuban chinese japanese korean franco".split()
)
#: The last word of a longer name, which is then somebody else's.
HEADS = frozenset(
    "Academy Accord Act Agency Agreement Airlines Airways Alliance Amendment Association "
    "Authority Avenue Award Awards Bank Bay Beach Bill Board Brewery Bridge Bureau Campaign "
    "Capital Center Centre Championship Championships Channel Church Clinic Club Coalition "
    "Coffee Collective College Commission Committee Company Conference Corporation Council "
    "Court Creek Cup Day Department Diver Division Doctrine Entertainment Estates Farm Farms "
    "Festival Films Foods Force Forum Foundation Fund Gallery Group Harbor Harbour Holdings "
    "Holidays Hospital Hotel Initiative Inn Institute Insurance Island Journal Labs Lake Lane "
    "League Library Magazine Marathon Media Ministry Month Museum Network Office Officer "
    "Officers Panel Park Partners Party Pharmacy Point Port Prize Productions Project "
    "Properties Race Radio Realty Records Regatta Report Rescue Review River Road School "
    "Services Society Solutions Square Strategy Street Studios Subcommittee Summit Swim "
    "Swimmers Swimming Systems Team Technologies Theater Theatre Times Tour Tower Trail "
    "Treaty Trust Union University Valley Ventures Week Wines".split()
)
#: The end of the reason for rejecting an act or a thing.
ACT = "tells of an act or a thing, not of a body"
#: Nouns of doing: “X of Y” then tells of an act, not of a body.
ACTS = re.compile(
    r"(?:sight|tion|sion|ment|ance|ence|ing|al|sis|control|review|defen[cs]e|watch|action|cause"
    r"|power|rule|aid|help|relief|justice|reform|change|choice|support|access)$"
)
STATES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii"
    "|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan"
    "|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico"
    "|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island"
    "|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia"
    "|Wisconsin|Wyoming|Ontario|England|Scotland|Wales|Ireland|Australia"
)
_PLACE = re.compile(
    rf", (?:{STATES})\b|,? is an? (?:\w+ ){{0,2}}(?:town|village|city|hamlet|suburb|port|island)\b"
)
_WORK = (
    "film|movie|novel|novella|album|song|single|band|musical|play|opera|series|sitcom|documentary"
    "|book|poem|painting|sculpture|exhibition|podcast|game|ship|boat|yacht|ferry|trawler|vessel|horse"
    "|racehorse|pub|restaurant|bar|café|cafe|hotel|hostel|western|thriller|drama|comedy|memoir|swim"
    "|brand|label|wine|beer|thoroughbred|filly|colt|roman|livre|película|libro|disco|canción|lied|buch"
)
_WORK_BEFORE = re.compile(
    rf"\b(?:{_WORK})s?(?:,? (?:called|named|titled|entitled|is called|was called|of))?,? [\"“«‘']?"
    r"(?:The )?$|\b(?:called|named|titled|entitled|dubbed|renamed) [\"“«‘']?$",
    re.IGNORECASE,
)
_WORK_AFTER = re.compile(
    rf"[\"”»’']? \((?:1[89]|20)\d\d\)|[\"”»’']?,? (?:is )?(?:an?|the|his|her"
    rf"|their) (?:[\w-]+ ){{0,3}}"
    rf"(?:{_WORK}|story|trade journal|journal|firm|company|brand|holiday|proposed holiday)\b"
    r"|[\"”»’'] (?:is|was) the (?:\w+ )?(?:name|title) of|,? as the \w+ is (?:titled|called)"
)
_OCCUPATION = (
    "footballer|midfielder|striker|goalkeeper|defender|winger|forward|captain|coach|pitcher"
    "|quarterback|batsman|bowler|golfer|boxer|cyclist|sprinter|runner|swimmer|jockey|driver|actor"
    "|actress|singer|songwriter|rapper|guitarist|drummer|pianist|violinist|composer|dancer|comedian"
    "|painter|sculptor|novelist|poet|chef|butcher|baker|florist|dentist|plumber|farmer|hairdresser"
    "|teacher|pupil|schoolboy|schoolgirl|student|model|influencer|youtuber|magician|burglar|soprano"
    "|tenor|cellist|organist|peintre|chanteur|chanteuse|acteur|actrice|footballeur|maler|sänger|sängerin|cantante|pintor"
)
_OCCUPATION_BEFORE = re.compile(
    rf"\b(?:{_OCCUPATION}|\w+(?:sänger|spieler|maler|fahrer|meister)(?:in)?),? $",
    re.IGNORECASE,
)
_OCCUPATION_AFTER = re.compile(
    rf", (?:\d{{1,2}}, )?(?:an?|the) (?:[\w-]+ ){{0,3}}(?:{_OCCUPATION})\b"
    r"|,? who (?:plays|sings|paints|dances|scored|conducts|stars|swims|keeps goal)\b",
    re.IGNORECASE,
)
_AGED = re.compile(r",? (?:aged )?\d{1,2},")
_MATERIAL_FOLLOWS = re.compile(
    r"^ (?:board|boards|panel|panels|shelf|shelves|sheet|sheets|furniture|door|doors)\b"
    r"|^[,.] painted"
)
#: German capitalises every noun, so that a capital beside a name says nothing there.
_GERMAN_SMALL_WORD = re.compile(
    r"\b(?:[Dd](?:er|ie|as|en|em|es)|und|ist|nicht|mit|von|vo[rm]|ein(?:e[rmn]?)?)\b"
)
#: Share of such words among all; in running German it is about a fifth.
_GERMAN_SHARE = 0.08
_GERMAN_SAMPLE = 1500  #: characters
_ACT_FOLLOWS = re.compile(r" (?:of|over) (?!course\b)", re.IGNORECASE)
_AND_WORDS_FOLLOW = re.compile(
    rf" (?:and|&) {_UPPER}\w+(?: {_UPPER}\w+){{0,2}}"
)
_ARTICLE_BEFORE = re.compile(r"\b(?:an?|une?|una) [“\"]?$", re.IGNORECASE)
_GERMAN_ARTICLE_BEFORE = re.compile(r"\beine? $", re.IGNORECASE)
#: A name used as an adjective: “an ACLU lawyer” is no “ACLU” among many.
_NOUN_FOLLOWS = re.compile(r"[’'-]|[”\"]? [^\W\d_]{4,}")
_ACRONYM_LENGTH = 6  #: letters at most
_MAX_FOLLOWING_WORDS = 4


def is_german(text: str) -> bool:
    """Return True if a text reads as German, by its small words."""
    sample = text[:_GERMAN_SAMPLE]
    small_words = len(_GERMAN_SMALL_WORD.findall(sample))
    return small_words > _GERMAN_SHARE * len(sample.split())


@dataclass(frozen=True, slots=True)
class NameInContext:
    """A name in its sentence, with the facts that the rules check."""

    name: str  #: as it stands there
    kind: NameKind
    before: str  #: the sentence up to it
    after: str  #: the sentence behind it
    in_title_case: bool  #: the sentence capitalises every word, or shouts
    in_german: bool = False  #: the text capitalises every noun

    @property
    def is_one_word(self) -> bool:
        """Whether the name is a single word."""
        return " " not in self.name

    @property
    def is_acronym(self) -> bool:
        """Whether the name is a few capital letters, as materials and illnesses are too."""
        is_short = len(self.name) <= _ACRONYM_LENGTH
        return self.is_one_word and is_short and self.name.isupper()

    @property
    def is_plain_word(self) -> bool:
        """Whether the name is a single word as others of the language are."""
        return self.is_one_word and not self.is_acronym


def reason_for_rejecting(context: NameInContext) -> str:
    """Return why these words are not the organisation, by the words around them.

    The first rule that has a reason gives it.
    """
    if context.kind == NameKind.PERSON:
        return _part_of_double_name(context)
    if context.kind == NameKind.CASE:
        return ""
    for rule in _RULES:
        reason = rule(context)
        if reason:
            return reason
    return ""


def is_namesake(context: NameInContext) -> bool:
    """Return True if a person seems another of that name: by occupation, or an age.

    Police reports give an age. An article that names the organisation too overrules this.
    """
    return bool(
        _OCCUPATION_BEFORE.search(context.before)
        or _OCCUPATION_AFTER.match(context.after)
        or _AGED.match(context.after)
    )


# A longer name that the words before it begin


def _longer_before(context: NameInContext) -> str:
    """Reject the end of a longer name: “Pan-American Watch” where the name is “Watch”."""
    match = _BEFORE_WORD.search(context.before)
    if not match:
        return ""
    word = match[1].strip("“\"«‘('")
    joint = match[2]
    opens_sentence = not context.before[: match.start()].strip(" “\"«'")
    if (
        _is_modified(context, word, joint)
        or _continues_capitals(context, word)
        or _follows_capital(context, word, opens_sentence=opens_sentence)
    ):
        return f"part of a longer name, “{word}{joint}{context.name}”"
    return ""


def _is_modified(context: NameInContext, word: str, joint: str) -> bool:
    """Return True if a hyphen joins the word to the name, or it makes another of it."""
    if joint == "-" and not context.in_german:
        return True
    last_part = word.lower().split("-")[-1]
    return last_part in MODIFIERS


def _continues_capitals(context: NameInContext, word: str) -> bool:
    """Return True if word and name are both in capitals where nothing else is."""
    both_in_capitals = context.name.isupper() and _is_in_capitals(word)
    return both_in_capitals and not context.in_title_case


def _follows_capital(
    context: NameInContext, word: str, *, opens_sentence: bool
) -> bool:
    """Return True if the word before has a capital that only a name explains."""
    if context.in_title_case or context.in_german:
        return False  # every word has one, or every noun
    if not _is_capitalised(word) or word in MAY_PRECEDE:
        return False
    # the first word of a sentence has a capital anyway; before a name of several words that
    # explains it, while a name of one word is easily the second word of another
    return context.is_one_word or not opens_sentence


def _is_capitalised(word: str) -> bool:
    """Return True for “Tax”, not for “TAX”, “Tax,” or “tax”."""
    if not word[:1].isupper() or not word[-1].isalnum():
        return False
    return not _is_in_capitals(word)


def _is_in_capitals(word: str) -> bool:
    return len(word) > 1 and word.isupper()


# A longer name that continues behind it


def _longer_after(context: NameInContext) -> str:
    """Reject the beginning of a longer name: “Tax Justice Network” where it is “Tax Justice”."""
    if context.in_german:
        return ""
    words = _capitalised_words(context.after)
    if not words:
        return _longer_after_and(context)
    first_word = words[0].removesuffix("’s").removesuffix("'s")
    if first_word in MAY_FOLLOW:
        return ""
    # in title case every word has a capital: only the next one can be the head of the name
    candidates = words[:1] if context.in_title_case else words
    has_head = any(word.title() in HEADS for word in candidates)
    # a person's title or name may follow a name of several words; one word is easily part of
    # another name
    if has_head or _is_easily_extended(context):
        return f"part of a longer name, “{context.name} {' '.join(words)}”"
    return ""


def _is_easily_extended(context: NameInContext) -> bool:
    return context.is_plain_word and not context.in_title_case


def _capitalised_words(text: str) -> list[str]:
    """Return the capitalised words that a text begins with, four at most."""
    words: list[str] = []
    match = _AFTER_WORD.match(text)
    while match and len(words) < _MAX_FOLLOWING_WORDS:
        words.append(match[1])
        match = _AFTER_WORD.match(text, match.end())
    return words


def _longer_after_and(context: NameInContext) -> str:
    """Reject “X and Y Foundation” where the name is “X”."""
    match = _AND_WORDS_FOLLOW.match(context.after)
    if not match:
        return ""
    last_word = match.group().split()[-1]
    if last_word in HEADS:
        return f"part of a longer name, “{context.name}{match.group()}”"
    return ""


def _part_of_double_name(context: NameInContext) -> str:
    """Reject a person's name that a hyphen continues: “Ada Bell-Smith”."""
    match = _AFTER_WORD.match(context.after)
    if not match or context.in_title_case:
        return ""
    if context.after[0] == "-" and match[1] not in MAY_FOLLOW:
        return f"part of a longer name, “{context.name}{match.group()}”"
    return ""


# The same words, for something else


def _act_or_thing(context: NameInContext) -> str:
    """Reject “X of Y” where X is an act or a thing: “Oversight of the police”."""
    if not _ACT_FOLLOWS.match(context.after):
        return ""
    if context.before.endswith("The ") and not context.in_title_case:
        return (
            f"part of a longer name, “The {context.name}{context.after[:12]}…”"
        )
    last_word = context.name.split()[-1]
    is_act = ACTS.search(last_word.lower())
    if not context.is_plain_word and not is_act:
        return ""
    preposition = context.after.split()[0]
    return f"“{context.name} {preposition} …” {ACT}"


def _one_of_many(context: NameInContext) -> str:
    """Reject a name behind “a” or “an”, unless it only describes the noun that follows."""
    article = _GERMAN_ARTICLE_BEFORE if context.in_german else _ARTICLE_BEFORE
    match = article.search(context.before)
    if not match or _NOUN_FOLLOWS.match(context.after):
        return ""
    return f"“{match.group()}{context.name}” is one of many, not a body"


def _title_of_work(context: NameInContext) -> str:
    """Reject the title of a film, a ship, a wine: “the novel X”, “X (1999)”."""
    if _WORK_BEFORE.search(context.before) or _WORK_AFTER.match(context.after):
        return "the title or name of a thing, by the words beside it"
    return ""


def _place_name(context: NameInContext) -> str:
    """Reject a town: “X, Ohio”, “The X”."""
    if not context.is_plain_word:
        return ""
    if _PLACE.match(context.after) or context.before.endswith("The "):
        return "a place, by the words beside it"
    return ""


def _material(context: NameInContext) -> str:
    """Reject a material that is called as the organisation: “MDF boards”."""
    if context.is_acronym and _MATERIAL_FOLLOWS.match(context.after):
        return "a thing, by the words beside it"
    return ""


#: In the order in which they are asked: the first reason is the one that is shown.
_RULES: tuple[Callable[[NameInContext], str], ...] = (
    _longer_before,
    _longer_after,
    _act_or_thing,
    _one_of_many,
    _title_of_work,
    _place_name,
    _material,
)
