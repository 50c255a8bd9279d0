"""Name rules: decide from the words around a name that it is not the organisation.

The same words may be part of a longer name, a title, a place, an act or another person's
name. Each rule takes a name in its sentence and returns the reason for rejecting it, in
words that an editor reads, or "" if it has none.
"""

from collections.abc import Callable
from dataclasses import dataclass

from digest.model import NameKind
from digest.relevance import name_patterns
from digest.relevance.place_names import starts_with_place
from digest.relevance.word_lists import is_common_word


@dataclass(frozen=True, slots=True)
class Refusal:
    """A reason why a name is not the organisation's."""

    reason: str
    #: it may be wrong; the rest of the article, or a person, decides
    is_doubtful: bool = False
    #: another body's name, where ours is the beginning of it
    longer_name: str = ""


@dataclass(frozen=True, slots=True)
class NameInContext:
    """A name in its sentence, with the facts that the rules check."""

    name: str  #: as it stands there
    kind: NameKind
    before: str  #: the sentence up to it
    after: str  #: the sentence behind it
    in_title_case: bool  #: the sentence capitalises every word, or shouts
    in_german: bool = False  #: the text capitalises every noun
    language: str = "en"  #: of the text
    #: no list of the language has its words as common ones: it can only be a name
    is_certain: bool = False

    @property
    def is_one_word(self) -> bool:
        """Whether the name is a single word."""
        return " " not in self.name

    @property
    def is_acronym(self) -> bool:
        """Whether the name is a few capital letters, as materials and illnesses are too."""
        is_short = len(self.name) <= name_patterns.ACRONYM_LENGTH
        return self.is_one_word and is_short and self.name.isupper()

    @property
    def is_plain_word(self) -> bool:
        """Whether the name is a single word as others of the language are."""
        return self.is_one_word and not self.is_acronym

    @property
    def opens_sentence(self) -> bool:
        """Whether nothing but marks stands before the name."""
        return not self.before.strip(" “„\"«'‘(–—-")


def find_refusal(context: NameInContext) -> Refusal | None:
    """Return why these words are not the organisation, by the words around them.

    The first rule that has a reason gives it.
    """
    if context.kind == NameKind.PERSON:
        return _part_of_double_name(context)
    if context.kind == NameKind.CASE:
        return None
    for rule in _RULES:
        refusal = rule(context)
        if refusal is not None:
            return refusal
    return None


def names_chapter(context: NameInContext) -> bool:
    """Return True if a place follows the name: “Greenpeace Nordic”, “the ACLU of Georgia”."""
    match = name_patterns.PLACE_JOINT.match(context.after)
    if match is None:
        return False
    rest = context.after[match.end() :]
    return rest[:1].isupper() and starts_with_place(rest)


# A longer name that the words before it begin


def _longer_before(context: NameInContext) -> Refusal | None:
    """Reject the end of a longer name: “Pan-American Watch” where the name is “Watch”."""
    match = name_patterns.BEFORE_WORD.search(context.before)
    if not match:
        return None
    word = name_patterns.ELISION.sub("", match[1].strip("“\"«‘('"))
    joint = match[2]
    if (
        joint == "-"
        and word.lower() in name_patterns.STANCE
        and context.is_certain
    ):
        return None
    opens_sentence = not context.before[: match.start()].strip(" “„\"«'")
    reason = f"part of a longer name, “{word}{joint}{context.name}”"
    longer_name = f"{word} {context.name}"
    if not context.is_certain and _is_modified(context, word, joint):
        return Refusal(reason, longer_name=longer_name)
    if _follows_capital(context, word, opens_sentence=opens_sentence):
        # a sentence may open with a word of its own before the name
        is_doubtful = (
            context.is_certain or opens_sentence or starts_with_place(word)
        )
        return Refusal(reason, is_doubtful=is_doubtful, longer_name=longer_name)
    return None


def _is_modified(context: NameInContext, word: str, joint: str) -> bool:
    """Return True if a hyphen joins the word to the name, or it makes another of it."""
    if joint == "-" and not context.in_german:
        return True
    last_part = word.lower().split("-")[-1]
    return last_part in name_patterns.MODIFIERS


def _continues_capitals(context: NameInContext, word: str) -> bool:
    """Return True if word and name are both in capitals where nothing else is."""
    both_in_capitals = context.name.isupper() and _is_in_capitals(word)
    return both_in_capitals and not context.in_title_case


def _follows_capital(
    context: NameInContext, word: str, *, opens_sentence: bool
) -> bool:
    """Return True if the word before has a capital that only a name explains."""
    if _continues_capitals(context, word):
        return not context.is_certain
    if context.in_title_case or context.in_german:
        return False  # every word has one, or every noun
    if not _may_belong_to_name(word):
        return False
    explanations = (opens_sentence, _says_where(word))
    # the first word of a sentence has a capital anyway
    if context.is_certain:
        return not any(explanations)
    return not all(explanations)


def _may_belong_to_name(word: str) -> bool:
    """Return True for a capitalised word that no grammar explains: not “Friday’s”, “The”."""
    if word in name_patterns.MAY_PRECEDE:
        return False
    return _is_capitalised(word) and not name_patterns.POSSESSIVE.search(word)


def _says_where(word: str) -> bool:
    """Return True for “British” and “Britain”."""
    is_demonym = name_patterns.DEMONYM.fullmatch(word) is not None
    return is_demonym or starts_with_place(word)


def _is_capitalised(word: str) -> bool:
    """Return True for “Tax”, not for “TAX”, “Tax,” or “tax”."""
    if not word[:1].isupper() or not word[-1].isalnum():
        return False
    return not _is_in_capitals(word)


def _is_in_capitals(word: str) -> bool:
    return len(word) > 1 and word.isupper()


# A longer name that continues behind it


def _name_of_company(context: NameInContext) -> Refusal | None:
    """Reject a firm whose name begins so, by the letters of its legal form: “X Reformas S. L.”."""
    if name_patterns.COMPANY_SIGN.match(context.after):
        return _refuse_longer(context, _capitalised_words(context.after))
    return None


def _longer_after(context: NameInContext) -> Refusal | None:
    """Reject the beginning of a longer name: “Tax Justice Network” where it is “Tax Justice”."""
    if context.in_german or names_chapter(context):
        return None
    words = _capitalised_words(context.after)
    if not words:
        return _longer_after_and(context)
    first_word = name_patterns.POSSESSIVE.sub("", words[0])
    if _is_own_word(context, first_word):
        return None
    # in title case every word has a capital: only the next one can be the head of the name
    candidates = words[:1] if context.in_title_case else words
    if any(
        name_patterns.POSSESSIVE.sub("", word).title() in name_patterns.HEADS
        for word in candidates
    ):
        # “the ACLU Foundation” is a part of the body that no other has the letters of
        is_sister = (
            context.is_certain
            and context.is_acronym
            and first_word in name_patterns.SISTER_HEADS
        )
        return _refuse_longer(context, words, is_doubtful=is_sister)
    return _longer_by_unknown(context, words)


def _is_own_word(context: NameInContext, word: str) -> bool:
    """Return True if a word behind a name is a title, a day, or something of the body's own."""
    if word in name_patterns.MAY_FOLLOW:
        return True
    return context.is_certain and word in name_patterns.OWN_HEADS


def _longer_by_unknown(
    context: NameInContext, words: list[str]
) -> Refusal | None:
    """Doubt a name that words continue which are no head of a body's name.

    They may be a place, a person, or another body. Behind a common word, another common word
    makes a longer name ("Liberty Steel").
    """
    if context.in_title_case or context.is_acronym:
        return None
    first_word = name_patterns.POSSESSIVE.sub("", words[0])
    is_longer = (
        not context.is_certain
        and context.is_plain_word
        and is_common_word(first_word, context.language)
    )
    return _refuse_longer(context, words, is_doubtful=not is_longer)


def _refuse_longer(
    context: NameInContext, words: list[str], *, is_doubtful: bool = False
) -> Refusal:
    bare_words = [name_patterns.POSSESSIVE.sub("", word) for word in words]
    longer_name = " ".join([context.name, *bare_words])
    reason = f"part of a longer name, “{longer_name}”"
    return Refusal(reason, is_doubtful=is_doubtful, longer_name=longer_name)


def _capitalised_words(text: str) -> list[str]:
    """Return the capitalised words that a text begins with, four at most."""
    words: list[str] = []
    match = name_patterns.AFTER_WORD.match(text)
    while match and len(words) < name_patterns.MAX_FOLLOWING_WORDS:
        words.append(match[1])
        match = name_patterns.AFTER_WORD.match(text, match.end())
    return words


def _longer_after_and(context: NameInContext) -> Refusal | None:
    """Reject “X and Y Foundation” where the name is “X”."""
    match = name_patterns.AND_WORDS_FOLLOW.match(context.after)
    if not match or context.is_certain:
        return None
    last_word = match.group().split()[-1]
    if last_word in name_patterns.HEADS:
        reason = f"part of a longer name, “{context.name}{match.group()}”"
        return Refusal(reason)
    return None


def _part_of_double_name(context: NameInContext) -> Refusal | None:
    """Reject a person's name that a hyphen continues: “Ada Bell-Smith”."""
    match = name_patterns.AFTER_WORD.match(context.after)
    if not match or context.in_title_case:
        return None
    if context.after[0] == "-" and match[1] not in name_patterns.MAY_FOLLOW:
        return Refusal(
            f"part of a longer name, “{context.name}{match.group()}”"
        )
    return None


# The same words, for something else


def _act_or_thing(context: NameInContext) -> Refusal | None:
    """Reject “X of Y” where X is an act or a thing: “Oversight of the police”."""
    if context.is_certain or not name_patterns.ACT_FOLLOWS.match(context.after):
        return None
    is_act = _is_act(context)
    if names_chapter(context) and not is_act:
        return None
    if context.before.endswith("The ") and not context.in_title_case:
        return Refusal(
            f"part of a longer name, “The {context.name}{context.after[:12]}…”"
        )
    if not is_act and not context.is_plain_word:
        return None
    preposition = context.after.split()[0]
    return Refusal(f"“{context.name} {preposition} …” {name_patterns.ACT}")


def _is_act(context: NameInContext) -> bool:
    """Return True if a name ends in a noun of doing, such as “oversight”."""
    last_word = context.name.split()[-1]
    return bool(name_patterns.ACTS.search(last_word.lower()))


def _one_of_many(context: NameInContext) -> Refusal | None:
    """Reject a name behind “a” or “an”, unless it only describes the noun that follows."""
    language = "de" if context.in_german else context.language
    article = name_patterns.ARTICLE_BEFORE.get(language)
    several = context.is_acronym and name_patterns.SEVERAL_BEFORE.search(
        context.before
    )
    match = several or (article and article.search(context.before))
    if not match or name_patterns.NOUN_FOLLOWS.match(context.after):
        return None
    return Refusal(
        f"“{match.group()}{context.name}” is one of many, not a body",
        is_doubtful=context.is_certain and not several,
    )


def _title_of_work(context: NameInContext) -> Refusal | None:
    """Reject the title of a film, a ship, a wine: “the novel X”, “X (1999)”, “X by Ida Cook”."""
    if context.after.startswith("-"):
        return None  # “X-approved”: it describes what follows
    is_named = name_patterns.WORK_BEFORE.search(context.before)
    is_called = name_patterns.WORK_AFTER.match(context.after)
    is_made = context.opens_sentence and name_patterns.MADE_BY.match(
        context.after
    )
    if is_named or is_called or is_made:
        return Refusal("the title or name of a thing, by the words beside it")
    return None


def _name_of_species(context: NameInContext) -> Refusal | None:
    """Reject a plant or an animal: “the genus X”, “X robur”."""
    follows_genus = name_patterns.GENUS_BEFORE.search(context.before)
    if follows_genus or name_patterns.SPECIES_AFTER.match(context.after):
        return Refusal("a plant or an animal, by the words beside it")
    return None


def _name_of_firm(context: NameInContext) -> Refusal | None:
    """Doubt “X, the telecom company”: it is another body, unless ours is a company."""
    if context.is_certain:
        return None
    if name_patterns.FIRM_AFTER.match(context.after):
        return Refusal("a firm, by the words beside it", is_doubtful=True)
    return None


def _place_name(context: NameInContext) -> Refusal | None:
    """Reject a town: “X, Ohio”, “in X, Oxfordshire”, “The X”."""
    if not context.is_plain_word:
        return None
    is_village = name_patterns.VILLAGE_BEFORE.search(
        context.before
    ) and name_patterns.VILLAGE_AFTER.match(context.after)
    if name_patterns.TOWN_AFTER.match(context.after) or is_village:
        return Refusal(name_patterns.PLACE)
    if not context.before.endswith("The "):
        return None
    if not context.is_certain:
        return Refusal("a place or a thing, by “The” before it")
    if name_patterns.THING_FOLLOWS.match(context.after):
        return Refusal(
            "a ship or a thing, by “The” before it", is_doubtful=True
        )
    return None


def _name_of_material(context: NameInContext) -> Refusal | None:
    """Reject a material that is called as the organisation: “MDF boards”."""
    is_material = name_patterns.MATERIAL_FOLLOWS.match(context.after)
    # “the IMF board” is a body's
    if context.before.lower().endswith("the "):
        return None
    if context.is_acronym and is_material:
        return Refusal("a thing, by the words beside it")
    return None


def _sports_club(context: NameInContext) -> Refusal | None:
    """Reject a club of the name: “Handballclub THW Kiel”."""
    if name_patterns.SPORTS_CLUB_BEFORE.search(context.before):
        return Refusal("a club, by the word before it")
    return None


#: In the order in which they are asked: the first reason is the one that is shown.
_RULES: tuple[Callable[[NameInContext], Refusal | None], ...] = (
    _sports_club,
    _longer_before,
    _name_of_company,
    _longer_after,
    _act_or_thing,
    _one_of_many,
    _title_of_work,
    _name_of_species,
    _name_of_firm,
    _place_name,
    _name_of_material,
)
