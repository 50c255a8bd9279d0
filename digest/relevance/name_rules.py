"""Is it them? What around a name says that it is only the same words, or somebody else.

Each rule answers with a reason in words, or "" where it has none.
"""

import re
from dataclasses import dataclass

from digest.model import Kind

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
#: What makes a place or people of the world out of a name that follows.
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
_STUFF = re.compile(
    r"^ (?:board|boards|panel|panels|shelf|shelves|sheet|sheets|furniture|door|doors)\b"
    r"|^[,.] painted"
)
#: German capitalises every noun, so that a capital beside a name says nothing there.
_GERMAN = re.compile(
    r"\b(?:[Dd](?:er|ie|as|en|em|es)|und|ist|nicht|mit|von|vo[rm]|ein(?:e[rmn]?)?)\b"
)
_ENOUGH_GERMAN = 0.08  #: share of such words among all, in running German about a fifth


def is_german(text: str) -> bool:
    """Say whether a text reads as German, by its small words."""
    some = text[:1500]
    return len(_GERMAN.findall(some)) > _ENOUGH_GERMAN * len(some.split())


@dataclass(frozen=True, slots=True)
class Found:
    """A name in its sentence, as the rules look at it."""

    name: str  #: as it stands there
    kind: Kind
    before: str  #: the sentence up to it
    after: str  #: the sentence behind it
    titled: bool  #: the sentence capitalises every word, or shouts
    german: bool = False  #: the text capitalises every noun

    @property
    def single(self) -> bool:
        """Whether the name is one word."""
        return " " not in self.name

    @property
    def acronym(self) -> bool:
        """Whether the name is a few capital letters, as materials and illnesses are too."""
        return self.single and self.name.isupper() and len(self.name) <= 6


def not_them(f: Found) -> str:
    """Return why these words are not the organisation, by what stands around them."""
    if f.kind == Kind.PERSON:
        return _longer_person(f)
    if f.kind == Kind.CASE:
        return ""
    rules = (
        _longer_before,
        _longer_after,
        _an_act,
        _one_of_many,
        _a_work,
        _a_place,
        _a_material,
    )
    return next((why for rule in rules if (why := rule(f))), "")


def namesake(f: Found) -> bool:
    """Say whether a person seems another of that name: by what they do, or an age as police give.

    An article that names the organisation too overrules it.
    """
    does = _OCCUPATION_BEFORE.search(f.before) or _OCCUPATION_AFTER.match(f.after)
    return bool(does or _AGED.match(f.after))


def _longer_before(f: Found) -> str:
    found = _BEFORE_WORD.search(f.before)
    if not found:
        return ""
    word, joint = found[1].strip("“\"«‘('"), found[2]
    longer = f"part of a longer name, “{word}{joint}{f.name}”"
    if (joint == "-" and not f.german) or word.lower().split("-")[-1] in MODIFIERS:
        return longer
    if f.name.isupper() and not f.titled and word.isupper() and len(word) > 1:
        return longer
    opens = not f.before[: found.start()].strip(" “\"«'")
    if (
        f.titled
        or not word[:1].isupper()
        or word in MAY_PRECEDE
        or not word[-1].isalnum()
    ):
        return ""
    if (word.isupper() and len(word) > 1) or f.german:
        return ""
    return "" if opens and not f.single else longer


def _longer_after(f: Found) -> str:
    if f.german:
        return ""
    words: list[str] = []
    rest = f.after
    while (found := _AFTER_WORD.match(rest)) and len(words) < 4:
        words.append(found[1])
        rest = rest[found.end() :]
    if not words:
        return _and_head(f)
    first = words[0].removesuffix("’s").removesuffix("'s")
    heads = [w for w in words[: 1 if f.titled else 4] if w.title() in HEADS]
    # a person's title or name may follow a name of several words; one word is soon part of another
    if first in MAY_FOLLOW or ((f.titled or not f.single or f.acronym) and not heads):
        return ""
    return f"part of a longer name, “{f.name} {' '.join(words)}”"


def _and_head(f: Found) -> str:
    found = re.match(rf" (?:and|&) {_UPPER}\w+(?: {_UPPER}\w+){{0,2}}", f.after)
    head = found.group().split()[-1] if found else ""
    return (
        f"part of a longer name, “{f.name}{found.group()}”"
        if found and head in HEADS
        else ""
    )


def _an_act(f: Found) -> str:
    if not re.match(r" (?:of|over) (?!course\b)", f.after, re.IGNORECASE):
        return ""
    last = f.name.split()[-1].lower()
    if f.before.endswith("The ") and not f.titled:
        return f"part of a longer name, “The {f.name}{f.after[:12]}…”"
    if ACTS.search(last) or (f.single and not f.acronym):
        return f"“{f.name} {f.after.split()[0]} …” {ACT}"
    return ""


def _one_of_many(f: Found) -> str:
    article = r"\beine? $" if f.german else r"\b(?:an?|une?|una) [“\"]?$"
    counted = re.search(article, f.before, re.IGNORECASE)
    if counted and not re.match(r"[’'-]|[”\"]? [^\W\d_]{4,}", f.after):
        return f"“{counted.group()}{f.name}” is one of many, not a body"
    return ""


def _a_work(f: Found) -> str:
    if _WORK_BEFORE.search(f.before) or _WORK_AFTER.match(f.after):
        return "the title or name of a thing, by the words beside it"
    return ""


def _a_place(f: Found) -> str:
    if (
        f.single
        and not f.acronym
        and (_PLACE.match(f.after) or f.before.endswith("The "))
    ):
        return "a place, by the words beside it"
    return ""


def _a_material(f: Found) -> str:
    return (
        "a thing, by the words beside it" if f.acronym and _STUFF.match(f.after) else ""
    )


def _longer_person(f: Found) -> str:
    found = _AFTER_WORD.match(f.after)
    if found and not f.titled and found[1] not in MAY_FOLLOW and f.after[0] == "-":
        return f"part of a longer name, “{f.name}{found.group()}”"
    return ""
